"""The demonstration in a real browser: whether everyone can read and use each page, on a phone and on a desk.

The look-over of a page: axe-core finds no fault and is unsure of no color, nothing is wider than the window, the
cells of a row stand side by side, the page's own policy is never broken, nothing is written to the console, nothing
is fetched from elsewhere.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.exceptions import HTTPException

from lms.config import ROOT
from lms.demo.accounts import PASSPHRASE
from lms.demo.twice import ADDRESS
from lms.notifications.rules import stop_token
from lms.people.rules import link_token
from lms.surveys.rules import follow_up_token
from tests.demo.conftest import Demo, Reader
from tests.journeys.browser import Page as AnsweredPage

#: Where there is the one without a window, it takes half the time.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
if CHROMIUM is None and os.environ.get("CI") == "true":
    pytest.fail("There is no chromium here, and without it no page is looked at; .ci/run installs it.", pytrace=False)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(600),  # the first test waits for the loading
    pytest.mark.skipif(CHROMIUM is None, reason="NO PAGE IS LOOKED AT IN A BROWSER: there is no chromium here"),
]

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE, DESK = 360, 1280
HEIGHT = 740
#: What a first visit may cost, in bytes over the wire.
FIRST_LOAD = 60_000
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: How a browser of each language asks.
ASKED = {"en": "en-US", "es": "es-US", "to": "to-TO", "sm": "sm-WS"}
WORKERS = {tag: f"worker-{tag}@demo.example" for tag in ASKED}
SUPERVISOR, TRAINER, CERTIFIER, ANALYST, ADMINISTRATOR = (
    f"{name}@demo.example" for name in ("supervisor-a", "trainer", "certifier", "analyst", "administrator")
)
AXE = """async tags => {
    const found = await axe.run(document, {
        runOnly: {type: 'tag', values: tags}, preload: false, resultTypes: ['violations', 'incomplete'],
    });
    const told = kind => found[kind].flatMap(rule => rule.nodes.map(
        node => [rule.id, node.target.join(' '), node.any.concat(node.all, node.none).map(c => c.message).join('; ')]));
    return {violations: told('violations'), incomplete: told('incomplete'), passes: found.passes.length};
}"""
WIDER = """() => {
    const seen = document.documentElement;
    if (seen.scrollWidth <= seen.clientWidth) return [];
    const over = box => box.right > seen.clientWidth + 0.5 || box.left < -0.5;
    const wide = [...document.querySelectorAll('body *')].filter(each => over(each.getBoundingClientRect()));
    return [`${seen.scrollWidth} > ${seen.clientWidth}`, ...wide.slice(0, 5).map(each => each.outerHTML.slice(0, 150))];
}"""
#: The cells of a table's rows that do not stand side by side. On a phone a row is no row, and nothing is asked of it.
STACKED = """() => [...document.querySelectorAll('tr')]
    .filter(row => getComputedStyle(row).display === 'table-row')
    .flatMap(row => [...row.cells].filter(cell => getComputedStyle(cell).display !== 'table-cell'))
    .slice(0, 5).map(cell => cell.outerHTML.slice(0, 150))"""


@dataclass
class Watch:
    """What one page did that it should not do."""

    host: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        """Listen to a page."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console {message.type}: {message.text}")

    def _request(self, request: Any) -> None:
        self.requests.append(request.url)
        parts = urlsplit(request.url)
        if parts.scheme != "data" and parts.netloc != self.host:
            self.complaints.append(f"asks another host: {request.url}")

    def _response(self, response: Any) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} for {response.url}")


class Fetched:
    """What a first visit to a page brings over the wire, headers and all, with nothing kept from before."""

    def __init__(self, window: BrowserContext, page: Page) -> None:
        self.sizes: dict[str, float] = {}
        self.names: dict[str, str] = {}
        wire = window.new_cdp_session(page)
        wire.on("Network.responseReceived", self._received)
        wire.on("Network.loadingFinished", self._finished)
        wire.send("Network.enable")
        wire.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def _received(self, told: Any) -> None:
        self.names[told["requestId"]] = told["response"]["url"]

    def _finished(self, told: Any) -> None:
        self.sizes[told["requestId"]] = told["encodedDataLength"]

    def faults(self, most: int = FIRST_LOAD) -> list[str]:
        """Return that it is too much, if it is, with the largest first."""
        assert len(self.sizes) >= 3, "the page, its styles and its script at least"
        if (total := sum(self.sizes.values())) <= most:
            return []
        listed = sorted(((size, self.names.get(key, key)) for key, size in self.sizes.items()), reverse=True)
        return [f"{total:.0f} bytes for a first visit: {listed}"]


class Studio:
    """One browser for all tests, with one window for each reader."""

    def __init__(self, browser: Browser, demo: Demo) -> None:
        self.browser = browser
        self.demo = demo
        self.axe = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
        self.windows: dict[str, BrowserContext] = {}

    def window(self, lang: str) -> BrowserContext:
        """Return the window of a language."""
        if lang not in self.windows:
            window = self.browser.new_context(
                locale=ASKED[lang],
                viewport={"width": PHONE, "height": HEIGHT},
                base_url=self.demo.address,
                reduced_motion="reduce",
            )
            window.set_default_timeout(60_000)
            self.windows[lang] = window
        return self.windows[lang]

    def look(
        self, spot: Spot, lang: str, *, desk: bool = False, dark: bool = False, most: int = FIRST_LOAD
    ) -> list[str]:
        """Return what is wrong with a page, on a phone and, where asked, on a desk and in the dark."""
        window = self.window(lang)
        window.clear_cookies()
        if spot.session:
            window.add_cookies([{"name": "session", "value": spot.session, "url": self.demo.address}])
        if spot.person_id:
            self.demo.speak(spot.person_id, lang)
        page = window.new_page()
        watch = Watch(urlsplit(self.demo.address).netloc)
        watch.over(page)
        fetched = Fetched(window, page)
        answer = page.goto(spot.path)
        assert answer is not None
        assert answer.status == 200, f"{spot.path} answers {answer.status}"
        assert urlsplit(page.url).path == urlsplit(spot.path).path, f"{spot.path} leads to {page.url}"
        assert page.locator("html").get_attribute("lang") == lang
        assert page.locator("h1").count() == 1
        faults = fetched.faults(most)
        page.evaluate(f"{self.axe};undefined")
        faults += self._faults(page, "phone")
        if dark:
            page.emulate_media(color_scheme="dark")
            faults += self._faults(page, "phone, dark")
            page.emulate_media(color_scheme="light")
        if desk:
            page.set_viewport_size({"width": DESK, "height": HEIGHT})
            faults += self._faults(page, "desk")
        page.close()
        assert watch.requests
        return faults + watch.complaints

    @staticmethod
    def _faults(page: Page, where: str) -> list[str]:
        found = page.evaluate(AXE, TAGS)
        assert found["passes"] > 5, "axe looked at next to nothing"
        unsure = [each for each in found["incomplete"] if each[0] == "color-contrast"]
        faults = [f"{where}: {' | '.join(each)}" for each in found["violations"]]
        faults += [f"{where}: unsure, {' | '.join(each)}" for each in unsure]
        faults += [f"{where}: not beside its row: {each}" for each in page.evaluate(STACKED)]
        return faults + [f"{where}: wider than the window: {each}" for each in page.evaluate(WIDER)]


@pytest.fixture(scope="module")
def studio(demo: Demo) -> Iterator[Studio]:
    """Return the one browser of this file."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield Studio(browser, demo)
        browser.close()


@pytest.fixture(scope="module")
def quizzes(demo: Demo) -> str:
    """Let the four workers begin their last quiz; return its address."""
    for email in WORKERS.values():
        reader = demo.reader(email)
        page = reader.get("/modules/outreach/quiz")
        if any("/quiz/start" in form.action for form in page.forms):
            page = reader.press(page, "/quiz/start")
        assert page.status == 200
        assert any("action" in dict(form.fields) or form.choices for form in page.forms), page.text
    return "/modules/outreach/quiz"


def lesson(demo: Demo, lang: str) -> str:
    """Return the address of a worker's lesson: the one to which her module's page leads first."""
    page = demo.reader(WORKERS[lang]).get("/modules/communication")
    return next(href for href, _ in page.links if "/modules/communication/lessons/" in href)


#: The routes of the program that answer a GET, as tests/house/routes.txt lists them.
ROUTES = [
    line.split()[0]
    for line in (ROOT / "tests" / "house" / "routes.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#") and "GET" in line.split()[1].split(",")
]
#: What no window is opened for, and why.
NO_PAGE = {
    "assessments.quiz_table": "a file",
    "assessments.entry": "tests/assessments/test_assessing_browser.py looks at it",
    "assessments.objection": "tests/assessments/test_objecting.py looks at it",
    "assessments.answer_objection": "tests/assessments/test_objecting.py looks at it",
    "assessments.score": "tests/assessments/test_assessing_browser.py looks at it",
    "assessments.sheet_picture": "a file",
    "assessments.plan_table": "a file",
    "assessments.regrade_table": "a file",
    "certificates.achievement": "for programs",
    "certificates.did_document": "for programs",
    "certificates.did_document_below": "for programs",
    "certificates.framework": "for programs",
    "certificates.jwks": "for programs",
    "certificates.key": "for programs",
    "certificates.root": "for programs",
    "certificates.status_list": "for programs",
    "certificates.card": "a file",
    "certificates.download": "a file",
    "certificates.shared": "only by a holder's link; tests/certificates/test_verify_looks.py looks at it",
    "certificates.shared_file": "a file",
    "certificates.verify_file": "leads on at once; tests/certificates/test_verify_looks.py looks at its answer",
    "certificates.verify_offline": "a file; tests/certificates/test_verify_browser.py opens it",
    "assessments.question_sound": "a sound",
    "courses.lesson_sound": "a sound",
    "translating.recording_sound": "a sound",
    "courses.resume": "leads on at once",
    "fieldwork.code_picture": "an image",
    "fieldwork.sheet": "a file",
    "home.download": "a file",
    "home.transcript": "a file",
    "home.export_team": "a file",
    "home.feed": "a file",
    "home.index": "leads on at once",
    "organizations.refused_rows": "a file",
    "people.end_second_factor": "nobody in the demonstration has a second step",
    "people.first_password": "only after a code from a letter; the form of people.password",
    "people.invitation_code": "only after a code from a letter; the page of people.check_code",
    "people.invitation_image": "an image",
    "people.reset": "only with a link from a letter; the form of people.password",
    "people.second_factor_image": "an image",
    "people.second_proof": "nobody in the demonstration has a second step",
    "people.second_step": "nobody in the demonstration has a second step",
    "publish.download": "a file",
    "reports.download": "a file",
    "surveys.figures_file": "a file",
    "tracks.refused": "a file",
    "tracks.upload_plan": "a file",
    "training.file": "a file",
    "training.refused_rows": "a file",
    "training.import_preview": "only after a table was sent; its parts are those of training.import_table",
    "web.health": "for machines",
    "web.ready": "for machines",
}
#: Looked at on a desk too, and in the dark.
ON_A_DESK = {
    "home.team",
    "certificates.queue",
    "certificates.application",
    "reports.show",
    "home.admin",
    "courses.module",
    "assessments.quiz_list",
}
IN_THE_DARK = {"home.record", "home.team", "reports.show", "certificates.verify", "tracks.show"}
#: Where readers begin, besides what links lead to.
DOORS = (
    "/sign-in /sign-in/code /reset /verify /learn /modules/public-health/before /record /account /account/own-contact "
    "/team /team/hours "
    "/team/training /certify /reports /admin"
).split()
#: What a trainer, and a supervisor, open of group sessions: of one that is held and not closed, and of one to come.
OF_TRAINERS = "/roster /close /edit /cancel /code /walk-in".split()
HELD = "SELECT '/sessions/' || public_id FROM group_sessions WHERE state = 'held'"
COMING = "SELECT '/sessions/' || public_id FROM group_sessions WHERE state = 'planned' ORDER BY day"
COHORT = "SELECT '/sessions/cohorts/' || public_id FROM cohorts"
#: Somebody with a certificate and somebody who waits for one, each with her page of it.
HOLDERS = """SELECT p.public_id, '/record/certificates/' || a.public_id FROM awards a
             JOIN people p ON p.id = a.person_id
             WHERE EXISTS (SELECT 1 FROM status_events WHERE award_id = a.id AND kind = 'issued') ORDER BY a.id DESC"""
APPLICANTS = """SELECT p.public_id, '/record/applications/' || a.public_id FROM applications a
                JOIN people p ON p.id = a.person_id WHERE a.state = 'waiting' ORDER BY a.id"""


@dataclass(frozen=True)
class Spot:
    """A page, and who opened it: her session, and her person when she is signed in."""

    path: str
    session: str | None = None
    person_id: int | None = None


class Walker:
    """Opens one page for each route, by following links, and remembers who could."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.routes = demo.app.url_map.bind("")
        self.spots: dict[str, Spot] = {}

    def endpoint(self, path: str) -> str:
        """Return the route of a path, "" where there is none for a GET."""
        try:
            return str(self.routes.match(urlsplit(path).path, "GET")[0])
        except HTTPException:
            return ""

    def walk(self, reader: Reader, person_id: int | None, doors: Sequence[str] = DOORS) -> None:
        """Follow a reader's links from her doors, one for each route that nobody reached before."""
        waiting = list(doors)
        while waiting:
            path = waiting.pop(0)
            endpoint = self.endpoint(path)
            if endpoint and endpoint not in self.spots and endpoint not in NO_PAGE:
                waiting += self.open(reader, person_id, reader.get(path), endpoint)

    def open(self, reader: Reader, person_id: int | None, page: AnsweredPage, endpoint: str) -> list[str]:
        """Note a page if it is that of the route; return where it leads."""
        if page.status != 200 or self.endpoint(page.address) != endpoint:
            return []
        self.spots[endpoint] = Spot(page.address, reader.session, person_id)
        return [href for href, _ in page.links] + [form.action for form in page.forms]


@pytest.fixture(scope="module")
def spots(demo: Demo) -> dict[str, Spot]:
    """Return a page for each route that somebody in the demonstration can open."""
    walker = Walker(demo)
    walker.walk(demo.reader(), None)
    for email in (*WORKERS.values(), SUPERVISOR, TRAINER, CERTIFIER, ANALYST, ADMINISTRATOR):
        walker.walk(demo.reader(email), demo.person(email))
    held, coming, cohort = (demo.rows(each)[0][0] for each in (HELD, COMING, COHORT))
    kept = ["/sessions/plan/new", "/sessions/cohorts/new", cohort, *(held + each for each in OF_TRAINERS)]
    walker.walk(demo.reader(TRAINER), demo.person(TRAINER), ["/sessions/plan", *kept, "/content/audio/outreach/en"])
    walker.walk(demo.reader(SUPERVISOR), demo.person(SUPERVISOR), ["/sessions/attendance", f"{coming}/staff"])
    for statement in (HOLDERS, APPLICANTS):
        public_id, path = demo.rows(statement)[0]
        walker.walk(
            demo.known(public_id), demo.one("SELECT id FROM people WHERE public_id = :id", id=public_id), [path]
        )
    by_address(demo, walker)
    about_words(demo, walker)
    serial = walker.spots["certificates.verify"].path.rpartition("/")[2]
    walker.walk(demo.reader(), None, [f"/V/{serial}/1"])
    half_way(demo, walker)
    return walker.spots


def follow_ups(demo: Demo) -> list[str]:
    """Return the addresses of the follow-ups of Spanish readers that nobody has answered and that can still be."""
    statement = """SELECT i.public_id FROM survey_invitations i JOIN people p ON p.id = i.person_id
        LEFT JOIN survey_receipts r ON r.person_id = i.person_id AND r.survey_key = i.survey_key
        AND r.subject_key = i.subject_key AND r.round = i.round
        WHERE r.id IS NULL AND p.language = 'es' AND i.survey_key = 'follow-up-30'
        AND i.due_on > date('now', '-50 days') AND i.due_on < date('now', '-2 days') ORDER BY i.id"""
    key = demo.config.secret_key
    return [f"/follow-up/{follow_up_token(key, row[0])}" for row in demo.rows(statement)]


def by_address(demo: Demo, walker: Walker) -> None:
    """Open the pages that only some readers' links lead to."""
    asked = """SELECT p.id, p.public_id, '/tracks/' || a.track_key || '/asked' FROM assignments a
               JOIN people p ON p.id = a.person_id JOIN accounts c ON c.person_id = p.id
               JOIN employments e ON e.person_id = p.id AND e.organization_id = a.organization_id
               WHERE a.undone_at IS NULL AND e.ended_on IS NULL"""
    person_id, public_id, path = demo.rows(asked)[0]
    walker.walk(demo.known(public_id), person_id, [path])
    walker.walk(demo.reader(CERTIFIER), demo.person(CERTIFIER), [f"/certify/people/{public_id}/waivers"])
    spell = demo.one("SELECT public_id FROM employments WHERE person_id = :id AND ended_on IS NULL", id=person_id)
    walker.walk(demo.reader(ADMINISTRATOR), demo.person(ADMINISTRATOR), [f"/team/staff/{spell}/transfer"])
    entry, boss_id, boss = demo.rows(
        """SELECT t.public_id, p.id, p.public_id FROM training_shares s JOIN earlier_trainings t ON t.id = s.training_id
           JOIN supervisions v ON v.organization_id = s.organization_id JOIN employments e ON e.id = v.employment_id
           JOIN people p ON p.id = e.person_id WHERE v.ended_on IS NULL"""
    )[0]
    walker.walk(demo.known(boss), boss_id, [f"/team/training/{entry}"])
    again = demo.one(
        "SELECT p.public_id FROM people p JOIN contacts c ON c.person_id = p.id WHERE c.value = :value", value=ADDRESS
    )
    first = demo.one(
        """SELECT o.public_id FROM people o JOIN people p ON p.search_key = o.search_key AND p.id <> o.id
           WHERE p.public_id = :again""",
        again=again,
    )
    joining = [f"/admin/people/{again}/join", f"/admin/people/{first}/join/{again}"]
    walker.walk(demo.reader(ADMINISTRATOR), demo.person(ADMINISTRATOR), joining)
    letter = demo.one(
        """SELECT l.public_id FROM letters l JOIN people p ON p.id = l.person_id
           WHERE l.kind = 'reminder' AND p.language = 'to'"""
    )
    walker.walk(demo.reader(), None, [f"/letters/stop/{stop_token(demo.config.secret_key, letter)}"])
    walker.walk(demo.reader(), None, [follow_ups(demo)[0]])


def enter_results(demo: Demo, walker: Walker) -> None:
    """Make a sheet for a worker, to print and to go through with her."""
    certifier, person_id = demo.reader(CERTIFIER), demo.person(CERTIFIER)
    worker = demo.one("SELECT public_id FROM people WHERE id = :id", id=demo.person(WORKERS["en"]))
    path = f"/assess/people/{worker}"
    walker.walk(certifier, person_id, [path])
    for do, endpoint in (("print", "assessments.paper"), ("now", "assessments.enter")):
        page = certifier.get(f"{path}/quizzes/communication")
        page = page.send(page.form("", having="language"), ("do", do), language="en")
        walker.open(certifier, person_id, page, endpoint)


def about_words(demo: Demo, walker: Walker) -> None:
    """Open attempts that were handed in, a wording that is reported, and a correction that is proposed."""
    handed_in = """SELECT p.id, p.public_id, '/modules/' || a.module_key || '/quiz/attempts', a.public_id
                   FROM attempts a JOIN people p ON p.id = a.person_id WHERE a.submitted_at IS NOT NULL ORDER BY a.id"""
    person_id, public_id, path, attempt = demo.rows(handed_in)[0]
    walker.walk(demo.known(public_id), person_id, [path, f"{path}/{attempt}"])
    page = demo.reader(WORKERS["es"]).get("/wording/module/outreach?at=module.yml:title")
    page.send(page.form("", having="fault"), fault="misspelled")
    report = demo.one("SELECT public_id FROM wording_reports")
    wrong = """SELECT a.module_key, n.item_id FROM attempt_answers n JOIN attempts a ON a.id = n.attempt_id
               WHERE NOT n.correct ORDER BY n.id"""
    module_key, item_id = demo.rows(wrong)[0]
    certifier, person_id = demo.reader(CERTIFIER), demo.person(CERTIFIER)
    doors = [f"/content/reports/{report}", f"/content/regrades/new?key={module_key}&d={item_id}:everyone"]
    walker.walk(certifier, person_id, doors)
    page = certifier.get(doors[1])
    page = page.send(page.form("", having="reason"), reason="The key was wrong.")
    walker.open(certifier, person_id, page, "assessments.regrade")


def half_way(demo: Demo, walker: Walker) -> None:
    """Send the forms after which a page comes that no link leads to."""
    stranger = demo.reader()
    page = stranger.get("/sign-in/code")
    page = page.send(page.form("/sign-in/code", having="identifier"), identifier="stranger@demo.example")
    walker.open(stranger, None, page, "people.check_code")
    analyst, person_id = demo.reader(ANALYST), demo.person(ANALYST)
    page = analyst.get("/account/contacts")
    page = page.send(
        page.form("/account/contacts", having="contact"), contact="other@demo.example", password=PASSPHRASE
    )
    walker.open(analyst, person_id, page, "people.confirm_contact")
    keeper, keeper_id = demo.reader(ADMINISTRATOR), demo.person(ADMINISTRATOR)
    page = keeper.get("/admin/people/new")
    page = page.send(page.form("", having="name"), name="Ana Nueva", language="es", email="ana.nueva@demo.example")
    walker.open(keeper, keeper_id, page, "people.print_invitation")
    enter_results(demo, walker)
    supervisor, person_id = demo.reader(SUPERVISOR), demo.person(SUPERVISOR)
    page = supervisor.get("/team/assign/file")
    page = page.send(page.form("", having="lines"), track="first-steps", lines="nobody@demo.example")
    walker.open(supervisor, person_id, page, "tracks.waiting")
    link = walker.spots["people.print_invitation"].path.rpartition("/")[2]
    walker.walk(demo.reader(), None, [f"/invitation/{link_token(demo.config.secret_key, link)}"])
    person_id = demo.person(ANALYST)
    page = analyst.get("/account/second-step")
    page = page.send(page.form("", having="password"), password=PASSPHRASE)
    walker.open(analyst, person_id, page, "people.second_factor_setup")


def test_every_page_has_a_spot_or_a_reason(spots: dict[str, Spot]) -> None:
    assert set(ROUTES) - set(spots) == set(NO_PAGE) & set(ROUTES)


LOOKED_AT = [endpoint for endpoint in ROUTES if endpoint not in NO_PAGE]
#: One language each, in turn.
TURNS = {endpoint: list(ASKED)[number % len(ASKED)] for number, endpoint in enumerate(LOOKED_AT)}
#: Pages that speak the language of the one whom a letter was written to.
TURNS |= {
    "people.invitation": "es",
    "notifications.stop": "to",
    "surveys.follow_up": "es",
    "translating.report_unsigned": "es",
}
#: What pages of staff may load beyond a first visit: photos of evidence; every text message in every language.
HEAVY = {"training.review": 60_000, "notifications.templates": 60_000}


@pytest.mark.parametrize("endpoint", LOOKED_AT)
def test_page(studio: Studio, spots: dict[str, Spot], endpoint: str) -> None:
    spot = spots[endpoint]
    desk, dark = endpoint in ON_A_DESK, endpoint in IN_THE_DARK
    most = FIRST_LOAD + HEAVY.get(endpoint, 0)
    faults = studio.look(spot, TURNS[endpoint], desk=desk, dark=dark, most=most)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("lang", ASKED)
class TestInEveryLanguage:
    def test_learn(self, studio: Studio, demo: Demo, lang: str) -> None:
        faults = studio.look(spot_of(demo, lang, "/learn"), lang, desk=lang == "es", dark=lang == "to")
        assert not faults, "\n".join(faults)

    def test_lesson(self, studio: Studio, demo: Demo, lang: str) -> None:
        faults = studio.look(spot_of(demo, lang, lesson(demo, lang)), lang, dark=lang == "es")
        assert not faults, "\n".join(faults)

    def test_what_is_safety_critical(self, studio: Studio, demo: Demo, lang: str) -> None:
        path = "/modules/outreach/lessons/staying-safe"
        faults = studio.look(spot_of(demo, lang, path), lang, dark=True)
        assert not faults, "\n".join(faults)

    def test_quiz(self, studio: Studio, demo: Demo, quizzes: str, lang: str) -> None:
        faults = studio.look(spot_of(demo, lang, quizzes), lang, dark=lang == "sm")
        assert not faults, "\n".join(faults)


def spot_of(demo: Demo, lang: str, path: str) -> Spot:
    """Return a page as the worker of that language opens it."""
    email = WORKERS[lang]
    return Spot(path, demo.reader(email).session, demo.person(email))


def test_a_follow_up_is_answered_with_the_keyboard_only(studio: Studio, demo: Demo) -> None:
    """Signed out, without scripts, on a phone: every type of question, and once."""
    window = studio.browser.new_context(
        java_script_enabled=False, base_url=demo.address, locale="en-US", viewport={"width": PHONE, "height": HEIGHT}
    )
    window.set_default_timeout(60_000)
    page = window.new_page()
    address = follow_ups(demo)[1]
    page.goto(address)
    assert page.locator("html").get_attribute("lang") == "es"
    asked: set[str] = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        focus = page.locator(":focus")
        kind, name = focus.get_attribute("type"), focus.get_attribute("name") or ""
        if name.startswith("q-"):
            asked.add(name)
            page.keyboard.type("12") if kind == "text" else page.keyboard.press("Space") if kind else None
        elif len(asked) >= 7 and not focus.get_attribute("href"):
            page.keyboard.press("Enter")
            break
    page.wait_for_selector("text=Gracias")
    assert asked >= {"q-used", "q-used-for.listening", "q-helped", "q-supervisor", "q-hard", "q-sure", "q-missing"}
    assert page.locator("[name^=q-]").count() == 0
    page.goto(address)
    assert page.locator("[name^=q-]").count() == 0, "the link counts once"
    window.close()


@pytest.mark.parametrize("lang", ASKED)
def test_the_pages_of_staff_are_folded_on_a_phone_and_open_by_keyboard(studio: Studio, demo: Demo, lang: str) -> None:
    """One row, without scripts; on a desk nothing is folded."""
    demo.speak(demo.person(CERTIFIER), lang)
    window = studio.browser.new_context(
        java_script_enabled=False, base_url=demo.address, viewport={"width": PHONE, "height": HEIGHT}
    )
    window.set_default_timeout(60_000)
    window.add_cookies([{"name": "session", "value": str(demo.reader(CERTIFIER).session), "url": demo.address}])
    page = window.new_page()
    page.goto("/learn")
    rows, links = page.locator(".shell-nav"), page.locator(".shell-nav a:visible")
    box = rows.bounding_box()
    assert (box or {})["height"] < 50
    assert links.count() == 2
    page.locator(".shell-nav a").nth(1).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert links.count() == 9
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/assess")
    assert page.locator(".shell-more summary.current").count() == 1
    page.set_viewport_size({"width": DESK, "height": HEIGHT})
    assert links.count() == 9
    assert not page.locator(".shell-more summary").is_visible()
    demo.speak(demo.person(CERTIFIER), "en")
    window.close()


#: How much of a phone's window the header may take, in pixels, and the readers whose pages it leads to.
HEADER = 120
HEADS = (None, WORKERS["en"], SUPERVISOR, TRAINER, CERTIFIER, ANALYST, ADMINISTRATOR, "translator@demo.example")


def bottom_of(page: Page, what: str) -> float:
    """Return where something ends, in pixels from the top of the page."""
    return float(page.evaluate("what => document.querySelector(what).getBoundingClientRect().bottom", what))


@pytest.mark.parametrize("email", HEADS)
def test_the_header_is_low_on_a_phone_and_lacks_nothing(studio: Studio, demo: Demo, email: str | None) -> None:
    """Two rows in each language, of targets that a thumb meets; what is folded opens without scripts."""
    session, person_id = (demo.reader(email).session, demo.person(email)) if email else (None, None)
    for lang, asked in ASKED.items():
        if person_id:
            demo.speak(person_id, lang)
        window = studio.browser.new_context(
            java_script_enabled=False,
            base_url=demo.address,
            locale=asked,
            viewport={"width": PHONE, "height": HEIGHT},
        )
        window.set_default_timeout(60_000)
        if session:
            window.add_cookies([{"name": "session", "value": session, "url": demo.address}])
        page = window.new_page()
        page.goto("/learn" if email else "/sign-in")
        assert bottom_of(page, ".shell-header") <= HEADER, lang
        names = page.locator(".shell-header :is(button, .languages li > span)")
        whole = {" ".join(name.split()) for name in names.all_text_contents()}
        assert whole >= {"English", "Español", "Lea faka-Tonga", "Gagana Sāmoa"}, "all of each name is read out"
        if email:
            assert not page.locator(".languages button").first.is_visible()
            page.locator(".languages summary").focus()
            page.keyboard.press("Enter")
            page.locator(".shell-more summary").press("Enter")
            assert page.locator("form.signed-in button").is_visible()
        assert page.locator(".languages button").count() == 3
        targets = page.locator(".shell-header :is(button, .shell-nav a, summary)")
        sizes = [each.bounding_box() for each in targets.all()]
        assert all(each and each["height"] >= 44 for each in sizes), sizes
        assert page.evaluate(WIDER) == [], lang
        window.close()
    if person_id:
        demo.speak(person_id, "en")


@pytest.mark.parametrize("lang", ASKED)
def test_on_a_desk_the_languages_are_in_sight(studio: Studio, demo: Demo, lang: str) -> None:
    window = studio.window(lang)
    spot = spot_of(demo, lang, "/learn")
    window.add_cookies([{"name": "session", "value": str(spot.session), "url": demo.address}])
    demo.speak(demo.person(WORKERS[lang]), lang)
    page = window.new_page()
    page.set_viewport_size({"width": DESK, "height": HEIGHT})
    page.goto(spot.path)
    assert page.locator(".languages button:visible").count() == 3
    assert not page.locator(".languages summary").is_visible()
    assert page.locator(".shell-nav a:visible").count() == 4
    page.close()


def test_without_scripts(studio: Studio) -> None:
    """Changing the language keeps what was typed; signing in, changing it again and leaving work, by pressing only."""
    window = studio.browser.new_context(
        java_script_enabled=False,
        base_url=studio.demo.address,
        locale="en-US",
        viewport={"width": PHONE, "height": HEIGHT},
    )
    window.set_default_timeout(60_000)
    page = window.new_page()
    watch = Watch(urlsplit(studio.demo.address).netloc)
    watch.over(page)
    page.goto("/")
    assert page.locator("html").get_attribute("lang") == "en"
    page.fill("[name=identifier]", WORKERS["to"])
    page.click("nav.languages button[lang=es]")
    assert page.locator("html").get_attribute("lang") == "es"
    assert page.input_value("[name=identifier]") == WORKERS["to"]
    page.fill("[name=password]", PASSPHRASE)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/learn")
    assert page.locator("html").get_attribute("lang") == "to"
    page.click("nav.languages summary")
    page.click("nav.languages button[lang=sm]")
    page.wait_for_selector("html[lang=sm]")
    assert urlsplit(page.url).path == "/learn"
    page.click("nav.languages summary")
    page.click("nav.languages button[lang=to]")
    page.wait_for_selector("html[lang=to]")
    page.click("form.signed-in button")
    page.wait_for_url("**/sign-in*")
    window.close()
    assert not watch.complaints, watch.complaints


FAULTS = {
    "color-contrast": "document.querySelector('main p, main li').style.color = '#c9c2b5'",
    "image-alt": "document.querySelector('main').append(new Image())",
    "wider than the window": "document.querySelector('main').style.minWidth = '500px'",
    "not beside its row": """const cell = document.createElement('table').insertRow().insertCell();
        document.querySelector('main').append(cell.closest('table')); cell.style.display = 'flex'""",
    "console error": "document.head.append(Object.assign(document.createElement('script'), {textContent: '1'}))",
    "script error": "setTimeout(() => { throw new Error('planted') })",
    "unsure": """document.querySelector('main p, main li').style.background = 'linear-gradient(red, blue)'""",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_look_over_finds(studio: Studio, fault: str) -> None:
    """Each kind of fault, planted in a page, is found: otherwise the tests above would say nothing."""
    page = studio.window("en").new_page()
    watch = Watch(urlsplit(studio.demo.address).netloc)
    watch.over(page)
    page.goto("/sign-in")
    page.evaluate(f"{studio.axe};undefined")
    page.evaluate(f"() => {{ {FAULTS[fault]} }}")
    found = studio._faults(page, "phone")
    page.wait_for_timeout(50)
    page.close()
    assert any(fault in each for each in found + watch.complaints), found + watch.complaints


def test_the_look_over_finds_a_heavy_page(studio: Studio) -> None:
    window = studio.window("en")
    page = window.new_page()
    fetched = Fetched(window, page)
    page.goto("/sign-in")
    page.close()
    assert fetched.faults() == []
    (fault,) = fetched.faults(most=8_000)  # less than the styles alone
    assert "bytes for a first visit" in fault


def test_the_look_over_finds_another_host(studio: Studio) -> None:
    page = studio.window("en").new_page()
    watch = Watch(urlsplit(studio.demo.address).netloc)
    watch.over(page)
    page.goto(studio.demo.address.replace("127.0.0.1", "localhost") + "/no-such-page")
    page.close()
    assert any(each.startswith("asks another host: http://localhost") for each in watch.complaints)
    assert any(each.startswith("404 for") for each in watch.complaints)
