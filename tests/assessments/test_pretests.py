"""The test before the first lesson: once, voluntary, counting for nothing, and never telling what is right."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.actor import Actor
from lms.assessments import jobs, queries, rules, service
from lms.assessments.models import Pretest
from lms.assessments.rules import Gain, GroupGain, Learner
from lms.assessments.service import Sheet, Shown
from lms.content.library import current
from lms.courses.service import Shown as LessonShown
from lms.courses.service import finish_lesson
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from tests.conftest import AT
from tests.factories import MadePerson, Make, sign_in
from tests.factories.learning import CANARY, QUIZ, RIGHT, TONGAN, actor_of, module, publish_drafts, standard
from tests.racing import outcomes, race

LINKED = QUIZ | {"linked": ["q-one", "q-three"]}
URL = "/modules/alpha/before"


def published(quiz: dict[str, Any] = LINKED) -> None:
    others = [each for each in standard() if (each.kind, each.key) != ("module", "alpha")]
    publish_drafts([*others, module("alpha", quiz=quiz), TONGAN])


@pytest.fixture
def ana(app: Flask, make: Make) -> MadePerson:
    published()
    return make.person("Ana")


@pytest.fixture
def actor(ana: MadePerson) -> Actor:
    return actor_of(ana)


def revision() -> int:
    reading().rollback()
    return current(reading()).get("module", "alpha").revision_id


def take(actor: Actor, sent: dict[str, tuple[str, ...]], **changes: Any) -> None:
    said = {"revision_id": revision(), "shown": Shown("en"), "at": AT, "round_number": 1} | changes
    write(lambda s: service.take_pretest(s, actor, "alpha", sent, **said))
    reading().rollback()


def rows() -> list[Any]:
    reading().rollback()
    return list(reading().execute(select(Pretest)).scalars())


def submit(actor: Actor, chosen: dict[str, tuple[str, ...]]) -> None:
    shown = Shown("en")
    public_id = write(lambda s: service.start_attempt(s, actor, "alpha", shown=shown, at=AT))
    one = Sheet("alpha", public_id, chosen, rules.digest(public_id, {}))
    write(lambda s: service.submit_attempt(s, actor, one, client_id="0" * 32, shown=shown, at=AT))
    reading().rollback()


def gain(actor: Actor) -> Gain | None:
    attempt = queries.find_attempt(reading(), actor.person_id, "alpha")
    assert attempt
    return queries.find_gain(reading(), actor.person_id, attempt)


class TestTaking:
    def test_is_graded_and_kept_and_what_is_open_earns_nothing(self, actor: Actor) -> None:
        take(actor, {"q-one": ("a",)}, shown=Shown("to"))
        (row,) = rows()
        assert (row.points, row.max_points, row.earned) == (1, 2, {"q-one": 1, "q-three": 0})
        assert (row.answers, row.shown_language, row.round) == ({"q-one": ["a"]}, "to+en", 1)

    def test_a_second_time_is_refused_and_the_first_stays(self, actor: Actor) -> None:
        take(actor, {"q-one": ("a",)})
        with pytest.raises(RuleBroken, match="pretest_taken"):
            take(actor, {"q-one": ("b",)})
        assert [row.points for row in rows()] == [1]

    def test_two_taps_at_once_make_one(self, app: Flask, actor: Actor) -> None:
        told = outcomes(race(app, *([lambda: take(actor, {"q-one": ("a",)})] * 4)))
        assert len(rows()) == 1
        assert told == ["done", "pretest_taken", "pretest_taken", "pretest_taken"]

    @pytest.mark.parametrize("sent", [{"q-two": ("a",)}, {"q-one": ("z",)}, {"gone": ("a",)}])
    def test_what_it_did_not_ask_is_refused(self, actor: Actor, sent: dict[str, tuple[str, ...]]) -> None:
        with pytest.raises(RuleBroken, match="foreign_answer"):
            take(actor, sent)
        assert rows() == []

    def test_other_questions_published_meanwhile_are_asked_anew(self, actor: Actor) -> None:
        with pytest.raises(RuleBroken, match="pretest_changed"):
            take(actor, {}, revision_id=revision() + 1)

    def test_after_a_lesson_or_the_quiz_it_is_closed(self, actor: Actor, make: Make) -> None:
        write(lambda s: finish_lesson(s, actor, "alpha", "first", shown=LessonShown("en"), at=AT))
        with pytest.raises(RuleBroken, match="lessons_begun"):
            take(actor, {})
        other = actor_of(make.person("Lupe"))
        write(lambda s: service.start_attempt(s, other, "alpha", shown=Shown("en"), at=AT))
        with pytest.raises(RuleBroken, match="quiz_begun"):
            take(other, {})

    def test_a_module_without_one_and_one_that_comes_later(self, actor: Actor) -> None:
        said: Any = {"revision_id": 1, "shown": Shown("en"), "at": AT, "round_number": 1}
        with pytest.raises(NotFound):
            write(lambda s: service.take_pretest(s, actor, "gamma", {}, **said))
        with pytest.raises(NotFound):
            write(lambda s: service.take_pretest(s, actor, "beta", {}, **said))

    def test_another_module_comes_first(self, app: Flask, make: Make) -> None:
        lupe = actor_of(make.person("Lupe"))
        later = module("beta", quiz=LINKED, prerequisites=["alpha"], survey=None)
        publish_drafts([each for each in standard() if each.key != "beta"] + [later])
        said: Any = {"revision_id": 1, "shown": Shown("en"), "at": AT, "round_number": 1}
        with pytest.raises(RuleBroken, match="prerequisite"):
            write(lambda s: service.take_pretest(s, lupe, "beta", {}, **said))

    def test_it_is_no_attempt(self, actor: Actor) -> None:
        take(actor, {"q-one": ("a",), "q-three": ("true",)})
        assert queries.find_attempt(reading(), actor.person_id, "alpha") is None
        assert queries.passes_of(reading(), [actor.person_id]) == {}


class TestGains:
    def test_the_same_questions_before_and_after(self, actor: Actor) -> None:
        take(actor, {"q-one": ("b",), "q-three": ("true",)})
        submit(actor, RIGHT)
        assert gain(actor) == Gain(before=1, after=2, most=2)

    def test_none_without_a_test_before(self, actor: Actor) -> None:
        submit(actor, RIGHT)
        assert gain(actor) is None

    def test_a_question_that_is_graded_otherwise_since_is_left_out(self, actor: Actor) -> None:
        take(actor, {"q-one": ("a",)})
        changed = [dict(each) for each in LINKED["items"]]
        changed[0]["key"] = ["b"]
        published(LINKED | {"items": changed})
        submit(actor, RIGHT)
        assert gain(actor) == Gain(before=0, after=1, most=1)

    def test_nothing_in_common(self) -> None:
        assert rules.gain_of({"a": 1}, {"b": 1}, {"a": 1, "b": 1}) is None
        assert rules.gain_of({"a": 1}, {"a": 0}, {"a": 1}) == Gain(1, 0, 1)
        assert rules.gain_of({"a": 0}, {"a": 0}, {"a": 0}) is None


class TestGroups:
    def test_only_whole_elevens_count_and_all_are_the_sum_of_what_is_shown(self) -> None:
        english = [Learner("en", {"": Gain(0, 2, 4), "x/y": Gain(1, 1, 2)})] * 23
        tongan = [Learner("to", {"": Gain(4, 4, 4)})] * 11
        samoan = [Learner("sm", {"": Gain(4, 4, 4)})] * 10
        assert rules.group_gains([*english, *samoan, *tongan]) == [
            GroupGain("", "", 33, 11 / 33, 22 / 33),
            GroupGain("", "x/y", 22, 0.5, 0.5),
            GroupGain("en", "", 22, 0.0, 0.5),
            GroupGain("en", "x/y", 22, 0.5, 0.5),
            GroupGain("to", "", 11, 1.0, 1.0),
        ]
        assert rules.group_gains(samoan) == []

    def test_by_competency(self) -> None:
        found = rules.gains_by_competency(
            {"a": 1, "b": 0}, {"a": 1, "b": 2}, {"a": 1, "b": 2}, {"a": "x/y", "b": "x/z"}
        )
        assert found == {"": Gain(1, 3, 3), "x/y": Gain(1, 1, 1), "x/z": Gain(0, 2, 2)}

    def test_who_took_both_is_read_in_parts_and_kept(self, client: FlaskClient, make: Make, ana: MadePerson) -> None:
        people = [ana, *(make.person(f"Worker {n}") for n in range(11))]
        for number, person in enumerate(people):
            each = actor_of(person)
            take(each, {"q-one": ("b",), "q-three": ("true",)})
            if number:  # the first hands nothing in
                submit(each, RIGHT)
        jobs.run(client.application.config["LMS"], at=AT)
        assert len(queries.list_gains(reading(), "alpha")) == 4, "the nightly job reads all of them"
        found: list[Any] = []
        part, last = queries.list_learners(reading(), limit=5)
        while last is not None:
            found += part
            part, last = queries.list_learners(reading(), after=last, limit=5)
        assert len(found) == 11
        assert write(lambda s: service.keep_gains(s, found, at=AT)) == 4
        assert write(lambda s: service.keep_gains(s, found, at=AT)) == 4, "what stood there is replaced"
        reading().rollback()
        assert queries.list_gains(reading(), "alpha") == [
            GroupGain(language, competency, 11, 0.5, 1.0)
            for language in ("", "en")
            for competency in ("", "skills/talk")
        ]
        page = sign_in(client, make.person(roles=("analyst",))).get("/content/quizzes/alpha").get_data(as_text=True)
        assert "What was gained" in page
        assert "Talking" in page
        assert write(lambda s: service.keep_gains(s, found[:10], at=AT)) == 0
        reading().rollback()
        assert queries.list_gains(reading(), "alpha") == []


class TestPages:
    @pytest.fixture
    def browser(self, client: FlaskClient, ana: MadePerson) -> FlaskClient:
        return sign_in(client, ana)

    def send(self, browser: FlaskClient, **fields: str) -> Any:
        page = browser.get(URL).get_data(as_text=True)
        token = page.split('name="csrf_token" value="')[1].split('"')[0] if "csrf_token" in page else ""
        return browser.post(URL, data={"csrf_token": token, "revision": str(revision()), **fields})

    def test_asks_before_the_first_lesson_and_then_no_more(self, browser: FlaskClient) -> None:
        assert URL in browser.get("/modules/alpha").get_data(as_text=True)
        page = browser.get(URL).get_data(as_text=True)
        assert "Prompt of q-one?" in page
        assert "Prompt of q-two?" not in page
        assert CANARY not in page
        answered = self.send(browser, **{"a-q-one": "a"})
        assert (answered.status_code, answered.location) == (302, "/modules/alpha")
        after = browser.get("/modules/alpha").get_data(as_text=True)
        assert "come again in the quiz" in after
        assert URL not in after
        assert CANARY not in after
        assert browser.get(URL).location == "/modules/alpha"

    def test_a_wording_can_be_reported_and_what_is_not_asked_is_not_shown(self, browser: FlaskClient) -> None:
        page = browser.get(URL).get_data(as_text=True)
        assert page.count('class="wrong"') == 2
        report = browser.get("/wording/module/alpha?at=quiz.yml:q-one")
        assert report.status_code == 200
        assert "Prompt of q-one?" in report.get_data(as_text=True)
        assert CANARY not in report.get_data(as_text=True)
        for address in ("q-two", "q-two.prompt", "q-one.feedback", "gone"):
            assert browser.get(f"/wording/module/alpha?at=quiz.yml:{address}").status_code == 404

    def test_modules_without_one_do_not_offer_it(self, browser: FlaskClient) -> None:
        for key in ("beta", "gamma"):
            assert "/before" not in browser.get(f"/modules/{key}").get_data(as_text=True)
            assert browser.get(f"/modules/{key}/before").status_code == 404

    def test_in_another_language_answers_stay(self, browser: FlaskClient) -> None:
        page = self.send(browser, **{"a-q-one": "b", "_language": "to"}).get_data(as_text=True)
        assert "Fehuʻi ʻuluaki?" in page
        assert reading().execute(select(func.count()).select_from(Pretest)).scalar_one() == 0
        option = page.split('value="b"')[1].split(">")[0]
        assert "checked" in option

    @pytest.mark.parametrize(
        "fields", [{"a-q-two": "a"}, {"revision": "x"}, {"points": "9"}, {"a-q-one": "zz"}, {"revision": ""}]
    )
    def test_what_the_page_could_not_send_is_refused(self, browser: FlaskClient, fields: dict[str, str]) -> None:
        assert self.send(browser, **fields).status_code == 400
        assert rows() == []

    def test_questions_that_changed_are_opened_again(self, browser: FlaskClient) -> None:
        answered = self.send(browser, revision="999999")
        assert answered.location == "/modules/alpha"
        assert "have changed" in browser.get("/modules/alpha").get_data(as_text=True)

    def test_the_result_of_the_quiz_tells_what_was_gained(self, browser: FlaskClient, actor: Actor) -> None:
        take(actor, {"q-one": ("b",), "q-three": ("true",)})
        submit(actor, RIGHT)
        page = browser.get("/modules/alpha/quiz").get_data(as_text=True)
        assert "1 of 2 points then, 2 now" in page
