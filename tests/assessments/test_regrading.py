"""Corrections by two people: what was looked at is what is done, on both engines, whoever comes at the same time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from lms.actor import Actor
from lms.assessments import queries, service
from lms.assessments.events import QuizPassed, quiz_passed
from lms.assessments.models import Attempt, AttemptAnswer, Regrade, RegradeChange
from lms.assessments.rules import Amendment
from lms.assessments.rules.proposals import Proposal
from lms.assessments.service import Shown
from lms.audit.models import AuditEvent
from lms.content.library import current
from lms.courses.queries import completions_of
from lms.courses.service import Shown as Read
from lms.courses.service import finish_lesson
from lms.db import reading, write
from lms.errors import NotAllowed, NotFound, RuleBroken
from lms.ids import new_client_id, new_public_id
from lms.people.models import Person
from tests.assessments.test_service import WRONG, sheet, start, submit
from tests.conftest import AT
from tests.factories import Make
from tests.factories.learning import QUIZ, RIGHT, UNSAFE, actor_of, item, module, publish_drafts, standard
from tests.racing import outcomes, race

EVERYONE = Amendment("q-one", "everyone")
HARDER = {**QUIZ, "items": [item("q-one", critical=True, key=["b"]), *QUIZ["items"][1:]]}


class Office:
    """Two certifiers, and workers who took the quiz."""

    def __init__(self, make: Make) -> None:
        self.make = make
        publish_drafts([*standard()[:4], module("alpha", survey=None)])
        self.first, self.second = (self.certifier() for _ in range(2))

    def certifier(self) -> Actor:
        person = self.make.person(roles=("certifier",))
        return replace(actor_of(person), roles=frozenset({"worker", "certifier"}))

    def took(self, chosen: Any, *, at: Any = AT, shown: Shown | None = None) -> Actor:
        worker = actor_of(self.make.person())
        self.take(worker, chosen, at=at, shown=shown)
        return worker

    def take(self, worker: Actor, chosen: Any, *, at: Any = AT, shown: Shown | None = None) -> None:
        shown = shown or Shown("en")
        submit(worker, sheet(start(worker, shown=shown), chosen), key=new_client_id(), shown=shown, at=at)

    def propose(self, *decisions: Amendment, by: Actor | None = None, key: str = "", **more: Any) -> str:
        proposal = Proposal("alpha", decisions or (EVERYONE,), **more)
        plan = queries.read_plan(reading(), replace(proposal, taken={}))
        return self.send(proposal, plan.mark, by=by, key=key)

    def send(
        self, proposal: Proposal, mark: str, *, by: Actor | None = None, key: str = "", reason: str = "Why."
    ) -> str:
        once = key or new_client_id()
        who = by or self.first
        made = write(
            lambda s: service.propose_regrade(s, who, proposal, reason=reason, mark=mark, client_id=once, at=AT)
        )
        reading().rollback()
        return made

    def apply(self, public_id: str, *, by: Actor | None = None) -> int:
        who = by or self.second
        count = write(lambda s: service.apply_regrade(s, who, public_id, at=AT + timedelta(days=1)))
        reading().rollback()
        return count


@pytest.fixture
def office(app: Flask, make: Make) -> Office:
    return Office(make)


def outcome_of(worker: Actor) -> tuple[Any, ...]:
    row = queries.find_attempt(reading(), worker.person_id, "alpha")
    assert row is not None
    return row.points, row.max_points, row.percent, row.passed


def faults(office: Office) -> list[str]:
    reading().rollback()
    return [str(each) for each in service.recompute(reading(), current(reading()), at=AT)]


def test_what_was_looked_at_is_what_is_done(office: Office) -> None:
    unsafe, wrong, right = (office.took(each) for each in (UNSAFE, WRONG, RIGHT))
    plan = queries.read_plan(reading(), Proposal("alpha", (EVERYONE,)))
    public_id = office.propose()
    assert outcome_of(unsafe) == (4, 5, 80, False), "nothing changes before the second person"
    assert office.apply(public_id) == 2
    for line in plan.lines:
        row = reading().get(Attempt, line.sat.id)
        assert row is not None
        after = line.after
        assert (row.points, row.max_points, row.percent, row.passed) == (
            after.points,
            after.max_points,
            after.percent,
            after.passed,
        )
    assert outcome_of(unsafe) == (5, 5, 100, True)
    assert outcome_of(wrong) == (1, 5, 20, False)
    assert outcome_of(right) == (5, 5, 100, True)
    assert faults(office) == [], "the doctor knows of it"
    kept = reading().execute(select(RegradeChange).order_by(RegradeChange.id)).scalars().all()
    assert [(each.effect, each.points_before, each.points_after) for each in kept] == [
        ("gains", 4, 5),
        ("better", 0, 1),
    ]
    assert kept[0].answers_before == {"q-one": [0, False]}
    actions = reading().execute(select(AuditEvent.action).order_by(AuditEvent.id)).scalars().all()
    assert actions[-4:] == [
        "assessments.regrade_proposed",
        "assessments.regrade_applied",
        "assessments.regraded",
        "assessments.regraded",
    ]


def test_the_doctor_finds_a_result_that_nobody_corrected(office: Office) -> None:
    worker = office.took(UNSAFE)
    office.apply(office.propose())
    row = reading().execute(select(Attempt.id).where(Attempt.person_id == worker.person_id)).scalar_one()
    write(lambda s: s.execute(update(Attempt).where(Attempt.id == row).values(points=2)) and None)
    assert len(faults(office)) == 1


def test_a_new_pass_completes_the_module_on_the_day_of_its_last_step(office: Office) -> None:
    worker = office.took(UNSAFE)
    for key in ("first", "second"):
        write(lambda s, key=key: finish_lesson(s, worker, "alpha", key, shown=Read("en"), at=AT + timedelta(hours=1)))
    facts: list[QuizPassed] = []

    def hear(fact: QuizPassed, **_: Any) -> None:
        facts.append(fact)

    with quiz_passed.connected_to(hear):
        office.apply(office.propose())
    (fact,) = facts
    assert fact.is_late
    assert [(each.person_id, each.passed_at) for each in fact.subjects] == [(worker.person_id, AT)]
    done = completions_of(reading(), [worker.person_id], ["alpha"])[worker.person_id, "alpha"]
    assert done.completed_at == AT + timedelta(hours=1)


def test_a_pass_that_was_there_is_not_announced_again(office: Office) -> None:
    worker = office.took(UNSAFE)
    office.take(worker, RIGHT, at=AT + timedelta(hours=1))
    facts: list[QuizPassed] = []

    def hear(fact: QuizPassed, **_: Any) -> None:
        facts.append(fact)

    with quiz_passed.connected_to(hear):
        assert office.apply(office.propose()) == 1
    assert facts == []
    passes = queries.passes_of(reading(), [worker.person_id])
    assert passes[worker.person_id, "alpha", 1].passed_at == AT, "of two passes the first counts"


def test_who_has_passed_meanwhile_is_done_with_the_quiz(office: Office) -> None:
    worker = office.took(UNSAFE)
    start(worker)
    office.apply(office.propose())
    found = queries.find_attempt(reading(), worker.person_id, "alpha")
    assert found is not None
    assert (found.number, found.passed) == (1, True)
    with pytest.raises(RuleBroken, match="already_passed"):
        start(worker)


def test_a_pass_is_kept_and_taken_away_only_by_name_and_reason(office: Office) -> None:
    keeps, loses = office.took(RIGHT), office.took(RIGHT)
    publish_drafts([*standard()[:4], module("alpha", survey=None, quiz=HARDER)])
    later = current(reading()).get("module", "alpha").revision_id
    strict = Amendment("q-one", "version", str(later))
    named = reading().execute(select(Attempt.public_id).where(Attempt.person_id == loses.person_id)).scalar_one()
    with pytest.raises(RuleBroken, match="nothing_changes"):
        office.propose(strict)
    with pytest.raises(RuleBroken, match="reason_needed"):
        office.propose(strict, taken={named: ""})
    assert office.apply(office.propose(strict, taken={named: "Copied."})) == 1
    assert outcome_of(keeps) == (5, 5, 100, True)
    assert outcome_of(loses) == (4, 5, 80, False)
    assert faults(office) == []
    effects = reading().execute(select(RegradeChange.effect).order_by(RegradeChange.effect)).scalars().all()
    assert effects == ["kept", "loses"]
    told = queries.list_corrections(reading(), attempt_ids=_ids(office))
    assert [(each.effect, each.taken_because) for each in told] == [("loses", "Copied.")]


def _ids(office: Office) -> list[int]:
    return list(reading().execute(select(Attempt.id)).scalars())


def test_a_later_key_counts_only_where_the_answers_fit_it(office: Office) -> None:
    worker = office.took({**RIGHT, "q-one": ("b",)})
    fewer = [{"id": each, "text": each} for each in "abc"]
    for quiz in (HARDER, {**QUIZ, "items": [item("q-one", options=fewer, key=["b"]), *QUIZ["items"][1:]]}):
        publish_drafts([*standard()[:4], module("alpha", survey=None, quiz=quiz)])
        later = Amendment("q-one", "version", str(current(reading()).get("module", "alpha").revision_id))
        plan = queries.read_plan(reading(), Proposal("alpha", (later,)))
        assert [line.effect for line in plan.lines] == (["gains"] if quiz is HARDER else ["same"])
    assert outcome_of(worker) == (4, 5, 80, False)


def test_only_attempts_of_the_language_and_the_version_are_touched(office: Office) -> None:
    english, tongan = office.took(UNSAFE), office.took(UNSAFE, shown=Shown("to"))
    first = current(reading()).get("module", "alpha").revision_id
    publish_drafts([*standard()[:4], module("alpha", survey=None, quiz=HARDER)])
    newer = office.took({**RIGHT, "q-one": ("c",)})
    assert office.apply(office.propose(locale="to")) == 1
    assert outcome_of(tongan)[3] is True
    assert outcome_of(english)[3] is False
    assert office.apply(office.propose(revision_id=first)) == 1
    assert (outcome_of(english)[3], outcome_of(newer)[3]) == (True, False)


def test_a_dropped_question_counts_for_nobody(office: Office) -> None:
    worker = office.took(UNSAFE)
    office.apply(office.propose(Amendment("q-one", "drop")))
    assert outcome_of(worker) == (4, 4, 100, True)
    assert faults(office) == []
    with pytest.raises(RuleBroken, match="nothing_changes"):
        office.propose(Amendment("q-one", "drop"))
    with pytest.raises(RuleBroken, match="nothing_left"):
        office.propose(*(Amendment(each, "drop") for each in ("q-one", "q-two", "q-three")))


def test_a_second_correction_builds_on_the_first(office: Office) -> None:
    worker = office.took(WRONG)
    office.apply(office.propose())
    office.apply(office.propose(Amendment("q-three", "accept", "false")))
    assert outcome_of(worker) == (2, 5, 40, False)
    assert faults(office) == []
    answers = reading().execute(select(AttemptAnswer.item_id, AttemptAnswer.points)).all()
    assert dict(map(tuple, answers)) == {"q-one": 1, "q-two": 0, "q-three": 1}


def test_two_people_are_needed(office: Office) -> None:
    office.took(UNSAFE)
    public_id = office.propose()
    with pytest.raises(NotAllowed):
        office.apply(public_id, by=office.first)
    with pytest.raises(NotAllowed):
        office.apply(public_id, by=replace(office.second, roles=frozenset({"worker", "trainer"})))
    with pytest.raises(NotAllowed):
        office.propose(by=replace(office.first, roles=frozenset({"administrator"})))
    with pytest.raises(NotFound):
        office.apply("x" * 20)
    administrator = replace(office.second, roles=frozenset({"administrator"}))
    assert office.apply(public_id, by=administrator) == 1
    with pytest.raises(RuleBroken, match="decided"):
        office.apply(public_id)


def test_nobody_corrects_her_own_result(office: Office) -> None:
    office.take(office.second, UNSAFE)
    public_id = office.propose()
    with pytest.raises(RuleBroken, match="own_attempt"):
        office.apply(public_id)
    office.take(office.first, UNSAFE)
    with pytest.raises(RuleBroken, match="own_attempt"):
        office.propose()


def test_what_moved_is_looked_at_again(office: Office) -> None:
    office.took(UNSAFE)
    proposal = Proposal("alpha", (EVERYONE,))
    mark = queries.read_plan(reading(), proposal).mark
    public_id = office.send(proposal, mark)
    office.took(UNSAFE)
    with pytest.raises(RuleBroken, match="moved"):
        office.apply(public_id)
    with pytest.raises(RuleBroken, match="moved"):
        office.send(proposal, mark)
    row = reading().execute(select(Regrade.state)).scalar_one()
    assert row == "proposed", "what is refused leaves nothing behind"


def test_a_reason_is_needed_and_the_same_form_counts_once(office: Office) -> None:
    office.took(UNSAFE)
    key = new_client_id()
    first = office.propose(key=key)
    assert office.propose(key=key) == first
    proposal = Proposal("alpha", (EVERYONE,))
    with pytest.raises(RuleBroken, match="reason_needed"):
        office.send(proposal, queries.read_plan(reading(), proposal).mark, reason=" ")


def test_a_correction_is_refused_with_a_reason(office: Office) -> None:
    office.took(UNSAFE)
    public_id = office.propose()

    def refuse(who: Actor, note: str = "It was right.") -> None:
        write(lambda s: service.refuse_regrade(s, who, public_id, note=note, at=AT))
        reading().rollback()

    with pytest.raises(RuleBroken, match="reason_needed"):
        refuse(office.second, " ")
    with pytest.raises(NotAllowed):
        refuse(actor_of(office.make.person()))
    refuse(office.first)
    found = queries.get_regrade(reading(), public_id)
    assert (found.state, found.note) == ("refused", "It was right.")
    with pytest.raises(RuleBroken, match="decided"):
        refuse(office.second)
    with pytest.raises(RuleBroken, match="decided"):
        office.apply(public_id)
    assert [each.public_id for each in queries.list_regrades(reading())] == [public_id]


def test_two_who_apply_at_once_do_it_once(app: Flask, office: Office) -> None:
    workers = [office.took(UNSAFE) for _ in range(3)]
    public_id, third = office.propose(), office.certifier()
    acts: list[Callable[[], int]] = [
        lambda who=who: write(lambda s: service.apply_regrade(s, who, public_id, at=AT))  # type: ignore[misc]
        for who in (office.second, third)
    ]
    results = race(app, *acts)
    assert outcomes(results) == ["decided", "done"]
    assert len(reading().execute(select(RegradeChange)).all()) == len(workers)


def test_who_hands_in_meanwhile_is_corrected_or_stops_it(app: Flask, office: Office) -> None:
    office.took(UNSAFE)
    public_id = office.propose()
    worker = actor_of(office.make.person())
    answers = sheet(start(worker), UNSAFE)
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
    assert outcome_of(worker)[3] is (said == ["done", "done"]), "after the correction it counts at once"
    assert faults(office) == []


def test_a_thousand_attempts_are_corrected_at_once(office: Office) -> None:
    worker = office.took(UNSAFE)
    _copy(worker, office, 1_000)
    public_id = office.propose()
    before = time.perf_counter()
    assert office.apply(public_id) == 1_001
    spent = time.perf_counter() - before
    print(f"1,001 attempts corrected in {spent:.2f} s")
    assert spent < 4, "half of it, on a machine that does nothing else"
    assert faults(office) == []


def _copy(worker: Actor, office: Office, count: int) -> None:
    """Write as many attempts of other people, alike to hers."""

    def fn(session: Any) -> None:
        person = session.get(Person, worker.person_id)
        names = ("name", "search_key", "language", "created_at", "is_demonstration")
        rows = [{**{each: getattr(person, each) for each in names}, "public_id": new_public_id()} for _ in range(count)]
        ids = session.execute(insert(Person).returning(Person.id), rows).scalars().all()
        columns = [each.name for each in Attempt.__table__.columns if each.name not in ("id", "public_id", "person_id")]
        first = session.execute(select(Attempt).where(Attempt.person_id == worker.person_id)).scalar_one()
        same = {name: getattr(first, name) for name in columns}
        made = [{**same, "public_id": new_public_id(), "person_id": each} for each in ids]
        attempts = session.execute(insert(Attempt).returning(Attempt.id), made).scalars().all()
        answers = session.execute(select(AttemptAnswer).where(AttemptAnswer.attempt_id == first.id)).scalars().all()
        names = ("item_id", "chosen", "answered_at", "shown_language", "points", "correct")
        copies = [{each: getattr(answer, each) for each in names} for answer in answers]
        session.execute(insert(AttemptAnswer), [{**each, "attempt_id": of} for of in attempts for each in copies])

    write(fn)
    reading().rollback()
