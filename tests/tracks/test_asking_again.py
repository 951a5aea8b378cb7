"""Standing rules ask for renewals: once in each cycle and spell, due when what was completed is, on both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.clock import local_date
from lms.config import Config
from lms.db import reading, write
from lms.ids import new_client_id
from lms.tracks import jobs, service
from lms.tracks.models import Assignment, AssignmentBatch, RuleRenewal
from lms.tracks.rules import Asked, Due, NextCycle, RulePlan, list_lapsing
from lms.tracks.service import ruling
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.racing import look_together, race
from tests.tracks.conftest import MODULES, actor_of, earn, learn, read_lesson
from tests.tracks.sample import INSTEAD, REFRESHER, YEARLY, publish_tracks
from tests.tracks.test_renewing import EARLY, KEY, OPEN, cycles
from tests.tracks.test_service import rows
from tests.tracks.test_standing import Team, retitle, run

#: What was completed on 5 March 2026 is due on 5 March 2027.
DUE = date(2027, 3, 5)


@pytest.fixture(autouse=True)
def _content(content_app: Flask) -> None:
    """Every test here runs on the real content, with three tracks more."""
    publish_tracks(YEARLY, INSTEAD, REFRESHER)


@pytest.fixture
def team(make: Make) -> Team:
    """Return a CBO whose two health workers completed the track on 5 March 2026."""
    team = Team(make)
    earn(team.ana, *MODULES)
    earn(team.luis, *MODULES)
    return team


def stand(team: Team, *, key: str = KEY, renewals: bool = True, due: Due | None = None) -> str:
    """Make a rule for health workers, and return its public id."""
    said = service.Statement(team.id, key, team.says("CHW").criteria, due or Due(), renewals)
    ids = service.plan_statement(reading(), team.actor, said, at=AT).new
    reading().rollback()
    form = new_client_id()
    done = write(lambda s: service.make_rule(s, team.actor, said, expected=ids, client_id=form, at=AT))
    return done.rule_public_id


def asks(person: MadePerson) -> list[tuple[int, date | None, bool]]:
    """Return the cycles that a person is or was asked for, each with its date and whether it stands."""
    columns = (Assignment.cycle, Assignment.due_on, Assignment.undone_at)
    found = select(*columns).where(Assignment.person_id == person.person_id).order_by(Assignment.id)
    told = [(row.cycle, row.due_on, row.undone_at is None) for row in reading().execute(found)]
    reading().rollback()
    return told


def undo_last(team: Team, at: datetime) -> None:
    """Let the supervisor take back the newest act of assigning."""
    batch = reading().scalars(select(AssignmentBatch.public_id).order_by(AssignmentBatch.id.desc())).first() or ""
    reading().rollback()
    write(lambda session: service.undo_batch(session, actor_of(team.boss, at=at), batch, at=at))


def test_a_rule_asks_for_the_renewal_once_it_opens(team: Team) -> None:
    rule = stand(team, due=Due("asked", days=30, eased=True))
    assert run(rule, EARLY) == RulePlan()
    assert run(rule, OPEN).again == (team.ana.person_id, team.luis.person_id)
    assert asks(team.ana) == [(1, date(2026, 4, 4), True), (2, DUE, True)]
    assert cycles(team.ana) == [(1, "completed"), (2, "active")]
    last = rows(AssignmentBatch, "due_kind", "rule_version")[-1]
    assert tuple(last) == ("renewal", 1)
    assert run(rule, OPEN + timedelta(days=10)) == RulePlan()
    assert len(rows(RuleRenewal, "id")) == 2


def test_a_rule_that_does_not_ask_for_renewals_never_does(team: Team) -> None:
    rule = stand(team, renewals=False)
    assert run(rule, OPEN) == RulePlan()
    said = service.Statement(team.id, KEY, team.says("CHW").criteria, Due(), renewals=True)
    look = service.plan_change(reading(), team.actor, rule, said, at=OPEN)
    assert look.plan.again == (team.ana.person_id, team.luis.person_id)
    assert set(look.dates.due_of.values()) == {DUE}
    reading().rollback()
    key, mark = new_client_id(), look.plan.mark
    done = write(lambda s: service.change_rule(s, team.actor, rule, said, version=1, mark=mark, client_id=key, at=OPEN))
    assert done.plan == look.plan


def test_who_is_late_gets_the_first_comfortable_date(team: Team) -> None:
    rule = stand(team)
    late = datetime(2027, 4, 1, 20, tzinfo=UTC)
    run(rule, late)
    ((_, _, _), (cycle, due_on, _)) = asks(team.ana)
    assert cycle == 2 and due_on is not None and due_on > date(2027, 4, 1)


def test_what_was_taken_back_by_hand_is_not_asked_again_in_that_cycle(team: Team) -> None:
    rule = stand(team)
    run(rule, OPEN)
    undo_last(team, OPEN + timedelta(hours=1))
    assert cycles(team.ana) == [(1, "completed"), (2, "withdrawn")]
    ids = (team.ana.person_id, team.luis.person_id)
    for days in (1, 2, 90):
        assert run(rule, OPEN + timedelta(days=days)) == RulePlan(waived=ids)
    retitle(team.ana, "Driver")
    assert run(rule, OPEN + timedelta(days=91)).kept == (team.ana.person_id,), "done is done"
    retitle(team.ana, "CHW")
    assert run(rule, OPEN + timedelta(days=92)).new == (team.ana.person_id,), "she fits anew"
    assert asks(team.ana)[-1][0] == 2


def test_the_next_cycle_is_asked_for_in_its_time(team: Team) -> None:
    rule = stand(team)
    run(rule, OPEN)
    learn(team.ana, *MODULES, at=OPEN + timedelta(hours=1))
    assert cycles(team.ana)[-1] == (2, "completed")
    assert run(rule, OPEN + timedelta(days=200)) == RulePlan()
    assert run(rule, OPEN + timedelta(days=330)).again == (team.ana.person_id,)
    assert asks(team.ana)[-1][:2] == (3, date(2028, 1, 4))


def test_who_no_longer_fits_keeps_what_is_done_and_loses_a_renewal_not_begun(team: Team) -> None:
    rule = stand(team)
    run(rule, OPEN)
    read_lesson(team.luis, MODULES[0], at=OPEN + timedelta(hours=1))
    retitle(team.ana, "Driver")
    retitle(team.luis, "Driver")
    plan = run(rule, OPEN + timedelta(days=1))
    assert (plan.back, plan.kept) == ((team.ana.person_id,), (team.luis.person_id,))
    assert [each[::2] for each in asks(team.ana)] == [(1, True), (2, False)], "what she finished stays asked"
    assert cycles(team.ana) == [(1, "completed"), (2, "withdrawn")]
    assert cycles(team.luis) == [(1, "completed"), (2, "active")]


def test_an_ended_rule_asks_for_no_renewal_and_takes_none_back(team: Team) -> None:
    rule = stand(team)
    run(rule, OPEN)
    write(lambda session: service.end_rule(session, team.actor, rule, at=OPEN))
    retitle(team.ana, "Driver")
    assert run(rule, OPEN + timedelta(days=1)) == RulePlan()
    assert asks(team.ana)[-1][2]


def test_who_renews_by_herself_is_asked_for_that_cycle_with_its_date(team: Team) -> None:
    rule = stand(team)
    write(lambda s: service.open_cycle(s, actor_of(team.ana, at=OPEN), team.ana.person_id, KEY, at=OPEN))
    assert run(rule, OPEN + timedelta(hours=1)).again == (team.ana.person_id, team.luis.person_id)
    assert asks(team.ana)[-1] == (2, DUE, True)


def test_who_was_asked_by_hand_is_not_asked_by_the_rule(team: Team) -> None:
    rule = stand(team)
    ids, form = [team.ana.person_id], new_client_id()
    boss = actor_of(team.boss, at=OPEN)
    write(lambda s: service.assign(s, boss, team.id, KEY, ids, due_on=None, client_id=form, at=OPEN))
    assert run(rule, OPEN).again == (team.luis.person_id,)
    undo_last(team, OPEN + timedelta(hours=1))
    assert run(rule, OPEN + timedelta(days=1)).waived == (team.luis.person_id,)


def test_whom_somebody_let_go_is_asked_for_no_renewal(team: Team) -> None:
    rule = stand(team)
    undo_last(team, AT + timedelta(hours=1))
    assert run(rule, OPEN) == RulePlan(waived=(team.ana.person_id, team.luis.person_id))


def test_a_rule_that_is_made_in_the_window_asks_as_assigning_does(team: Team, make: Make) -> None:
    first = stand(team)
    write(lambda session: service.end_rule(session, team.actor, first, at=AT))
    boss = actor_of(team.boss, at=OPEN)
    ids = [team.ana.person_id, team.luis.person_id]
    wanted = [Asked(each, team.id) for each in ids]
    shown = service.sort_rows(reading(), KEY, wanted, local_date(OPEN))
    assert shown.new == tuple(wanted)
    assert shown.renewals == dict.fromkeys(ids, NextCycle(2, DUE))
    since = dict.fromkeys(wanted, local_date(AT))
    late = service.foresee(reading(), KEY, Due("date", DUE + timedelta(days=1)), shown, since, at=OPEN)
    assert late.lapsing == dict.fromkeys(wanted, DUE), "the day comes after what they finished runs out"
    assert service.foresee(reading(), KEY, Due("date", DUE), shown, since, at=OPEN).lapsing == {}
    reading().rollback()
    said, form = service.Statement(team.id, KEY, team.says("CHW").criteria, Due(), renewals=True), new_client_id()
    made = write(lambda s: service.make_rule(s, boss, said, expected=ids, client_id=form, at=OPEN))
    assert made.plan.new == tuple(ids)
    assert asks(team.ana)[-1] == (2, DUE, True)
    undo_last(team, OPEN + timedelta(hours=1))
    assert run(made.rule_public_id, OPEN + timedelta(days=1)).waived == tuple(ids)


def test_a_track_that_another_one_renews_is_asked_for_again(team: Team) -> None:
    rule = stand(team, key="instead")
    later = datetime(2027, 1, 4, 20, tzinfo=UTC)
    assert run(rule, later).again == (team.ana.person_id, team.luis.person_id)
    assert cycles(team.ana, "refresher") == [(1, "active")]


def test_the_job_counts_renewals(team: Team, content_app: Flask) -> None:
    config: Config = content_app.config["LMS"]
    stand(team)
    assert jobs.reconcile(config, at=OPEN) == "2 asked, 0 taken back"
    assert jobs.reconcile(config, at=OPEN) == ""


def test_two_processes_ask_for_a_renewal_once(
    team: Team, content_app: Flask, monkeypatch: pytest.MonkeyPatch, heard: list[Any]
) -> None:
    rule = stand(team)
    heard.clear()
    look_together(monkeypatch, (ruling, "compare"))

    def act() -> Any:
        return write(lambda session: service.reconcile_rule(session, rule, at=OPEN)).plan.again

    assert sorted(map(len, race(content_app, act, act))) == [0, 2]
    assert len([subject for fact in heard for subject in fact.subjects]) == 2
    assert len(rows(RuleRenewal, "id")) == 2


def test_a_renewal_that_is_noted_is_not_asked_for_twice(team: Team, heard: list[Any]) -> None:
    """The row decides, not the look: whoever wrote it first has asked."""
    rule = stand(team)
    noted = {"member_id": 1, "cycle": 2, "asked_at": OPEN}
    first = reading().scalars(select(ruling.RuleMember.id).order_by(ruling.RuleMember.id)).first()
    reading().rollback()
    write(lambda s: s.add(RuleRenewal(**noted | {"member_id": first})))
    heard.clear()
    write(lambda session: service.reconcile_rule(session, rule, at=OPEN))
    assert [each.person_id for fact in heard for each in fact.subjects] == [team.luis.person_id]


def test_whose_date_is_after_what_she_finished_runs_out() -> None:
    today = date(2027, 1, 4)
    renewals = {number: NextCycle(2, DUE) for number in (1, 2, 3)} | {4: NextCycle(2, date(2027, 1, 3))}
    dates = {1: DUE, 2: DUE + timedelta(days=1), 3: None, 4: date(2027, 6, 1)}
    assert list_lapsing(dates, renewals, today) == (2,)


class Oracle:
    """What must be true of one person: which cycles she completed, is on, and is asked for, and why."""

    def __init__(self) -> None:
        self.fits, self.member, self.begun, self.active = True, False, False, False
        self.done: list[date] = []
        #: Cycle: whether that put her on it.
        self.asked: dict[int, bool] = {}
        self.spell: set[int] = set()

    def target(self, today: date) -> int:
        """Return the cycle that she would be asked for."""
        is_open = bool(self.done) and today >= _a_year_after(self.done[-1]) - timedelta(days=60)
        return max(1, len(self.done) + (self.active or is_open))

    def ask(self, cycle: int) -> None:
        """Let the rule ask for a cycle."""
        is_new = not self.active and cycle > len(self.done)
        self.asked[cycle], self.active = is_new, self.active or is_new
        self.spell.add(cycle)

    def compare(self, today: date) -> None:
        """Do what comparing the rule does."""
        cycle, latest = self.target(today), max(self.asked, default=0)
        is_open = bool(self.done) and today >= _a_year_after(self.done[-1]) - timedelta(days=60)
        if self.fits and not self.member:
            self.member, self.spell = True, set()
            if latest < cycle:
                self.ask(cycle)
        elif self.fits and latest and is_open and latest < cycle and cycle not in self.spell:
            self.ask(cycle)
        elif not self.fits and self.member:
            self.member = False
            if latest > len(self.done) and not self.begun:
                self.active = self.active and not self.asked.pop(latest)

    def undo(self) -> None:
        """Do what taking back the last act does."""
        cycle = max(self.asked)
        opened = self.asked.pop(cycle)
        if cycle > len(self.done) and opened and not self.begun:
            self.active = False

    def finish(self, today: date) -> None:
        """Complete the cycle."""
        self.done.append(today)
        self.begun = self.active = False


def _a_year_after(day: date) -> date:
    return day.replace(year=day.year + 1)


ACTS = st.lists(st.sampled_from(("turn", "undo", "read", "learn", "wait", "wait", "compare", "compare")), max_size=14)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(acts=ACTS)
@example(acts=["learn", "wait", "wait", "wait", "compare", "undo", "compare", "turn", "compare", "turn", "compare"])
@example(acts=["learn", "wait", "wait", "wait", "compare", "read", "turn", "compare", "learn", "turn", "compare"])
@example(
    acts=["learn", "wait", "wait", "wait", "turn", "compare", "turn", "compare", "turn", "compare", "wait", "compare"]
)
def test_any_order_of_acts_asks_as_the_oracle_says(acts: list[str], make: Make) -> None:
    team, at, oracle = Team(make), AT, Oracle()
    retitle(team.luis, "Driver")
    rule = stand(team)
    oracle.compare(local_date(at))
    for act in acts:
        at += timedelta(days=110) if act == "wait" else timedelta(hours=1)
        today = local_date(at)
        if act == "turn":
            oracle.fits = not oracle.fits
            retitle(team.ana, "CHW" if oracle.fits else "Driver")
        elif act == "read" and oracle.active and not oracle.begun:
            oracle.begun = True
            read_lesson(team.ana, MODULES[0], at=at)
        elif act == "learn" and oracle.active and not oracle.begun:
            learn(team.ana, *MODULES, at=at)
            oracle.finish(today)
        elif act == "undo" and oracle.asked:
            _undo(team, max(oracle.asked), at)
            oracle.undo()
        elif act == "compare":
            write(lambda session, at=at: service.reconcile_rule(session, rule, at=at))  # type: ignore[misc]
            oracle.compare(today)
        standing = {cycle for cycle, _, stands in asks(team.ana) if stands}
        assert standing == set(oracle.asked), (acts, act)
        states = [state for _, state in cycles(team.ana)]
        assert ("active" in states) == oracle.active, (acts, act)
        assert states.count("completed") == len(oracle.done)


def _undo(team: Team, cycle: int, at: datetime) -> None:
    mine = (Assignment.person_id == team.ana.person_id, Assignment.cycle == cycle, Assignment.undone_at.is_(None))
    found = select(AssignmentBatch.public_id).join(Assignment, Assignment.batch_id == AssignmentBatch.id).where(*mine)
    batch = reading().scalars(found).one()
    reading().rollback()
    write(lambda session: service.undo_batch(session, actor_of(team.boss, at=at), batch, at=at))
