"""Corrections decided before an attempt is graded: they apply in that moment, once, for the better, on both engines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.assessments import queries, service
from lms.assessments.events import QuizPassed, quiz_passed
from lms.assessments.models import Attempt, AttemptAnswer, Regrade, RegradeChange
from lms.assessments.rules import Amendment
from lms.assessments.service import Shown, correcting, regrading
from lms.audit.models import AuditEvent
from lms.content.library import current
from lms.db import reading, write
from lms.ids import new_client_id
from tests.assessments.assessing import BEST, WORST, Cast, attempt_of, enter, entered, given, hand_in, make_sheet, score
from tests.assessments.assessing import publish as publish_assessed
from tests.assessments.test_regrading import EVERYONE, HARDER, Office, faults, outcome_of
from tests.assessments.test_service import WRONG, save, sheet, start, submit
from tests.conftest import AT
from tests.factories import Make
from tests.factories.learning import (
    FRAMEWORK,
    QUIZ,
    RIGHT,
    SURVEY,
    TONGAN,
    UNSAFE,
    actor_of,
    item,
    module,
    publish_drafts,
    words,
)
from tests.racing import look_together, outcomes, race

#: By the key of `HARDER` the first is right and the second is not.
CHOSE_B = {**RIGHT, "q-one": ("b",)}
LATE = AT + timedelta(days=2)


@pytest.fixture
def office(app: Flask, make: Make) -> Office:
    return Office(make)


def decide(office: Office, *decisions: Amendment, chosen: Any = UNSAFE, **more: Any) -> str:
    """Correct the result of somebody, and return the correction."""
    office.took(chosen, shown=Shown(more.get("locale") or "en"))
    public_id = office.propose(*decisions, **more)
    office.apply(public_id)
    return public_id


def late_rows() -> list[RegradeChange]:
    reading().rollback()
    rows = select(RegradeChange).where(RegradeChange.on_grading.is_(True)).order_by(RegradeChange.id)
    return list(reading().execute(rows).scalars())


def republish(quiz: Any, tongan: Any = TONGAN) -> None:
    publish_drafts([FRAMEWORK, SURVEY, tongan, module("alpha", survey=None, quiz=quiz)])


def strict() -> Amendment:
    """Publish another key of the first question, and return the decision that it counts."""
    republish(HARDER)
    return Amendment("q-one", "version", str(current(reading()).get("module", "alpha").revision_id))


def test_what_is_handed_in_after_the_decision_is_corrected_at_once(office: Office) -> None:
    worker = actor_of(office.make.person())
    answers = sheet(start(worker), UNSAFE)  # open at that time
    public_id = decide(office)
    facts: list[QuizPassed] = []

    def hear(fact: QuizPassed, **_: Any) -> None:
        facts.append(fact)

    key = new_client_id()
    with quiz_passed.connected_to(hear):
        outcome = submit(worker, answers, key=key, at=LATE)
        again = submit(worker, answers, key=key, at=LATE)
    assert (outcome.passed, again.passed) == (True, True)
    assert outcome_of(worker) == (5, 5, 100, True)
    assert [(fact.is_late, [each.person_id for each in fact.subjects]) for fact in facts] == [
        (False, [worker.person_id])
    ]
    (row,) = late_rows()
    assert (row.effect, row.points_before, row.percent_before, row.passed_before) == ("gains", 4, 80, False)
    assert (row.points_after, row.answers_before) == (5, {"q-one": [0, False]})
    (told,) = queries.list_corrections(reading(), attempt_ids=[row.attempt_id])
    assert (told.on_grading, told.is_told, told.reason) == (True, True, "Why.")
    assert told.on == (AT + timedelta(days=1)).date()
    points = select(AttemptAnswer.points).where(
        AttemptAnswer.attempt_id == row.attempt_id, AttemptAnswer.item_id == "q-one"
    )
    assert reading().execute(points).scalar_one() == 1
    event = reading().execute(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).scalar_one()
    assert (event.action, event.actor_account_id) == ("assessments.regraded", None)
    assert event.details == {"regrade": public_id, "effect": "gains", "on_grading": True}
    assert faults(office) == [], "the doctor knows of it"


def test_what_changes_nothing_leaves_no_trace(office: Office) -> None:
    decide(office)
    worker = office.took(RIGHT)
    assert outcome_of(worker) == (5, 5, 100, True)
    assert late_rows() == []


def test_a_proposal_and_a_refusal_correct_nothing(office: Office) -> None:
    office.took(UNSAFE)
    public_id = office.propose()
    assert outcome_of(office.took(UNSAFE))[3] is False
    write(lambda s: service.refuse_regrade(s, office.second, public_id, note="No.", at=AT))
    assert outcome_of(office.took(UNSAFE))[3] is False


def test_what_time_closed_is_corrected_too(office: Office) -> None:
    decide(office)
    worker = actor_of(office.make.person())
    save(worker, sheet(start(worker), UNSAFE))
    mine = Attempt.person_id == worker.person_id
    write(lambda s: s.execute(update(Attempt).where(mine).values(deadline_at=AT + timedelta(minutes=10))) and None)
    assert write(lambda s: service.close_overdue(s, [worker.person_id], at=LATE)) == 1
    reading().rollback()
    assert outcome_of(worker) == (5, 5, 100, True)
    assert faults(office) == []


def test_a_pass_stays_where_the_correction_would_lose_it(office: Office) -> None:
    worker = actor_of(office.make.person())
    answers = sheet(start(worker), RIGHT)
    office.took(CHOSE_B)
    office.apply(office.propose(strict()))
    assert submit(worker, answers, at=LATE).passed is True
    assert outcome_of(worker) == (5, 5, 100, True)
    assert [each.effect for each in late_rows()] == ["kept"]
    assert queries.list_corrections(reading(), attempt_ids=[late_rows()[0].attempt_id]) == []
    assert faults(office) == []


def test_nothing_gets_worse_by_itself(office: Office) -> None:
    worker = actor_of(office.make.person())
    answers = sheet(start(worker), {**WRONG, "q-one": ("a",)})
    office.took(CHOSE_B)
    office.apply(office.propose(strict()))
    submit(worker, answers, at=LATE)
    assert outcome_of(worker) == (1, 5, 20, False)
    assert late_rows() == []
    assert faults(office) == []


def test_only_the_versions_that_were_decided_about(office: Office) -> None:
    decide(office)
    others = [*QUIZ["items"][:2], item("q-three", "true-false", prompt="Other words?")]
    republish({**QUIZ, "items": others})
    assert outcome_of(office.took(UNSAFE))[3] is True, "the same question, in a newer quiz"
    republish({**QUIZ, "items": [item("q-one", critical=True, prompt="Mended?"), *QUIZ["items"][1:]]})
    assert outcome_of(office.took(UNSAFE))[3] is False, "the question was mended meanwhile"


def test_a_correction_of_one_version_stays_there(office: Office) -> None:
    first = current(reading()).get("module", "alpha").revision_id
    decide(office, revision_id=first)
    assert outcome_of(office.took(UNSAFE))[3] is True
    republish({**QUIZ, "pass_mark": 70})
    assert outcome_of(office.took(UNSAFE))[3] is False


def test_a_correction_of_one_language_is_of_its_words(office: Office) -> None:
    decide(office, locale="to")
    assert outcome_of(office.took(UNSAFE))[3] is False
    assert outcome_of(office.took(UNSAFE, shown=Shown("to")))[3] is True
    better = words("module", "alpha", "to", {"quiz.yml:q-one.prompt": ("Prompt of q-one?", "Ko hai?", "approved")})
    republish(QUIZ, better)
    assert outcome_of(office.took(UNSAFE, shown=Shown("to")))[3] is False, "its words were mended"


def test_those_who_decided_do_not_correct_themselves(office: Office) -> None:
    decide(office)
    for each in (office.first, office.second):
        office.take(each, UNSAFE)
        assert outcome_of(each)[3] is False
    assert late_rows() == []


def test_several_corrections_follow_each_other(office: Office) -> None:
    decide(office)
    office.took(WRONG)
    office.apply(office.propose(Amendment("q-three", "accept", "false")))
    worker = office.took(WRONG)
    assert outcome_of(worker) == (2, 5, 40, False)
    assert [(each.points_before, each.points_after) for each in late_rows()][-2:] == [(0, 1), (1, 2)]
    assert faults(office) == []


def test_corrections_are_told_in_the_order_in_which_they_were_decided(office: Office) -> None:
    decide(office)
    office.took(WRONG)
    office.apply(office.propose(Amendment("q-three", "accept", "false")))
    first = select(Regrade.id).order_by(Regrade.id).limit(1).scalar_subquery()
    write(lambda s: s.execute(update(Regrade).where(Regrade.id == first).values(decided_at=LATE)) and None)
    office.took(WRONG)
    made = queries.list_corrections(reading(), attempt_ids=[late_rows()[-1].attempt_id])
    assert [(each.before.points, each.after.points) for each in made] == [(0, 1), (1, 2)]
    assert [each.decisions[0].item_id for each in made] == ["q-three", "q-one"]


def test_who_was_corrected_before_keeps_what_came_since(office: Office) -> None:
    decide(office)
    twice = office.took(WRONG)
    office.apply(office.propose(Amendment("q-three", "accept", "false")))
    assert outcome_of(twice) == (2, 5, 40, False)
    office.took(UNSAFE)
    assert outcome_of(twice) == (2, 5, 40, False)
    assert faults(office) == []


def test_a_later_correction_builds_on_what_was_corrected(office: Office) -> None:
    decide(office)
    worker = office.took(WRONG)
    office.apply(office.propose(Amendment("q-three", "accept", "false")))
    assert outcome_of(worker) == (2, 5, 40, False)
    assert faults(office) == []


def test_corrections_of_before_name_no_versions_and_wait_for_somebody(office: Office) -> None:
    decide(office)
    write(lambda s: s.execute(update(Regrade).values(versions={})) and None)
    assert outcome_of(office.took(UNSAFE))[3] is False


class TestAssessed:
    @pytest.fixture
    def cast(self, app: Flask, make: Make) -> Cast:
        publish_assessed()
        return Cast.of(make)

    def correct(self, cast: Cast, make: Make, key: str, chosen: Any, levels: Any = None) -> None:
        """Correct what somebody else chose in a quiz."""
        other = make.person()
        taken = hand_in(actor_of(other), chosen, key)
        if levels:
            score(cast.other, taken, given(levels))
        decide_in(Desk(make), key)

    def test_what_waited_is_corrected_when_it_is_scored(self, cast: Cast, make: Make) -> None:
        wrong = {"q-one": ("b",), "q-write": ("Words.",)}
        waits = hand_in(cast.worker, wrong)
        self.correct(cast, make, "delta", wrong, WORST)
        assert attempt_of(waits).passed is None
        score(cast.trainer, waits, given(BEST), at=LATE)
        row = attempt_of(waits)
        assert (row.points, row.max_points, row.passed) == (5, 5, True)
        assert [each.points_before for each in late_rows()] == [4]
        assert write(lambda s: service.recompute(s, current(s), at=AT)) == []

    def test_what_is_entered_is_corrected(self, cast: Cast, make: Make) -> None:
        wrong = {"q-one": ("b",), "q-two": ("a", "b")}
        self.correct(cast, make, "eps", wrong)
        done = enter(cast.trainer, cast.ana, entered(make_sheet(cast.trainer), wrong), reach=cast.class_, at=LATE)
        row = attempt_of(done.attempt)
        assert (row.points, row.max_points, row.passed) == (2, 2, True)
        assert len(late_rows()) == 1


class Desk(Office):
    """Two certifiers, for any module."""

    def __init__(self, make: Make) -> None:
        self.make = make
        self.first, self.second = (self.certifier() for _ in range(2))


def decide_in(desk: Desk, key: str) -> None:
    """Make the first question of a quiz right for everyone."""
    from_there = queries.read_plan(reading(), regrading.Proposal(key, (EVERYONE,)))
    desk.apply(desk.send(regrading.Proposal(key, (EVERYONE,)), from_there.mark))


def test_a_decision_and_a_handing_in_at_once_never_miss_each_other(
    app: Flask, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.took(UNSAFE)
    public_id = office.propose()
    worker = actor_of(office.make.person())
    answers = sheet(start(worker), UNSAFE)
    look_together(monkeypatch, (regrading.queries, "read_plan"), (correcting.queries, "list_decided"))
    results = race(
        app,
        lambda: write(lambda s: service.apply_regrade(s, office.second, public_id, at=AT)),
        lambda: write(
            lambda s: service.submit_attempt(s, worker, answers, client_id="7" * 32, shown=Shown("en"), at=AT)
        ),
    )
    reading().rollback()
    said = outcomes(results)
    assert said in (["done", "done"], ["done", "moved"]), said
    assert outcome_of(worker)[3] is (said == ["done", "done"]), "corrected, or the plan has to be looked at again"
    assert faults(office) == []


def test_many_whom_time_closes_are_corrected_together(office: Office) -> None:
    decide(office)
    workers = [actor_of(office.make.person()) for _ in range(3)]
    for each in workers:
        save(each, sheet(start(each), UNSAFE))
    write(lambda s: s.execute(update(Attempt).where(Attempt.passed.is_(None)).values(deadline_at=AT)) and None)
    ids = [each.person_id for each in workers]
    assert write(lambda s: service.close_overdue(s, ids, at=LATE)) == 3
    reading().rollback()
    assert [outcome_of(each)[3] for each in workers] == [True, True, True]


def test_nobody_is_corrected_twice(office: Office) -> None:
    decide(office)
    worker = office.took(UNSAFE)
    found = queries.find_attempt(reading(), worker.person_id, "alpha")
    assert found is not None
    assert write(lambda s: service.correcting.correct_graded(s, {found.id: "alpha"}, at=LATE)) == {}
    assert len(late_rows()) == 1
