"""Lines, curves and filled shapes as operators of a page, made once for a design and kept."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

Point = tuple[float, float]
#: How far the handles of a quarter circle reach, in parts of the radius.
_HANDLE = 0.5523


@lru_cache(maxsize=200)
def rgb(color: str, share: float = 1.0) -> str:
    """Return the three numbers of "#rrggbb"; with a smaller `share` mixed with white."""
    parts = (1 - (1 - int(color[at : at + 2], 16) / 255) * share for at in (1, 3, 5))
    return " ".join(number(part) for part in parts)


def number(value: float) -> str:
    """Return a number with at most three decimals, short."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


class Pen:
    """Collects operators; `text` gives them all."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    @property
    def text(self) -> str:
        """Return everything drawn, with the state as it was before."""
        return f"q {self.path} Q"

    @property
    def path(self) -> str:
        """Return the operators alone."""
        return " ".join(self._parts)

    def _put(self, operator: str, *values: float) -> Pen:
        self._parts.append(" ".join([*map(number, values), operator]))
        return self

    def raw(self, operators: str) -> Pen:
        """Add operators as they are."""
        self._parts.append(operators)
        return self

    def move(self, x: float, y: float) -> Pen:
        """Begin a path."""
        return self._put("m", x, y)

    def line(self, x: float, y: float) -> Pen:
        """Go on in a straight line."""
        return self._put("l", x, y)

    def curve(self, one: Point, two: Point, end: Point) -> Pen:
        """Go on in a curve with two handles."""
        return self._put("c", *one, *two, *end)

    def polygon(self, points: Iterable[Point]) -> Pen:
        """Add a closed path."""
        first, *rest = points
        self.move(*first)
        for point in rest:
            self.line(*point)
        return self._put("h")

    def rect(self, x: float, y: float, width: float, height: float) -> Pen:
        """Add a rectangle."""
        return self._put("re", x, y, width, height)

    def circle(self, x: float, y: float, radius: float) -> Pen:
        """Add a circle."""
        return self.ellipse(x, y, radius, radius, 0)

    def ellipse(self, x: float, y: float, long: float, short: float, turn: float) -> Pen:
        """Add an ellipse, turned by `turn` degrees."""
        cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))

        def at(across: float, up: float) -> Point:
            across, up = across * long, up * short
            return x + across * cos - up * sin, y + across * sin + up * cos

        corners = [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0), (1.0, 0.0)]
        self.move(*at(*corners[0]))
        for (a, b), (c, d) in pairwise(corners):
            self.curve(at(a + c * _HANDLE, b + d * _HANDLE), at(c + a * _HANDLE, d + b * _HANDLE), at(c, d))
        return self._put("h")

    def leaf(self, x: float, y: float, length: float, width: float, turn: float) -> Pen:
        """Add a leaf that grows from a point, pointed at both ends."""
        cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))

        def at(along: float, up: float) -> Point:
            return x + along * cos - up * sin, y + along * sin + up * cos

        self.move(x, y)
        self.curve(at(length * 0.25, width), at(length * 0.65, width), at(length, 0))
        self.curve(at(length * 0.65, -width), at(length * 0.25, -width), (x, y))
        return self._put("h")

    def fill(self, color: str, share: float = 1.0) -> Pen:
        """Fill the paths added since the last time."""
        return self._paint(f"{rgb(color, share)} rg", "f")

    def stroke(self, color: str, width: float, share: float = 1.0) -> Pen:
        """Draw the paths added since the last time as lines, round at their ends."""
        return self._paint(f"{rgb(color, share)} RG {number(width)} w 1 J 1 j", "S")

    def _paint(self, state: str, operator: str) -> Pen:
        """Put the state before the paths: a colour must not stand inside one."""
        begin = max((at for at, part in enumerate(self._parts) if part in _PAINTED), default=-1) + 1
        self._parts[begin:] = [state, *self._parts[begin:], operator]
        return self

    def placed(self, operators: str, *matrix: float) -> Pen:
        """Add operators under a matrix of six numbers."""
        values = " ".join(map(number, matrix))
        return self.raw(f"q {values} cm {operators}").raw("Q")


_PAINTED = {"f", "S", "Q"}


def rule(x: float, y: float, half: float, ink: str) -> str:
    """Return a fine line around `x` with a lozenge in its middle; `ink` as of `rgb`."""
    line = f"{x - half:.2f} {y:.2f} m {x - 7:.2f} {y:.2f} l {x + 7:.2f} {y:.2f} m {x + half:.2f} {y:.2f} l S"
    lozenge = f"{x - 3.4:.2f} {y:.2f} m {x:.2f} {y + 3.4:.2f} l {x + 3.4:.2f} {y:.2f} l {x:.2f} {y - 3.4:.2f} l f"
    return f"q {ink} RG {ink} rg 1 w {line} {lozenge} Q"


def turned(degrees: float, x: float, y: float) -> str:
    """Return the matrix that turns around a place, which becomes (0, 0)."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return " ".join(map(number, (cos, sin, -sin, cos, x, y)))
