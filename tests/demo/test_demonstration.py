"""The demonstration is whole, is the same every time, and every page that its people can reach is sound."""

from __future__ import annotations

import logging
import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import click
import pytest
from flask import request
from sqlalchemy import event, text
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from lms import doctor
from lms.certificates.queries import list_certificates
from lms.clock import local_date, now
from lms.commands import cli
from lms.db import db, reading
from lms.demo.accounts import ACCOUNTS
from lms.demo.cli import refuse_production
from lms.demo.load import NotEmptyError, load
from lms.demo.plan import make_plan
from lms.demo.twice import ADDRESS
from tests.demo.conftest import Demo

#: Seconds within which the demonstration is ready, coverage measured: fifteen modules in four languages are checked,
#: published twice and learned. It takes some 60 on two cores that do more than they can at once.
LOADED_WITHIN = 75
MOST_QUERIES = 12
#: What the shell of every English page says first, and of no other.
SHELL_WORDS = ">Skip to the page<"
PAGES_OF_A_ROLE = 40
#: How many addresses of the same kind of page are opened.
SAME_KIND = 2
pytestmark = pytest.mark.timeout(600)  # the first test waits for the loading
DAY = date(2026, 11, 22)


class TestLoading:
    def test_is_quick(self, demo: Demo) -> None:
        figures = demo.figures
        own = figures.seconds - figures.waited
        print(f"loading: {figures.seconds} s, {figures.cpu_seconds} s of them computing, {figures.waited} s waiting")
        assert figures.cpu_seconds < LOADED_WITHIN
        assert own < LOADED_WITHIN, f"{figures}"
        assert figures.told[-1] == "figures are released"

    def test_a_second_time_is_refused(self, demo: Demo) -> None:
        before = demo.one("SELECT count(*) FROM people")
        with demo.app.app_context(), pytest.raises(NotEmptyError):
            load(demo.app, print)
        assert demo.one("SELECT count(*) FROM people") == before

    def test_is_refused_in_production(self, demo: Demo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        with pytest.raises(click.ClickException):
            refuse_production(replace(demo.config, env="production"))
        refuse_production(demo.config)
        for name, value in {
            "LMS_ENV": "production",
            "LMS_KEYS_PASSPHRASE": "a passphrase of tests",
            "LMS_DATA_DIR": str(tmp_path),
            "LMS_DATABASE_URL": f"sqlite:///{tmp_path / 'real.sqlite3'}",
            "LMS_SECRET_KEY": "0123456789abcdef" * 4,
            "LMS_BASE_URL": "https://training.example",
            "LMS_KEYS_DIR": str(demo.config.keys_dir),
            "LMS_MAIL_URL": "smtp://127.0.0.1:1",
            "LMS_SMS_URL": f"file:{tmp_path / 'sms'}",
            "LMS_HELP_NAME": "Help desk",
            "LMS_HELP_PHONE": "+1 213 555 0111",
            "LMS_HELP_EMAIL": "help@training.example",
        }.items():
            monkeypatch.setenv(name, value)
        for command in ("load", "serve"):
            with pytest.raises(click.ClickException, match="LMS_ENV is production"):
                cli.main(["demo", command], standalone_mode=False)
        assert not (tmp_path / "real.sqlite3").exists()

    def test_the_doctor_finds_nothing(self, demo: Demo) -> None:
        with demo.app.app_context():
            assert doctor.recompute(at=now(), fix=False) == doctor.Found((), ())


class TestPlan:
    def test_is_the_same_every_time(self) -> None:
        assert make_plan(DAY) == make_plan(DAY)

    @pytest.mark.parametrize("days", [1, 7, 30, 200])
    def test_only_dates_move_with_the_day(self, days: int) -> None:
        """Names, languages, contacts and endings are the same whenever it is loaded."""
        first, later = make_plan(DAY), make_plan(DAY + timedelta(days=days))
        assert first.supervisors == later.supervisors
        for one, other in zip(first.workers, later.workers, strict=True):
            assert (one.name, one.language, one.contact, one.ending) == (
                other.name,
                other.language,
                other.contact,
                other.ending,
            )

    @pytest.mark.parametrize("start", range(0, 366, 61))
    def test_everyone_has_a_workplace_when_assigned(self, start: int) -> None:
        """On every day of a year the story makes sense, not only on the day when it was written."""
        for today in (DAY + timedelta(days=start + n) for n in range(0, 61, 6)):
            for worker in make_plan(today).workers:
                day = worker.assigned_on
                employed = [s for s in worker.spells if s.since <= day and (s.until is None or day <= s.until)]
                assert employed, f"{worker} works nowhere when she is assigned, loaded on {today}"
                assert all(s.until is None or s.since <= s.until < today for s in worker.spells)
                assert day < today, worker

    def test_reached_the_database(self, demo: Demo) -> None:
        today = local_date(now())
        plan = make_plan(today)
        names = Counter(worker.name for worker in plan.workers) + Counter(each.name for _, each in plan.supervisors)
        names += Counter(each.name for each in ACCOUNTS if each.role not in ("worker", "supervisor"))
        planned = "SELECT name FROM people WHERE id NOT IN (SELECT person_id FROM contacts WHERE value = :twice)"
        assert Counter(row.name for row in demo.rows(planned, twice=ADDRESS)) == names


class TestCounts:
    def test_organizations(self, demo: Demo) -> None:
        kinds = dict(map(tuple, demo.rows("SELECT kind, count(*) FROM organizations GROUP BY kind")))
        assert kinds["department"] >= 3
        assert kinds["cbo"] >= 24
        areas = {row[0] for row in demo.rows("SELECT DISTINCT spa FROM organization_areas")}
        assert areas == set(range(1, 9))
        contracted = "SELECT count(DISTINCT organization_id), count(DISTINCT department_id) FROM contracts"
        assert tuple(demo.rows(contracted)[0]) == (kinds["cbo"], kinds["department"])

    def test_workers(self, demo: Demo) -> None:
        assert demo.figures.workers >= 600
        spoken = {row.language: row.n for row in demo.rows("SELECT language, count(*) AS n FROM people GROUP BY 1")}
        assert set(spoken) == {"en", "es", "to", "sm"}
        assert min(spoken.values()) >= 50
        assert demo.one("SELECT count(*) FROM people WHERE NOT is_demonstration") == 0

    def test_employments(self, demo: Demo) -> None:
        assert demo.one("SELECT count(DISTINCT person_id) FROM employments") >= 600
        reasons = demo.rows("SELECT end_reason, count(*) FROM employments WHERE ended_on IS NOT NULL GROUP BY 1")
        assert len(reasons) >= 6
        assert None not in {row[0] for row in reasons}
        several = "SELECT person_id FROM employments GROUP BY person_id HAVING count(*) > 1"
        assert demo.one(f"SELECT count(*) FROM ({several})") >= 60

    def test_assignments(self, demo: Demo) -> None:
        """There are late ones, ones that are due, and done ones; some did not begin."""
        today = local_date(now())
        done = """EXISTS (SELECT 1 FROM track_completions t WHERE t.person_id = a.person_id
                  AND t.track_key = a.track_key AND t.cycle = a.cycle)"""
        count = f"SELECT count(*) FROM assignments a WHERE undone_at IS NULL AND {done}"
        open_ones = count.replace("EXISTS", "NOT EXISTS", 1)
        assert demo.one(count) >= 200
        assert demo.one(f"{open_ones} AND due_on < :today", today=today.isoformat()) >= 20
        assert demo.one(f"{open_ones} AND due_on >= :today", today=today.isoformat()) >= 20
        begun = "SELECT count(DISTINCT person_id) FROM lesson_progress"
        assert demo.one(begun) < demo.one("SELECT count(DISTINCT person_id) FROM assignments")

    def test_learning(self, demo: Demo) -> None:
        assert demo.one("SELECT count(*) FROM attempts WHERE passed") >= 600
        assert demo.one("SELECT count(*) FROM attempts WHERE NOT passed") >= 50
        assert demo.one("SELECT count(*) FROM survey_answers") >= 600
        assert demo.one("SELECT count(*) FROM survey_answers WHERE survey_key LIKE 'follow-up-%'") >= 100
        assert demo.one("SELECT count(DISTINCT language) FROM survey_answers") == 4
        assert demo.one("SELECT count(*) FROM survey_words") >= 100
        assert demo.one("SELECT count(*) FROM evidence") >= 600

    def test_applications(self, demo: Demo) -> None:
        states = {row[0]: row[1] for row in demo.rows("SELECT state, count(*) FROM applications GROUP BY state")}
        print(states)
        assert set(states) == {"waiting", "asked", "refused", "appealed", "certified"}

    def test_certificates(self, demo: Demo) -> None:
        """Valid, expired, revoked and suspended ones, and editions that were replaced; none is still in the making."""
        today = local_date(now())
        with demo.app.app_context():
            people = [row[0] for row in demo.rows("SELECT DISTINCT person_id FROM awards")]
            states = Counter(row.state for row in list_certificates(reading(), people, today=today))
            db.session.remove()
        print(dict(states))
        assert set(states) == {"valid", "expired", "revoked", "suspended"}
        assert demo.one("SELECT count(*) FROM editions WHERE supersedes_id IS NOT NULL") >= 3
        assert demo.one("SELECT count(*) FROM issue_tasks WHERE done_at IS NULL") == 0


class _Assets(HTMLParser):
    """Reads a page's language, its links, and every address from which it loads something."""

    LOADING = frozenset("script img link source audio video iframe embed object use image track input".split())

    def __init__(self) -> None:
        super().__init__()
        self.lang = ""
        self.links: list[str] = []
        self.loads: list[str] = []
        self.styles: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {key: value or "" for key, value in attrs}
        if tag == "html":
            self.lang = a.get("lang", "")
        if tag == "a" and "href" in a:
            self.links.append(a["href"])
        if tag in self.LOADING:
            self.loads += [a[key] for key in ("src", "href", "srcset", "data", "poster", "xlink:href") if key in a]
        if "style" in a:
            self.styles.append(a["style"])


@dataclass
class Faults:
    """What a crawl found, and how much it looked at."""

    opened: int = 0
    addresses: list[str] = field(default_factory=list)
    queries: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


class Statements:
    """Counts what the program says to its database through either engine."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.total = 0
        self.requests = 0

    def hear(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            self.seen.append(statement)
            self.total += 1


@pytest.fixture(scope="module")
def statements(demo: Demo) -> Iterator[Statements]:
    """Return what the requests of this file say to the database."""
    heard = Statements()
    with demo.app.app_context():
        engines = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", heard.hear)
    yield heard
    for engine in engines:
        event.remove(engine, "before_cursor_execute", heard.hear)


def faults_of(html: str, lang: str) -> list[str]:
    """Return what is wrong with one page that should be in `lang`."""
    page = _Assets()
    page.feed(html)
    faults = []
    if page.lang != lang:
        faults.append(f"is in {page.lang!r}, not {lang!r}")
    if lang != "en" and SHELL_WORDS in html:
        faults.append("is in English but for its mark")
    for word in ("Undefined", "jinja2"):
        if word in html:
            faults.append(f"says {word!r}")
    faults += [f"shows the placeholder {found}" for found in re.findall(r"%\(\w+\)\w?", html)]
    faults += [f"shows the template's {found}" for found in re.findall(r"\{[{%].{0,40}", html)]
    strange = [each for each in page.loads if urlsplit(each).netloc or urlsplit(each).scheme not in ("", "data")]
    faults += [f"loads {each}" for each in strange]
    faults += [f"styles with {each}" for each in page.styles]
    return faults


class Crawl:
    """Follows links from a home page, at most `SAME_KIND` of each kind of page."""

    def __init__(self, demo: Demo, email: str | None, lang: str, statements: Statements) -> None:
        self.reader = demo.reader(email)
        self.lang = lang
        self.statements = statements
        self.adapter = demo.app.url_map.bind(urlsplit(demo.address).netloc)
        self.kinds: dict[str, int] = defaultdict(int)
        self.found = Faults()
        self.waiting: deque[str] = deque()
        self.known: set[str] = set()

    def run(self, start: str) -> Faults:
        """Open what can be reached from `start`."""
        self._note(start)
        while self.waiting and self.found.opened < PAGES_OF_A_ROLE:
            self._open(self.waiting.popleft())
        return self.found

    def _note(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.netloc or parts.scheme or address in self.known or parts.path.startswith("/static/"):
            return
        self.known.add(address)
        try:
            endpoint, _ = self.adapter.match(parts.path, "GET")
        except HTTPException:
            self.found.faults.append(f"{address}: a link to nothing")
            return
        self.kinds[str(endpoint)] += 1
        if self.kinds[str(endpoint)] <= SAME_KIND:
            self.waiting.append(address)

    def _open(self, address: str) -> None:
        self.statements.seen.clear()
        response = self.reader.client.get(address)
        self.statements.requests += 1
        self.found.addresses.append(address)
        self.found.queries[address] = len(self.statements.seen)
        self.found.opened += 1
        if len(self.statements.seen) > MOST_QUERIES:
            self._fault(address, f"{len(self.statements.seen)} queries: " + "\n   ".join(self.statements.seen))
        if response.status_code in (301, 302, 303, 308):
            self._note(urljoin(address, response.headers["Location"]))
        elif response.status_code != 200:
            self._fault(address, f"answers {response.status_code}")
        elif response.mimetype == "text/html":
            self._read(address, response)
        response.close()

    def _read(self, address: str, response: TestResponse) -> None:
        html = response.get_data(as_text=True)
        for fault in faults_of(html, self.lang):
            self._fault(address, fault)
        page = _Assets()
        page.feed(html)
        for link in page.links:
            self._note(urljoin(address, link.split("#")[0]) if link else address)

    def _fault(self, address: str, fault: str) -> None:
        self.found.faults.append(f"{address}: {fault}")


class TestPages:
    @pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.email.split("@")[0])
    def test_all_that_a_role_reaches(self, demo: Demo, statements: Statements, account: Any) -> None:
        """Every page answers, in her language, with few queries, and loads nothing from elsewhere."""
        found = Crawl(demo, account.email, account.language, statements).run("/")
        most = max(found.queries, key=found.queries.__getitem__)
        print(f"{account.email}: {found.opened} pages, at most {found.queries[most]} queries ({most})")
        assert not found.faults, "\n".join(found.faults)
        assert found.opened >= 8, found.addresses

    def test_a_strangers_pages(self, demo: Demo, statements: Statements) -> None:
        found = Crawl(demo, None, "en", statements).run("/")
        assert not found.faults, "\n".join(found.faults)
        assert found.opened >= 4, found.addresses

    def test_the_statements_were_counted(self, demo: Demo, statements: Statements) -> None:
        """Runs last here: over a hundred requests were counted, and a deaf counter does not make a page frugal."""
        if statements.requests <= 100:  # only this test was asked for
            for account in ACCOUNTS:
                Crawl(demo, account.email, account.language, statements).run("/")
        print(f"{statements.requests} requests, {statements.total} statements")
        assert statements.requests > 100
        assert statements.total > 3 * statements.requests


class TestChecks:
    """The checks above find what they look for."""

    def test_of_a_page(self) -> None:
        sound = '<html lang="es"><link href="/static/a.css"><script src="/b.js"></script><a href="https://x.y">x</a>'
        assert faults_of(sound, "es") == []
        for fault in (
            '<script src="https://cdn.example/a.js"></script>',
            '<img src="//cdn.example/a.png">',
            '<link rel="stylesheet" href="http://cdn.example/a.css">',
            '<p style="color: red">',
            "%(name)s",
            "{{ name }}",
            "Undefined",
            f"<a{SHELL_WORDS}/a>",
        ):
            assert len(faults_of(sound + fault, "es")) == 1, fault
        assert len(faults_of(sound, "en")) == 1

    def test_of_a_crawl(self, demo: Demo, statements: Statements) -> None:
        """A page with too many queries, a broken one and one in the wrong language are each told."""

        def chat() -> None:
            if request.path == "/account":
                for _ in range(MOST_QUERIES + 1):
                    reading().execute(text("SELECT 1"))
            elif request.path == "/record":
                raise RuntimeError("planted")

        hooks = demo.app.before_request_funcs.setdefault(None, [])
        hooks.append(chat)
        logging.getLogger("lms.web.shell").disabled = True
        try:
            faults = Crawl(demo, "worker-es@demo.example", "en", statements).run("/account").faults
        finally:
            hooks.remove(chat)
            logging.getLogger("lms.web.shell").disabled = False
        told = [fault.splitlines()[0] for fault in faults if fault.startswith(("/account: ", "/record: "))]
        assert any(re.match(r"/account: 1[3-9] queries", each) for each in told), faults
        assert "/record: answers 500" in told
        assert "/account: is in 'es', not 'en'" in told
