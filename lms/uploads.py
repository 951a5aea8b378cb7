"""Which files people may send as proof: photos and PDFs, known by their content, and rid of where they were taken.

A photo is read and written anew by Pillow: what comes out is an image and nothing else. Neither the place (EXIF), nor
a comment, nor bytes behind the image survive. A PDF keeps its bytes; its beginning and its end are looked at, and it is
never opened here. Photos in HEIC cannot be read without a further library: phones send JPEG when a page asks for it.
"""

from __future__ import annotations

import io
import re
import threading
from dataclasses import dataclass

from PIL import Image, ImageOps

from lms.errors import RuleBroken

LARGEST_FILE = 10 * 1024 * 1024
LONGEST_NAME = 100
EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
#: A photo is kept no larger than this on its longer side: small print stays readable.
LONGEST_SIDE = 3000
#: A PNG that is larger, once written anew, is a photo rather than a screenshot, and kept as JPEG.
LARGEST_PNG = 3 * 1024 * 1024
#: More than any phone sends by itself. While they are decoded, so many pixels take a quarter of a gigabyte at most.
MOST_PIXELS = {"JPEG": 50_000_000, "PNG": 25_000_000}
_JPEG, _PNG, _PDF = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-"
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis", b"avif")
#: What makes a PDF act by itself. Names may be written in other ways; whoever opens it opens a download.
_ACTING = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFile|RichMedia)\b")
#: One image at a time: a large one takes some hundred megabytes while it is decoded.
_turn = threading.Lock()


@dataclass(frozen=True)
class Checked:
    """A file that may be kept: its content, which may differ from what was sent, its type, and its shown name."""

    content: bytes
    media_type: str
    name: str


def check_file(content: bytes, name: str) -> Checked:
    """Return the file as it may be kept; raise `RuleBroken` for what is empty, too large, or no such file."""
    if not content:
        raise RuleBroken("file_empty")
    if len(content) > LARGEST_FILE:
        raise RuleBroken("file_too_large", most=LARGEST_FILE // 1024 // 1024)
    if content.startswith(_PDF):
        return Checked(_checked_pdf(content), "application/pdf", shown_name(name))
    if content.startswith(_JPEG):
        return Checked(_rewritten(content, "JPEG"), "image/jpeg", shown_name(name))
    if content.startswith(_PNG):
        image = _rewritten(content, "PNG")
        if len(image) <= LARGEST_PNG:
            return Checked(image, "image/png", shown_name(name))
        return Checked(_rewritten(content, "PNG", becomes="JPEG"), "image/jpeg", shown_name(name))
    raise RuleBroken("file_heic" if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS else "file_kind")


def shown_name(name: str) -> str:
    """Return the last part of a file's name without signs that cannot be seen; it is shown, and never a path."""
    last = re.split(r"[\\/]", name)[-1]
    seen = "".join(sign for sign in last if sign.isprintable())
    return " ".join(seen.split())[:LONGEST_NAME]


def _checked_pdf(content: bytes) -> bytes:
    """Return a PDF that is whole and does nothing by itself."""
    if b"startxref" not in content[-2048:] or b"%%EOF" not in content[-2048:]:
        raise RuleBroken("file_damaged")
    if _ACTING.search(content):
        raise RuleBroken("file_acts")
    return content


def _rewritten(content: bytes, kind: str, *, becomes: str = "") -> bytes:
    """Return an image upright, of bounded size, and without anything but its pixels."""
    try:
        with _turn, Image.open(io.BytesIO(content), formats=[kind]) as image:
            if image.width * image.height > MOST_PIXELS[kind]:
                raise RuleBroken("file_pixels")
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            ImageOps.exif_transpose(image, in_place=True)
            image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return _written(image, becomes or kind)
    except RuleBroken:
        raise
    except Exception as error:  # what Pillow raises on hostile bytes is listed nowhere
        raise RuleBroken("file_damaged") from error


def _written(image: Image.Image, kind: str) -> bytes:
    """Return the bytes of an image without what its camera or its program says beside the pixels."""
    plain = image.convert("RGB" if kind == "JPEG" or image.mode not in ("1", "L", "LA", "RGBA") else image.mode)
    plain.info.clear()
    out = io.BytesIO()
    plain.save(out, kind, quality=88)
    return out.getvalue()
