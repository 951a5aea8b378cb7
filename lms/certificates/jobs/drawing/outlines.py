"""The outlines of glyphs, read from the font's file (OpenType, table `glyf`): for what is drawn and not written."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from struct import unpack_from
from typing import Any, NamedTuple

from lms.certificates.jobs.drawing.pen import Pen
from lms.web import fonts

#: Flags of a point, and of a part of a glyph that is made of others.
_ON_CURVE, _SHORT, _REPEATED, _SAME = 1, (2, 4), 8, (16, 32)
_WORDS, _MORE = 0x01, 0x20
_SCALES = {0x08: 1, 0x40: 2, 0x80: 4}  # how many numbers of a matrix follow


class Point(NamedTuple):
    """A point of an outline: on the curve, or pulling at it."""

    x: float
    y: float
    is_on: bool


Outline = list[list[Point]]


@lru_cache(maxsize=500)
def outline_of(letter: str, font: str) -> Outline:
    """Return the contours of a letter, in thousandths of the size."""
    face = fonts.face(font).face
    scale = 1000 / face.unitsPerEm
    contours = _glyph(face, face.charToGlyph[ord(letter)])
    return [[Point(x * scale, y * scale, is_on) for x, y, is_on in contour] for contour in contours]


def trace(pen: Pen, outline: Outline, x: float, y: float, scale: float) -> None:
    """Add the contours of a glyph to a path, whose quadratic curves are the same as cubic ones."""
    for contour in outline:
        points = list(_on_and_off([Point(x + each.x * scale, y + each.y * scale, each.is_on) for each in contour]))
        here = points[0]
        pen.move(here.x, here.y)
        for one, two in zip(points[1::2], points[2::2], strict=True):
            pen.curve(_third(here, one), _third(two, one), (two.x, two.y))
            here = two


def _third(end: Point, pull: Point) -> tuple[float, float]:
    """Return the cubic handle at an end of a quadratic curve."""
    return end.x + (pull.x - end.x) * 2 / 3, end.y + (pull.y - end.y) * 2 / 3


def _on_and_off(contour: list[Point]) -> Iterator[Point]:
    """Yield a closed contour that begins on the curve, with what is left out: on and off the curve in turns."""
    first = next((at for at, point in enumerate(contour) if point.is_on), 0)
    turned = [*contour[first:], *contour[:first], contour[first]]
    last = turned[0]
    yield last
    for point in turned[1:]:
        if point.is_on == last.is_on:
            yield Point((last.x + point.x) / 2, (last.y + point.y) / 2, not point.is_on)
        yield point
        last = point


def _glyph(face: Any, number: int) -> Outline:
    """Return the contours of a glyph in the font's units."""
    start, end = face.glyphPos[number], face.glyphPos[number + 1]
    if start == end:
        return []
    data, at = face._ttf_data, face.get_table_pos("glyf")[0] + start  # noqa: SLF001 -- reportlab keeps the file there
    (count,) = unpack_from(">h", data, at)
    return _simple(data, at + 10, count) if count >= 0 else list(_composed(face, data, at + 10))


def _simple(data: bytes, at: int, count: int) -> Outline:
    """Return the contours of a glyph that holds its own points."""
    ends = unpack_from(f">{count}H", data, at)
    at += 2 * count
    at += 2 + unpack_from(">H", data, at)[0]  # its hinting
    flags: list[int] = []
    while len(flags) <= ends[-1]:
        flag, at = data[at], at + 1
        times = 1
        if flag & _REPEATED:
            times, at = data[at] + 1, at + 1
        flags += [flag] * times
    across, at = _coordinates(data, at, flags, 0)
    up, at = _coordinates(data, at, flags, 1)
    points = [Point(x, y, bool(flag & _ON_CURVE)) for x, y, flag in zip(across, up, flags, strict=True)]
    starts = [0, *(end + 1 for end in ends[:-1])]
    return [points[start : end + 1] for start, end in zip(starts, ends, strict=True)]


def _coordinates(data: bytes, at: int, flags: list[int], axis: int) -> tuple[list[int], int]:
    """Return one coordinate of every point, and where the file goes on."""
    found, value = [], 0
    for flag in flags:
        if flag & _SHORT[axis]:
            value += data[at] if flag & _SAME[axis] else -data[at]
            at += 1
        elif not flag & _SAME[axis]:
            value += unpack_from(">h", data, at)[0]
            at += 2
        found.append(value)
    return found, at


def _composed(face: Any, data: bytes, at: int) -> Iterator[list[Point]]:
    """Yield the contours of a glyph made of others, each turned, stretched and moved to its place."""
    flags = _MORE
    while flags & _MORE:
        flags, number = unpack_from(">HH", data, at)
        x, y = unpack_from(">hh" if flags & _WORDS else ">bb", data, at + 4)
        at += 8 if flags & _WORDS else 6
        size = next((size for flag, size in _SCALES.items() if flags & flag), 0)
        a, b, c, d = _matrix([value / 16384 for value in unpack_from(f">{size}h", data, at)])
        at += 2 * size
        for contour in _glyph(face, number):
            yield [Point(a * each.x + c * each.y + x, b * each.x + d * each.y + y, each.is_on) for each in contour]


def _matrix(values: list[float]) -> tuple[float, float, float, float]:
    """Return the four numbers of a matrix of which the font may give none, one or two."""
    if len(values) == 4:
        return values[0], values[1], values[2], values[3]
    across, up = (*values, *values)[:2] if values else (1.0, 1.0)
    return across, 0.0, 0.0, up
