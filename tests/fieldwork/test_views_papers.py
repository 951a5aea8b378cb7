"""The papers of a session in four languages: the list to sign and the roster, read back from their PDF."""

from __future__ import annotations

import io
import re
from typing import Any

import pypdf
import pytest
import time_machine
from flask import Flask
from flask_babel import force_locale, gettext
from reportlab.pdfbase.pdfmetrics import stringWidth
from sqlalchemy import text

from lms.db import write
from lms.i18n import TAGS, format_day
from lms.web.fonts import REGULAR, load_fonts
from tests.conftest import AT
from tests.factories import Make
from tests.fieldwork.classes import DAY
from tests.fieldwork.test_views_sessions import Site

#: Names with U+02BB, macrons and ñ: short, of thirty letters in one word, of four surnames.
NAMES = (
    "ʻIlaisaane Halaʻevalu Mafileʻo",
    "Mele Tāufaʻāhaulotuʻaihelāʻofakiheʻotuafonua",
    "Faʻamāgalo Tagaloā ʻĀnae",
    "Íñigo Núñez Ñáñez",
    "María Guadalupe Peñaloza Villaseñor de la Cruz Ibáñez Montaño",
)
#: What stands on each paper, in English: what it is, its heads, and what is said of everybody.
HEADS = {
    "sheet": ("List to sign", "Name", "Came at", "Signature", "Left at", "Date"),
    "roster": ("Roster", "Name", "Language", "Organization", "has a place", "on the waiting list"),
}


@pytest.fixture
def site(make: Make, content_app: Flask) -> Any:
    """Return people with browsers, at the instant of every test."""
    with time_machine.travel(AT, tick=False):
        yield Site(make, content_app)


@pytest.fixture
def group(site: Site, make: Make) -> str:
    """Return a session with everybody on its list, one of them without a place."""
    found = site.plan(
        site.trainer, organization_id=site.hope, title="Talanoa ʻi Ñuñoa mo Sāmoa", capacity=len(NAMES) - 1
    )
    for name in NAMES:
        person = make.person(name)
        make.employment(person, site.hope)
        site.sign_up(found, person)
    return found


def speak(tag: str) -> None:
    """Let everybody read in a language."""
    write(lambda s: s.execute(text("UPDATE people SET language = :tag"), {"tag": tag}) and None)


def read_paper(site: Site, group: str, kind: str) -> str:
    """Return the words of a paper as a program reads them."""
    answer = site.browser(site.trainer).get(f"/sessions/{group}/{kind}.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    pages = pypdf.PdfReader(io.BytesIO(answer.data)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


def words_in(tag: str, words: str) -> str:
    """Return words of the program in a language."""
    with force_locale(tag):
        return str(gettext(words))


@pytest.mark.parametrize("kind", HEADS)
@pytest.mark.parametrize("tag", TAGS)
def test_a_paper_holds_exact_names_and_speaks_one_language(site: Site, group: str, tag: str, kind: str) -> None:
    speak(tag)
    said = read_paper(site, group, kind)
    named = NAMES if kind == "roster" else NAMES[:-1]
    for name in (*named, "Talanoa ʻi Ñuñoa mo Sāmoa", "Tina Trainer"):
        assert name in said, (tag, kind, name, said)
    assert kind == "roster" or NAMES[-1] not in said, "who waits signs when she has a place"
    assert "?" not in said, "a letter that was not drawn"
    for words in HEADS[kind]:
        assert words_in(tag, words) in said, (tag, words)
        if words_in(tag, words) != words:
            assert f" {words} " not in f" {said} ", (tag, words)
    with force_locale(tag):
        assert format_day(DAY) in said
    others = {other: words_in(other, HEADS[kind][0]) for other in TAGS if other != tag}
    assert not [other for other, words in others.items() if words in said]


@pytest.mark.parametrize("kind", HEADS)
@pytest.mark.parametrize("tag", TAGS)
def test_every_word_and_name_stays_in_its_column(site: Site, group: str, tag: str, kind: str) -> None:
    """Heads in each language, and a name of one long word, which is drawn smaller and not cut."""
    speak(tag)
    load_fonts()
    answer = site.browser(site.trainer).get(f"/sessions/{group}/{kind}.pdf")
    page = pypdf.PdfReader(io.BytesIO(answer.data)).pages[0]
    found: list[tuple[str, float, float, float]] = []

    def see(words: str, _cm: Any, tm: Any, _font: Any, size: float) -> None:
        found.extend((line, tm[4], tm[5], size) for line in [words.strip()] if line)

    page.extract_text(visitor_text=see)
    drawn = page.get_contents().get_data().decode("latin-1")
    boxes = [tuple(map(float, each)) for each in re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re", drawn)]
    inside = [
        (line, x + stringWidth(line, REGULAR, size), left + width)
        for line, x, y, size in found
        for left, bottom, width, height in boxes
        if left <= x < left + width and bottom <= y < bottom + height
    ]
    assert any(NAMES[1].split()[1] in line for line, _end, _right in inside), "the long name is among them"
    assert len(inside) > 15
    assert not [each for each in inside if each[1] > each[2]]


def test_the_test_would_see_a_letter_that_is_not_drawn(site: Site, group: str) -> None:
    write(
        lambda s: s.execute(text("UPDATE people SET name = 'Sione 名' WHERE name = :name"), {"name": NAMES[0]}) and None
    )
    assert "Sione ?" in read_paper(site, group, "roster")
