"""Every form that somebody can send, sent empty, too long and with choices that nobody offers, in four languages.

The page that answers such a form is read like every other (`test_languages.faults_of`): no word of another language,
each language marked. A form that is not refused is another's matter, but none may be answered with a fault of ours.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from lms.i18n import TAGS
from tests.demo.conftest import Demo, Reader
from tests.demo.test_browser import (  # noqa: F401 -- a fixture
    ADMINISTRATOR,
    ANALYST,
    APPLICANTS,
    ASKED,
    CERTIFIER,
    DOORS,
    HOLDERS,
    NO_PAGE,
    SUPERVISOR,
    TRAINER,
    WORKERS,
    Spot,
    Walker,
    spots,
)
from tests.demo.test_languages import (  # noqa: F401 -- a fixture
    OF_LETTERS,
    SESSIONS,
    Known,
    faults_of,
    known,
)

pytestmark = pytest.mark.timeout(900)

#: How many pages of one kind each reader opens, and how many forms of one kind are sent that differ in their controls.
PAGES_OF_A_KIND, SHAPES_OF_A_KIND = 2, 3
#: Pages that stand differently for each reader, though their address is the same.
EVERYBODYS = frozenset(("home.learn", "home.record", "home.team", "people.account", "courses.module", "tracks.show"))
#: More than any field takes, and no date, number or address.
LONG = "ā" * 30_000
#: Fields in which somebody writes.
WRITTEN = frozenset("text search email tel url password number date time textarea".split())
CHOSEN = frozenset("select radio checkbox".split())
#: What a form sends that nobody sees: it is sent as it was shown.
UNSEEN = frozenset(("hidden",))
#: Statuses with which a form is refused: something is wrong with it, or it came too often.
REFUSED = frozenset((400, 422, 429))


@dataclass
class Control:
    """One control of a form: its name, its kind (an input's type, "select" or "textarea"), and what it holds."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)


@dataclass
class Sheet:
    """One form as it stands on a page."""

    action: str
    id: str
    controls: list[Control] = field(default_factory=list)
    #: Name, value and address of each button that sends it.
    buttons: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def is_filled_in(self) -> bool:
        """Return whether it asks for anything: what holds buttons alone cannot be refused for what is missing."""
        return any(each.kind not in UNSEEN for each in self.controls)

    @property
    def shape(self) -> tuple[str, ...]:
        """Return what tells it from the other forms of its page, whatever it holds."""
        return tuple(sorted({f"{each.kind} {each.name}" for each in self.controls}))


class _Sheets(HTMLParser):
    """Collects the forms of a page that are sent by POST, with controls that stand elsewhere and name their form."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[Sheet] = []
        self.far: list[tuple[str, Control | tuple[str, str, str]]] = []
        self.inside: Sheet | None = None
        self.select: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = Sheet(a.get("action", ""), a.get("id", ""))
            if a.get("method", "get").lower() == "post":
                self.sheets.append(self.inside)
        elif tag == "option" and self.select is not None:
            if "selected" in a:
                self.select.values.append(a.get("value", ""))
        elif tag in {"input", "select", "textarea", "button"} and "disabled" not in a:
            self._take(tag, a)

    def _take(self, tag: str, a: dict[str, str]) -> None:
        kind = a.get("type", "text") if tag == "input" else tag
        found: Control | tuple[str, str, str]
        if kind in {"button", "submit"}:
            if a.get("type") == "button" or "data-language" in a:
                return
            found = (a.get("name", ""), a.get("value", ""), a.get("formaction", ""))
        else:
            is_held = kind not in {"radio", "checkbox"} or "checked" in a
            values = [a.get("value", "on" if kind in CHOSEN else "")]
            found = Control(a.get("name", ""), kind, values if is_held and tag == "input" else [])
        if tag == "select" and isinstance(found, Control):
            self.select = found
        if "form" in a:
            self.far.append((a["form"], found))
        elif self.inside is not None:
            add(self.inside, found)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "select":
            self.select = None


def add(sheet: Sheet, found: Control | tuple[str, str, str]) -> None:
    """Put a control or a button where it belongs."""
    if isinstance(found, Control):
        sheet.controls += [found] if found.name else []
    else:
        sheet.buttons.append(found)


def read_sheets(html: str) -> list[Sheet]:
    """Return the forms of a page that somebody fills in and sends."""
    reader = _Sheets()
    reader.feed(html)
    named = {each.id: each for each in reader.sheets if each.id}
    for form_id, found in reader.far:
        if form_id in named:
            add(named[form_id], found)
    return [each for each in reader.sheets if each.is_filled_in]


def empty(each: Control) -> list[str]:
    """Return what an untouched control sends that somebody emptied."""
    return [""] if each.kind in WRITTEN else []


def too_long(each: Control) -> list[str]:
    """Return what a control sends into which somebody pasted a book."""
    return [LONG] if each.kind in WRITTEN else each.values


def unoffered(each: Control) -> list[str]:
    """Return what a control sends of which somebody changed the choices."""
    return ["nobody-offers-this"] if each.kind in CHOSEN else each.values


#: In this order: what is empty is refused the least, and an act that is done leaves nothing to refuse.
WAYS: dict[str, Callable[[Control], list[str]]] = {"too long": too_long, "unoffered": unoffered, "empty": empty}


def filled(sheet: Sheet, way: str, button: tuple[str, str, str]) -> MultiDict[str, str]:
    """Return what a form sends in one of the ways; what nobody sees goes along as it was."""
    data: MultiDict[str, str] = MultiDict()
    for each in sheet.controls:
        for value in each.values if each.kind in UNSEEN else WAYS[way](each):
            if each.kind != "radio" or value not in data.getlist(each.name):
                data.add(each.name, value)
    if button[0]:
        data.add(button[0], button[1])
    return data


@dataclass(frozen=True)
class Door:
    """A page, who opens it, and what she sends to come to it, where it answers a form."""

    endpoint: str
    spot: Spot
    sends: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Errand:
    """One form of one page, the button to press, and what to fill in."""

    door: Door
    route: str
    shape: tuple[str, ...]
    button: tuple[str, str, str]
    way: str

    def __str__(self) -> str:
        return f"{self.door.spot.path} -> {self.route} {self.button}, {self.way}"


@dataclass
class Sent:
    """What was sent: by errand and language the status, and the page of a refusal; `typed` is what people wrote."""

    statuses: dict[tuple[Errand, str], int] = field(default_factory=dict)
    pages: dict[tuple[Errand, str], str] = field(default_factory=dict)
    gone: list[Errand] = field(default_factory=list)
    typed: set[str] = field(default_factory=set)

    def routes(self, tag: str) -> set[str]:
        """Return the routes that refused something in a language."""
        return {errand.route for errand, of in self.pages if of == tag}


class Sender:
    """Opens pages as their readers, and sends their forms."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.walker = Walker(demo)
        self.seen: Counter[tuple[str, str]] = Counter()
        self.shapes: set[tuple[str, tuple[str, ...]]] = set()
        self.errands: list[Errand] = []

    def route(self, target: str) -> str:
        """Return the route to which a form goes."""
        return str(self.walker.routes.match(urlsplit(target).path, "POST")[0])

    def crawl(self, reader: Reader, person_id: int | None, doors: Sequence[str]) -> None:
        """Follow a reader's links, to few pages of each kind, and note every form that nobody has shown before."""
        waiting, own = list(doors), Counter[str]()
        while waiting:
            path = waiting.pop(0)
            endpoint = self.walker.endpoint(path)
            if not endpoint or endpoint in NO_PAGE or own[endpoint] >= PAGES_OF_A_KIND or self.seen["", path]:
                continue
            own[endpoint] += 1
            page = reader.get(path)
            if page.status == 200 and self.walker.endpoint(page.address) == endpoint:
                self.seen["", path] += endpoint not in EVERYBODYS
                self.note(Door(endpoint, Spot(page.address, reader.session, person_id)), page.html)
                waiting += [href for href, _ in page.links]

    def note(self, door: Door, html: str) -> None:
        """Note what there is to send from a page: each new form, with each of its buttons, in each way."""
        for sheet in read_sheets(html):
            for button in dict.fromkeys(sheet.buttons) or {("", "", ""): None}:
                route = self.route(urljoin(door.spot.path, button[2] or sheet.action))
                kind = (f"{door.endpoint} {route} {button[0]}", sheet.shape)
                if kind not in self.shapes and self.seen[kind[0], ""] < SHAPES_OF_A_KIND:
                    self.shapes.add(kind)
                    self.seen[kind[0], ""] += 1
                    self.errands += [Errand(door, route, sheet.shape, button, way) for way in WAYS]

    def open(self, door: Door, tag: str) -> tuple[FlaskClient, str]:
        """Return a browser with a page open in a language, and the page, "" where it is there no more."""
        reader, headers = Reader(self.demo.app.test_client()), {"Accept-Language": ASKED[tag]}
        if door.endpoint in OF_LETTERS:
            rows = [row for row in self.demo.rows(OF_LETTERS[door.endpoint]) if row[0] in door.spot.path]
            self.demo.speak(rows[0][1], tag)
        elif door.spot.session:
            reader.client.set_cookie("session", door.spot.session)
        if door.spot.person_id:
            self.demo.speak(door.spot.person_id, tag)
        if door.sends:
            answer = reader.client.post(door.spot.path, data=MultiDict(door.sends), headers=headers)
        else:
            answer = reader.client.get(door.spot.path, headers=headers)
        return reader.client, answer.get_data(as_text=True) if answer.status_code == 200 else ""

    def send(self, errand: Errand, tag: str) -> TestResponse | None:
        """Return the answer to a form; None where the page or the form is there no more."""
        client, html = self.open(errand.door, tag)
        sheet = next((each for each in read_sheets(html) if each.shape == errand.shape), None)
        if sheet is None:
            return None
        target = urljoin(errand.door.spot.path, errand.button[2] or sheet.action)
        data = filled(sheet, errand.way, errand.button)
        return client.post(target, data=data, headers={"Accept-Language": ASKED[tag]})


#: Readers, and where each begins besides her own doors.
BEGINNINGS = {
    WORKERS["en"]: ["/modules/outreach/survey"],
    WORKERS["es"]: ["/modules/outreach/quiz"],
    WORKERS["to"]: [],
    WORKERS["sm"]: [],
    SUPERVISOR: ["/sessions/attendance", "/team/rules", "/team/assign"],
    TRAINER: ["/sessions/plan", "/sessions/plan/new", "/sessions/cohorts/new", "/content/audio/outreach/en", "/assess"],
    "translator@demo.example": ["/content"],
    CERTIFIER: ["/content/reports", "/certify/wording", "/feedback"],
    ANALYST: ["/feedback"],
    ADMINISTRATOR: ["/certify"],
}
#: Workers who have a certificate, a question of the certifier, a refusal, an application, a follow-up of a survey.
ONES = (
    HOLDERS,
    APPLICANTS,
    """SELECT p.public_id, '/record/applications/' || a.public_id FROM applications a
       JOIN people p ON p.id = a.person_id WHERE a.state = 'asked' ORDER BY a.id""",
    """SELECT p.public_id, '/record/applications/' || a.public_id FROM applications a
       JOIN people p ON p.id = a.person_id WHERE a.state = 'refused' ORDER BY a.id""",
)


def begin_quiz(demo: Demo) -> None:
    """Let a worker be in the middle of a quiz."""
    reader = demo.reader(WORKERS["es"])
    page = reader.get("/modules/outreach/quiz")
    if any("/quiz/start" in form.action for form in page.forms):
        reader.press(page, "/quiz/start")


def previews(demo: Demo, sender: Sender) -> None:
    """Note the forms of pages that answer a form: the last look before assigning, and before a rule changes."""
    boss, person_id = demo.reader(SUPERVISOR), demo.person(SUPERVISOR)
    page = boss.get("/team/assign")
    wish = {"organization": page.form("", having="organization").fields["organization"], "track": "core"}
    wish |= {"who": "fit", "languages": "es", "do": "look", "csrf_token": page.form("").fields["csrf_token"]}
    door = Door("tracks.assign", Spot("/team/assign", boss.session, person_id), tuple(wish.items()))
    html = sender.open(door, "en")[1]
    assert "/team/assign/confirm" in html
    sender.note(door, html)


@pytest.fixture(scope="module")
def sent(demo: Demo, spots: dict[str, Spot]) -> Sent:  # noqa: F811 -- the fixture of that name
    """Send everything there is to send; what one language is not refused, the others need not send."""
    sender = Sender(demo)
    begin_quiz(demo)
    for endpoint, spot in sorted(spots.items()):
        door = Door(endpoint, spot)
        sender.note(door, sender.open(door, "en")[1])
    for email, more in BEGINNINGS.items():
        sender.crawl(demo.reader(email), demo.person(email), [*more, *DOORS])
    for statement in ONES:
        for public_id, path in demo.rows(statement)[:1]:
            person_id = demo.one("SELECT id FROM people WHERE public_id = :id", id=public_id)
            sender.crawl(demo.known(public_id), person_id, [path, "/record", "/learn"])
    previews(demo, sender)
    found = Sent(typed={" ".join(row[0].split()) for row in demo.rows(SESSIONS)})
    for errand in sorted(sender.errands, key=lambda each: list(WAYS).index(each.way)):
        for tag in TAGS:
            answer = sender.send(errand, tag)
            if answer is None:
                found.gone.append(errand)
                break
            found.statuses[errand, tag] = answer.status_code
            if answer.status_code not in REFUSED:
                break
            found.pages[errand, tag] = answer.get_data(as_text=True)
    return found


def test_every_refused_form_speaks_one_language(sent: Sent, known: Known) -> None:  # noqa: F811 -- the fixture
    found = [
        f"{tag} {errand}: {fault}"
        for (errand, tag), html in sent.pages.items()
        for fault in faults_of(html, tag, known, sent.typed)
    ]
    assert not found, "\n".join(found)


#: Routes with a form of which nothing is refused here: what is chosen there is a tick, or nothing at all.
NEVER_REFUSED = {
    "assessments.answer_pretest",  # every question may be left open
    "fieldwork.look_at_hours",  # nobody ticked: the page says so
    "organizations.answer_list",  # a row that is not answered waits
    "tracks.make_rule",  # the day of `make_rule` is in what nobody sees
    "tracks.plan",  # a file
}


def test_much_was_sent_and_each_language_refused_the_same(sent: Sent) -> None:
    counted = Counter((errand.way, tag) for errand, tag in sent.pages)
    assert set(counted) == {(way, tag) for way in WAYS for tag in TAGS}, "each way in each language"
    assert min(counted.values()) > 75, counted
    assert len(sent.routes("en")) > 80, sent.routes("en")
    for tag in TAGS:
        assert sent.routes(tag) == sent.routes("en"), tag
    assert {errand.route for errand, _tag in sent.statuses} - sent.routes("en") == NEVER_REFUSED
    assert len(sent.gone) < 20, [str(each) for each in sent.gone]


def test_no_form_ends_in_a_fault_of_ours(sent: Sent) -> None:
    found = [f"{tag} {errand}: {status}" for (errand, tag), status in sent.statuses.items() if status >= 500]
    assert not found, "\n".join(found)


#: What says beside a field, or above the form, what is wrong.
TELLING = ("usa-error-message", "usa-alert--error", "aria-invalid")


def test_a_refused_form_says_what_is_wrong(sent: Sent) -> None:
    """All but the answers to what no page of ours sends: "We could not read what was sent"."""
    silent = {
        (errand.route, errand.way) for (errand, _), html in sent.pages.items() if not re.search("|".join(TELLING), html)
    }
    assert silent <= {
        ("assessments.enter", "too long"),
        ("assessments.enter", "unoffered"),
        ("surveys.answer_follow_up", "unoffered"),
    }


PLANTED = {
    "a sentence of the program": ("<li>Please write a number, such as 37.5.</li>", "sm, but en"),
    "a sentence that nobody translated": ("<li>This is not what you are asked for.</li>", "sm, but English"),
}


@pytest.mark.parametrize("what", PLANTED)
def test_the_walk_finds(sent: Sent, known: Known, what: str) -> None:  # noqa: F811 -- the fixture
    """Each kind of fault, planted among what a refused form says, is found in every page of it."""
    fault, said = PLANTED[what]
    pages = [html for (_errand, tag), html in sent.pages.items() if tag == "sm" and "usa-error-message" in html]
    assert len(pages) > 100
    for html in pages:
        assert not list(faults_of(html, "sm", known, sent.typed))
        (found,) = faults_of(html.replace("</main>", f"{fault}</main>", 1), "sm", known, sent.typed)
        assert said in found
