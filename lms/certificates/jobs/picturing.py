"""A picture of a name as the certificate bears it: the same size and lines, and the same outlines of every glyph."""

from __future__ import annotations

import re

from lms.certificates.jobs.drawing.accents import drawn
from lms.certificates.jobs.drawing.name import fit_name
from lms.web import fonts
from lms.web.fonts import SEMIBOLD

#: How wide a name may be on the certificate, in points, and what is left free around it.
WIDTH, MARGIN = 640.0, 12.0
_LINE = 1.25  # from one base line to the next, in sizes
_INK = "#1b1b1b"
#: Operators of a page, as a path of SVG has them.
_AS_SVG = {"m": "M", "l": "L", "c": "C", "h": "Z", "f": ""}
_NUMBER = re.compile(r"-?[\d.]+")
_OPERATOR = re.compile(r"((?:-?[\d.]+ )*)([a-z])(?: |$)")


def draw_name(name: str) -> str:
    """Return an SVG of a name that has passed the name gate; raise `MissingGlyphError` for a letter without a glyph."""
    plain = fonts.spelled(name, SEMIBOLD)
    size, lines = fit_name(plain, WIDTH)
    widths = [fonts.width_of(line, SEMIBOLD, size) for line in lines]
    across = max(widths) + 2 * MARGIN
    paths = [
        _path(drawn(line, (across - width) / 2, -size * number * _LINE, SEMIBOLD, size))
        for number, (line, width) in enumerate(zip(lines, widths, strict=True))
    ]
    return _picture(" ".join(paths), across, size, len(lines))


def _picture(path: str, across: float, size: float, lines: int) -> str:
    """Return the SVG of a path: as high as its lines, and higher where marks stand above each other."""
    heights = [-float(each) for each in _NUMBER.findall(path)[1::2]]
    top = min(-size, *heights) - MARGIN / 2
    high = max(size * (0.3 + (lines - 1) * _LINE), *heights) + MARGIN / 2 - top
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {top:.1f} {across:.1f} {high:.1f}" '
        f'width="{across:.1f}" height="{high:.1f}" aria-hidden="true" focusable="false">'
        f'<rect y="{top:.1f}" width="100%" height="100%" fill="#fff"/>'
        f'<path transform="scale(1 -1)" fill="{_INK}" d="{path}"/></svg>'
    )


def _path(operators: str) -> str:
    """Return the operators of a page as the data of a path, in the same coordinates."""
    return " ".join(f"{_AS_SVG[each[2]]}{each[1].strip()}" for each in _OPERATOR.finditer(operators)).strip()
