"""Every page, letter and error in each of the four languages: no word of another, dates right, no sideways scroll.

What stands on a page is compared with what the program and the content say in each language: words that are known may
stand only where the nearest `lang` is a language in which they are said so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import wtforms
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask import render_template
from playwright.sync_api import sync_playwright

from lms.config import ROOT
from lms.i18n import LANGUAGES, TAGS, _locale
from lms.notifications.messages import samples
from lms.notifications.messages.words import render
from lms.notifications.queries import KINDS, Facts
from lms.web.forms import _Translations
from tests.demo.conftest import Demo, Reader
from tests.demo.test_browser import ASKED, CHROMIUM, HEIGHT, PHONE, QUIET, Spot, spots  # noqa: F401 -- a fixture

pytestmark = pytest.mark.timeout(600)

#: Elements without an end.
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
#: The titles and places of the sample letters.
TITLES = re.compile(
    "|".join(
        f"{re.escape(str(title)[:length])}(?:[.]{{3}}|…)?"
        for title in (samples._TITLE, samples._PLACE)
        for length in range(len(str(title)), 11, -1)
    )
)
MEASURE = """() => [
    document.documentElement.scrollWidth, getComputedStyle(document.body).fontFamily.includes('system-ui')
        || document.styleSheets.length > 0,
]"""
#: Attributes that are read to a person.
READ = ("aria-label", "alt", "title", "placeholder", "data-label")


@dataclass(frozen=True)
class Piece:
    """Words of a page, and the language in which they are marked to be."""

    text: str
    lang: str


class _Pieces(HTMLParser):
    """Collects the words of a page with their languages; names (`translate="no"`) are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[tuple[str, str, bool]] = []
        self.found: list[Piece] = []
        self.langs: set[str] = set()
        self.html = ""

    @property
    def lang(self) -> str:
        return self.stack[-1][1] if self.stack else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attrs}
        silent = (self.stack[-1][2] if self.stack else False) or tag in {"script", "style", "svg", "textarea", "code"}
        silent = silent or a.get("translate") == "no"
        lang = a.get("lang") or self.lang
        if "lang" in a:
            self.langs.add(a["lang"])
        if tag == "html":
            self.html = a.get("lang", "")
        if tag not in VOID:
            self.stack.append((tag, lang, silent))
        read = [a[name] for name in READ if a.get(name)]
        if tag == "input" and a.get("type") in {"submit", "button"}:
            read.append(a.get("value", ""))
        if not silent:
            self.found += [Piece(" ".join(each.split()), lang) for each in read]

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self.stack) - 1, -1, -1):
            if self.stack[place][0] == tag:
                del self.stack[place:]
                return

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and self.stack and not self.stack[-1][2]:
            self.found.append(Piece(text, self.lang))


def read_page(html: str) -> _Pieces:
    """Return the words of a page."""
    pieces = _Pieces()
    pieces.feed(html)
    return pieces


# ── What is known of each language ────────────────────────────────────────────

#: What the program fills into a sentence.
HOLE = re.compile(r"%\(\w+\)[sd]|%%")
MARKUP = re.compile(r"\*\*|\*|`|\[([^\]]*)\]\([^)]*\)")


class Known:
    """Every sentence of the program and of the content, with the languages in which it is said so."""

    def __init__(self) -> None:
        self.langs: dict[str, set[str]] = defaultdict(set)
        self.holed: dict[str, set[str]] = defaultdict(set)
        for tag in TAGS[1:]:
            self._catalogue(tag)
        for path in sorted((ROOT / "content").rglob("*.po")):
            tag = path.stem.rpartition(".")[2]
            with path.open("rb") as file:
                for message in read_po(file, locale=tag):
                    if message.id and message.string:
                        self._add(str(message.id), {"en"})
                        self._add(str(message.string), {tag})

    def _catalogue(self, tag: str) -> None:
        with (ROOT / "translations" / tag / "LC_MESSAGES" / "messages.po").open("rb") as file:
            for message in read_po(file, locale=tag):
                if not message.id:
                    continue
                ids, strings = (
                    each if isinstance(each, (list, tuple)) else (each,) for each in (message.id, message.string)
                )
                for each in ids:
                    self._add(each, {"en"})
                for each in strings:
                    self._add(each, {tag})

    def _add(self, text: str, langs: set[str]) -> None:
        plain = " ".join(MARKUP.sub(r"\1", text).split())
        kept = self.holed if HOLE.search(text) else self.langs
        kept[plain.replace("%%", "%") if kept is self.langs else plain] |= langs

    @cached_property
    def patterns(self) -> list[tuple[str, re.Pattern[str], set[str]]]:
        """Return each sentence with holes: its longest part to look for first, its pattern, its languages."""
        found = []
        for text, langs in self.holed.items():
            parts = [re.escape(part) for part in HOLE.split(text)]
            longest = max(HOLE.split(text), key=len).strip()
            if len(re.findall(r"[^\W\d_]{2,}", longest)) >= 2:
                found.append((longest, re.compile("(.+?)".join(parts)), langs))
        return found

    @cached_property
    def _cache(self) -> dict[str, set[str]]:
        return {}

    def of(self, text: str) -> set[str]:
        """Return the languages in which this is said so; none where it is not known."""
        if text in self.langs:
            return self.langs[text]
        if text not in self._cache:
            told = [langs for part, pattern, langs in self.patterns if part in text and pattern.fullmatch(text)]
            self._cache[text] = set().union(*told)
        return self._cache[text]


@pytest.fixture(scope="module")
def known() -> Known:
    """Return what is known of each language."""
    return Known()


def days_and_months() -> dict[str, set[str]]:
    """Return by each long name of a month or day the languages that have it."""
    found: dict[str, set[str]] = defaultdict(set)
    for tag in TAGS:
        locale = _locale(tag)
        for kind in (locale.months, locale.days):
            for name in kind["format"]["wide"].values():
                found[name.lower()].add(tag)
    return found


# ── The pages ─────────────────────────────────────────────────────────────────

#: Pages that speak the language of the one whom a letter was written to, and whose each is by the id in its address.
_FOLLOW_UPS = "SELECT public_id, person_id FROM survey_invitations"
OF_LETTERS = {
    "notifications.stop": "SELECT public_id, person_id FROM letters",
    "people.invitation": """SELECT l.public_id, a.person_id FROM access_links l
                            JOIN accounts a ON a.id = l.account_id""",
    "surveys.follow_up": _FOLLOW_UPS,
    "translating.report_unsigned": _FOLLOW_UPS,
}
#: What the people of the demonstration wrote, in English, or what they called something.
TYPED = (
    "Some do not feel ready to write notes.",
    "For many it is too long for one sitting.",
    "Thank you. I will try that.",
    "Please tell us on which days you visited the outreach site.",
    "The library was closed on that day.",
    "You wait for the answer, and people notice.",
    "photo of the paper.jpg",
    "Coming back on another day is safe too.",
    "With a dog, coming back is right too.",
)
#: What each language calls itself: so it stands in every list of languages, whatever the page speaks.
LANGUAGE_NAMES = frozenset(name for _tag, name in LANGUAGES)
SESSIONS = "SELECT title FROM group_sessions UNION SELECT name FROM organizations UNION SELECT name FROM people"
#: Small words of English: two of them in one sentence are no accident.
ENGLISH = re.compile(r"\b(?:the|and|of|to|is|you|your|this|that|with|for|not|are|was)\b")


@dataclass
class Walked:
    """What was opened: by language and route the page; what did not answer; what people called something."""

    pages: dict[tuple[str, str], str] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    typed: set[str] = field(default_factory=set)


def open_spot(demo: Demo, spot: Spot, tag: str) -> Any:
    """Return the answer that a page gives to its reader in a language."""
    reader = Reader(demo.app.test_client())
    if spot.session:
        reader.client.set_cookie("session", spot.session)
    if spot.person_id:
        demo.speak(spot.person_id, tag)
    return reader.client.get(spot.path, headers={"Accept-Language": ASKED[tag]})


def open_letter(demo: Demo, endpoint: str, spot: Spot, tag: str) -> Any:
    """Return the answer to who follows the link of a letter to a reader of this language, in a browser of another."""
    rows = [row for row in demo.rows(OF_LETTERS[endpoint]) if row[0] in spot.path]
    assert len(rows) == 1, endpoint
    demo.speak(rows[0][1], tag)
    return demo.app.test_client().get(spot.path, headers={"Accept-Language": ASKED["es" if tag == "en" else "en"]})


@pytest.fixture(scope="module")
def walked(demo: Demo, spots: dict[str, Spot]) -> Walked:  # noqa: F811 -- the fixture of that name
    """Open every page in every language; one that speaks the language of a letter from a letter in each."""
    found = Walked(typed={" ".join(row[0].split()) for row in demo.rows(SESSIONS)})
    for endpoint, spot in sorted(spots.items()):
        for tag in TAGS:
            of_letter = endpoint in OF_LETTERS
            answer = open_letter(demo, endpoint, spot, tag) if of_letter else open_spot(demo, spot, tag)
            if answer.status_code == 200:
                found.pages[tag, endpoint] = answer.get_data(as_text=True)
            else:
                found.failed.append(f"{tag} {endpoint} {spot.path}: {answer.status_code}")
    return found


def faults_of(html: str, tag: str, known: Known, typed: Iterable[str] = ()) -> Iterator[str]:
    """Yield what stands on a page in another language than it says."""
    page, names = read_page(html), days_and_months()
    if page.html != tag:
        yield f"the page says that it is {page.html!r}"
    if page.langs - set(TAGS):
        yield f"no language of ours: {sorted(page.langs - set(TAGS))}"
    for each in page.found:
        if each.text in typed or each.text in LANGUAGE_NAMES or any(words in each.text for words in TYPED):
            continue
        langs = known.of(each.text)
        if langs and each.lang not in langs:
            yield f"{each.lang}, but {'/'.join(sorted(langs))}: {each.text[:150]}"
        elif not langs and each.lang != "en" and len(ENGLISH.findall(each.text)) >= 2:
            yield f"{each.lang}, but English: {each.text[:150]}"
        for word in re.findall(r"[^\W\d_ʻ]*[\wʻ]+", each.text.lower()):
            if len(word) > 3 and each.lang not in names.get(word, {each.lang}):
                yield f"{each.lang}, with a day or month of {'/'.join(sorted(names[word]))}: {each.text[:150]}"


def test_every_page_speaks_one_language(walked: Walked, known: Known) -> None:
    """Over six hundred pages: program words, content, lang attributes, names of days and months."""
    assert not walked.failed
    assert len(walked.pages) > 600, len(walked.pages)
    assert len({endpoint for _tag, endpoint in walked.pages}) > 160
    assert {(tag, endpoint) for tag in TAGS for endpoint in OF_LETTERS} <= set(walked.pages)
    found = [
        f"{tag} {endpoint}: {fault}"
        for (tag, endpoint), html in walked.pages.items()
        for fault in faults_of(html, tag, known, walked.typed)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("tag", TAGS)
def test_months_are_in_words_of_the_language(walked: Walked, tag: str) -> None:
    months = {name.lower() for name in _locale(tag).months["format"]["wide"].values()}
    pages = [read_page(html) for (of, _endpoint), html in walked.pages.items() if of == tag]
    said = " ".join(each.text.lower() for page in pages for each in page.found)
    assert sum(month in said for month in months) >= 4


PLANTED = {
    "a program word": ('<main id="main"', "<p>Sign out</p>", "sm, but en: Sign out"),
    "words of another language": ('<main id="main"', '<p lang="en">Saini i fafo</p>', "en, but sm: Saini i fafo"),
    "silent English": ('<main id="main"', "<p>This is for you, not that.</p>", "sm, but English"),
    "a month": ('<main id="main"', "<p>3 December 2026</p>", "sm, with a day or month of en"),
    "an attribute": ('<main id="main"', '<p aria-label="Sign out"></p>', "sm, but en: Sign out"),
    "no language": ('<main id="main"', '<p lang="tgl">Oo</p>', "no language of ours"),
}


@pytest.mark.parametrize("what", PLANTED)
def test_the_walk_finds(walked: Walked, known: Known, what: str) -> None:
    """Each kind of fault, planted in a page, is found: otherwise the walk would say nothing."""
    place, fault, said = PLANTED[what]
    html = walked.pages["sm", "home.learn"]
    assert html.count(place) == 1
    assert not list(faults_of(html, "sm", known, walked.typed))
    found = list(faults_of(html.replace(place, f"{fault}{place}"), "sm", known, walked.typed))
    assert len(found) == 1
    assert said in found[0]


# ── Errors and letters ────────────────────────────────────────────────────────


@pytest.mark.parametrize("tag", TAGS)
def test_every_error_page_speaks_one_language(demo: Demo, known: Known, tag: str) -> None:
    for code in (400, 403, 404, 405, 413, 418, 429, 500, 503):
        with demo.app.test_request_context("/x", headers={"Accept-Language": ASKED[tag]}):
            html = render_template("error.html", code=code, request_id="0123", retry_after=5 if code == 429 else None)
        assert not list(faults_of(html, tag, known)), code
    answer = demo.app.test_client().get("/no-such-page", headers={"Accept-Language": ASKED[tag]})
    assert answer.status_code == 404
    assert not list(faults_of(answer.get_data(as_text=True), tag, known))


def sent(demo: Demo, tag: str) -> Iterator[tuple[str, str, Any]]:
    """Yield kind, channel and words of every letter with all that it can say, in a language."""
    cases = [*samples._VALUES.items(), *((kind, {**samples._VALUES[kind], **more}) for kind, more in samples._MORE)]
    for kind, values in cases:
        for channel, address in (("email", "sale@demo.example"), ("sms", "+12135550100")):
            if kind != "sms_answer" or channel == "sms":
                facts = Facts("Sālote ʻAkauʻola", tag, channel, address, values)
                yield kind, channel, render(kind, facts, demo.config, letter_id="k" * 20)


@pytest.mark.parametrize("tag", TAGS)
def test_every_letter_speaks_one_language(demo: Demo, known: Known, tag: str) -> None:
    """E-mail as text and as a page, and text messages: no word of another language, and days of its own."""
    found, kinds = [], set()
    with demo.app.app_context():
        for kind, channel, words in sent(demo, tag):
            kinds.add(kind)
            lines = "".join(f"<p>{escape(line)}</p>" for line in (words.subject, *words.text.splitlines()))
            for html in filter(None, (words.html, f'<html lang="{tag}">{lines}')):
                found += [f"{kind}, {channel}: {each}" for each in faults_of(TITLES.sub("X", html), tag, known)]
    assert kinds == set(KINDS)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("tag", [each for each in TAGS if each != "en"])
def test_no_message_of_the_forms_library_falls_to_english(demo: Demo, tag: str) -> None:
    """Every message that WTForms can say, in our words or in a catalogue of its own."""
    path = Path(wtforms.__file__).parent / "locale" / "es" / "LC_MESSAGES" / "wtforms.mo"
    with path.open("rb") as file:
        messages = [message for message in read_mo(file) if message.id]
    assert len(messages) > 25
    lacking = []
    with demo.app.test_request_context("/", headers={"Accept-Language": ASKED[tag]}):
        own = _Translations()
        for message in messages:
            if isinstance(message.id, (list, tuple)):
                lacking += [message.id] if own.ngettext(*message.id, 2) in message.id else []
            else:
                lacking += [message.id] if own.gettext(message.id) == message.id else []
    assert not lacking


# ── Papers ────────────────────────────────────────────────────────────────────

#: Somebody with a certificate whose name has the letter U+02BB, and one whose name has a macron.
NAMED = """SELECT p.public_id, p.name, '/record/certificates/' || a.public_id FROM awards a
           JOIN people p ON p.id = a.person_id WHERE p.name LIKE :letter AND p.merged_into_id IS NULL
           AND EXISTS (SELECT 1 FROM status_events WHERE award_id = a.id AND kind = 'issued') ORDER BY a.id"""


@pytest.mark.parametrize("letter", ["ʻ", "ā"])
def test_papers_hold_the_exact_name_in_every_language(demo: Demo, letter: str) -> None:
    """The certificate, the card and the transcript, read back from their PDF."""
    public_id, name, path = demo.rows(NAMED, letter=f"%{letter}%")[0]
    person_id = demo.one("SELECT id FROM people WHERE public_id = :id", id=public_id)
    for tag in TAGS:
        demo.speak(person_id, tag)
        reader = demo.known(public_id)
        hrefs = [href for href, _ in reader.get(path).links if ".pdf" in href]
        assert len(hrefs) >= 2, hrefs
        for href in [*dict.fromkeys(hrefs), "/record/transcript.pdf"]:
            answer = reader.client.get(href)
            assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), (href, answer.status_code)
            pages = pypdfium2.PdfDocument(answer.get_data())
            said = " ".join(" ".join(page.get_textpage().get_text_range() for page in pages).split())
            assert name in said, (tag, href, name, said[:300])


# ── In a window ───────────────────────────────────────────────────────────────


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="NO PAGE IS LOOKED AT IN A BROWSER: there is no chromium here")
def test_no_page_scrolls_sideways_on_a_phone_in_any_language(walked: Walked, demo: Demo) -> None:
    """Each page as it was answered, with the site's own styles, 360 px wide."""
    wide, looked = [], 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        window = browser.new_context(java_script_enabled=False, viewport={"width": PHONE, "height": HEIGHT})
        page = window.new_page()
        for (tag, endpoint), html in walked.pages.items():
            page.set_content(html.replace("<head>", f'<head><base href="{demo.address}/">', 1), wait_until="load")
            width, styled = page.evaluate(MEASURE)
            assert styled, "without its styles a page says nothing"
            looked += 1
            if width > PHONE:
                wide.append(f"{tag} {endpoint}: {width} px")
        browser.close()
    assert looked > 600
    assert not wide, "\n".join(wide)
