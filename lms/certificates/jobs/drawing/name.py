"""The name: the largest thing on the page, on one line or two, in every letter, never cut."""

from __future__ import annotations

from lms.web import fonts
from lms.web.fonts import SEMIBOLD

#: Largest and smallest on one line, and the largest when it needs two.
LARGEST, SMALLEST, TWO_LINES = 48.0, 20.0, 35.0


def fit_name(
    name: str, width: float, *, largest: float = LARGEST, smallest: float = SMALLEST, two_lines: float = TWO_LINES
) -> tuple[float, list[str]]:
    """Return the size and lines of a name: one line while it stays large, else two; smaller rather than cut."""
    size = min(largest, width / fonts.width_of(name, SEMIBOLD, 1))
    if size >= two_lines or " " not in name:
        return size, [name]
    size, words = two_lines, name.split(" ")
    lines = fonts.balance(words, SEMIBOLD, size, width)
    while len(lines) > 2 and size > smallest:
        size -= 0.5
        lines = fonts.balance(words, SEMIBOLD, size, width)
    widest = max(fonts.width_of(line, SEMIBOLD, size) for line in lines)
    return min(size, size * width / widest), lines
