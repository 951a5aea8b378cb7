"""The transcript: all of a record over as many pages as it takes, and the card for a wallet."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2
import pytest

from lms.certificates.jobs.drawing import Part, Transcript, draw_card, draw_transcript, qr
from lms.certificates.jobs.drawing.card import HEIGHT, WIDTH
from lms.web.fonts import MissingGlyphError
from tests.certificates.drawn import sheet, text_of

LONG = "María de los Ángeles Guadalupe Hernández Rodríguez de la Cruz y Villaseñor"


@pytest.fixture
def engine_name() -> str:
    """Drawing needs no database."""
    return "sqlite"


def transcript(*, rows: int = 3, name: str = LONG, title: str = "Un módulo") -> Transcript:
    """Return a transcript with so many modules."""
    certificates = (("Capacitación esencial", "CHW-7K2M-9QXR-4TBN-D", "29 nov 2026", "29 nov 2028", "válido"),)
    modules = tuple((f"{title} {number}", f"{number % 28 + 1} nov 2026", f"{number} h") for number in range(rows))
    return Transcript(
        language="es",
        title="Expediente de formación",
        intro="Todo lo que consta de esta persona.",
        name=name,
        name_language="es",
        issuer="LA County CHW/P/R Consortium",
        facts=(("Hecho el", "29 de noviembre de 2026"), ("Práctica", "40 h")),
        parts=(
            Part("Certificados", ("Nombre", "Número", "Desde", "Hasta", "Estado"), certificates, "-", (3, 3, 2, 2, 1)),
            Part("Módulos", ("Módulo", "Terminado", "Horas"), modules, "Ninguno.", (5, 2, 1), 1),
            Part("Otras capacitaciones", ("Nombre", "Horas"), (), "Ninguna registrada.", (1, 1)),
        ),
        notes=("Para comprobar un certificado, vaya a training.example.org/verify.",),
        page_of="Página {page} de {pages}",
        made_at=datetime(2026, 11, 29, tzinfo=UTC),
        demonstration="Una persona inventada",
    )


def pages_of(content: bytes) -> list[str]:
    return [text_of(content, number) for number in range(len(pypdfium2.PdfDocument(content)))]


@pytest.mark.parametrize("rows", [0, 1, 17, 60, 200])
def test_every_row_is_there_once_and_in_order(rows: int) -> None:
    made = transcript(rows=rows)
    pages = pages_of(draw_transcript(made))
    whole = " ".join(pages)
    expected = [" ".join(row) for row in made.parts[1].rows]
    assert [row for row in expected if whole.count(f"{row} ") != 1] == []
    assert [whole.index(row) for row in expected] == sorted(whole.index(row) for row in expected)
    assert ("Ninguno." in whole) == (rows == 0)
    for text in ("Ninguna registrada.", made.notes[0], "Práctica: 40 h", "CHW-7K2M-9QXR-4TBN-D", made.intro):
        assert text in whole


def test_pages_have_running_heads_and_numbers() -> None:
    pages = pages_of(draw_transcript(transcript(rows=60)))
    assert len(pages) == 3
    for number, page in enumerate(pages, 1):
        assert f"Página {number} de 3" in page
        assert "Una persona inventada" in page
        assert "LA County CHW/P/R Consortium" in page
        assert LONG in page
    assert all("Módulo Terminado Horas" in page for page in pages[:2])


def test_nothing_leaves_the_paper() -> None:
    made = transcript(rows=40, title="Fakafānuamālōlōtuʻuʻofaheʻotua" * 5)
    long = replace(
        made, paper="a4", title="Un título muy largo " * 8, issuer="El consorcio " * 12, page_of="{page}/{pages}"
    )
    document = pypdfium2.PdfDocument(draw_transcript(long))
    assert document[0].get_size() == pytest.approx((595.3, 841.9), abs=0.1)
    for page in document:
        text = page.get_textpage()
        for number in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(number)
            assert 50 < left <= right < 545
            assert 20 < bottom <= top < 800


def test_letters_that_the_font_lacks_are_drawn_by_another_or_shown_as_missing() -> None:
    found = text_of(draw_transcript(transcript(rows=1, title="Ελληνικά 漢")))
    assert "Ελληνικά \ufffd 0" in found
    with pytest.raises(MissingGlyphError):
        draw_transcript(transcript(name="漢"))


def test_the_same_transcript_gives_the_same_bytes() -> None:
    assert draw_transcript(transcript()) == draw_transcript(transcript())


def test_a_table_is_refused_when_a_row_has_too_few_cells() -> None:
    with pytest.raises(ValueError, match="every row needs 2 cells"):
        Part("A", ("b", "c"), (("d",),), "", (1, 1))


@pytest.mark.parametrize(
    ("tag", "name", "kind"),
    [
        ("es", LONG, "pdf"),
        ("to", "ʻAnaseini Fakafānuamālōlōtuʻuʻofaheʻotua", "pdf-a4"),
        ("en", "Li", "pdf-en"),
        ("sm", "W" * 40, "pdf-own"),
    ],
)
def test_the_card_says_who_what_and_until_when(tag: str, name: str, kind: str) -> None:
    for invented in (True, False):
        drawn = sheet("completion", tag, name, kind, demonstration=invented)
        content = draw_card(drawn)
        document = pypdfium2.PdfDocument(content)
        assert len(document) == 1
        assert round(document[0].get_size()[0]) == (595 if kind == "pdf-a4" else 612)
        found = text_of(content)
        for column in drawn.columns:
            for said in (
                column.heading,
                column.title,
                column.validity,
                column.issued_on,
                column.not_a_license,
                column.card,
            ):
                assert said.text in found
            assert (column.demonstration.text in found) == invented
        assert name in found
        assert drawn.number in found
        assert content == draw_card(drawn)


@pytest.mark.parametrize("tag", ["en", "es", "to", "sm"])
def test_everything_stands_on_the_card(tag: str) -> None:
    drawn = sheet("completion", tag, LONG, demonstration=True, edition=2)
    page = pypdfium2.PdfDocument(draw_card(drawn))[0]
    left, bottom = (612 - 2 * WIDTH) / 2, 792 - HEIGHT - 96
    assert (round(WIDTH, 1), round(HEIGHT, 1)) == (242.6, 153.1)
    text = page.get_textpage()
    for number in range(text.count_rects()):
        x, y, right, top = text.get_rect(number)
        said = text.get_text_bounded(x, y, right, top).strip()
        if said and not any(said in column.card.text for column in drawn.columns):
            on_front = left + 5 <= x <= right <= left + WIDTH - 5
            on_back = left + WIDTH + 5 <= x <= right <= left + 2 * WIDTH - 5
            assert on_front or on_back, said
            assert bottom + 4 <= y <= top <= bottom + HEIGHT - 4, said


def test_the_code_on_the_card_is_whole() -> None:
    drawn = sheet("completion", "es", LONG, demonstration=True)
    rows = qr.modules(drawn.code)
    side = qr.side_of(rows)
    scale = 8
    picture = pypdfium2.PdfDocument(draw_card(drawn))[0].render(scale=scale).to_pil().convert("L")
    left = (612 - 2 * WIDTH) / 2 + WIDTH + 13
    top = 96 + HEIGHT - ((HEIGHT - side) / 2 + 2) - side
    module = side / len(rows)
    for row, line in enumerate(rows):
        for column, dark in enumerate(line):
            x, y = left + (column + 0.5) * module, top + (row + 0.5) * module
            assert (picture.getpixel((round(x * scale), round(y * scale))) < 128) == (dark == "1")
