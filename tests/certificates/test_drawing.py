"""The page: one sheet of either paper, every fact, the name never cut, a code that opens the check."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from itertools import product
from typing import Any

import pypdfium2
import pytest
from pypdf import PdfReader

from lms.certificates.jobs.drawing import RENDERINGS, draw_certificate, page, qr
from lms.certificates.jobs.drawing.body import INSIDE
from lms.certificates.jobs.drawing.name import LARGEST, fit_name
from lms.certificates.jobs.drawing.wording import Column, Said, Signer, Skill
from lms.web import fonts
from lms.web.fonts import SEMIBOLD, MissingGlyphError
from tests.certificates.drawn import code_of, payload_of, sheet, sheet_from, text_of

LETTER, A4 = (792, 612), (842, 595)
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
    """Drawing needs no database."""
    return "sqlite"


def rects(content: bytes) -> Iterator[tuple[str, float, float, float, float]]:
    """Yield each run of text with its place on the page."""
    text = pypdfium2.PdfDocument(content)[0].get_textpage()
    for number in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(number)
        yield text.get_text_bounded(left, bottom, right, top), left, bottom, right, top


def operators_of(content: bytes) -> str:
    """Return what draws the page."""
    stream = PdfReader(BytesIO(content)).pages[0].get_contents()
    assert stream is not None
    return stream.get_data().decode("latin-1")


def facts_of(column: Column) -> list[Said]:
    """Return every sentence that a page has in one language."""
    return [
        column.heading, column.presented_to, column.title, column.completed, column.hours, *column.kinds,
        column.instruction, column.competencies, column.issued_on, column.validity, column.verify,
        column.not_a_license, column.versions,
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "tag"), [*product(RENDERINGS, ("en", "es", "to", "sm"))])
def test_each_rendering_is_one_page_that_says_everything(kind: str, tag: str) -> None:
    for key in ("completion", "first-steps"):
        drawn = sheet(key, tag, kind=kind)
        content = draw_certificate(drawn)
        document = pypdfium2.PdfDocument(content)
        assert len(document) == 1
        assert tuple(map(round, document[0].get_size())) == (A4 if "a4" in kind else LETTER)
        found = text_of(content)
        for column in drawn.columns:
            assert [said.text for said in facts_of(column) if said.text not in found] == []
        for skill in drawn.skills:
            assert all(said.text in found for said in skill.titles)
            assert f"{skill.hours} · {skill.code}" in found
        for signer in drawn.signers:
            assert signer.name in found
            assert all(said.text in found for said in signer.titles)
        for text in (drawn.name, drawn.issuer, drawn.serial, drawn.payload_sha256):
            assert text in found


@pytest.mark.parametrize(
    ("kind", "tags"),
    [
        ("pdf", {"es": ("es", "en"), "en": ("en",)}),
        ("pdf-en", {"es": ("en",), "en": ("en",)}),
        ("pdf-own", {"es": ("es",), "en": ("en",)}),
    ],
)
def test_a_rendering_has_its_languages(kind: str, tags: dict[str, tuple[str, ...]]) -> None:
    for tag, expected in tags.items():
        assert tuple(column.language for column in sheet(tag=tag, kind=kind).columns) == expected


def test_the_same_sheet_gives_the_same_bytes() -> None:
    for kind in RENDERINGS:
        assert draw_certificate(sheet(kind=kind)) == draw_certificate(sheet(kind=kind))


def test_the_file_says_what_it_is() -> None:
    drawn = sheet()
    reader = PdfReader(BytesIO(draw_certificate(drawn)))
    assert reader.metadata is not None
    assert reader.metadata.title == f"{drawn.columns[0].heading.text}: {drawn.name}"
    assert reader.metadata.subject == drawn.address == "HTTPS://TRAINING.EXAMPLE.ORG/V/CHW-7K2M-9QXR-4TBN-D/1"
    assert reader.metadata.keywords == f"{drawn.serial} edition 1 sha256 {drawn.payload_sha256}"
    assert str(reader.metadata.creation_date) == "2026-11-29 06:10:00+00:00"
    resources: Any = reader.pages[0]["/Resources"]
    fonts_used = resources["/Font"].values()
    assert {str(font.get_object()["/BaseFont"]).partition("+")[2] for font in fonts_used} == set(fonts.NAMES)


@pytest.mark.parametrize(("name", "key"), [*product(LONG, ("completion", "first-steps"))])
def test_a_name_is_never_cut(name: str, key: str) -> None:
    for kind, tag in (("pdf", "en"), ("pdf", "es"), ("pdf-a4", "to"), ("pdf-a4-own", "sm")):
        content = draw_certificate(sheet(key, tag, name, kind))
        assert name.replace(" ", "") in text_of(content).replace(" ", "")
        width, height = A4 if "a4" in kind else LETTER
        for text, left, bottom, right, top in rects(content):
            if text.strip():
                assert 46 <= left <= right <= width - 46, text
                assert 46 <= bottom <= top <= height - 46, text


def test_the_name_is_the_largest_text() -> None:
    for name, kind in product(LONG, ("pdf", "pdf-en")):
        content = draw_certificate(sheet("completion", "es", name, kind, demonstration=True))
        operators = operators_of(content)
        sizes = sorted({float(size) for size in re.findall(r"/F\S+ ([\d.]+) Tf", operators)})
        width = (A4 if "a4" in kind else LETTER)[0] - 2 * INSIDE - 20
        assert sizes[-1] == pytest.approx(fit_name(name, width)[0], abs=0.001)
        assert sizes[-2] <= sizes[-1] * 0.81, name


def test_names_shrink_then_break_and_never_grow_past_the_page() -> None:
    width = 600.0
    for name in (*LONG, "A", "Ana " * 40):
        size, lines = fit_name(name.strip(), width)
        assert " ".join(lines) == name.strip()
        assert all(fonts.width_of(line, SEMIBOLD, size) <= width + 0.01 for line in lines)
    assert len(fit_name(LONG[0], width)[1]) == 2
    assert fit_name("Li", width) == (LARGEST, ["Li"])


def test_a_missing_letter_stops_the_page() -> None:
    with pytest.raises(MissingGlyphError, match=r"U\+6F22"):
        draw_certificate(sheet(name="漢"))
    with pytest.raises(MissingGlyphError, match=r"U\+2713"):
        draw_certificate(replace(sheet(), issuer="✓"))


@pytest.mark.parametrize(("kind", "length"), [*product(("pdf", "pdf-a4"), (60, 330, 430))])
def test_the_code_on_the_page_is_the_one_for_its_text(kind: str, length: int) -> None:
    scale = 8
    drawn = sheet_from(payload_of(), kind, code=code_of(length))
    picture = pypdfium2.PdfDocument(draw_certificate(drawn))[0].render(scale=scale).to_pil().convert("L")
    rows = qr.modules(drawn.code)
    side = qr.side_of(rows)
    assert side >= 24 / 25.4 * 72 - 0.01
    module = side / len(rows)
    assert module >= 0.4 / 25.4 * 72 - 0.001
    width, height = picture.width / scale, picture.height / scale
    left, top = width - INSIDE - side, height - 69 - side
    for row, line in enumerate(rows):
        for column, dark in enumerate(line):
            x, y = left + (column + 0.5) * module, top + (row + 0.5) * module
            assert (picture.getpixel((round(x * scale), round(y * scale))) < 128) == (dark == "1")
    for step in range(2 * len(rows)):
        at, quiet = step / 2 * module, 3.5 * module
        border = [(left - quiet, top + at), (left + side + quiet, top + at)]
        border += [(left + at, top - quiet), (left + at, top + side + quiet)]
        assert all(picture.getpixel((round(x * scale), round(y * scale))) > 250 for x, y in border)


def test_invented_people_are_marked_and_real_ones_are_not() -> None:
    for invented in (True, False):
        drawn = sheet(demonstration=invented)
        content = draw_certificate(drawn)
        assert all((column.demonstration.text in text_of(content)) == invented for column in drawn.columns)
        pale = page.mark((396.0, 306.0), 78, drawn.look.accent)
        assert (pale.packed in content) == invented
        assert "DEMONSTRATION" not in text_of(content)


def test_a_later_edition_says_its_number() -> None:
    drawn = sheet(edition=2)
    assert drawn.address.endswith("/2")
    assert f"{drawn.serial} / 2" in text_of(draw_certificate(drawn))


def test_a_signer_without_a_name_has_an_empty_line() -> None:
    signers = [{"name": "", "title": {"en": "Elder"}}, {"name": "Ana Cruz", "title": {"en": "Coordinator"}}]
    drawn = sheet(signers=signers, kind="pdf")
    assert [signer.titles for signer in drawn.signers] == [(Said("Elder", "en"),), (Said("Coordinator", "en"),)]
    found = text_of(draw_certificate(drawn))
    assert found.count("Elder") == found.count("Ana Cruz") == found.count("Coordinator") == 1


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 7, 11, 24])
def test_any_number_of_skills_fits(count: int) -> None:
    title = "A core skill with quite a long title, number"
    skills = tuple(
        Skill((Said(f"Ko e taukei lōloa {n}", "to"), Said(f"{title} {n}", "en")), "chw-core/skill", "12 h 30 min")
        for n in range(count)
    )
    drawn = replace(sheet(), skills=skills)
    content = draw_certificate(drawn)
    found = text_of(content)
    assert all(said.text in found for skill in skills for said in skill.titles)
    assert (drawn.columns[0].competencies.text in found) == (count > 0)
    lowest = min(bottom for text, _, bottom, _, _ in rects(content) if text.strip().startswith(title[:12]) or not count)
    assert lowest > (150 if count else 0)


def test_words_that_are_long_in_one_place_fit() -> None:
    long_words = tuple(
        replace(
            column,
            heading=Said("A heading that is much too long for half a page, and for a whole one too", "en"),
            presented_to=Said("With very many words of thanks that need more than half of a page of paper, to", "en"),
            title=Said("Fakafānuamālōlōtuʻuʻofaheʻotuafakafānuamālōlōtuʻu", "to"),
            not_a_license=Said(column.not_a_license.text * 3, "en"),
        )
        for column in sheet().columns
    )
    signers = tuple(
        Signer("Wolfeschlegelsteinhausenbergerdorff " * 3, (Said("Fakafānuamālōlōtuʻu" * 3, "to"),)) for _ in "ab"
    )
    drawn = replace(sheet(), columns=long_words, signers=signers, issuer="The consortium of many organizations " * 4)
    for text, left, bottom, right, _ in rects(draw_certificate(drawn)):
        if text.strip():
            assert 46 <= left <= right <= 746, text
            assert bottom > 46, text


def test_designs_look_different() -> None:
    looks = {sheet(key).look for key in ("completion", "first-steps")}
    assert len(looks) == len({look.motif for look in looks}) == len({look.accent for look in looks}) == 2
    plain = draw_certificate(sheet())
    for motif in ("weave", "waves"):
        assert draw_certificate(replace(sheet(), look=replace(sheet().look, motif=motif))) != plain


def test_lines_end_in_a_blank_where_the_sentence_goes_on() -> None:
    drawn = sheet("completion", "es", LONG[0])
    joined = re.sub(r"[\r\n]+", "", pypdfium2.PdfDocument(draw_certificate(drawn))[0].get_textpage().get_text_range())
    assert LONG[0] in joined
    assert drawn.columns[0].completed.text in joined
