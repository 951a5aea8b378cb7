"""The page: one sheet, every letter, the name never cut, a code that opens the check."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO

import pypdfium2
import pytest
from flask import Flask
from pypdf import PdfReader

from lms.certificates.jobs import samples
from lms.certificates.jobs.drawing import Sheet, draw_certificate, marks, page
from lms.certificates.jobs.drawing.wording import column_of
from lms.certificates.jobs.making import sheet_of
from lms.db import reading
from lms.web import fonts
from lms.web.fonts import SEMIBOLD, MissingGlyphError
from tests.certificates.story import config_of

DAY = date(2026, 3, 5)
LONG = (
    "María de los Ángeles Guadalupe Hernández Rodríguez de la Cruz y Villaseñor",
    "ʻAnaseini Fakafānuamālōlōtuʻuʻofaheʻotua",
    "Fakafānuamālōlōtuʻuʻofaheʻotua",
    "W" * 60,
    "Wolfeschlegelsteinhausenbergerdorff " * 5 + "X",
    "Ana <b>&amp; <img src=/etc/passwd>",
    "Li",
)


@pytest.fixture
def engine_name() -> str:
    """Drawing needs no second engine."""
    return "sqlite"


@pytest.fixture
def sheets(content_app: Flask) -> list[Sheet]:
    """One sheet for each language, with the words that are published."""
    leases = list(samples._leases(reading(), 4, DAY))
    return [sheet_of(reading(), config_of(content_app), lease) for lease in leases]


def words_on(content: bytes) -> Iterator[tuple[str, float, float, float, float]]:
    """Yield each run of text with its place on the page."""
    text = pypdfium2.PdfDocument(content)[0].get_textpage()
    for number in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(number)
        yield text.get_text_bounded(left, bottom, right, top), left, bottom, right, top


def text_of(content: bytes) -> str:
    return re.sub(r"\s+", " ", pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range())


def test_each_language_is_one_letter_page_that_says_everything(sheets: list[Sheet]) -> None:
    assert {sheet.columns[0].language for sheet in sheets} == {"en", "es", "to", "sm"}
    for sheet in sheets:
        content = draw_certificate(sheet)
        document = pypdfium2.PdfDocument(content)
        assert len(document) == 1
        assert document[0].get_size() == (792, 612)
        found = text_of(content)
        assert sheet.name in found
        assert sheet.serial in found
        for column in sheet.columns:
            assert column.heading in found
            for sentence in (column.title, column.completed, column.hours, column.issued_on, column.not_a_license):
                assert sentence in found
            for skill in column.skills:
                assert skill in found.replace("\u00a0", " ")


def test_the_same_sheet_gives_the_same_bytes(sheets: list[Sheet]) -> None:
    for sheet in sheets:
        assert draw_certificate(sheet) == draw_certificate(sheet)


def test_the_file_says_what_it_is(sheets: list[Sheet]) -> None:
    for sheet in sheets:
        reader = PdfReader(BytesIO(draw_certificate(sheet)))
        assert reader.metadata is not None
        assert reader.metadata.title == f"{sheet.columns[0].heading}: {sheet.name}"
        assert reader.metadata.subject == sheet.address
        root = reader.trailer["/Root"]
        assert root["/Lang"] == sheet.columns[0].language
        assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
        names = {
            str(font["/BaseFont"]) for font in (f.get_object() for f in reader.pages[0]["/Resources"]["/Font"].values())
        }
        assert all("PublicSans" in name for name in names), names


@pytest.mark.parametrize("name", LONG)
def test_a_name_is_never_cut(sheets: list[Sheet], name: str) -> None:
    for sheet in (sheets[0], sheets[2]):
        content = draw_certificate(replace(sheet, name=name))
        assert name.replace(" ", "") in text_of(content).replace(" ", "")
        for text, left, bottom, right, top in words_on(content):
            if text.strip() and text.strip() not in "DEMONSTRATION":
                assert 36 <= left <= right <= 792 - 36, text
                assert 36 <= bottom <= top <= 612 - 36, text


def test_the_name_is_the_largest_text(sheets: list[Sheet]) -> None:
    for sheet in sheets:
        size, lines = page.fit_name(sheet.name, page.WIDTH - 136)
        assert size >= 30
        assert len(lines) <= 2


def test_names_shrink_then_break_and_never_grow_past_the_page() -> None:
    width = 600.0
    for name in (*LONG, "A", "Ana " * 40):
        size, lines = page.fit_name(name.strip(), width)
        assert " ".join(lines) == name.strip()
        assert all(fonts.width_of(line, SEMIBOLD, size) <= width + 0.01 for line in lines)
    assert len(page.fit_name(LONG[0], width)[1]) == 2
    assert len(page.fit_name("Li", width)[1]) == 1
    assert page.fit_name("Li", width)[0] == 46


def test_a_missing_letter_stops_the_page(sheets: list[Sheet]) -> None:
    with pytest.raises(MissingGlyphError, match=r"U\+6F22"):
        draw_certificate(replace(sheets[0], name="漢"))
    with pytest.raises(MissingGlyphError):
        draw_certificate(replace(sheets[0], issuer="✓"))


def test_the_code_on_the_page_is_the_one_for_the_address(sheets: list[Sheet]) -> None:
    scale = 8
    for sheet in sheets:
        picture = pypdfium2.PdfDocument(draw_certificate(sheet))[0].render(scale=scale).to_pil().convert("L")
        modules = marks.qr_modules(sheet.address)
        side = marks.QR_SIDE / len(modules)
        assert abs(marks.QR_SIDE - 24 / 25.4 * 72) < 0.01
        left, top = 792 - 58 - 8 - marks.QR_SIDE, 612 - 89 - marks.QR_SIDE
        for row, line in enumerate(modules):
            for column, dark in enumerate(line):
                x, y = left + (column + 0.5) * side, top + (row + 0.5) * side
                assert (picture.getpixel((round(x * scale), round(y * scale))) < 128) == dark
        quiet = side * 4
        border = [(left - quiet / 2, top + 30), (left + marks.QR_SIDE + quiet / 2, top + 30)]
        border += [(left + 30, top - quiet / 2), (left + 30, top + marks.QR_SIDE + quiet / 2)]
        assert all(picture.getpixel((round(x * scale), round(y * scale))) > 200 for x, y in border)


def test_the_code_is_small_enough_to_scan() -> None:
    assert len(marks.qr_modules("HTTPS://TRAINING.CONSORTIUM.EXAMPLE.ORG/V/CHW-0000-0000-0000-0/1")) <= 33


def test_invented_people_are_marked_and_real_ones_are_not(sheets: list[Sheet]) -> None:
    assert "DEMONSTRATION" in text_of(draw_certificate(sheets[0])).replace(" ", "")
    assert "DEMONSTRATION" not in text_of(draw_certificate(replace(sheets[0], is_demonstration=False)))


def test_a_later_edition_says_its_number(sheets: list[Sheet]) -> None:
    assert f"{sheets[0].serial} / 2" in text_of(draw_certificate(replace(sheets[0], edition=2)))


def test_many_skills_and_no_expiry_fit(sheets: list[Sheet]) -> None:
    skills = tuple(f"A core skill with quite a long title {number} (12 h 30 min)" for number in range(11))
    broad = ("One skill whose title is far longer than any column of any certificate can be " * 2,)
    for many in (skills, broad):
        columns = tuple(replace(column, skills=many) for column in sheets[2].columns)
        content = draw_certificate(replace(sheets[2], columns=columns))
        assert all(skill.strip().replace(" ", "") in re.sub(r"\s|·", "", text_of(content)) for skill in many)


def test_words_that_are_long_in_one_place_fit(sheets: list[Sheet]) -> None:
    long_words = tuple(
        replace(
            column,
            heading="A heading that is much too long for half a page, and for a whole one too",
            title="Fakafānuamālōlōtuʻuʻofaheʻotuafakafānuamālōlōtuʻu",
            not_a_license=column.not_a_license * 3,
        )
        for column in sheets[2].columns
    )
    content = draw_certificate(replace(sheets[2], columns=long_words))
    for text, left, _bottom, right, _top in words_on(content):
        if text.strip() and text.strip() not in "DEMONSTRATION":
            assert 36 <= left <= right <= 792 - 36, text


def test_words_fill_in_dates_hours_and_languages() -> None:
    payload = {
        "track": {"title": {"en": "First steps", "es": "Primeros pasos"}},
        "competencies": [{"title": {"en": "Outreach"}, "minutes": 90}],
        "minutes": {"class": 75, "field": 15},
        "completed_on": "2026-03-05",
        "awarded_on": "2026-03-06",
        "valid_until": None,
        "language_of_instruction": "es+en",
    }
    say = lambda name: {  # noqa: E731
        "completed": "{track}|{date}",
        "hours": "{hours}",
        "language_of_instruction": "{language}",
        "issued_on": "{date}",
        "expires_on": "{date}",
        "no_expiry": "never",
        "verify": "{url}",
    }.get(name, name)
    spanish = column_of(payload, "es", say, verify_page="x/verify")
    assert spanish.completed == "Primeros pasos|5 de marzo de 2026"
    assert spanish.hours == "1 h 30 min"
    assert spanish.instruction == "español + inglés"
    assert spanish.skills == ("Outreach (1 h 30 min)",)
    assert spanish.validity == "never"
    english = column_of({**payload, "valid_until": "2028-03-06"}, "en", say, verify_page="x/verify")
    assert (english.completed, english.validity) == ("First steps|March 5, 2026", "March 6, 2028")
    assert english.instruction == "Spanish + English"
    tongan = column_of({**payload, "language_of_instruction": "to"}, "to", say, verify_page="x")
    assert tongan.instruction == "lea faka-Tonga"
    assert tongan.title == "First steps"
    samoan = column_of({**payload, "language_of_instruction": "sm+to"}, "sm", say, verify_page="x")
    assert samoan.instruction.startswith("gagana Sāmoa + ")
    assert samoan.completed == "First steps|5 Mati 2026"
