"""Reports by the link of a letter: without signing in, counted once, and tied to nobody, no time and no answer."""

from __future__ import annotations

import html
import random
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Date, DateTime, func, select, text

from lms.actor import Actor
from lms.audit.models import AuditEvent
from lms.db import Base, UtcDateTime, db, is_postgresql, reading, write
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.people.models import Person
from lms.surveys.models import SurveyReceipt, WaitingAnswer
from lms.surveys.rules.comments import Turns
from lms.translating import jobs, policy, queries, service
from lms.translating.models import UnsignedReport, WordingReport
from lms.translating.rules import MOST_BY_LINK
from tests.assessments.test_views import counting
from tests.conftest import AT
from tests.factories import Make, sign_in
from tests.factories.learning import actor_of, publish_drafts, standard
from tests.racing import PATIENCE, outcomes, race
from tests.surveys.test_views_follow_up import ANSWERS, Asked, after, track
from tests.translating.test_views import translator

USED = "/wording?at=after.yml:used"


@pytest.fixture
def she(app: Flask, make: Make, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Return a Tongan worker who was asked, and the way to her page."""
    publish_drafts([*standard(), after(), track()])
    for where in ("lms.surveys.views.following_up.now", "lms.translating.views.unsigned.now"):
        monkeypatch.setattr(where, lambda: AT)
    monkeypatch.setattr("lms.translating.views.unsigned._turns", Turns(MOST_BY_LINK, "too_many_reports"))
    return Asked(app, make)


def rows() -> list[Any]:
    reading().rollback()
    return list(reading().execute(select(UnsignedReport).order_by(UnsignedReport.public_id)).scalars())


def report(client: FlaskClient, path: str, status: int = 302, **data: str) -> Any:
    hidden = dict(re.findall(r'name="(client_id)" type="hidden" value="([^"]*)"', client.get(path).text))
    answer = client.post(path, data={"fault": "no-sense", **hidden, **data})
    assert answer.status_code == status, answer.text[-2500:]
    return answer


def sent(passage: queries.Passage, key: str = "", **more: str) -> bool:
    said = {"fault": "misspelled", "words": "", **more}
    return write(lambda s: service.report_unsigned(s, passage, **said, client_id=key or new_client_id()))


def passage(at: str = "after.yml:used") -> queries.Passage:
    return queries.find_asked(reading(), "after", at, locale="en")


def staff(make: Make, role: str, **more: Any) -> Actor:
    return replace(actor_of(make.person()), roles=frozenset({"worker", role}), **more)


class TestByTheLink:
    def test_the_sign_stands_beside_every_question(self, she: Asked, client: FlaskClient) -> None:
        for _ in range(2):  # signed in or not
            hrefs = re.findall(r'<a class="wrong" href="([^"]*)" target="_blank"', client.get(she.url).text)
            assert len(hrefs) == 6
            for href in map(html.unescape, hrefs):
                assert href.startswith(f"{she.url}/wording?at=after.yml:")
                page = client.get(href)
                assert (page.status_code, page.headers["Referrer-Policy"]) == (200, "no-referrer")
            sign_in(client, she.ana)

    def test_it_is_bound_to_question_wording_and_language(self, she: Asked, client: FlaskClient) -> None:
        page = client.get(she.url + USED)
        assert '<html lang="to">' in page.text
        assert "Do you use it?" in page.text
        for secret in ("Fifita", she.ana.person_public_id, she.public_id + "<"):
            assert secret not in page.text
        answer = report(client, she.url + USED, fault="other", words=" <b>Kehe</b> ")
        found = queries.find_asked(reading(), "after", "after.yml:used", locale="to")
        (row,) = rows()
        assert (row.key, row.address, row.locale) == ("after", "after.yml:used", "to")
        assert (row.revision_id, row.locale_revision_id) == (found.revision_id, found.locale_revision_id)
        assert (row.fault, row.words, row.state) == ("other", "<b>Kehe</b>", "new")
        thanks = client.get(answer.headers["Location"])
        assert thanks.status_code == 200
        assert f'href="{she.url}"' in thanks.text
        assert "<form method" not in thanks.text.partition("<main")[2]

    def test_the_same_form_twice_is_one(self, she: Asked, client: FlaskClient) -> None:
        key = new_client_id()
        for _ in range(MOST_BY_LINK + 2):
            report(client, she.url + USED, client_id=key)
        assert len(rows()) == 1

    def test_a_link_sends_few_a_day(self, she: Asked, client: FlaskClient, make: Make, app: Flask) -> None:
        for _ in range(MOST_BY_LINK):
            report(client, she.url + USED)
        report(client, she.url + USED, 429)
        assert len(rows()) == MOST_BY_LINK
        report(client, Asked(app, make).url + USED)

    def test_what_is_wrong_is_said_and_takes_no_turn(self, she: Asked, client: FlaskClient) -> None:
        for _ in range(MOST_BY_LINK + 1):
            report(client, she.url + USED, 400, fault="other")
        report(client, she.url + USED, 400, fault="nonsense")
        report(client, she.url + USED, 400, client_id="7")
        assert rows() == []

    def test_a_language_button_keeps_what_was_typed(self, she: Asked, client: FlaskClient) -> None:
        page = client.post(she.url + USED, data={"fault": "other", "words": "Kehe", "_language": "es"}).text
        assert '<html lang="es">' in page
        assert "Kehe</textarea>" in page
        assert rows() == []

    def test_a_link_opens_the_questions_of_its_survey_alone(self, she: Asked, client: FlaskClient) -> None:
        dead = she.url[:-1] + ("0" if she.url[-1] != "0" else "1")
        inside = (
            "after.yml:title",
            "after.yml:used.prompt",
            "after.yml",
            "feedback.yml:useful",
            "module.yml:title",
            "",
        )
        for path in (dead + USED, *(f"{she.url}/wording?at={each}" for each in inside)):
            assert client.get(path).status_code == client.post(path, data={"fault": "other"}).status_code == 404, path

    def test_pages_ask_few_queries(self, she: Asked, client: FlaskClient) -> None:
        for kwargs in ({}, {"method": "POST", "data": {"fault": "no-sense", "client_id": new_client_id()}}):
            with counting() as seen:
                client.open(she.url + USED, **kwargs)
            assert len([each for each in seen if not each.startswith(("BEGIN", "PRAGMA"))]) <= 8


class TestWhoItIs:
    @pytest.fixture
    def before(self, she: Asked, client: FlaskClient) -> Iterator[dict[str, int]]:
        client.get(she.url)
        yield counts()

    def test_one_row_is_written_and_nothing_else(self, she: Asked, client: FlaskClient, before: dict[str, int]) -> None:
        sign_in(client, she.ana)
        report(client, she.url + USED)
        after_it = counts()
        assert {name for name, number in after_it.items() if number != before[name]} == {"unsigned_reports"}

    def test_the_row_has_no_place_for_a_person_a_link_or_a_time(self) -> None:
        table = UnsignedReport.__table__
        people = {key.target_fullname for each in table.c for key in each.foreign_keys}
        assert people == {"revisions.id", "accounts.id"}
        assert [each.name for each in table.c if each.foreign_keys and "by" in each.name] == ["decided_by"]
        times = [each.name for each in table.c if isinstance(each.type, (UtcDateTime, Date, DateTime))]
        assert times == ["decided_at"]

    def test_an_answer_and_a_report_share_nothing(self, she: Asked, client: FlaskClient) -> None:
        report(client, she.url + USED, words="Mine.")
        client.post(she.url, data=ANSWERS)
        (row,) = rows()
        told = {str(each) for each in vars(row).values()}
        for model in (WaitingAnswer, SurveyReceipt):
            (other,) = reading().execute(select(model.__table__)).mappings().all()
            shared = told & {str(each) for name, each in other.items() if name not in {"survey_key", "language"}}
            assert shared <= {"1", "None"}, "numbers of rows alone"
        assert reading().execute(select(func.count()).select_from(AuditEvent)).scalar_one() == 0

    def test_the_order_in_which_they_came_is_lost(self, she: Asked) -> None:
        for number in range(11):
            sent(passage(), words=str(number))
        place = "ctid" if is_postgresql(reading()) else "public_id"
        order = text(f"SELECT words FROM unsigned_reports ORDER BY {place}")
        before = list(reading().execute(order).scalars())
        mixed = write(lambda s: service.mix_reports(s, chance=random.Random(3)))
        reading().rollback()
        kept = list(reading().execute(order).scalars())
        assert sorted(kept) == sorted(before)
        assert kept != [str(number) for number in range(11)]
        if is_postgresql(reading()):
            writers = text("SELECT count(DISTINCT xmin::text) FROM unsigned_reports")
            assert (mixed, reading().execute(writers).scalar_one()) == (11, 1)
        else:
            assert mixed == 0

    def test_the_nightly_job_mixes_them(self, app: Flask, she: Asked) -> None:
        assert jobs.run(app.config["LMS"], at=AT) == ""
        sent(passage())
        assert jobs.run(app.config["LMS"], at=AT) == ""
        assert len(rows()) == 1


class Slow(random.Random):
    """Chance that takes its time while the rows are gone, until somebody has looked for them."""

    def __init__(self) -> None:
        super().__init__(3)
        self.begun, self.done = threading.Event(), threading.Event()

    def shuffle(self, x: Any) -> None:
        super().shuffle(x)
        self.begun.set()
        self.done.wait(PATIENCE)


def test_a_report_is_decided_while_they_are_mixed(app: Flask, she: Asked, make: Make) -> None:
    sent(passage())
    certifier, slow = staff(make, "certifier"), Slow()
    (row,) = rows()
    if not is_postgresql(reading()):
        slow.begun.set()  # nothing is mixed
    reading().rollback()

    def decide() -> int:
        slow.begun.wait()
        try:
            return write(
                lambda s: service.decide_report(s, certifier, row.public_id, state="not-wrong", answer="", at=AT)
            )
        finally:
            slow.done.set()

    results = race(app, lambda: write(lambda s: service.mix_reports(s, chance=slow)), decide)
    assert outcomes(results) == ["done", "done"]
    assert [each.state for each in rows()] == ["not-wrong"]


def counts() -> dict[str, int]:
    """Return how many rows each table has."""
    with db.engines[None].connect() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in Base.metadata.tables.items()
        }


class TestStaff:
    def test_a_translator_decides_and_nobody_is_answered(self, she: Asked, client: FlaskClient, make: Make) -> None:
        report(client, she.url + USED, words="<b>Kehe</b>")
        (row,) = rows()
        sign_in(client, translator(make))
        assert "/content/surveys/after/to" in client.get("/content").text
        page = client.get("/content/surveys/after/to").text
        assert "Without a name" in page
        assert "&lt;b&gt;Kehe" in page
        path = f"/content/reports/{row.public_id}"
        page = client.get(path).text
        assert "Do you use it?" in page
        assert 'name="answer"' not in page
        assert client.post(path, data={"state": "not-wrong", "answer": "No."}).status_code == 302
        assert "Not wrong" in client.get(path).text
        assert client.post(path, data={"state": "confirmed"}).status_code == 400, "decided already"
        (row,) = rows()
        assert (row.state, row.decided_at is None) == ("not-wrong", False)

    def test_who_supervises_reads_none_whatever_else_she_is(self, she: Asked, make: Make) -> None:
        sent(passage())
        (row,) = rows()
        boss = staff(make, "certifier", supervises=(7,))
        for actor in (boss, staff(make, "worker"), staff(make, "translator", translates=frozenset({"to"}))):
            assert queries.count_open(reading(), actor) == {}
            assert queries.list_reports(reading(), actor, "survey", "after", "en") == []
            with pytest.raises(NotFound):
                queries.get_report(reading(), actor, row.public_id)
        signed = {"fault": "misspelled", "words": "", "client_id": new_client_id()}
        worker, asked = staff(make, "worker"), passage()
        write(lambda s: service.report_wording(s, worker, asked, **signed, at=AT))
        reading().rollback()
        assert queries.count_open(reading(), boss) == {("survey", "after", "en"): (1, 1)}, "a signed one she reads"
        certifier = staff(make, "certifier")
        assert queries.count_open(reading(), certifier) == {("survey", "after", "en"): (2, 2)}
        listed = queries.list_reports(reading(), certifier, "survey", "after", "en")
        assert [each.person_id is None for each in listed] == [False, True]
        assert [each.person_id for each in queries.list_own(reading(), listed[0].person_id or 0)] == [
            listed[0].person_id
        ]
        assert policy.can_decide(certifier, "en", None)

    def test_two_at_once_decide_once(self, she: Asked, make: Make) -> None:
        sent(passage())
        certifier = staff(make, "certifier")
        (row,) = rows()
        decide = lambda: write(  # noqa: E731
            lambda s: service.decide_report(s, certifier, row.public_id, state="confirmed", answer="", at=AT)
        )
        assert decide() == 0
        with pytest.raises(RuleBroken, match="decided"):
            decide()

    def test_a_signed_report_still_names_its_person(self, she: Asked, client: FlaskClient) -> None:
        sign_in(client, she.ana)
        path = "/wording/survey/after?at=after.yml:used"
        assert report(client, path).status_code == 302
        reading().rollback()
        named = select(WordingReport.person_id, Person.id).join(Person, Person.id == WordingReport.person_id)
        assert len(reading().execute(named).all()) == 1
        assert rows() == []
