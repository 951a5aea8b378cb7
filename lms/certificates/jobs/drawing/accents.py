"""Marks without a letter of their own, such as an acute on a macron: each stands over or under its letter.

reportlab sets a mark behind its letter, where nobody wants to see it, and where programs that read text expect it. So
a line with such marks is written unseen, and its outlines are drawn: the box of a mark centred on its letter's, beyond
what is there already.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from lms.certificates.jobs.drawing.outlines import Outline, outline_of, trace
from lms.certificates.jobs.drawing.pen import Pen
from lms.web import fonts

_MARK = re.compile("[\u0300-\u036f]")
_GAP = 45.0  # between a letter and its mark, in thousandths of the size
_ABOVE, _BELOW = 230, 220  # canonical combining classes


class Box(NamedTuple):
    """Where there is ink around a letter and its marks, in thousandths of the size."""

    middle: float
    bottom: float
    top: float


def has_marks(text: str) -> bool:
    """Return whether a text holds marks that are not part of a letter's own glyph."""
    return _MARK.search(text) is not None


def box_of(outline: Outline) -> Box:
    """Return the box around an outline; nothing has none."""
    points = [point for contour in outline for point in contour]
    if not points:
        return Box(0, 0, 0)
    across, up = [point.x for point in points], [point.y for point in points]
    return Box((min(across) + max(across)) / 2, min(up), max(up))


def drawn(text: str, x: float, y: float, font: str, size: float) -> str:
    """Return the operators that draw a line from a place on as outlines, in the colour that is set."""
    pen, scale, base = Pen(), size / 1000, Box(0, 0, 0)
    left = x
    for letter in text:
        outline = outline_of(letter, font)
        own = box_of(outline)
        if _MARK.match(letter) is None:
            left, x = x, x + fonts.width_of(letter, font, size)
            trace(pen, outline, left, y, scale)
            base = own
        else:
            up = _up(unicodedata.combining(letter), base, own)
            trace(pen, outline, left + (base.middle - own.middle) * scale, y + up * scale, scale)
            base = base._replace(top=max(base.top, own.top + up), bottom=min(base.bottom, own.bottom + up))
    return f"{pen.path} f"


def _up(place: int, base: Box, mark: Box) -> float:
    """Return how far a mark is moved up from where the font has it, or down."""
    if place == _ABOVE:
        return base.top + _GAP - mark.bottom
    if place == _BELOW:
        return min(0.0, base.bottom - _GAP - mark.top)
    return 0.0
