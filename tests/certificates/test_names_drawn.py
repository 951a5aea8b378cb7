"""200 names with every letter and mark of seven languages: drawn, and read out of the file as they are."""

from __future__ import annotations

import random
import shutil
import subprocess
import unicodedata
from itertools import cycle
from pathlib import Path

import pypdfium2
import pytest

from lms.certificates.jobs.drawing import draw_certificate
from lms.certificates.jobs.drawing.accents import has_marks
from lms.certificates.jobs.drawing.name import fit_name
from lms.certificates.jobs.drawing.outlines import outline_of
from lms.certificates.rules import names
from lms.errors import RuleBroken
from lms.web import fonts
from lms.web.fonts import SEMIBOLD, MissingGlyphError
from tests.certificates.drawn import sheet

COUNT = 200
_VOWELS = "a ă â e ê i o ô ơ u ư y".split()
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_BASIC = "abcdefghijklmnopqrstuvwxyz"
#: The letters of each language, each with the marks that stand on it; a long vowel may be stressed in Tongan, and the
#: older spelling of Tagalog has a tilde on g.
LETTERS = {
    "es": [*_BASIC, *"áéíóúüñ"],
    "to": [*"aefhiklmnopstuvgʻ", *"āēīōūáéíóú", *(f"{vowel}\u0301" for vowel in "āēīōū")],
    "sm": [*"aeioufglmnpstvhkrʻ", *"āēīōū"],
    "haw": [*"aeiouhklmnpwʻ", *"āēīōū"],
    "tl": [*_BASIC, *"ñáàâéèêíìîóòôúùû", "g\u0303"],
    "vi": [
        *"bcdđghklmnpqrstvx",
        *(unicodedata.normalize("NFC", vowel + tone) for vowel in _VOWELS for tone in _TONES),
    ],
    "pl": [*_BASIC, *"ąćęłńóśźż"],
}


@pytest.fixture
def engine_name() -> str:
    """Drawing needs no database."""
    return "sqlite"


def made_names() -> list[str]:
    """Return 200 names: the letters of each language in turns, small and capital, from two to five words."""
    chance = random.Random(7)
    decks = {language: cycle(letters) for language, letters in LETTERS.items()}
    found = []
    for language, number in zip(cycle(LETTERS), range(COUNT), strict=False):
        words = []
        for _ in range(2 + number % 4):
            letters = [next(decks[language]) for _ in range(chance.randint(4, 9))]
            words.append("".join([capital(letters[0]), *letters[1:]]))
        found.append(" ".join(words))
    return found


def capital(letter: str) -> str:
    return unicodedata.normalize("NFC", letter.upper())


NAMES = made_names()


def test_the_names_hold_every_letter_small_and_capital() -> None:
    assert len(NAMES) == len(set(NAMES)) == COUNT
    used = {letter for name in NAMES for letter in names.graphemes(name)}
    for letters in LETTERS.values():
        assert {letter for letter in letters if letter not in used} == set()
    capitals = {capital(letter) for letters in LETTERS.values() for letter in letters}
    assert len(capitals - used) < len(capitals) / 4
    for letter in capitals:
        fonts.spelled(letter, SEMIBOLD)
        names.check_name(f"{letter}a")


def test_what_the_gate_lets_through_is_drawn_and_can_be_read() -> None:
    taken_apart = 0
    for code in range(0x20, 0x2FFF):
        letter = chr(code)
        if unicodedata.is_normalized("NFC", letter) and names.is_drawn(letter):
            plain = fonts.spelled(letter, SEMIBOLD)
            if plain != letter:
                taken_apart += 1
                fonts.check_glyphs(letter, fonts.MORE_LETTERS)
    assert taken_apart > 50


def by_pdftotext(content: bytes, folder: Path) -> list[str]:
    """Return the lines of a page as poppler reads them."""
    path = folder / "page.pdf"
    path.write_bytes(content)
    return subprocess.run(["pdftotext", path, "-"], check=True, capture_output=True).stdout.decode().split("\n")


def by_pdfium(content: bytes) -> list[str]:
    """Return the lines of a page as Chromium reads them."""
    return pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range().split("\r\n")


def name_among(lines: list[str], before: str, after: str) -> str:
    """Return what stands between two other texts of a page, its lines joined."""
    texts = [line.strip() for line in lines if line.strip()]
    return " ".join(texts[texts.index(before) + 1 : texts.index(after)])


def test_two_hundred_names_are_read_as_they_are(tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("NO pdftotext (poppler-utils) HERE: names are not read by a second program")
    compared = broken = 0
    for name in NAMES:
        drawn = sheet(name=name, kind=("pdf-en", "pdf-a4-en")[compared % 2], demonstration=True)
        around = drawn.columns[0].presented_to.text, drawn.columns[0].title.text
        content = draw_certificate(drawn)
        assert name_among(by_pdftotext(content, tmp_path), *around) == name
        assert name_among(by_pdfium(content), *around) == name
        both = draw_certificate(sheet("completion", ("es", "to", "sm")[compared % 3], name, demonstration=True))
        assert name in " ".join(" ".join(by_pdfium(both)).split())
        compared += 1
        broken += len(fit_name(name, 644)[1]) == 2
    assert compared == COUNT
    assert broken > 20


@pytest.mark.parametrize("name", ["Ā́ta ʻO Fakaʻosi", "G̃iya Nāone", "Ị́ra Ọ́la"])
def test_marks_stand_on_their_letters_and_are_read_after_them(name: str, tmp_path: Path) -> None:
    assert has_marks(name)
    drawn = sheet(name=name, kind="pdf-en")
    content = draw_certificate(drawn)
    around = drawn.columns[0].presented_to.text, drawn.columns[0].title.text
    assert name_among(by_pdfium(content), *around) == name
    picture = pypdfium2.PdfDocument(content)[0].render(scale=2).to_pil().convert("L")
    plain = draw_certificate(sheet(name=fallen(name), kind="pdf-en"))
    other = pypdfium2.PdfDocument(plain)[0].render(scale=2).to_pil().convert("L")
    middle = (64 * 2, 150 * 2, (792 - 64) * 2, 240 * 2)
    here, there = ink_of(picture.crop(middle)), ink_of(other.crop(middle))
    assert here[0] == pytest.approx(there[0], abs=8)
    assert here[1] < there[1]
    assert here[2] == pytest.approx(there[2], abs=3)


def fallen(name: str) -> str:
    """Return a name without the marks that have no letter of their own."""
    return "".join(letter for letter in name if not unicodedata.combining(letter))


def ink_of(picture: object) -> tuple[int, int, int, int]:
    """Return the left, upper, right and lower edge of what is dark."""
    box: tuple[int, int, int, int] = picture.point(lambda value: 255 if value < 90 else 0).getbbox()  # type: ignore[attr-defined]
    return box


def test_a_letter_that_no_font_has_is_refused_by_name_before_it_is_drawn() -> None:
    for letter in ("漢", "Ж", "ɓ", "🙂"):
        with pytest.raises(RuleBroken) as raised:
            names.check_name(f"Ana {letter}")
        assert (raised.value.code, raised.value.values) == ("name_letter", {"letter": letter})
        with pytest.raises(MissingGlyphError, match=f"U\\+{ord(letter):04X}"):
            draw_certificate(sheet(name=f"Ana {letter}"))


def test_outlines_are_those_of_the_font() -> None:
    for letter in "AgéʻỆ\u0301":
        outline = outline_of(letter, SEMIBOLD)
        assert outline
        assert all(len(contour) > 2 for contour in outline)
    assert outline_of(" ", SEMIBOLD) == []
    square = outline_of(".", SEMIBOLD)
    assert min(point.y for contour in square for point in contour) == pytest.approx(0, abs=20)
