"""Sheets and entered results: bound to their version, a trainer's at once, a supervisor's by a second person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lms.assessments import queries, service
from lms.assessments.models import Attempt, AttemptAnswer, PaperForm, ResultEntry
from lms.audit.models import AuditEvent
from lms.content.library import current
from lms.db import reading, write
from lms.errors import NotFound
from lms.ids import new_client_id
from lms.organizations.models import Employment
from lms.people.models import RoleGrant
from tests.assessments.assessing import (
    ENGLISH,
    PICTURE,
    QUIZ,
    RIGHT,
    TODAY,
    Cast,
    as_actor,
    attempt_of,
    code_of,
    day,
    enter,
    entered,
    hand_in,
    make_sheet,
    score,
    stand,
)
from tests.assessments.assessing import QUIZ as WRITTEN
from tests.conftest import AT
from tests.factories import Make
from tests.factories.learning import item, module, publish_drafts, standard, words
from tests.racing import look_together, outcomes, race

LATER = AT + timedelta(days=2)


def counted(model: Any) -> int:
    reading().rollback()
    return reading().execute(select(func.count()).select_from(model)).scalar_one()


def publish_limited(limits: Any) -> None:
    """Publish the module `eps` with limits."""
    quiz = {"pass_mark": 60, "items": [item("q-one"), item("q-two", "multiple")], "limits": limits}
    publish_drafts([*standard(), module("eps", ["only"], quiz=quiz, survey=None)])


def supervised(cast: Cast, **changes: Any) -> str:
    """Let the supervisor enter the worker's answers; return the entry."""
    done = enter(cast.supervisor, cast.ana, entered(make_sheet(cast.trainer), sheet=PICTURE, **changes))
    return str(done.entry)


def confirm(actor: Any, entry: str, at: Any = LATER) -> str:
    made = write(lambda s: service.confirm_entry(s, actor, entry, at=at))
    reading().rollback()
    return made


def reject(actor: Any, entry: str, why: str = "The second answer differs.") -> None:
    write(lambda s: service.reject_entry(s, actor, entry, why, at=LATER))
    reading().rollback()


class TestSheets:
    def test_a_sheet_is_bound_to_its_version_and_holds_no_key(self, cast: Cast) -> None:
        sheet = make_sheet(cast.trainer)
        assert sheet.revision_id == current(reading()).get("module", "eps").revision_id
        assert {each["item"] for each in sheet.form} == {"q-one", "q-two"}
        assert (len(sheet.number), sheet.made_on, sheet.person_id) == (8, TODAY, None)

    def test_the_same_form_makes_one(self, cast: Cast) -> None:
        key = new_client_id()
        assert make_sheet(cast.trainer, client=key).id == make_sheet(cast.trainer, client=key).id
        assert code_of(make_sheet, cast.trainer, "delta", client=key) == "sent_before"

    def test_who_may_make_one(self, cast: Cast) -> None:
        make_sheet(cast.supervisor)
        make_sheet(cast.supervisor, person=cast.ana)
        make_sheet(cast.certifier, person=cast.tess)
        make_sheet(cast.trainer, person=cast.ana, reach=cast.class_)
        for who, person in ((cast.worker, None), (cast.trainer, cast.ana), (cast.supervisor, cast.tess)):
            with pytest.raises(NotFound):
                make_sheet(who, person=person)

    def test_nobody_makes_one_for_herself(self, cast: Cast) -> None:
        with pytest.raises(NotFound):
            make_sheet(cast.certifier, person=cast.cleo)

    @pytest.mark.parametrize("key", ["gamma", "nothing"])
    def test_without_a_quiz_there_is_none(self, cast: Cast, key: str) -> None:
        with pytest.raises(NotFound):
            make_sheet(cast.trainer, key)


class TestTrainerEnters:
    @pytest.mark.parametrize("source", ["paper", "oral"])
    def test_each_answer_records_the_languages_of_its_sheet(self, cast: Cast, source: str) -> None:
        """Approved wording alone, other wording with its English, what is not translated in English, said aloud too."""
        options = {f"quiz.yml:q-one.{each}": (f"Option {each} of q-one", f"Tali {each}", "approved") for each in "abcd"}
        entries = {
            **options,
            "quiz.yml:q-one.prompt": ("Prompt of q-one?", "Fehuʻi ʻuluaki?", "approved"),
        }
        library = [*standard(), module("delta", ["only"], quiz=WRITTEN, survey=None)]
        prompt = next(each["prompt"] for each in WRITTEN["items"] if each["id"] == "q-write")
        entries["quiz.yml:q-write.prompt"] = (prompt, "Fehuʻi tohi?", "draft")
        publish_drafts([*library, words("module", "delta", "to", entries)])
        sheet = make_sheet(cast.trainer, "delta", cast.ana, reach=cast.class_, tongue="to")
        said = entered(sheet, {"q-one": ("a",), "q-write": ("I ask her.",)}, source=source)
        enter(cast.trainer, cast.ana, said, reach=cast.class_)
        reading().rollback()
        shown = dict(reading().execute(select(AttemptAnswer.item_id, AttemptAnswer.shown_language)).all())
        assert shown == {"q-one": "to", "q-write": "to+en"}
        assert set(reading().scalars(select(Attempt.shown_language))) == {"to+en"}

    def test_it_counts_at_once_by_its_own_version(self, cast: Cast) -> None:
        sheet = make_sheet(cast.trainer)
        publish_drafts(
            [
                *standard(),
                module("eps", ["only"], quiz={"pass_mark": 50, "items": [item("q-one", key=["b"])]}, survey=None),
            ]
        )
        done = enter(cast.trainer, cast.ana, entered(sheet), reach=cast.class_)
        row = attempt_of(done.attempt)
        assert (row.source, row.entered_by, row.paper_form_id) == ("paper", cast.tess.account_id, sheet.id)
        assert (row.number, row.percent, row.passed, row.revision_id) == (1, 100, True, sheet.revision_id)
        assert row.graded_at == row.submitted_at
        (entry,) = reading().execute(select(ResultEntry)).scalars()
        assert (entry.outcome, entry.attempt_id, entry.organization_id) == ("direct", row.id, None)
        assert counted(AttemptAnswer) == 2
        assert write(lambda s: service.recompute(s, current(s), at=AT)) == []

    def test_by_word_of_mouth_what_is_shown_is_scored_next(self, cast: Cast) -> None:
        sheet = make_sheet(cast.trainer, "delta", cast.ana, reach=cast.class_)
        said = entered(sheet, {"q-one": ("a",), "q-write": ("I ask her.",)}, source="oral")
        done = enter(cast.trainer, cast.ana, said, reach=cast.class_)
        assert (attempt_of(done.attempt).source, attempt_of(done.attempt).passed) == ("oral", None)
        assert score(cast.trainer, done.attempt) is None
        assert attempt_of(done.attempt).passed is True

    def test_open_questions_are_named_unless_they_are_open_there_too(self, cast: Cast) -> None:
        sheet = make_sheet(cast.trainer)
        one = entered(sheet, {"q-one": ("a",)})
        assert enter(cast.trainer, cast.ana, one, reach=cast.class_).missing == {"q-two": "choice"}
        assert counted(ResultEntry) == 0
        done = enter(cast.trainer, cast.ana, entered(sheet, {"q-one": ("a",)}, has_blanks=True), reach=cast.class_)
        assert attempt_of(done.attempt).percent == 50

    def test_the_same_form_enters_once(self, cast: Cast) -> None:
        sheet, key = make_sheet(cast.trainer), new_client_id()
        one = enter(cast.trainer, cast.ana, entered(sheet), reach=cast.class_, key=key)
        assert enter(cast.trainer, cast.ana, entered(sheet), reach=cast.class_, key=key) == one
        other = entered(sheet, {"q-one": ("b",)}, has_blanks=True)
        assert code_of(enter, cast.trainer, cast.ana, other, reach=cast.class_, key=key) == "sent_before"
        assert (counted(Attempt), counted(ResultEntry)) == (1, 1)

    def test_one_form_sent_twice_at_once_enters_once(
        self, app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sheet, key, who = make_sheet(cast.trainer), new_client_id(), cast.certifier
        look_together(monkeypatch, (queries, "find_paper"))
        one = entered(sheet)
        done = race(app, *[lambda: enter(who, cast.ana, one, key=key)] * 2)
        assert outcomes(done) == ["done", "done"]
        assert done[0] == done[1]
        assert (counted(Attempt), counted(ResultEntry)) == (1, 1)

    def test_two_who_enter_the_same_sheet_at_once_enter_it_once(
        self, app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sheet, boss, certifier = make_sheet(cast.trainer), cast.supervisor, cast.certifier
        one, other = entered(sheet), entered(sheet, sheet=PICTURE)
        look_together(monkeypatch, (queries, "find_paper"))
        done = race(app, lambda: enter(certifier, cast.ana, one), lambda: enter(boss, cast.ana, other))
        assert outcomes(done) in (["done", "entry_waits"], ["done", "sheet_used"])

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"number": "nothing"}, "sheet_unknown"),
            ({"taken_on": day(1)}, "taken_ahead"),
            ({"taken_on": day(-1)}, "taken_before_sheet"),
            ({"chosen": {"q-one": ("z",)}}, "foreign_answer"),
            ({"chosen": {"q-show": ()}}, "foreign_answer"),
        ],
    )
    def test_what_cannot_be_is_refused(self, cast: Cast, changes: Any, code: str) -> None:
        one = entered(make_sheet(cast.trainer), **changes)
        assert code_of(enter, cast.certifier, cast.ana, one) == code
        assert counted(ResultEntry) == 0

    def test_a_sheet_counts_once_for_each_person(self, cast: Cast, make: Make) -> None:
        sheet, bea = make_sheet(cast.trainer), make.person("Bea")
        wrong = entered(sheet, {"q-one": ("b",), "q-two": ("c",)})
        enter(cast.certifier, cast.ana, wrong)
        assert code_of(enter, cast.certifier, cast.ana, entered(sheet)) == "sheet_used"
        assert attempt_of(enter(cast.certifier, bea, entered(sheet)).attempt).passed is True
        done = enter(cast.certifier, cast.ana, entered(make_sheet(cast.trainer)))
        assert attempt_of(done.attempt).number == 2

    def test_a_sheet_made_for_one_is_for_her_alone(self, cast: Cast, make: Make) -> None:
        sheet, bea = make_sheet(cast.certifier, person=cast.ana), make.person("Bea")
        assert code_of(enter, cast.certifier, bea, entered(sheet)) == "sheet_of_another"

    def test_an_open_attempt_is_handed_in_first(self, cast: Cast) -> None:
        write(lambda s: service.start_attempt(s, cast.worker, "eps", shown=ENGLISH, at=AT))
        assert code_of(enter, cast.certifier, cast.ana, entered(make_sheet(cast.trainer))) == "attempt_open"

    def test_not_after_a_pass_nor_while_one_waits(self, cast: Cast) -> None:
        hand_in(cast.worker, RIGHT, "eps")
        assert code_of(enter, cast.certifier, cast.ana, entered(make_sheet(cast.trainer))) == "already_passed"
        hand_in(cast.worker)
        one = entered(make_sheet(cast.trainer, "delta"), {"q-one": ("a",)}, has_blanks=True)
        assert code_of(enter, cast.certifier, cast.ana, one) == "attempt_waits"

    @pytest.mark.parametrize(("limits", "code"), [({"attempts": 1}, "attempts_used"), ({"wait_hours": 24}, "wait")])
    def test_limits_hold_on_paper_too(self, cast: Cast, limits: Any, code: str) -> None:
        publish_limited(limits)
        wrong = {"q-one": ("b",), "q-two": ("c",)}
        enter(cast.certifier, cast.ana, entered(make_sheet(cast.trainer), wrong))
        assert code_of(enter, cast.certifier, cast.ana, entered(make_sheet(cast.trainer))) == code
        assert counted(Attempt) == 1

    def test_an_open_attempt_whose_time_is_up_is_closed_first(self, cast: Cast) -> None:
        publish_limited({"minutes": 10})
        write(lambda s: service.start_attempt(s, cast.worker, "eps", shown=ENGLISH, at=AT))
        reading().rollback()
        sheet = make_sheet(cast.trainer)
        assert code_of(enter, cast.certifier, cast.ana, entered(sheet), at=AT) == "attempt_open"
        done = enter(cast.certifier, cast.ana, entered(sheet), at=AT + timedelta(hours=5))
        assert (attempt_of(done.attempt).number, attempt_of(done.attempt).passed) == (2, True)

    def test_another_module_comes_first(self, cast: Cast) -> None:
        answers = {"q-one": ("a",), "q-two": ("a", "b"), "q-three": ("true",)}
        one = entered(make_sheet(cast.trainer, "beta"), answers)
        assert code_of(enter, cast.certifier, cast.ana, one) == "prerequisite"
        assert (counted(Attempt), counted(ResultEntry)) == (0, 0)

    def test_only_for_those_in_reach(self, cast: Cast) -> None:
        one = entered(make_sheet(cast.trainer))
        for who, person in ((cast.trainer, cast.ana), (cast.worker, cast.boss), (cast.certifier, cast.cleo)):
            with pytest.raises(NotFound):
                enter(who, person, one)
        with pytest.raises(NotFound):
            enter(cast.trainer, cast.tess, one, reach=queries.waiting.PEOPLE.c.id.is_not(None))


class TestSupervisorEnters:
    def test_without_the_sheet_nothing_is_kept(self, cast: Cast) -> None:
        one = entered(make_sheet(cast.trainer))
        assert code_of(enter, cast.supervisor, cast.ana, one) == "sheet_missing"
        assert counted(ResultEntry) == 0

    def test_it_waits_and_nothing_counts(self, cast: Cast) -> None:
        supervised(cast)
        assert counted(Attempt) == 0
        assert stand(cast, "eps") == "waiting"
        assert queries.passes_of(reading(), None) == {}
        (entry,) = reading().execute(select(ResultEntry)).scalars()
        assert (entry.outcome, entry.organization_id, entry.settled_at) == (None, cast.place, None)
        assert (entry.sheet_sha256, entry.sheet_type) == ("0" * 64, "image/jpeg")

    def test_its_picture_is_not_swept_away(self, cast: Cast) -> None:
        supervised(cast)
        assert queries.named_files(reading(), ["0" * 64, "1" * 64]) == {"0" * 64}

    def test_meanwhile_nothing_else_is_begun(self, cast: Cast) -> None:
        supervised(cast)
        assert code_of(hand_in, cast.worker, RIGHT, "eps") == "entry_waits"
        assert code_of(enter, cast.certifier, cast.ana, entered(make_sheet(cast.trainer))) == "entry_waits"

    @pytest.mark.parametrize("who", ["trainer", "certifier"])
    def test_a_second_person_lets_it_count(self, cast: Cast, who: str) -> None:
        entry = supervised(cast)
        made = confirm(getattr(cast, who), entry)
        row = attempt_of(made)
        assert (row.passed, row.percent, row.entered_by, row.submitted_at) == (True, 100, cast.boss.account_id, LATER)
        assert row.started_at == AT + timedelta(hours=1)
        assert stand(cast, "eps") == "passed"
        assert confirm(getattr(cast, who), entry) == made
        assert write(lambda s: service.recompute(s, current(s), at=AT)) == []

    def test_a_supervisor_does_not_confirm_her_own(self, cast: Cast) -> None:
        entry = supervised(cast)
        write(lambda s: s.add(RoleGrant(account_id=cast.boss.account_id, role="certifier", granted_at=AT)))
        for who in (cast.supervisor, as_actor(cast.boss, "certifier"), as_actor(cast.boss, "trainer")):
            with pytest.raises(NotFound):
                confirm(who, entry)
            with pytest.raises(NotFound):
                reject(who, entry)
        assert (counted(Attempt), stand(cast, "eps")) == (0, "waiting")

    def test_nor_does_another_who_answers_for_her(self, cast: Cast, make: Make) -> None:
        entry, other = supervised(cast), make.supervisor(cast.place, "Other boss")
        with pytest.raises(NotFound):
            confirm(as_actor(other, "trainer"), entry)

    def test_nor_does_the_worker_herself(self, cast: Cast) -> None:
        entry = supervised(cast)
        for who in (cast.worker, as_actor(cast.ana, "trainer", "certifier")):
            with pytest.raises(NotFound):
                confirm(who, entry)

    def test_a_supervisor_who_trains_still_needs_a_second_person(self, cast: Cast) -> None:
        one = entered(make_sheet(cast.trainer))
        both = as_actor(cast.boss, "trainer", "certifier")
        assert code_of(enter, both, cast.ana, one, reach=cast.class_) == "sheet_missing"
        done = enter(both, cast.ana, entered(make_sheet(cast.trainer), sheet=PICTURE), reach=cast.class_)
        assert done.attempt is None

    def test_what_is_rejected_is_entered_anew(self, cast: Cast) -> None:
        entry = supervised(cast, chosen={"q-one": ("b",), "q-two": ("c",)})
        reject(cast.trainer, entry)
        reject(cast.trainer, entry)
        assert (counted(Attempt), stand(cast, "eps")) == (0, "todo")
        assert code_of(confirm, cast.trainer, entry) == "settled_before"
        assert code_of(reject, cast.other, entry) == "settled_before"
        (row,) = reading().execute(select(ResultEntry)).scalars()
        assert (row.outcome, row.reason, row.settled_by) == (
            "rejected",
            "The second answer differs.",
            cast.tess.account_id,
        )
        sheet = reading().execute(select(PaperForm)).scalar_one()
        again = enter(cast.supervisor, cast.ana, entered(sheet, sheet=PICTURE))
        assert attempt_of(confirm(cast.trainer, again.entry)).passed is True

    def test_a_rejection_has_a_reason(self, cast: Cast) -> None:
        entry = supervised(cast)
        assert code_of(reject, cast.trainer, entry, " ") == "words_empty"
        assert stand(cast, "eps") == "waiting"

    def test_two_who_confirm_at_once_make_one_attempt(
        self, app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entry, one, two = supervised(cast), cast.trainer, cast.other
        look_together(monkeypatch, (queries, "get_paper_of"))
        done = race(app, lambda: confirm(one, entry), lambda: confirm(two, entry))
        assert outcomes(done) == ["done", "settled_before"]
        assert counted(Attempt) == 1

    def test_one_who_has_left_is_no_staff(self, cast: Cast) -> None:
        write(
            lambda s: (
                s.execute(update(Employment).where(Employment.person_id == cast.ana.person_id).values(ended_on=day(-1)))
                and None
            )
        )
        with pytest.raises(NotFound):
            enter(cast.supervisor, cast.ana, entered(make_sheet(cast.trainer), sheet=PICTURE))

    def test_one_who_supervises_no_more_enters_nothing(self, cast: Cast) -> None:
        boss, sheet = cast.supervisor, make_sheet(cast.trainer)
        write(
            lambda s: (
                s.execute(
                    update(Employment).where(Employment.person_id == cast.boss.person_id).values(ended_on=day(-1))
                )
                and None
            )
        )
        with pytest.raises(NotFound):
            enter(boss, cast.ana, entered(sheet, sheet=PICTURE))

    def test_what_waits_for_scores_after_that_is_scored(self, cast: Cast) -> None:
        sheet = make_sheet(cast.trainer, "delta")
        one = entered(sheet, {"q-one": ("a",), "q-write": ("I ask her.",)}, sheet=PICTURE)
        made = confirm(cast.trainer, enter(cast.supervisor, cast.ana, one).entry)
        assert attempt_of(made).passed is None
        assert score(cast.trainer, made) is None
        assert attempt_of(made).passed is True

    @pytest.mark.parametrize("state", ["open", "passed", "waiting"])
    def test_it_does_not_count_beside_an_attempt(self, cast: Cast, state: str) -> None:
        """However one came to be there: rows of another record that was joined, say."""
        entry = supervised(cast)
        sheet = reading().execute(select(PaperForm)).scalar_one()
        row = Attempt(
            person_id=cast.ana.person_id,
            module_key="eps",
            number=1,
            revision_id=sheet.revision_id,
            shown_language="en",
            form=sheet.form,
            started_at=AT,
            submitted_at=None if state == "open" else AT,
            passed=True if state == "passed" else None,
            graded_at=AT if state == "passed" else None,
        )
        write(lambda s: s.add(row))
        code = {"open": "attempt_open", "passed": "already_passed", "waiting": "attempt_waits"}[state]
        assert code_of(confirm, cast.trainer, entry) == code

    @pytest.mark.parametrize("public_id", ["", "nothing", "' OR 1=1 --", "0" * 20])
    def test_hostile_ids_find_nothing(self, cast: Cast, public_id: str) -> None:
        with pytest.raises(NotFound):
            confirm(cast.trainer, public_id)

    def test_a_trainers_own_entry_is_nobodys_to_settle(self, cast: Cast) -> None:
        done = enter(cast.certifier, cast.ana, entered(make_sheet(cast.trainer)))
        with pytest.raises(NotFound):
            confirm(cast.trainer, done.entry)

    def test_the_log_names_ids_and_no_answers(self, cast: Cast) -> None:
        confirm(cast.trainer, supervised(cast))
        events = reading().execute(select(AuditEvent.action, AuditEvent.details).order_by(AuditEvent.id)).all()
        assert {each.action for each in events} >= {
            "assessments.sheet_made",
            "assessments.result_entered",
            "assessments.result_confirmed",
            "assessments.submitted",
        }
        assert "q-one" not in repr(events)


def test_the_quiz_of_this_story_needs_an_assessor() -> None:
    assert [each["type"] for each in QUIZ["items"]] == ["single", "reflection", "practical"]  # type: ignore[attr-defined]
