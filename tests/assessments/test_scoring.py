"""Attempts that wait: nothing is begun meanwhile, an assessor grades them once, and nobody scores herself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lms.assessments import queries, service
from lms.assessments.events import QuizPassed, quiz_passed
from lms.assessments.models import Attempt, AttemptAnswer, ItemScore, Scoring
from lms.audit.models import AuditEvent
from lms.content.library import current
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.people.models import RoleGrant
from tests.assessments.assessing import (
    BEST,
    ENGLISH,
    WORST,
    WROTE,
    Cast,
    as_actor,
    attempt_of,
    code_of,
    given,
    hand_in,
    score,
    stand,
)
from tests.conftest import AT
from tests.factories import Make
from tests.racing import look_together, outcomes, race

LATER = AT + timedelta(hours=2)


class TestWaiting:
    def test_what_was_written_waits_and_nothing_is_told(self, cast: Cast) -> None:
        row = attempt_of(hand_in(cast.worker))
        assert (row.submitted_at, row.passed, row.graded_at, row.points, row.percent) == (AT, None, None, None, None)
        assert stand(cast) == "waiting"
        answers = dict(reading().execute(select(AttemptAnswer.item_id, AttemptAnswer.points)).all())
        assert answers == {"q-one": 1, "q-write": None}

    def test_nothing_is_begun_meanwhile(self, cast: Cast) -> None:
        hand_in(cast.worker)
        assert code_of(hand_in, cast.worker) == "attempt_waits"

    def test_the_same_answers_again_change_nothing(self, cast: Cast) -> None:
        assert code_of(hand_in, cast.worker, {**WROTE, "q-show": ("x",)}) == "foreign_answer"
        with pytest.raises(RuleBroken):
            hand_in(cast.worker, {"q-one": ("a",), "q-write": ("x" * 4001,)})

    def test_recomputing_finds_nothing_wrong(self, cast: Cast) -> None:
        made = hand_in(cast.worker)
        for _ in range(2):
            assert write(lambda s: service.recompute(s, current(s), at=AT)) == []
            if attempt_of(made).passed is None:
                score(cast.trainer, made)

    def test_recomputing_finds_a_pass_that_nobody_gave(self, cast: Cast) -> None:
        hand_in(cast.worker)
        forged = {"passed": True, "graded_at": AT, "points": 5, "max_points": 5, "percent": 100}
        write(lambda s: s.execute(update(Attempt).values(**forged)) and None)
        (found,) = write(lambda s: service.recompute(s, current(s), at=AT))
        assert "stored, its answers earn waiting for an assessor" in str(found)

    def test_recomputing_compares_with_the_scores(self, cast: Cast) -> None:
        score(cast.trainer, hand_in(cast.worker), given(WORST))
        write(lambda s: s.execute(update(Attempt).values(passed=True)) and None)
        (found,) = write(lambda s: service.recompute(s, current(s), at=AT))
        assert "(20 percent, passed) stored, its answers earn 1 of 5 points (20 percent, not passed)" in str(found)


class TestScoring:
    def test_the_scores_grade_the_attempt_in_one_step(self, cast: Cast) -> None:
        made = hand_in(cast.worker)
        heard: list[QuizPassed] = []

        def hear(fact: QuizPassed, *, session: object) -> None:
            heard.append(fact)

        with quiz_passed.connected_to(hear):
            assert score(cast.trainer, made, at=LATER) is None
        row = attempt_of(made)
        assert (row.points, row.max_points, row.percent, row.passed) == (5, 5, 100, True)
        assert (row.submitted_at, row.graded_at) == (AT, LATER)
        assert [(each.person_id, each.passed_at) for each in heard[0].subjects] == [(cast.ana.person_id, LATER)]
        assert stand(cast) == "passed"
        answers = dict(reading().execute(select(AttemptAnswer.item_id, AttemptAnswer.points)).all())
        assert answers == {"q-one": 1, "q-write": 3, "q-show": 1}
        (passed,) = queries.passes_of(reading(), None).values()
        assert passed.passed_at == LATER

    def test_a_critical_question_that_was_not_shown_well_fails_it(self, cast: Cast) -> None:
        made = hand_in(cast.worker)
        score(cast.trainer, made, given({**BEST, "q-show": {"does": "not-yet"}}))
        row = attempt_of(made)
        assert (row.percent, row.passed) == (80, False)
        assert stand(cast) == "failed"
        assert hand_in(cast.worker, at=LATER) != made

    def test_all_is_kept_and_logged_without_words(self, cast: Cast) -> None:
        made = hand_in(cast.worker)
        told = given(interpreter="professional", has_consent=True, note=" Well done. ", language="to")
        score(cast.trainer, made, told)
        (row,) = reading().execute(select(Scoring)).scalars()
        assert (row.number, row.language, row.interpreter, row.has_consent) == (1, "to", "professional", True)
        assert (row.note, row.scored_by) == ("Well done.", cast.tess.account_id)
        assert dict(reading().execute(select(ItemScore.item_id, ItemScore.levels)).all()) == BEST
        events = reading().execute(select(AuditEvent.action, AuditEvent.details).order_by(AuditEvent.id)).all()
        actions = [each.action for each in events]
        assert actions[-2:] == ["assessments.scored", "assessments.graded"]
        assert "Well done" not in repr(events)
        assert "own words" not in repr(events)

    def test_an_interpreter_needs_her_consent(self, cast: Cast) -> None:
        made = hand_in(cast.worker)
        assert code_of(score, cast.trainer, made, given(interpreter="professional")) == "consent_needed"
        assert attempt_of(made).passed is None

    @pytest.mark.parametrize("levels", [{}, {"q-write": BEST["q-write"]}, {**BEST, "q-one": {"a": "b"}}])
    def test_what_is_open_or_foreign_grades_nothing(self, cast: Cast, levels: Any) -> None:
        made = hand_in(cast.worker)
        assert code_of(score, cast.trainer, made, given(levels)) in {"rubric_open", "rubric_unknown"}
        assert reading().execute(select(func.count()).select_from(Scoring)).scalar_one() == 0

    def test_the_same_form_scores_once(self, cast: Cast) -> None:
        made, key = hand_in(cast.worker), new_client_id()
        assert score(cast.trainer, made, key=key) is None
        assert score(cast.trainer, made, key=key) is None
        assert code_of(score, cast.trainer, made, given(WORST), key=key) == "scored_before"
        assert code_of(score, cast.trainer, made) == "scored_before"
        assert reading().execute(select(func.count()).select_from(Scoring)).scalar_one() == 1

    def test_what_somebody_else_scored_meanwhile_stands(self, cast: Cast) -> None:
        made = hand_in(cast.worker)
        score(cast.trainer, made, given(WORST))
        assert code_of(score, cast.other, made) == "scored_meanwhile"
        assert attempt_of(made).passed is False

    def test_two_assessors_at_once_grade_once(self, app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        made, one, two = hand_in(cast.worker), cast.trainer, cast.other
        look_together(monkeypatch, (queries, "get_attempt"))
        done = race(app, lambda: score(one, made), lambda: score(two, made, given(WORST)))
        assert outcomes(done) == ["done", "scored_meanwhile"]
        assert reading().execute(select(func.count()).select_from(Scoring)).scalar_one() == 1

    def test_one_form_sent_twice_at_once_scores_once(
        self, app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made, one, key = hand_in(cast.worker), cast.trainer, new_client_id()
        look_together(monkeypatch, (queries, "get_attempt"))
        done = race(app, lambda: score(one, made, key=key), lambda: score(one, made, key=key))
        assert outcomes(done) == ["done", "done"]
        assert reading().execute(select(func.count()).select_from(Scoring)).scalar_one() == 1


class TestWhoMay:
    def test_nobody_scores_herself(self, cast: Cast, make: Make) -> None:
        made = hand_in(cast.trainer)
        with pytest.raises(NotFound):
            score(cast.trainer, made)
        assert score(cast.other, made) is None

    @pytest.mark.parametrize("who", ["worker", "supervisor"])
    def test_only_assessors_score(self, cast: Cast, who: str) -> None:
        made = hand_in(cast.worker)
        with pytest.raises(NotFound):
            score(getattr(cast, who), made)

    def test_not_whose_staff_she_is(self, cast: Cast, make: Make) -> None:
        boss = make.supervisor(cast.place, "Boss who trains")
        made = hand_in(cast.worker)
        write(lambda s: s.add(RoleGrant(account_id=boss.account_id, role="trainer", granted_at=AT)))
        with pytest.raises(NotFound):
            score(as_actor(boss, "trainer"), made)

    def test_a_role_that_was_taken_meanwhile_is_gone(self, cast: Cast) -> None:
        made, trainer = hand_in(cast.worker), cast.trainer
        write(lambda s: s.execute(update(RoleGrant).values(ended_at=AT)) and None)
        with pytest.raises(NotFound):
            score(trainer, made)

    def test_what_is_not_handed_in_is_not_there(self, cast: Cast) -> None:
        made = write(lambda s: service.start_attempt(s, cast.worker, "delta", shown=ENGLISH, at=AT))
        with pytest.raises(NotFound):
            score(cast.trainer, made)

    @pytest.mark.parametrize("public_id", ["", "nothing", "' OR 1=1 --", "0" * 20, "../../etc"])
    def test_hostile_ids_find_nothing(self, cast: Cast, public_id: str) -> None:
        with pytest.raises(NotFound):
            score(cast.trainer, public_id)


class TestSecondAssessor:
    def test_it_counts_when_both_agree(self, cast: Cast) -> None:
        made = hand_in(cast.worker)
        assert score(cast.trainer, made, given(wants_second=True)) == "second"
        assert attempt_of(made).passed is None
        near = {**BEST, "q-write": {"asks": "shown", "hears": "shown"}}
        assert score(cast.other, made, given(near, seen=1)) is None
        row = attempt_of(made)
        assert (row.points, row.passed) == (4, True)
        assert write(lambda s: service.recompute(s, current(s), at=AT)) == []

    def test_where_they_differ_a_certifier_decides(self, cast: Cast, make: Make) -> None:
        made, third = hand_in(cast.worker), make.person("Third", roles=("trainer",))
        score(cast.trainer, made, given(wants_second=True))
        far = {**BEST, "q-write": {"asks": "not-yet", "hears": "shown"}}
        assert score(cast.other, made, given(far, seen=1)) == "certifier"
        with pytest.raises(NotFound):
            score(as_actor(third, "trainer"), made, given(seen=2))
        assert attempt_of(made).passed is None
        assert score(cast.certifier, made, given(WORST, seen=2)) is None
        assert (attempt_of(made).points, attempt_of(made).passed) == (1, False)

    def test_the_first_does_not_look_twice(self, cast: Cast) -> None:
        made, key = hand_in(cast.worker), new_client_id()
        score(cast.trainer, made, given(wants_second=True), key=key)
        assert score(cast.trainer, made, given(wants_second=True), key=key) == "second"
        assert code_of(score, cast.trainer, made, given(seen=1)) == "scored_before"

    def test_who_did_not_see_the_first_look_is_told(self, cast: Cast) -> None:
        made = hand_in(cast.worker)
        score(cast.trainer, made, given(wants_second=True))
        assert code_of(score, cast.other, made, given(seen=0)) == "scored_meanwhile"
