"""Marks without a letter of their own, such as an acute on a macron: each stands over or under its letter.

reportlab sets a mark behind its letter. Here its box is centred on the letter's, above what is there already. Programs
that read text would take such a mark for a word, so that each letter says of itself what it is (`ActualText`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from struct import unpack_from
from typing import NamedTuple

from lms.web import fonts

MARKS = re.compile("[\u0300-\u036f]")
_CLUSTERS = re.compile("([^\u0300-\u036f][\u0300-\u036f]+)")
_GAP = 45.0  # between a letter's top and its mark, in thousandths of the size
_ABOVE, _BELOW = 230, 220  # canonical combining classes


class Box(NamedTuple):
    """Where a glyph has ink, and how far it moves on, in thousandths of the size."""

    left: float
    bottom: float
    right: float
    top: float
    advance: float

    @property
    def middle(self) -> float:
        """Return the middle between left and right."""
        return (self.left + self.right) / 2


class Step(NamedTuple):
    """A piece of text and how far it is moved to the right and up, in thousandths of the size."""

    text: str
    right: float = 0
    up: float = 0


@lru_cache(maxsize=2000)
def box_of(letter: str, font: str) -> Box:
    """Return the box of a letter; one without ink is as high as nothing."""
    face = fonts.face(font).face
    scale = 1000 / face.unitsPerEm
    advance = face.charWidths.get(ord(letter), face.defaultWidth)
    glyph = face.charToGlyph[ord(letter)]
    start, end = face.glyphPos[glyph], face.glyphPos[glyph + 1]
    if start == end:
        return Box(0, 0, advance, 0, advance)
    at = face.get_table_pos("glyf")[0] + start + 2
    left, bottom, right, top = (scale * corner for corner in unpack_from(">hhhh", face._ttf_data, at))  # noqa: SLF001 -- its file
    return Box(left, bottom, right, top, advance)


def clusters(text: str) -> list[str]:
    """Return a text in pieces: letters that have marks of their own, each with its marks, and what is between them."""
    return [piece for piece in _CLUSTERS.split(text) if piece]


def steps(cluster: str, font: str) -> Iterator[Step]:
    """Yield the marks of a letter with their ways, and then the letter: what is read ends where the letter does."""
    base = box_of(cluster[0], font)
    for letter in cluster[1:]:
        mark = box_of(letter, font)
        up = _up(unicodedata.combining(letter), base, mark)
        yield Step(letter, base.middle - mark.middle, up)
        base = base._replace(top=max(base.top, mark.top + up), bottom=min(base.bottom, mark.bottom + up))
    yield Step(cluster[0])


def _up(place: int, base: Box, mark: Box) -> float:
    """Return how far a mark is moved up from where the font has it, or down."""
    if place == _ABOVE:
        return base.top + _GAP - mark.bottom
    if place == _BELOW:
        return min(0.0, base.bottom - _GAP - mark.top)
    return 0.0
