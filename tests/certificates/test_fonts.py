"""Fonts of pages: the same letters without hints, and what is done about letters that one lacks."""

from __future__ import annotations

from io import BytesIO

import pypdfium2
import pytest
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
    """Return a line of text as pixels."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=(900, 60), invariant=1)
    canvas.setFont(name, 24)
    canvas.drawString(10, 20, text)
    canvas.showPage()
    canvas.save()
    return pypdfium2.PdfDocument(out.getvalue())[0].render(scale=2).to_pil().tobytes()


@pytest.mark.parametrize("name", [*NAMES, MORE_LETTERS])
def test_a_lean_font_draws_the_same(name: str) -> None:
    whole = (FOLDER / f"{name}.ttf").read_bytes()
    short = lean(whole)
    fonts.letters_of(name)
    assert len(short) < len(whole) * 0.8
    assert lean(short) == short
    pdfmetrics.registerFont(TTFont(f"Whole-{name}", BytesIO(whole)))
    assert picture_of(name, LETTERS) == picture_of(f"Whole-{name}", LETTERS)
    assert fonts.face(name).face.name == pdfmetrics.getFont(f"Whole-{name}").face.name
    assert fonts.letters_of(name) == frozenset(pdfmetrics.getFont(f"Whole-{name}").face.charToGlyph)


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
