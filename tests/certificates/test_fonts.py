"""Fonts of pages: the same letters without hints, and what is done about letters that one lacks."""

from __future__ import annotations

from io import BytesIO

import pypdfium2
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from lms.web import fonts
from lms.web.fonts import BOLD, FOLDER, MORE_LETTERS, NAMES, REGULAR, SEMIBOLD, MissingGlyphError
from lms.web.lean import lean

LETTERS = "ABCÑabcñ0123ʻāēīōūĀ ÁÉÍÓÚ ăâđêôơư ệỮ ąćęłńóśźż Ł &@()“”·ẞ"


@pytest.fixture
def engine_name() -> str:
    """Fonts need no database."""
    return "sqlite"


def picture_of(name: str, text: str) -> bytes:
    """Return a line of text as pixels, so large that hints change nothing."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=(900, 60), invariant=1)
    canvas.setFont(name, 24)
    canvas.drawString(10, 20, text)
    canvas.showPage()
    canvas.save()
    return pypdfium2.PdfDocument(out.getvalue())[0].render(scale=10).to_pil().tobytes()


@pytest.mark.parametrize("name", [*NAMES, MORE_LETTERS])
def test_a_lean_font_draws_the_same(name: str) -> None:
    whole = (FOLDER / f"{name}.ttf").read_bytes()
    short = lean(whole)
    fonts.letters_of(name)
    assert len(short) < len(whole) * 0.8
    assert lean(short) == short
    other = plain_font(f"Whole-{name}", whole)
    assert picture_of(name, LETTERS) == picture_of(other.fontName, LETTERS)
    assert fonts.letters_of(name) == frozenset(other.face.charToGlyph)


@pytest.mark.parametrize("name", [*NAMES, MORE_LETTERS])
def test_a_font_is_written_as_reportlab_writes_it(name: str) -> None:
    fonts.letters_of(name)
    many = "".join(map(chr, sorted(code for code in fonts.letters_of(name) if code > ord(" "))[:400]))
    mine = written(name, many)
    other = written(plain_font(f"Other-{name}", lean((FOLDER / f"{name}.ttf").read_bytes())).fontName, many)
    assert mine == other
    assert len(mine) >= 2, "no second part of the font"
    assert all(len(widths) > 30 and b"glyf" in letters and b"beginbf" in spelled for widths, letters, spelled in mine)


def plain_font(name: str, data: bytes) -> TTFont:
    """Return reportlab's own font, under a face of its own: by the same face it would take the program's instead."""
    font = TTFont(name, BytesIO(data), asciiReadable=False)
    font.face.name = name.encode()
    pdfmetrics.registerFont(font)
    assert pdfmetrics.getFont(name) is font
    return font


def written(name: str, text: str) -> list[tuple[list[float], bytes, bytes]]:
    """Return what a file holds of each part of a font, as another program reads it: widths, glyphs, letters.

    What it is described by is compared on the way.
    """
    out = BytesIO()
    canvas = Canvas(out, invariant=1, initialFontName=name)  # type: ignore[arg-type]
    canvas.setFont(name, 9)
    canvas.drawString(10, 20, text)
    canvas.save()
    parts = PdfFileReader(out).root["/Pages"]["/Kids"][0]["/Resources"]["/Font"]
    face, found = pdfmetrics.getFont(name).face, []
    for part in (parts[key] for key in parts):
        about = part["/FontDescriptor"]
        assert [float(corner) for corner in about["/FontBBox"]] == pytest.approx(face.bbox)
        assert float(about["/MissingWidth"]) == pytest.approx(face.defaultWidth)
        assert about["/FontName"] == part["/BaseFont"]
        assert about["/FontName"].endswith(face.name.decode())
        letters = about["/FontFile2"]
        assert letters["/Length1"] == len(letters.data)
        spelled = part["/ToUnicode"].data.replace(face.name, b"NAME")
        found.append(([float(width) for width in part["/Widths"]], letters.data, spelled))
    return found


def test_letters_are_taken_apart_only_when_there_is_no_glyph() -> None:
    assert fonts.spelled("Sēla ệ", REGULAR) == "Sēla ệ"
    assert fonts.spelled("Mṓ", SEMIBOLD) == "Mō\u0301"
    assert fonts.spelled("Ǘ", BOLD) == "Ü\u0301"
    assert fonts.width_of("ṓ", REGULAR, 10) == fonts.width_of("ō", REGULAR, 10)
    for letter in ("漢", "ﬀ", "Ж"):
        with pytest.raises(MissingGlyphError, match=f"U\\+{ord(letter):04X}"):
            fonts.spelled(f"a{letter}", REGULAR)


def test_typed_text_gets_a_font_that_draws_it() -> None:
    assert fonts.drawable("Vāʻinga", BOLD) == ("Vāʻinga", BOLD)
    assert fonts.drawable("Ελληνικά", BOLD) == ("Ελληνικά", MORE_LETTERS)
    assert fonts.drawable("a漢🙂", REGULAR) == ("a\ufffd\ufffd", MORE_LETTERS)
    fonts.check_glyphs("\ufffd", MORE_LETTERS)
