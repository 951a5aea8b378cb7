"""Assigning, undoing, enrolling and completing, on both engines."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self

import pytest
from flask import Flask
from sqlalchemy import delete, event, func, select, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.models import AuditEvent
from lms.config import ROOT
from lms.content.library import current
from lms.courses.events import ModuleCompleted, ModuleCredit, module_completed
from lms.courses.models import ModuleCompletion
from lms.db import db, reading, write
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.organizations.models import Employment, Supervision
from lms.people.service import lock
from lms.publish import publish_directory
from lms.publish.service import Intent, publish_drafts, read_drafts
from lms.signals import announce
from lms.tracks import queries, service
from lms.tracks.events import Assigned, TrackAssigned, TrackCompleted, TrackDone
from lms.tracks.models import Assignment, AssignmentBatch, Enrolment, TrackCompletion
from lms.tracks.rules import Asked
from lms.tracks.rules.versions import Choices
from lms.tracks.service import FileSorting
from lms.tracks.service.undoing import begun_of
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.organizations.conftest import crowd
from tests.racing import race
from tests.tracks.conftest import MODULES, actor_of, answer, earn, learn, read_lesson

DUE = date(2026, 5, 1)
TODAY = date(2026, 3, 5)
LATER = AT + timedelta(hours=1)
TRACK = "first-steps"


@pytest.fixture(autouse=True)
def _content(content_app: Flask) -> None:
    """Every test here runs on the published content."""


def assign(actor: Actor, organization_id: int, *people: MadePerson, **more: Any) -> service.BatchSummary:
    """Assign a track in one transaction and return what was done."""
    options = {"due_on": DUE, "client_id": new_client_id(), "at": AT, **more}
    track = options.pop("track", TRACK)
    ids = [person.person_id for person in people]
    return write(lambda session: service.assign(session, actor, organization_id, track, ids, **options))


def undo(actor: Actor, batch: service.BatchSummary, *, at: Any = LATER) -> service.Undone:
    """Undo a batch in one transaction."""
    return write(lambda session: service.undo_batch(session, actor, batch.batch_public_id, at=at))


def rows(model: Any, *columns: str) -> list[Any]:
    """Return columns of every row of a table, in the order of ids."""
    wanted = [getattr(model, name) for name in columns] or [func.count()]
    found = reading().execute(select(*wanted).select_from(model).order_by(*([model.id] if columns else []))).all()
    reading().rollback()
    return list(found)


def actions() -> list[str]:
    """Return what the audit trail says of tracks."""
    return [row.action for row in rows(AuditEvent, "action") if row.action.startswith("tracks.")]


def state_of(person: MadePerson, track: str = TRACK) -> str | None:
    """Return the state of a person's enrolment."""
    states = {(row.person_id, row.track_key): row.state for row in rows(Enrolment, "person_id", "track_key", "state")}
    return states.get((person.person_id, track))


def revision_of(track: str) -> int:
    """Return the present revision of a track."""
    return current(reading()).get("track", track).revision_id


class Team:
    """One CBO with a supervisor and two workers."""

    def __init__(self, make: Make) -> None:
        self.id = make.organization()
        self.boss = make.supervisor(self.id, "Boss")
        self.ana, self.luis = make.person("Ana"), make.person("Luis")
        for person in (self.ana, self.luis):
            make.employment(person, self.id)
        self.actor = actor_of(self.boss)


@pytest.fixture
def team(make: Make) -> Team:
    """Return a CBO with staff."""
    return Team(make)


def test_assigning_asks_enrols_records_and_tells(team: Team, heard: list[Any]) -> None:
    batch = assign(team.actor, team.id, team.ana, team.luis)
    assert (batch.assigned, batch.already, batch.finished, batch.due_on) == (2, 0, 0, DUE)
    asked = rows(Assignment, "id", "person_id", "organization_id", "track_key", "cycle", "due_on", "assigned_on")
    assert [tuple(row[1:]) for row in asked] == [
        (person.person_id, team.id, TRACK, 1, DUE, TODAY) for person in (team.ana, team.luis)
    ]
    assert {state_of(team.ana), state_of(team.luis)} == {"active"}
    facts = tuple(Assigned(row.person_id, TRACK, team.id, DUE, row.id) for row in asked)
    assert heard == [TrackAssigned(facts, AT)]
    *_before, written = rows(AuditEvent, "action", "actor_account_id", "organization_id", "details")
    assert tuple(written[:3]) == ("tracks.assigned", team.boss.account_id, team.id)
    assert written.details["people"] == [team.ana.person_id, team.luis.person_id]


def test_the_same_form_assigns_once(team: Team, heard: list[Any]) -> None:
    key = new_client_id()
    first = assign(team.actor, team.id, team.ana, client_id=key)
    again = assign(team.actor, team.id, team.ana, client_id=key, at=LATER)
    assert (again.batch_public_id, again.assigned) == (first.batch_public_id, 1)
    assert rows(AssignmentBatch)[0][0] == rows(Assignment)[0][0] == len(heard) == 1


def test_the_same_form_with_something_else_is_refused(team: Team, make: Make, heard: list[Any]) -> None:
    other = make.organization()
    make.employment(team.ana, other)
    deputy = actor_of(make.supervisor(team.id, "Deputy"))
    assign(deputy, team.id, team.luis)
    key = new_client_id()
    first = assign(team.actor, team.id, team.ana, team.luis, client_id=key)
    assert assign(team.actor, team.id, team.ana, team.luis, client_id=key).batch_public_id == first.batch_public_id
    maria = make.person("Maria")
    make.employment(maria, team.id)
    for organization_id, people, options in (
        (other, [team.ana, team.luis], {}),
        (team.id, [team.ana, team.luis], {"track": "core"}),
        (team.id, [team.ana, team.luis], {"due_on": None}),
        (team.id, [team.luis], {}),
        (team.id, [team.ana, maria], {}),
    ):
        with pytest.raises(RuleBroken) as caught:
            assign(team.actor, organization_id, *people, client_id=key, **options)
        assert caught.value.code == "sent-before"
    assert rows(AssignmentBatch)[0][0] == len(heard) == 2


def test_who_was_asked_before_is_left_as_she_is(team: Team, heard: list[Any]) -> None:
    assign(team.actor, team.id, team.ana)
    earn(team.ana, *MODULES)
    write(lambda session: service.refresh(session, current(session), [team.ana.person_id], at=AT))
    assign(team.actor, team.id, team.luis, due_on=None)
    heard.clear()
    batch = assign(team.actor, team.id, team.ana, team.luis)
    assert (batch.assigned, batch.already, batch.finished) == (0, 1, 1)
    assert heard == []
    assert [row.due_on for row in rows(Assignment, "due_on")] == [DUE, None]


def test_earlier_work_counts_when_she_is_assigned(team: Team, heard: list[Any]) -> None:
    earn(team.ana, *MODULES, at=AT - timedelta(days=90))
    assign(team.actor, team.id, team.ana)
    assert state_of(team.ana) == "completed"
    done = TrackDone(team.ana.person_id, TRACK, 1, AT, TODAY, "to", revision_of(TRACK))
    assert heard[1] == TrackCompleted((done,)), "announced after the assignment, dated when she enrolled"


def test_only_those_who_answer_for_the_organization_may_assign(team: Team, make: Make) -> None:
    other = Team(make)
    stranger = actor_of(make.person(roles=("administrator",)), "administrator")
    for actor, organization_id, person in (
        (team.actor, other.id, other.ana),
        (team.actor, team.id, other.ana),
        (stranger, team.id, team.ana),
        (actor_of(team.ana), team.id, team.ana),
    ):
        with pytest.raises(NotFound):
            assign(actor, organization_id, person)
    assert rows(Assignment)[0][0] == rows(AssignmentBatch)[0][0] == rows(Enrolment)[0][0] == 0


def test_what_the_page_believed_is_checked_again_in_the_transaction(team: Team) -> None:
    stale = team.actor
    write(lambda session: session.execute(update(Supervision).values(ended_on=TODAY - timedelta(days=1))) and None)
    with pytest.raises(NotFound):
        assign(stale, team.id, team.ana)


def test_who_left_yesterday_cannot_be_assigned(team: Team, make: Make) -> None:
    gone, last_day = make.person(), make.person()
    make.employment(gone, team.id, until=TODAY - timedelta(days=1))
    make.employment(last_day, team.id, until=TODAY)
    with pytest.raises(NotFound):
        assign(team.actor, team.id, team.ana, gone)
    assert assign(team.actor, team.id, last_day).assigned == 1


def test_what_cannot_be_assigned(team: Team) -> None:
    with pytest.raises(NotFound):
        assign(team.actor, team.id, team.ana, track="no-such-track")
    for people, options, code in (
        ([], {}, "nobody-chosen"),
        ([team.ana], {"due_on": TODAY - timedelta(days=1)}, "due-past"),
        ([team.ana], {"due_on": TODAY + timedelta(days=9999)}, "due-far"),
    ):
        with pytest.raises(RuleBroken) as caught:
            assign(team.actor, team.id, *people, **options)
        assert caught.value.code == code
    assert rows(AssignmentBatch)[0][0] == 0


def test_preview_says_what_assigning_does(team: Team) -> None:
    assign(team.actor, team.id, team.ana)
    ids = [team.ana.person_id, team.luis.person_id]
    ana, luis = (Asked(each, team.id) for each in ids)
    assert service.sort_rows(reading(), TRACK, [ana, luis], TODAY) == FileSorting((luis,), (ana,), ())


def test_undo_takes_back_what_nobody_began(team: Team) -> None:
    batch = assign(team.actor, team.id, team.ana, team.luis)
    assert undo(team.actor, batch) == service.Undone(2, 2, 0)
    assert {state_of(team.ana), state_of(team.luis)} == {"withdrawn"}
    assert [row.undone_at for row in rows(Assignment, "undone_at")] == [LATER, LATER]
    assert undo(team.actor, batch) == service.Undone(0, 0, 0), "twice is once"
    assert rows(AssignmentBatch, "undone_at", "undone_by")[0] == (LATER, team.boss.account_id)
    assert actions() == ["tracks.assigned", "tracks.assignment_undone"]


def test_after_an_undo_the_track_can_be_assigned_anew(team: Team, heard: list[Any]) -> None:
    undo(team.actor, assign(team.actor, team.id, team.ana))
    assert assign(team.actor, team.id, team.ana, at=LATER).assigned == 1
    assert state_of(team.ana) == "active"
    assert len(heard) == 2


def test_undo_keeps_the_enrolment_of_who_has_begun(team: Team, make: Make) -> None:
    before, enrolled = make.person(), make.person()
    make.employment(before, team.id)
    make.employment(enrolled, team.id)
    read_lesson(before, "outreach", at=AT - timedelta(days=1))
    write(lambda session: service.enrol(session, [enrolled.person_id], TRACK, at=AT - timedelta(days=1)))
    batch = assign(team.actor, team.id, team.ana, team.luis, before, enrolled)
    read_lesson(team.ana, "communication", at=AT + timedelta(minutes=5))
    read_lesson(team.luis, "public-health", at=AT + timedelta(minutes=5))
    assert undo(team.actor, batch) == service.Undone(4, 2, 0)
    assert (state_of(team.ana), state_of(enrolled)) == ("active", "active"), "she began; she chose it herself"
    assert (state_of(team.luis), state_of(before)) == ("withdrawn", "withdrawn"), "learned elsewhere, or before"


def test_undo_keeps_the_enrolment_of_who_had_only_the_survey_left(team: Team) -> None:
    """She read everything and passed before she was asked; what is left is answered between asking and undoing."""
    learn(team.ana, "outreach", at=AT - timedelta(days=2), survey=False)
    batch = assign(team.actor, team.id, team.ana)
    answer(team.ana, "outreach", at=AT + timedelta(minutes=5))
    assert undo(team.actor, batch) == service.Undone(1, 0, 0)
    assert state_of(team.ana) == "active"
    earn(team.ana, "communication", at=LATER)
    assert write(lambda session: service.refresh(session, current(session), [team.ana.person_id], at=LATER)) == 1
    assert state_of(team.ana) == "completed"


def test_undo_keeps_the_enrolment_that_another_employer_asks_for(team: Team, make: Make) -> None:
    other = Team(make)
    make.employment(team.ana, other.id)
    first = assign(team.actor, team.id, team.ana)
    second = assign(other.actor, other.id, team.ana)
    assert undo(team.actor, first) == service.Undone(1, 0, 0)
    assert state_of(team.ana) == "active"
    assert undo(other.actor, second) == service.Undone(1, 0, 0), "this batch did not open the enrolment"


def test_undo_keeps_what_is_finished(team: Team) -> None:
    earn(team.ana, *MODULES)
    batch = assign(team.actor, team.id, team.ana)
    assert undo(team.actor, batch) == service.Undone(1, 0, 0)
    assert state_of(team.ana) == "completed"


def test_undo_leaves_the_record_of_who_has_left(team: Team) -> None:
    batch = assign(team.actor, team.id, team.ana, team.luis)
    end = (
        update(Employment).where(Employment.person_id == team.ana.person_id).values(ended_on=TODAY, end_reason="moved")
    )
    write(lambda session: session.execute(end) and None)
    tomorrow = AT + timedelta(days=1)
    actor = actor_of(team.boss, at=tomorrow)
    assert undo(actor, batch, at=tomorrow) == service.Undone(1, 1, 1)
    assert (state_of(team.ana), state_of(team.luis)) == ("active", "withdrawn")
    assert undo(actor, batch, at=tomorrow) == service.Undone(0, 0, 1)


def test_only_those_who_answer_for_the_organization_may_undo(team: Team, make: Make) -> None:
    batch = assign(team.actor, team.id, team.ana)
    other = Team(make)
    for actor in (other.actor, actor_of(team.ana)):
        with pytest.raises(NotFound):
            undo(actor, batch)
    with pytest.raises(NotFound):
        write(lambda session: service.undo_batch(session, team.actor, "0" * 20, at=AT))
    assert rows(Assignment, "undone_at")[0].undone_at is None


def test_a_moved_worker_is_seen_by_each_employer_in_its_own_time(team: Team, make: Make) -> None:
    other = Team(make)
    assign(team.actor, team.id, team.ana, due_on=TODAY)
    end = (
        update(Employment).where(Employment.person_id == team.ana.person_id).values(ended_on=TODAY, end_reason="moved")
    )
    write(lambda session: session.execute(end) and None)
    make.employment(team.ana, other.id, since=TODAY + timedelta(days=1))
    tomorrow = AT + timedelta(days=1)
    old, new = actor_of(team.boss, at=tomorrow), actor_of(other.boss, at=tomorrow)
    with pytest.raises(NotFound):
        assign(old, team.id, team.ana, at=tomorrow)
    for organization_id in (team.id, other.id):
        assert queries.assignments_of(reading(), [organization_id], TODAY + timedelta(days=1)) == []
    assert queries.own_assignments(reading(), team.ana.person_id, TODAY + timedelta(days=1)) == []
    reading().rollback()
    batch = assign(new, other.id, team.ana, at=tomorrow)
    assert batch.assigned == 1, "what another employer asked does not show"
    late = queries.assignments_of(reading(), [other.id], DUE + timedelta(days=1))
    assert [(row.person_id, row.state) for row in late] == [(team.ana.person_id, "late")]


def test_enrolling_herself_counts_what_she_did_before(team: Team, heard: list[Any]) -> None:
    earn(team.ana, *MODULES, at=AT - timedelta(days=3), language="sm")
    ana = actor_of(team.ana)
    assert write(lambda session: service.enrol_self(session, ana, TRACK, at=AT))
    assert not write(lambda session: service.enrol_self(session, ana, TRACK, at=LATER))
    assert heard == [TrackCompleted((TrackDone(team.ana.person_id, TRACK, 1, AT, TODAY, "sm", revision_of(TRACK)),))]
    assert actions() == ["tracks.completed", "tracks.enrolled"]
    with pytest.raises(NotFound):
        write(lambda session: service.enrol_self(session, ana, "no-such-track", at=AT))


def test_enrolling_many_says_who_is_new(team: Team) -> None:
    ids = [team.luis.person_id, team.ana.person_id]
    assert write(lambda session: service.enrol(session, ids[:1], "core", at=AT)) == ids[:1]
    assert write(lambda session: service.enrol(session, ids, "core", at=AT)) == ids[1:]
    assert write(lambda session: service.enrol(session, [], "core", at=AT)) == []


def credit_of(person: MadePerson, module: str) -> ModuleCredit:
    """Return the fact that a person completed a module."""
    return ModuleCredit(person.person_id, module, 1, 45, LATER, TODAY, "es")


def test_a_completed_module_completes_every_track_it_was_missing_in(team: Team, heard: list[Any]) -> None:
    people = [team.ana.person_id, team.luis.person_id]
    for track in (TRACK, "core"):
        write(lambda session, track=track: service.enrol(session, people, track, at=AT))
    earn(team.ana, *MODULES, at=LATER, language="es")
    earn(team.luis, "outreach", at=LATER)
    fact = ModuleCompleted((credit_of(team.ana, "outreach"), credit_of(team.luis, "outreach")))
    for _ in range(2):  # hearing it twice changes nothing
        write(lambda session: announce(module_completed, session, fact))
    assert heard == [TrackCompleted((TrackDone(team.ana.person_id, TRACK, 1, LATER, TODAY, "es", revision_of(TRACK)),))]
    assert (state_of(team.ana), state_of(team.luis)) == ("completed", "active")
    assert state_of(team.ana, "core") == "active", "a track with planned items cannot be completed yet"
    (done,) = rows(TrackCompletion, "person_id", "track_key", "cycle", "counted", "completed_on")
    assert [each["module"] for each in done.counted] == ["communication", "outreach"]


def recompute(at: Any = LATER) -> list[str]:
    """Mend what can be mended, and return that."""
    found = write(lambda session: service.recompute(session, current(session), at=at))
    assert all(each.mendable for each in found)
    return [each.text for each in found]


def found_for(*people: MadePerson) -> list[str]:
    """Recompute for these people and return what a person has to look at."""
    ids = [each.person_id for each in people]
    found = write(lambda session: service.recompute(session, current(session), at=LATER, person_ids=ids))
    assert not any(each.mendable for each in found)
    return [each.text for each in found]


def test_recompute_raises_what_was_missed(team: Team, heard: list[Any]) -> None:
    write(lambda session: service.enrol(session, [team.ana.person_id, team.luis.person_id], TRACK, at=AT))
    earn(team.ana, *MODULES, at=LATER)
    who = f"track {TRACK} of person {team.ana.person_id}, cycle 1,"
    assert recompute(AT + timedelta(days=40)) == [f"{who} was complete on 2026-03-05 and not recorded"]
    assert rows(TrackCompletion, "completed_at", "completed_on")[0] == (LATER, TODAY), "dated when it was met"
    assert len(heard) == 1
    assert recompute() == []


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_recompute_waits_for_nobody_whom_it_does_not_mend(team: Team) -> None:
    write(lambda session: service.enrol(session, [team.ana.person_id, team.luis.person_id], TRACK, at=AT))
    earn(team.ana, *MODULES, at=LATER)
    with Session(db.engines["write"]) as busy, busy.begin():
        lock(busy, [team.luis.person_id])
        assert len(recompute()) == 1


def test_recompute_tells_of_completions_without_a_basis(team: Team, heard: list[Any]) -> None:
    both = [team.ana, team.luis]
    for person in both:
        earn(person, *MODULES)
        write(lambda session, person=person: service.enrol(session, [person.person_id], TRACK, at=AT))
    assert found_for(*both) == []
    who = f"track {TRACK} of person {team.ana.person_id}, cycle 1,"
    for statement, told in (
        (
            delete(ModuleCompletion).where(ModuleCompletion.module_key == "outreach"),
            "counts module outreach of 2026-03-05, which is not credited",
        ),
        (delete(Enrolment), "was completed without an enrolment"),
        (update(TrackCompletion).values(counted=[]), "was completed without module communication"),
    ):
        mine = statement.where(statement.table.c.person_id == team.ana.person_id)
        write(lambda session, mine=mine: session.execute(mine) and None)
        assert f"{who} {told}" in found_for(team.ana)
    assert found_for(team.luis) == []
    assert rows(TrackCompletion)[0][0] == 2


def test_recompute_asks_as_many_queries_for_many_as_for_few(team: Team, make: Make) -> None:
    counts = []
    for people in ([team.ana, team.luis], [make.person() for _ in range(6)]):
        for person in people:
            earn(person, *MODULES)
            write(lambda session, person=person: service.enrol(session, [person.person_id], TRACK, at=AT))
        with Counter() as counter:
            recompute()
        counts.append(counter.count)
    assert counts[0] == counts[1]


def test_recompute_mends_states_that_disagree(team: Team, heard: list[Any]) -> None:
    earn(team.ana, *MODULES)
    write(lambda session: service.enrol(session, [team.ana.person_id, team.luis.person_id], TRACK, at=AT))
    heard.clear()
    for person, wrong, right in ((team.ana, "active", "completed"), (team.luis, "completed", "active")):
        spoil = update(Enrolment).where(Enrolment.person_id == person.person_id).values(state=wrong)
        write(lambda session, spoil=spoil: session.execute(spoil) and None)
        assert recompute() == [f"track {TRACK} of person {person.person_id}, cycle 1, was {wrong} and is {right}"]
        assert state_of(person) == right
    assert heard == []


def test_a_completion_recorded_meanwhile_is_not_announced_again(team: Team, heard: list[Any]) -> None:
    earn(team.ana, *MODULES)
    write(lambda session: service.enrol(session, [team.ana.person_id], TRACK, at=AT))
    write(lambda session: session.execute(update(Enrolment).values(state="active")) and None)
    heard.clear()
    assert write(lambda session: service.refresh(session, current(session), [team.ana.person_id], at=LATER)) == 0
    assert heard == []
    assert state_of(team.ana) == "completed"


def test_nobody_to_refresh() -> None:
    assert write(lambda session: service.refresh(session, current(session), [], at=AT)) == 0


def test_a_retired_track_is_finished_as_it_was(team: Team, tmp_path: Path) -> None:
    write(lambda session: service.enrol(session, [team.ana.person_id], TRACK, at=AT))
    batch = assign(team.actor, team.id, team.luis)
    folder = tmp_path / "content"
    shutil.copytree(ROOT / "content", folder)
    for path in folder.glob(f"tracks/{TRACK}.*"):
        path.unlink()
    publish_directory(folder, at=LATER)
    earn(team.ana, *MODULES, at=LATER)
    assert write(lambda session: service.refresh(session, current(session), [team.ana.person_id], at=LATER)) == 1
    progress = queries.progress_of(reading(), current(reading()), [team.ana.person_id, team.luis.person_id])
    assert progress[team.ana.person_id, TRACK].state == "completed"
    assert progress[team.luis.person_id, TRACK].state == "active"
    reading().rollback()
    assert undo(team.actor, batch) == service.Undone(1, 1, 0)
    with pytest.raises(NotFound):
        assign(team.actor, team.id, team.ana)


def test_a_track_that_grew_does_not_raise_the_bar(team: Team, tmp_path: Path) -> None:
    write(lambda session: service.enrol(session, [team.ana.person_id], TRACK, at=AT))
    folder = tmp_path / "content"
    shutil.copytree(ROOT / "content", folder)
    path = folder / "tracks" / f"{TRACK}.yml"
    last = "  - {id: outreach, module: outreach}\n"
    grown = path.read_text(encoding="utf-8").replace(last, last + "  - {id: health, module: public-health}\n")
    assert "health" in grown
    path.write_text(grown, encoding="utf-8")
    stay = Choices("retraining", not_started="stay")
    publish_drafts(folder, read_drafts(folder), Intent(choices={("track", TRACK): stay}), at=LATER)
    write(lambda session: service.enrol(session, [team.luis.person_id], TRACK, at=LATER))
    earn(team.ana, *MODULES, at=LATER)
    earn(team.luis, *MODULES, at=LATER)
    assert len(recompute()) == 1
    assert (state_of(team.ana), state_of(team.luis)) == ("completed", "active")


class Counter:
    """Counts the statements that the writing engine runs."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> Self:
        event.listen(db.engines["write"], "before_cursor_execute", self._hear)
        return self

    def __exit__(self, *_error: object) -> None:
        event.remove(db.engines["write"], "before_cursor_execute", self._hear)

    def _hear(self, *_args: object) -> None:
        self.count += 1


def test_assigning_many_takes_as_many_statements_as_one(team: Team) -> None:
    people = crowd(team.id, [f"Worker {number}" for number in range(120)])
    assign(team.actor, team.id, team.ana)  # the process now knows the content
    with Counter() as one:
        batch = assign(team.actor, team.id, people[0])
    with Counter() as many:
        rest = assign(team.actor, team.id, *people[1:])
    assert one.count == many.count <= 25
    with Counter() as undone_one:
        undo(team.actor, batch)
    with Counter() as undone_many:
        undo(team.actor, rest)
    assert undone_one.count == undone_many.count


def test_a_double_tap_at_the_same_moment_assigns_once(content_app: Flask, team: Team, heard: list[Any]) -> None:
    key = new_client_id()
    results = race(content_app, *[lambda: assign(team.actor, team.id, team.ana, client_id=key)] * 4)
    assert len({result.batch_public_id for result in results}) == 1
    assert [result.assigned for result in results] == [1] * 4
    assert rows(Assignment)[0][0] == rows(AssignmentBatch)[0][0] == len(heard) == 1


def test_two_supervisors_at_the_same_moment_ask_each_person_once(content_app: Flask, team: Team, make: Make) -> None:
    deputy = actor_of(make.supervisor(team.id, "Deputy"))
    results = race(
        content_app,
        lambda: assign(team.actor, team.id, team.ana, team.luis),
        lambda: assign(deputy, team.id, team.luis, team.ana),
    )
    assert sorted(result.assigned for result in results) == [0, 2]
    assert rows(Assignment)[0][0] == rows(Enrolment)[0][0] == 2


def test_two_employers_at_the_same_moment_enrol_once(content_app: Flask, team: Team, make: Make) -> None:
    other = Team(make)
    make.employment(team.ana, other.id)
    earn(team.ana, *MODULES)
    results = race(
        content_app,
        lambda: assign(team.actor, team.id, team.ana),
        lambda: assign(other.actor, other.id, team.ana),
        lambda: recompute(AT),
    )
    assert [result.assigned for result in results[:2]] == [1, 1], results
    assert rows(Assignment)[0][0] == 2
    assert rows(Enrolment)[0][0] == rows(TrackCompletion)[0][0] == 1


def test_nobody_has_begun_where_nobody_is_asked_about() -> None:
    assert begun_of(reading(), TRACK, {}) == set()
    assert begun_of(reading(), "no-such", {1: AT}) == set()
