"""A picture of a name as the certificate bears it: the same font file, the same lines, the same glyphs."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from lms.certificates.jobs.drawing.name import fit_name
from lms.web.fonts import FOLDER, SEMIBOLD, check_glyphs

#: How wide a name may be on the certificate, in points, and how many pixels one of them is here.
WIDTH, SCALE = 640.0, 2
_MARGIN = 12
_INK = 32


@lru_cache(maxsize=16)
def _font(size: float) -> ImageFont.FreeTypeFont:
    """Return the certificate's font. The plain layout places glyphs by their widths, as the page does."""
    path = str(FOLDER / f"{SEMIBOLD}.ttf")
    return ImageFont.truetype(path, size * SCALE, layout_engine=ImageFont.Layout.BASIC)


def draw_name(name: str) -> bytes:
    """Return a PNG of a name that has passed the name gate; raise `MissingGlyphError` for a letter without a glyph."""
    check_glyphs(name, SEMIBOLD)
    size, lines = fit_name(name, WIDTH)
    font = _font(size)
    ascent, descent = font.getmetrics()
    height = (ascent + descent) * len(lines)
    width = max(font.getlength(line) for line in lines)
    image = Image.new("L", (round(width) + 2 * _MARGIN * SCALE, height + _MARGIN * SCALE), 255)
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        left = (image.width - font.getlength(line)) / 2
        pen.text((left, _MARGIN * SCALE / 2 + number * (ascent + descent)), line, fill=_INK, font=font)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
