"""Pages of limits, time, saving and accommodations: what they say, and to whom."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from lms.actor import Actor
from lms.assessments import queries, service
from lms.assessments.models import Attempt, AttemptGrant
from lms.assessments.rules import Choice, Given
from lms.assessments.rules.timing import GRACE, WARNINGS
from lms.clock import local_date, now
from lms.db import reading, write
from lms.i18n import format_instant
from lms.ids import new_client_id
from tests.assessments.test_views import QUIZ_URL, begin, counting, filled, hidden, ticked
from tests.assessments.timed import WRONG, answers, fail, found, limited
from tests.factories import MadePerson, Make, sign_in
from tests.factories.learning import RIGHT, UNSAFE, actor_of, publish_drafts, standard

SAVE_URL = f"{QUIZ_URL}/save"
FAIR_URL = "/record/accommodations"


@pytest.fixture
def ana(app: Flask, make: Make) -> MadePerson:
    limited(minutes=10)
    return make.person("Ana")


@pytest.fixture
def browser(client: FlaskClient, ana: MadePerson) -> FlaskClient:
    return sign_in(client, ana)


def wind_back(minutes: float) -> None:
    """Let every open attempt have begun so long ago."""

    def fn(session: Any) -> None:
        for row in session.execute(select(Attempt).where(Attempt.submitted_at.is_(None))).scalars():
            by = timedelta(minutes=minutes)
            moved = {"started_at": row.started_at - by, "deadline_at": row.deadline_at - by}
            session.execute(update(Attempt).where(Attempt.id == row.id).values(moved))

    write(fn)


def choose(person: MadePerson, choice: Choice) -> None:
    actor = actor_of(person)
    write(lambda s: service.choose(s, actor, choice, client_id=new_client_id(), at=now()))


def asking(page: str, chosen: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    """Return the form of `page` as the button for more time sends it."""
    had = re.search(r'name="extensions" type="hidden" value="(\d+)"', page)
    assert had
    return {**filled(page, chosen, "more"), "extensions": had[1]}


class TestTime:
    def test_the_start_says_how_long_and_how_often(self, browser: FlaskClient, ana: MadePerson) -> None:
        limited(minutes=10, attempts=3, wait_hours=24)
        page = browser.get(QUIZ_URL).text
        assert "You have 10 minutes, from when you begin." in page
        assert "You can try it 3 times." in page
        assert "you wait 24 hours" in page
        choose(ana, Choice(own_percent=150))
        page = browser.get(QUIZ_URL).text
        assert "You have 15 minutes" in page
        assert "150 percent of the usual time" in page

    def test_the_page_says_when_time_ends_without_a_script(self, browser: FlaskClient) -> None:
        page = begin(browser)
        assert "10 minutes left" in page
        assert "Your time ends at" in page
        assert "I need more time" in page
        assert f'data-autosave="{SAVE_URL}"' in page
        assert 'data-left="5' in page or 'data-left="600"' in page

    def test_what_is_fair_for_her_is_read_once_a_page(self, app: Flask, client: FlaskClient, make: Make) -> None:
        limited(minutes=10)
        ana = make.person("Ana", language="es")
        choose(ana, Choice(bilingual=True, own_percent=150))
        browser = sign_in(client, ana)
        with counting() as seen:
            page = browser.get(QUIZ_URL).text
        assert "15 minutos" in page
        assert sum("FROM accommodations" in each for each in seen) == 1

    def test_the_script_is_told_the_numbers_of_the_rule(self, browser: FlaskClient) -> None:
        page = begin(browser)
        assert f'data-warn-at="{" ".join(str(mark) for mark in WARNINGS)}"' in page
        assert f'data-grace="{int(GRACE.total_seconds())}"' in page
        assert all(f'data-warn-{mark}="' in page for mark in WARNINGS)
        assert "5 minutes are left." in page
        assert "1 minute is left." in page

    def test_without_a_limit_nothing_is_said_of_time(self, browser: FlaskClient) -> None:
        limited()
        page = begin(browser)
        assert "minutes left" not in page
        assert "I need more time" not in page

    def test_more_time_keeps_what_was_chosen(self, browser: FlaskClient) -> None:
        page = begin(browser)
        back = browser.post(QUIZ_URL, data=asking(page, {"q-one": ("b",)}), follow_redirects=True).text
        assert "You have more time now" in back
        assert "15 minutes left" in back
        assert ticked(back) == {("a-q-one", "b")}
        assert "I need more time" not in back, "once, without an accommodation"
        refused = browser.post(QUIZ_URL, data=asking(back, {"q-one": ("b",)}))
        assert refused.status_code == 422
        assert "You have got more time already" in refused.text

    def test_more_time_is_offered_again_where_staff_gave_it(
        self, browser: FlaskClient, ana: MadePerson, make: Make
    ) -> None:
        boss = make.person(roles=("trainer",))
        actor = Actor(boss.account_id, boss.person_id, "", "", "en", local_date(now()), frozenset({"trainer"}))
        given = Given(often=True, valid_from=local_date(now()), reason_class="agreed")
        write(lambda s: service.give(s, actor, ana.person_id, given, client_id=new_client_id(), at=now()))
        page = begin(browser)
        for minutes in (15, 20, 25):
            page = browser.post(QUIZ_URL, data=asking(page, {}), follow_redirects=True).text
            assert f"{minutes} minutes left" in page
            assert "I need more time" in page

    def test_what_comes_late_is_told_and_saved_answers_count(self, browser: FlaskClient) -> None:
        page = begin(browser)
        saved = {**RIGHT, "q-three": ("false",)}
        back = browser.post(QUIZ_URL, data=filled(page, saved, "save"), follow_redirects=True).text
        wind_back(11)
        result = browser.post(QUIZ_URL, data=filled(back, UNSAFE), follow_redirects=True).text
        assert "Your time was up at" in result
        assert "You passed the quiz" in result
        assert answers(hidden(page)["attempt"]) == saved

    def test_a_page_after_the_time_leads_to_the_result(self, browser: FlaskClient) -> None:
        begin(browser)
        wind_back(11)
        page = browser.get(QUIZ_URL).text
        assert "Your time is up" in page
        assert "Question 1" not in page
        result = browser.post(QUIZ_URL, data={**hidden(page), "action": "submit"}, follow_redirects=True).text
        assert "Not passed yet" in result
        assert "data-done-attempt" in result

    def test_a_late_save_is_told(self, browser: FlaskClient) -> None:
        page = begin(browser)
        wind_back(11)
        back = browser.post(QUIZ_URL, data=filled(page, RIGHT, "save"), follow_redirects=True).text
        assert "Your answers are saved. You can go on" not in back
        assert "Your time was up at" in back


class TestLimits:
    def test_when_nothing_is_left_she_is_sent_to_a_person(self, browser: FlaskClient, ana: MadePerson) -> None:
        limited(attempts=1)
        page = begin(browser)
        result = browser.post(QUIZ_URL, data=filled(page, UNSAFE), follow_redirects=True).text
        assert "No more tries are left for this quiz." in result
        assert "Try again" not in result
        refused = browser.post(f"{QUIZ_URL}/start", data={"after": 1}, follow_redirects=True).text
        assert "talk to your trainer" in refused

    def test_from_when_the_next_try_is_possible(self, browser: FlaskClient) -> None:
        limited(attempts=3, wait_hours=24)
        page = begin(browser)
        browser.post(QUIZ_URL, data=filled(page, UNSAFE))
        closed = found(hidden(page)["attempt"]).submitted_at
        assert closed is not None
        result = browser.get(QUIZ_URL).text
        assert f"from {format_instant(closed + timedelta(hours=24))}" in result
        assert "/quiz/start" not in result
        refused = browser.post(f"{QUIZ_URL}/start", follow_redirects=True).text
        assert "You can try this quiz again from" in refused

    def test_what_is_left_is_said(self, browser: FlaskClient) -> None:
        limited(attempts=3)
        page = begin(browser)
        result = browser.post(QUIZ_URL, data=filled(page, UNSAFE), follow_redirects=True).text
        assert "You can try it 2 times." in result
        assert 'name="after" value="1"' in result


class TestSaving:
    def test_saves_and_says_when(self, browser: FlaskClient) -> None:
        page = begin(browser)
        answer = browser.post(SAVE_URL, data=filled(page, {"q-one": ("b",)}, "save"))
        assert answer.status_code == 200
        assert answer.json["said"].startswith("Saved at ")
        assert 590 <= answer.json["left"] <= 600
        again = browser.get(QUIZ_URL).text
        assert ticked(again) == {("a-q-one", "b")}
        assert hidden(again)["seen"] == answer.json["seen"]
        assert "Saved at" in again

    def test_a_stale_tab_is_told_and_nothing_is_merged(self, browser: FlaskClient) -> None:
        page = begin(browser)
        browser.post(SAVE_URL, data=filled(page, {"q-one": ("b",)}))
        answer = browser.post(SAVE_URL, data=filled(page, {"q-one": ("c",)}))
        assert (answer.status_code, answer.json["code"], answer.json["stop"]) == (409, "changed_elsewhere", True)
        assert answers(hidden(page)["attempt"]) == {"q-one": ("b",)}

    def test_after_handing_in_and_after_the_time(self, browser: FlaskClient) -> None:
        page = begin(browser)
        browser.post(QUIZ_URL, data=filled(page, UNSAFE))
        answer = browser.post(SAVE_URL, data=filled(page, RIGHT))
        assert (answer.status_code, answer.json["code"]) == (410, "already_handed_in")
        page = begin(browser)
        wind_back(11)
        answer = browser.post(SAVE_URL, data=filled(page, RIGHT))
        assert (answer.status_code, answer.json["code"]) == (410, "time_up")
        assert answers(hidden(page)["attempt"]) == {}

    def test_what_is_not_ours_is_refused(self, browser: FlaskClient) -> None:
        page = begin(browser)
        answer = browser.post(SAVE_URL, data=filled(page, {"q-stranger": ("a",)}))
        assert (answer.status_code, answer.json["code"]) == (422, "foreign_answer")
        assert browser.post(SAVE_URL, data={"attempt": "x"}).status_code == 422
        assert browser.post(SAVE_URL, data={**filled(page, {}), "score": "100"}).status_code == 400

    def test_another_persons_attempt_is_not_there(self, browser: FlaskClient, make: Make) -> None:
        page = begin(browser)
        sign_in(browser, make.person("Bea"))
        assert browser.post(SAVE_URL, data=filled(page, RIGHT)).status_code == 404


class TestHerOwnPage:
    def sent(self, **values: Any) -> dict[str, Any]:
        return {"client_id": new_client_id(), "own_percent": "100", **values}

    def test_she_chooses_and_it_counts_at_once(self, browser: FlaskClient, ana: MadePerson) -> None:
        page = begin(browser)
        sent = self.sent(bilingual="y", audio="y", own_percent="150")
        back = browser.post(FAIR_URL, data=sent, follow_redirects=True).text
        assert "This counts from now on" in back
        assert "English stands beneath every question." in back
        assert "15 minutes left" in browser.get(QUIZ_URL).text
        assert "You would rather listen than read." in browser.get("/record").text
        assert found(hidden(page)["attempt"]).extensions == 0

    def test_more_than_half_again_is_refused(self, browser: FlaskClient, ana: MadePerson) -> None:
        assert browser.post(FAIR_URL, data=self.sent(own_percent="300")).status_code == 400
        assert queries.list_versions(reading(), ana.person_id) == []

    def test_she_asks_with_one_tap(self, browser: FlaskClient, ana: MadePerson) -> None:
        back = browser.post(FAIR_URL, data={"ask": "oral"}, follow_redirects=True).text
        assert back.count("You have asked a trainer.") == 2  # said once, and standing there from now on
        assert queries.list_wishes(reading(), ana.person_id) == ["oral"]
        browser.post(FAIR_URL, data={"ask": "money"})
        assert queries.list_wishes(reading(), ana.person_id) == ["oral"]

    def test_both_languages_stand_in_quizzes(self, client: FlaskClient, app: Flask, make: Make) -> None:
        publish_drafts()
        tongan = make.person("Sela", language="es")
        sign_in(client, tongan)
        choose(tongan, Choice(bilingual=True))
        begin(client)
        reading().rollback()
        shown = reading().execute(select(Attempt.shown_language)).scalar_one()
        assert shown.endswith("+en") or shown == "en"


class TestStaff:
    @pytest.fixture
    def trainer(self, client: FlaskClient, ana: MadePerson, make: Make) -> FlaskClient:
        return sign_in(client, make.person("Tui", roles=("trainer",)))

    def url(self, ana: MadePerson) -> str:
        return f"/people/{ana.person_public_id}/accommodations"

    def given(self, **values: Any) -> dict[str, Any]:
        today = local_date(now()).isoformat()
        return {
            "client_id": new_client_id(),
            "time_percent": "200",
            "valid_from": today,
            "reason_class": "letter",
            **values,
        }

    def test_what_she_gives_counts_and_is_kept(self, trainer: FlaskClient, ana: MadePerson) -> None:
        choose(ana, Choice(audio=True, bilingual=True))
        actor = actor_of(ana)
        write(lambda s: service.wish(s, actor, "time", at=now()))
        assert "Ana" in trainer.get("/people/accommodations").text
        page = trainer.get(self.url(ana)).text
        assert "She asks for more time." in page
        assert "She would rather listen than read." in page
        back = trainer.post(self.url(ana), data=self.given(often="y", oral="y"), follow_redirects=True).text
        assert "Kept." in back
        assert "Twice the time" in back
        assert "Tui" in back and "she herself" in back
        assert "Nobody is waiting here" in trainer.get("/people/accommodations").text
        reading().rollback()
        fair = queries.fair_for(reading(), ana.person_id, local_date(now()))
        assert (fair.percent, fair.often, fair.oral, fair.audio, fair.bilingual) == (200, True, True, True, True)

    @pytest.mark.parametrize(
        ("changes", "said"),
        [({"reason_class": ""}, "Please choose why."), ({"valid_until": "2001-01-01"}, "The last day must not")],
    )
    def test_what_is_refused(self, trainer: FlaskClient, ana: MadePerson, changes: Any, said: str) -> None:
        answer = trainer.post(self.url(ana), data=self.given(**changes))
        assert answer.status_code == 400
        assert said in answer.text

    def test_one_more_try(self, trainer: FlaskClient, ana: MadePerson) -> None:
        limited(attempts=1)
        fail(actor_of(ana), now())
        page = trainer.get(self.url(ana)).text
        assert "Quizzes that she cannot try now" in page
        url = f"/people/{ana.person_public_id}/attempts"
        sent = {"client_id": new_client_id(), "module": "alpha", "round": "1", "reason": "  The bus was late. "}
        assert "Please write why." in trainer.post(url, data={**sent, "reason": ""}, follow_redirects=True).text
        assert "once more" in trainer.post(url, data=sent, follow_redirects=True).text
        again = trainer.post(url, data={**sent, "client_id": new_client_id()}, follow_redirects=True).text
        assert "She can try this quiz now." in again
        reading().rollback()
        assert reading().execute(select(AttemptGrant.reason)).scalars().all() == ["The bus was late."]
        worker = sign_in(trainer, ana)
        page = worker.get(QUIZ_URL).text
        assert "You were given one more try:" in page
        assert "The bus was late." in page
        assert "/quiz/start" in page

    def test_waiting_is_shown_to_staff_too(self, trainer: FlaskClient, ana: MadePerson) -> None:
        limited(wait_hours=24)
        fail(actor_of(ana), now())
        assert "You can try this quiz again from" in trainer.get(self.url(ana)).text

    def test_not_for_herself_and_not_for_supervisors(self, client: FlaskClient, ana: MadePerson, make: Make) -> None:
        own = make.person("Tui", roles=("trainer",))
        sign_in(client, own)
        assert client.get(f"/people/{own.person_public_id}/accommodations").status_code == 404
        boss = make.supervisor(make.organization("Hope"), "Boss")
        make.employment(ana, 1)
        sign_in(client, boss)
        for path in (self.url(ana), "/people/accommodations"):
            assert client.get(path).status_code == 404
        assert client.post(f"/people/{ana.person_public_id}/attempts", data={}).status_code == 404

    def test_a_module_that_is_gone_asks_nothing(self, trainer: FlaskClient, ana: MadePerson) -> None:
        limited(attempts=1)
        fail(actor_of(ana), now())
        publish_drafts([each for each in standard() if each.key not in {"alpha", "beta"}])
        assert "Quizzes that she cannot try now" not in trainer.get(self.url(ana)).text


def test_wrong_answers_are_wrong() -> None:
    assert not set(WRONG.items()) & set(RIGHT.items())
