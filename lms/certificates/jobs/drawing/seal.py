"""The seal: a scalloped disc on two ribbons, a wreath, and the sun over a hill with a path that leads there."""

from __future__ import annotations

import math
from functools import lru_cache

from lms.certificates.jobs.drawing.pen import Pen
from lms.certificates.jobs.drawing.tags import Art, Paper, art_of
from lms.certificates.jobs.drawing.wording import Look, Said

_POINTS = 40
_LEAVES = 26


@lru_cache(maxsize=20)
def seal(look: Look) -> Art:
    """Return the seal around (0, 0) with the radius 1."""
    pen = Pen()
    for side in (-1, 1):
        pen.polygon([(side * a, b) for a, b in ((0.06, -0.5), (0.62, -0.5), (0.78, -1.5), (0.5, -1.34), (0.26, -1.52))])
    pen.fill(look.glow)
    _disc(pen, 1.0).fill(look.accent)
    pen.circle(0, 0, 0.885).stroke("#ffffff", 0.022)
    pen.circle(0, 0, 0.66).stroke("#ffffff", 0.022)
    for number in range(_LEAVES):
        angle = 360 / _LEAVES * number
        x, y = 0.7 * math.cos(math.radians(angle)), 0.7 * math.sin(math.radians(angle))
        pen.leaf(x, y, 0.17, 0.042, angle + (34 if number % 2 else -34))
    pen.fill("#ffffff")
    pen.circle(0, 0, 0.61).fill("#ffffff")
    pen.raw(_emblem(look))
    return art_of("Seal", (-1.1, -1.6, 1.1, 1.1), pen.text)


def draw_seal(paper: Paper, said: Said, look: Look, place: tuple[float, float], radius: float) -> None:
    """Draw the seal around a place, with the words that are said in place of it."""
    x, y = place
    with paper.figure(said.text, said.language, (x - radius, y - 1.55 * radius, x + radius, y + radius)):
        paper.draw(f"q {radius} 0 0 {radius} {x:.2f} {y:.2f} cm")
        paper.draw_art(seal(look))
        paper.draw("Q")


def _disc(pen: Pen, radius: float) -> Pen:
    """Add a disc whose edge is scalloped."""
    for number in range(_POINTS + 1):
        angle = 2 * math.pi * number / _POINTS
        x, y = radius * 0.955 * math.cos(angle), radius * 0.955 * math.sin(angle)
        if number == 0:
            pen.move(x, y)
            continue
        middle = angle - math.pi / _POINTS
        out = radius * 1.055
        peak = out * math.cos(middle), out * math.sin(middle)
        pen.curve(peak, peak, (x, y))
    return pen


def _emblem(look: Look) -> str:
    """Return the mark of the site inside the wreath."""
    pen = Pen().raw(f"{Pen().circle(0, 0, 0.565).path} W n")
    inner = Pen()
    for number in range(9):
        inner.leaf(0.33 * math.cos(a := math.pi * number / 8), 0.13 + 0.33 * math.sin(a), 0.2, 0.026, math.degrees(a))
    inner.fill(look.glow)
    inner.circle(0, 0.13, 0.26).fill(look.glow)
    inner.move(-0.7, -0.7).curve((-0.5, 0.0), (-0.2, 0.1), (0, 0.1)).curve((0.2, 0.1), (0.5, 0.0), (0.7, -0.7))
    inner.fill(look.accent)
    inner.move(-0.1, -0.62).curve((-0.34, -0.3), (0.28, -0.28), (0, 0.06)).stroke("#ffffff", 0.075)
    return pen.raw(inner.text).text
