"""The border of a certificate, in the motif of its design, and the pale rosette behind the name."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from lms.certificates.jobs.drawing.pen import Pen
from lms.certificates.jobs.drawing.tags import Art, art_of
from lms.certificates.jobs.drawing.wording import Look

OUTER, INNER = 22.0, 46.0
_MIDDLE = (OUTER + INNER) / 2
_CORNER = 17.0


@lru_cache(maxsize=40)
def frame(width: float, height: float, look: Look) -> Art:
    """Return the border of a page: two lines, a band of the motif between them, four corners, and the rosette."""
    pen = Pen()
    pen.raw(rosette(width / 2, height * 0.6, min(width, height) * 0.36, look.accent))
    pen.rect(OUTER, OUTER, width - 2 * OUTER, height - 2 * OUTER).stroke(look.accent, 2.6)
    pen.rect(INNER, INNER, width - 2 * INNER, height - 2 * INNER).stroke(look.glow, 0.9)
    pen.rect(INNER - 3, INNER - 3, width - 2 * INNER + 6, height - 2 * INNER + 6).stroke(look.accent, 0.4)
    strip = MOTIFS[look.motif]
    across, down = strip(width - 2 * (_MIDDLE + _CORNER), look), strip(height - 2 * (_MIDDLE + _CORNER), look)
    begin = _MIDDLE + _CORNER
    pen.placed(across, 1, 0, 0, 1, begin, _MIDDLE)
    pen.placed(across, -1, 0, 0, -1, width - begin, height - _MIDDLE)
    pen.placed(down, 0, -1, 1, 0, _MIDDLE, height - begin)
    pen.placed(down, 0, 1, -1, 0, width - _MIDDLE, begin)
    for x in (_MIDDLE, width - _MIDDLE):
        for y in (_MIDDLE, height - _MIDDLE):
            _corner(pen, x, y, look)
    return art_of("Frame", (0, 0, width, height), pen.text)


def weave(length: float, look: Look) -> str:
    """Return a strip like a plaited mat: two lines that cross, and a lozenge where they part."""
    pen, steps = Pen(), round(length / 15)
    step = length / steps
    for side in (1, -1):
        pen.move(0, 0)
        for number in range(steps):
            pen.line((number + 0.5) * step, 5.4 * side).line((number + 1) * step, 0)
    pen.stroke(look.accent, 1.15)
    for number in range(steps):
        _lozenge(pen, (number + 0.5) * step, 0, 2.5)
    pen.fill(look.glow)
    for number in range(1, steps):
        for side in (1, -1):
            _lozenge(pen, number * step, 5.4 * side, 1.7)
    return pen.fill(look.accent).text


def leaves(length: float, look: Look) -> str:
    """Return a strip like a vine: a stem in long waves, leaves on both sides, a berry at each turn."""
    pen, steps = Pen(), 2 * round(length / 44)
    step = length / steps
    pen.move(0, 0)
    for number in range(steps):
        up, x = (4.2 if number % 2 else -4.2), number * step
        pen.curve((x + step * 0.36, up), (x + step * 0.64, up), (x + step, 0))
    pen.stroke(look.accent, 0.9)
    for number in range(steps):
        side, x = (1 if number % 2 else -1), number * step
        pen.leaf(x + step * 0.42, side * 3.1, 11.5, 2.5, -side * 33)
        pen.leaf(x + step * 0.1, side * 0.9, 9.5, 2.2, side * 62)
    pen.fill(look.accent)
    for number in range(steps):
        side, x = (1 if number % 2 else -1), number * step
        pen.circle(x + step * 0.86, side * 6.0, 1.35)
    return pen.fill(look.glow).text


def waves(length: float, look: Look) -> str:
    """Return a strip like the sea: arches within arches, and a drop beneath each."""
    pen, steps = Pen(), round(length / 18)
    step = length / steps
    for number in range(steps):
        for reach in (1.0, 0.66):
            _arch(pen, (number + 0.5) * step, -5.5, step / 2 * reach)
    pen.stroke(look.accent, 1.0)
    for number in range(steps):
        pen.circle((number + 0.5) * step, -3.6, 1.5)
    for number in range(1, steps):
        _lozenge(pen, number * step, 3.2, 2.0)
    return pen.fill(look.glow).text


MOTIFS: dict[str, Callable[[float, Look], str]] = {"weave": weave, "leaves": leaves, "waves": waves}


def _arch(pen: Pen, x: float, y: float, radius: float) -> None:
    """Add half a circle that stands on a line."""
    handle = radius * 0.5523
    pen.move(x - radius, y)
    pen.curve((x - radius, y + handle), (x - handle, y + radius), (x, y + radius))
    pen.curve((x + handle, y + radius), (x + radius, y + handle), (x + radius, y))


def _lozenge(pen: Pen, x: float, y: float, half: float) -> None:
    """Add a square that stands on its corner."""
    pen.polygon([(x - half, y), (x, y + half), (x + half, y), (x, y - half)])


def _corner(pen: Pen, x: float, y: float, look: Look) -> None:
    """Draw the rising sun of the seal as a rosette over a corner."""
    pen.circle(x, y, _CORNER - 0.5).fill("#ffffff")
    pen.circle(x, y, _CORNER - 1.2).stroke(look.accent, 1.4)
    for turn in range(12):
        angle = turn * math.pi / 6
        pen.leaf(x + 5.6 * math.cos(angle), y + 5.6 * math.sin(angle), 7.6, 1.5, math.degrees(angle))
    pen.fill(look.accent)
    pen.circle(x, y, 4.0).fill(look.glow)


def rosette(x: float, y: float, radius: float, color: str) -> str:
    """Return a rosette of fine lines, so pale that words stand on it."""
    pen = Pen()
    for turn in range(30):
        pen.ellipse(x, y, radius, radius * 0.46, turn * 6)
    return pen.stroke(color, 0.35, 0.16).text
