"""Attempts with limits and a deadline: the server's clock decides, once, and saved answers are never lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.actor import Actor
from lms.assessments import jobs, queries, service
from lms.assessments.events import QuizPassed, quiz_passed
from lms.assessments.models import Accommodation, AccommodationWish, Attempt, AttemptGrant
from lms.assessments.rules import Choice, Fair, Given
from lms.assessments.rules.timing import GRACE, SETTLING
from lms.assessments.service import Shown
from lms.audit.models import AuditEvent
from lms.clock import local_date
from lms.content.library import current
from lms.courses.queries import progress_of
from lms.db import reading, write
from lms.doctor import Found
from lms.doctor import recompute as doctor_recompute
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.people.queries import names_of_accounts
from tests.assessments.timed import (
    DEADLINE,
    WRONG,
    answers,
    extend,
    fail,
    found,
    limited,
    save,
    sheet,
    start,
    submit,
)
from tests.conftest import AT
from tests.factories import Make
from tests.factories.learning import RIGHT, actor_of
from tests.racing import race

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
LATE = DEADLINE + GRACE + SECOND
SWEPT = DEADLINE + GRACE + SETTLING + SECOND


@pytest.fixture
def actor(app: Flask, make: Make) -> Actor:
    limited(minutes=10)
    return actor_of(make.person("Ana"))


@pytest.fixture
def trainer(make: Make) -> Actor:
    made = actor_of(make.person("Tui", roles=("trainer",)))
    return Actor(made.account_id, made.person_id, made.public_id, made.name, "en", made.today, frozenset({"trainer"}))


@pytest.fixture
def heard() -> Iterator[list[QuizPassed]]:
    facts: list[QuizPassed] = []

    def hear(fact: QuizPassed, *, session: object) -> None:
        facts.append(fact)

    with quiz_passed.connected_to(hear):
        yield facts


def sweep(app: Flask, at: Any) -> str:
    reading().rollback()
    return jobs.sweep(app.config["LMS"], at=at)


def code(act: Any) -> str:
    with pytest.raises(RuleBroken) as caught:
        act()
    return caught.value.code


def grant(trainer: Actor, actor: Actor, at: Any, key: str = "", number: int = 1) -> bool:
    said = {"reason": "The bus was late.", "client_id": key or new_client_id(), "at": at}
    return write(lambda s: service.grant_attempt(s, trainer, actor.person_id, "alpha", number, **said))


def give(trainer: Actor, actor: Actor, given: Given, at: Any = AT, key: str = "") -> None:
    client_id = key or new_client_id()
    write(lambda s: service.give(s, trainer, actor.person_id, given, client_id=client_id, at=at))


def choose(actor: Actor, choice: Choice, at: Any = AT, key: str = "") -> None:
    write(lambda s: service.choose(s, actor, choice, client_id=key or new_client_id(), at=at))


def count(model: Any) -> int:
    reading().rollback()
    return reading().execute(select(func.count()).select_from(model)).scalar_one()


class TestLimits:
    def test_attempts_are_counted_per_round(self, actor: Actor) -> None:
        limited(attempts=2)
        fail(actor)
        fail(actor)
        assert code(lambda: start(actor)) == "attempts_used"
        assert start(actor, number=2)

    def test_waiting_counts_from_when_it_was_handed_in(self, actor: Actor) -> None:
        limited(wait_hours=24)
        one = start(actor)
        submit(actor, sheet(one, WRONG), AT + HOUR)
        with pytest.raises(RuleBroken) as caught:
            start(actor, at=AT + 25 * HOUR - SECOND)
        assert (caught.value.code, caught.value.values) == ("wait", {"until": AT + 25 * HOUR})
        assert start(actor, at=AT + 25 * HOUR)

    def test_a_trainer_gives_one_more(self, actor: Actor, trainer: Actor) -> None:
        limited(attempts=1, wait_hours=24)
        fail(actor)
        assert grant(trainer, actor, AT + HOUR, "a" * 32)
        assert not grant(trainer, actor, AT + HOUR, "a" * 32), "the same tap twice"
        assert code(lambda: grant(trainer, actor, AT + HOUR)) == "not_needed"
        fail(actor, AT + HOUR)
        assert code(lambda: start(actor, at=AT + 2 * HOUR)) == "attempts_used"
        given = queries.list_given(reading(), actor.person_id, "alpha", 1)
        assert [each.reason for each in given] == ["The bus was late."]
        assert grant(trainer, actor, AT + 2 * HOUR)
        assert start(actor, at=AT + 2 * HOUR)

    def test_two_trainers_at_once_give_one(self, app: Flask, actor: Actor, trainer: Actor) -> None:
        limited(attempts=1)
        fail(actor)
        results = race(app, lambda: grant(trainer, actor, AT), lambda: grant(trainer, actor, AT))
        assert sorted(str(getattr(each, "code", each)) for each in results) == ["True", "not_needed"]
        assert count(AttemptGrant) == 1

    def test_who_may_not_give(self, actor: Actor, trainer: Actor) -> None:
        limited(attempts=1)
        with pytest.raises(NotFound):
            grant(trainer, actor, AT)  # nothing failed yet
        fail(actor)
        for who in (actor, Actor(trainer.account_id, actor.person_id, "", "", "en", AT.date(), frozenset({"trainer"}))):
            with pytest.raises(NotFound):
                grant(who, actor, AT)

    def test_ten_starts_at_once_with_three_left_begin_one(self, app: Flask, actor: Actor) -> None:
        limited(attempts=3)
        for number in range(3):
            fail(actor, AT + number * HOUR)
        results = race(app, *[lambda: start(actor, at=AT + 9 * HOUR)] * 10)
        assert {each.code for each in results} == {"attempts_used"}
        assert count(Attempt) == 3

    def test_a_start_that_comes_again_late_begins_nothing(self, actor: Actor) -> None:
        """Found by the drill: a repeated request used up an attempt after the first was handed in."""
        limited(attempts=2)
        begin = lambda after: write(  # noqa: E731
            lambda s: service.start_attempt(s, actor, "alpha", shown=Shown("en"), at=AT, after=after)
        )
        one = begin(0)
        assert begin(0) == one
        submit(actor, sheet(one, WRONG), AT)
        assert begin(0) == one
        assert begin(1) != one
        assert count(Attempt) == 2

    def test_the_module_says_when_nothing_is_left(self, actor: Actor, trainer: Actor) -> None:
        limited(attempts=1)
        fail(actor)
        stand = lambda: progress_of(reading(), current(reading()), [actor.person_id], ["alpha"])  # noqa: E731
        reading().rollback()
        assert stand()[actor.person_id, "alpha"].quiz == "used"
        grant(trainer, actor, AT)
        reading().rollback()
        assert stand()[actor.person_id, "alpha"].quiz == "failed"


class TestTheDeadline:
    def test_it_is_fixed_at_the_start(self, actor: Actor) -> None:
        assert found(start(actor)).deadline_at == DEADLINE
        limited(minutes=1)
        assert found(start(actor)).deadline_at == DEADLINE, "a running attempt keeps its own"

    def test_without_a_limit_there_is_none(self, actor: Actor) -> None:
        limited()
        one = start(actor)
        assert found(one).deadline_at is None
        assert not extend(actor, sheet(one, {}), AT).is_late
        assert found(one).extensions == 0

    @pytest.mark.parametrize("at", [DEADLINE - SECOND, DEADLINE, DEADLINE + GRACE])
    def test_what_arrives_in_time_counts_as_sent(self, actor: Actor, at: Any) -> None:
        one = start(actor)
        outcome = submit(actor, sheet(one, RIGHT), at)
        assert (outcome.passed, outcome.is_late) == (True, False)
        assert (found(one).closed_by, found(one).submitted_at) == ("submitted", at)

    def test_what_arrives_late_changes_nothing_and_saved_answers_count(self, actor: Actor) -> None:
        one = start(actor)
        saved = {"q-one": ("a",), "q-two": ("a", "b")}
        save(actor, sheet(one, saved), DEADLINE)
        outcome = submit(actor, sheet(one, RIGHT, saved), LATE)
        assert (outcome.passed, outcome.is_late) == (True, True)  # 4 of 5 points, and the critical one right
        attempt = found(one)
        assert (attempt.closed_by, attempt.submitted_at, attempt.points) == ("time", DEADLINE, 4)
        assert answers(one) == saved
        again = submit(actor, sheet(one, WRONG, saved), LATE + HOUR)
        assert (again.passed, again.is_late) == (True, True)
        assert answers(one) == saved

    def test_a_late_save_is_told_and_closes(self, actor: Actor) -> None:
        one = start(actor)
        assert not save(actor, sheet(one, {"q-one": ("a",)}), DEADLINE + GRACE).is_late
        assert save(actor, sheet(one, RIGHT, {"q-one": ("a",)}), LATE).is_late
        assert save(actor, sheet(one, RIGHT, {"q-one": ("a",)}), LATE).is_late
        assert answers(one) == {"q-one": ("a",)}
        assert found(one).passed is False

    def test_a_late_start_shows_the_result_first(self, actor: Actor) -> None:
        one = start(actor)
        assert start(actor, at=LATE) == one
        assert found(one).closed_by == "time"
        assert start(actor, at=LATE) != one

    def test_before_the_deadline_a_start_takes_it_up(self, actor: Actor) -> None:
        one = start(actor)
        assert start(actor, at=DEADLINE) == one
        assert found(one).closed_by is None


class TestTheSweep:
    def test_it_closes_once_and_tells_as_handing_in_does(
        self, app: Flask, actor: Actor, heard: list[QuizPassed]
    ) -> None:
        one = start(actor)
        save(actor, sheet(one, RIGHT), AT)
        assert sweep(app, SWEPT - 2 * SECOND) == ""
        assert sweep(app, SWEPT) == "1 closed by time"
        assert sweep(app, SWEPT) == ""
        attempt = found(one)
        assert (attempt.passed, attempt.closed_by, attempt.percent) == (True, "time", 100)
        assert (attempt.submitted_at, attempt.client_id) == (DEADLINE, None)
        ((subject,),) = [fact.subjects for fact in heard]
        assert (subject.person_id, subject.module_key, subject.passed_at) == (actor.person_id, "alpha", DEADLINE)
        told = reading().execute(select(AuditEvent.action, AuditEvent.actor_account_id).order_by(AuditEvent.id)).all()
        assert ("assessments.time_up", None) in [tuple(each) for each in told]

    def test_answers_of_nobody_earn_nothing(self, app: Flask, actor: Actor, heard: list[QuizPassed]) -> None:
        one = start(actor)
        sweep(app, SWEPT)
        assert (found(one).passed, found(one).points, heard) == (False, 0, [])

    def test_it_leaves_what_has_time_or_no_limit(self, app: Flask, actor: Actor, make: Make) -> None:
        slow = actor_of(make.person("Slow"))
        write(lambda s: service.choose(s, slow, Choice(own_percent=150), client_id=new_client_id(), at=AT))
        one, two = start(actor), start(slow)
        assert sweep(app, SWEPT) == "1 closed by time"
        assert (found(one).closed_by, found(two).closed_by) == ("time", None)

    def test_many_at_once(self, app: Flask, actor: Actor, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(jobs, "CHUNK", 2)
        others = [actor_of(make.person()) for _ in range(5)]
        for each in others:
            start(each)
        assert sweep(app, SWEPT) == "5 closed by time"

    def test_the_doctor_finds_nothing_wrong(self, app: Flask, actor: Actor) -> None:
        one = start(actor)
        save(actor, sheet(one, {"q-one": ("a",), "q-two": ("a",)}), AT)
        save(actor, sheet(one, {"q-one": ("b",)}, {"q-one": ("a",), "q-two": ("a",)}), AT)
        sweep(app, SWEPT)
        reading().rollback()
        assert doctor_recompute(at=SWEPT, fix=False) == Found((), ())

    def test_handing_in_and_the_sweep_at_once(self, app: Flask, actor: Actor, heard: list[QuizPassed]) -> None:
        """As when what arrived in time had to wait longer than anything may: one of the two, whole."""
        one = start(actor)
        save(actor, sheet(one, {"q-one": ("a",)}), AT)
        outcome, _ = race(
            app,
            lambda: submit(actor, sheet(one, RIGHT, {"q-one": ("a",)}), DEADLINE),
            lambda: sweep(app, SWEPT),
        )
        attempt = found(one)
        assert outcome.passed == attempt.passed
        assert outcome.is_late == (attempt.closed_by == "time")
        assert answers(one) == ({"q-one": ("a",)} if outcome.is_late else RIGHT)
        assert len(heard) == int(bool(attempt.passed))


class TestMoreTime:
    def test_half_as_much_again_once(self, actor: Actor) -> None:
        one = start(actor)
        outcome = extend(actor, sheet(one, {"q-one": ("a",)}), AT)
        assert not outcome.is_late
        assert (found(one).deadline_at, found(one).extensions) == (AT + timedelta(minutes=15), 1)
        assert answers(one) == {"q-one": ("a",)}
        extend(actor, sheet(one, {"q-one": ("a",)}), AT)  # the same tap twice
        assert found(one).extensions == 1
        assert code(lambda: extend(actor, sheet(one, {"q-one": ("a",)}), AT, had=1)) == "no_more_time"
        assert found(one).deadline_at == AT + timedelta(minutes=15)

    def test_not_after_the_time_was_up(self, actor: Actor) -> None:
        one = start(actor)
        assert extend(actor, sheet(one, {}), LATE).is_late
        assert (found(one).extensions, found(one).closed_by) == (0, "time")

    def test_as_often_as_the_accommodation_says(self, actor: Actor, trainer: Actor) -> None:
        give(trainer, actor, Given(often=True, valid_from=local_date(AT), reason_class="agreed"))
        one = start(actor)
        for had in range(5):
            extend(actor, sheet(one, {}), AT, had=had)
        assert found(one).deadline_at == AT + timedelta(minutes=35)

    def test_it_is_logged(self, actor: Actor) -> None:
        extend(actor, sheet(start(actor), {}), AT)
        assert "assessments.extended" in reading().execute(select(AuditEvent.action)).scalars().all()


class TestAccommodations:
    def test_her_own_choice_counts_at_once(self, actor: Actor) -> None:
        one = start(actor)
        choose(actor, Choice(bilingual=True, audio=True, own_percent=150))
        assert found(one).deadline_at == AT + timedelta(minutes=15)
        assert queries.fair_for(reading(), actor.person_id, local_date(AT)) == Fair(True, True, 150)
        choose(actor, Choice())
        assert found(one).deadline_at == AT + timedelta(minutes=15), "a running attempt never loses time"

    def test_an_attempt_whose_time_is_up_begins_no_more(self, actor: Actor, trainer: Actor) -> None:
        one = start(actor)
        choose(actor, Choice(own_percent=150), at=DEADLINE + GRACE)
        assert found(one).deadline_at == AT + timedelta(minutes=15), "what arrives within the grace came in time"
        late = AT + timedelta(minutes=15, seconds=31)
        give(trainer, actor, Given(1000, valid_from=local_date(AT), reason_class="letter"), at=late)
        assert found(one).deadline_at == AT + timedelta(minutes=15)
        assert save(actor, sheet(one, WRONG), late).is_late

    def test_versions_are_kept_and_the_same_counts_once(self, actor: Actor) -> None:
        choose(actor, Choice(audio=True), key="a" * 32)
        choose(actor, Choice(audio=True), key="a" * 32)
        choose(actor, Choice(audio=True))
        assert count(Accommodation) == 1
        choose(actor, Choice())
        versions = queries.list_versions(reading(), actor.person_id)
        assert [(each.number, each.choice.audio) for each in versions] == [(2, False), (1, True)]
        assert versions[0].granted_by == actor.account_id

    def test_more_is_for_staff(self, actor: Actor, trainer: Actor) -> None:
        assert code(lambda: choose(actor, Choice(own_percent=200))) == "own_time"
        given = Given(200, valid_from=local_date(AT), reason_class="letter")
        for who in (actor, Actor(9, actor.person_id, "", "", "en", AT.date(), frozenset({"certifier"}))):
            with pytest.raises(NotFound):
                give(who, actor, given)
        assert code(lambda: give(trainer, actor, Given(200))) == "given_reason"
        choose(actor, Choice(bilingual=True))
        give(trainer, actor, given, key="b" * 32)
        give(trainer, actor, given, key="b" * 32)
        assert count(Accommodation) == 2
        assert found(start(actor)).deadline_at == AT + timedelta(minutes=20)
        assert queries.fair_for(reading(), actor.person_id, local_date(AT)).bilingual, "her own choice stays"

    def test_what_she_asks_for_is_settled_by_what_is_given(self, actor: Actor, trainer: Actor) -> None:
        for kind in ("oral", "oral", "time"):
            write(lambda s, kind=kind: service.wish(s, actor, kind, at=AT))
        assert queries.list_wishes(reading(), actor.person_id) == ["oral", "time"]
        assert queries.list_asking(reading()) == [(actor.person_id, AT)]
        give(trainer, actor, Given(oral=True, valid_from=local_date(AT), reason_class="agreed"))
        reading().rollback()
        assert (queries.list_wishes(reading(), actor.person_id), queries.list_asking(reading())) == ([], [])
        write(lambda s: service.wish(s, actor, "time", at=AT))
        assert count(AccommodationWish) == 3

    def test_two_choices_at_once_become_two_versions(self, app: Flask, actor: Actor) -> None:
        race(app, lambda: choose(actor, Choice(audio=True)), lambda: choose(actor, Choice(bilingual=True)))
        assert [each.number for each in queries.list_versions(reading(), actor.person_id)] == [2, 1]

    def test_names_of_who_wrote_them(self, actor: Actor) -> None:
        assert names_of_accounts(reading(), [actor.account_id]) == {actor.account_id: "Ana"}
        assert names_of_accounts(reading(), []) == {}
