"""A picture of a name as the certificate bears it: the same font file, the same size and lines, the same glyphs."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from lms.certificates.jobs.drawing.accents import MARKS, Step, clusters, steps
from lms.certificates.jobs.drawing.name import fit_name
from lms.web.fonts import FOLDER, SEMIBOLD, check_glyphs, width_of

#: How wide a name may be on the certificate, in points, and how many pixels one of them is here.
WIDTH, SCALE = 640.0, 2
_MARGIN = 12 * SCALE
_INK, _PAPER = 32, 255


@lru_cache(maxsize=16)
def _font(size: float) -> ImageFont.FreeTypeFont:
    """Return the certificate's font. The plain layout places glyphs by their widths, as the page does."""
    path = str(FOLDER / f"{SEMIBOLD}.ttf")
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


def draw_name(name: str) -> bytes:
    """Return a PNG of a name that has passed the name gate; raise `MissingGlyphError` for a letter without a glyph."""
    check_glyphs(name, SEMIBOLD)
    points, lines = fit_name(name, WIDTH)
    size = points * SCALE
    ascent, descent = _font(size).getmetrics()
    widths = [width_of(line, SEMIBOLD, size) for line in lines]
    high = ascent + descent
    image = Image.new("L", (round(max(widths)) + 2 * _MARGIN, high * len(lines) + _MARGIN), _PAPER)
    pen = ImageDraw.Draw(image)
    for number, (line, width) in enumerate(zip(lines, widths, strict=True)):
        _draw_line(pen, line, size, ((image.width - width) / 2, number * high + ascent + _MARGIN / 2))
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _draw_line(pen: ImageDraw.ImageDraw, line: str, size: float, start: tuple[float, float]) -> None:
    """Draw one line from its left end on its base line; marks of their own stand over or under their letter."""
    left, base = start
    for piece in clusters(line):
        for step in steps(piece, SEMIBOLD) if MARKS.search(piece) else (Step(piece),):
            at = (left + step.right * size / 1000, base - step.up * size / 1000)
            pen.text(at, step.text, fill=_INK, font=_font(size), anchor="ls")
        left += width_of(piece, SEMIBOLD, size)
