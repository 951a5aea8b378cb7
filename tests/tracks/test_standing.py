"""Standing rules: asked once in each spell, taken back while nothing was done, the same whoever runs them when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from lms.audit.models import AuditEvent
from lms.config import Config
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.organizations.models import Employment, EmploymentTerms
from lms.organizations.rules import Criteria, criteria_json, criteria_of
from lms.organizations.service import change_team, end_team, make_team
from lms.tracks import jobs, queries, service
from lms.tracks.models import Assignment, AssignmentBatch, AssignmentRule, Enrolment, RuleMember
from lms.tracks.rules import Asking, Due, RulePlan, plan_rule
from lms.tracks.service import Statement, ruling
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.organizations.conftest import crowd
from tests.racing import look_together, race
from tests.tracks.conftest import MODULES, actor_of, earn, read_lesson
from tests.tracks.test_service import TRACK, actions, rows, state_of

TODAY = date(2026, 3, 5)
LATER = AT + timedelta(days=1)


@pytest.fixture(autouse=True)
def _content(content_app: Flask) -> None:
    """Every test here runs on the published content."""


class Team:
    """A CBO with a supervisor, two health workers and a driver."""

    def __init__(self, make: Make) -> None:
        self.id = make.organization()
        self.boss = make.supervisor(self.id, "Boss")
        self.ana, self.luis, self.dan = (make.person(name) for name in ("Ana", "Luis", "Dan"))
        for person, title in ((self.ana, "CHW"), (self.luis, "CHW"), (self.dan, "Driver")):
            make.employment(person, self.id, title=title)
        self.actor = actor_of(self.boss)

    def says(self, *titles: str, track: str = TRACK, due: Due | None = None) -> Statement:
        """Return a rule for job titles."""
        return Statement(self.id, track, Criteria(titles=titles), due or Due())

    def make(self, *titles: str, expected: Any = None, key: str = "", **more: Any) -> service.Reconciled:
        """Make a rule, expecting what its plan says."""
        said = self.says(*titles, **more)
        plan = service.plan_statement(reading(), self.actor, said, at=AT)
        ids = plan.new if expected is None else [each.person_id for each in expected]
        key = key or new_client_id()
        return write(lambda s: service.make_rule(s, self.actor, said, expected=ids, client_id=key, at=AT))


@pytest.fixture
def team(make: Make) -> Team:
    """Return a CBO with staff."""
    return Team(make)


def retitle(person: MadePerson, title: str) -> None:
    """Give a person another job title from the first day of her spell on."""
    spell = select(Employment.id).where(Employment.person_id == person.person_id).scalar_subquery()
    terms = update(EmploymentTerms).where(EmploymentTerms.employment_id == spell).values(title=title)
    write(lambda session: session.execute(terms) and None)


def run(rule: str, at: Any = LATER) -> RulePlan:
    """Compare a rule with who works there; what it said it would do is what it does."""
    said = service.plan_reconciling(reading(), rule, at=at)
    done = write(lambda session: service.reconcile_rule(session, rule, at=at)).plan
    assert done == said, "the plan is what is done"
    again = write(lambda session: service.reconcile_rule(session, rule, at=at)).plan
    assert again in (RulePlan(), RulePlan(waived=done.waived)), "twice changes nothing"
    return done


def asked() -> list[int]:
    """Return who is asked now, in the order of ids."""
    return sorted(row.person_id for row in rows(Assignment, "person_id", "undone_at") if row.undone_at is None)


def test_a_rule_asks_whom_it_means_and_says_so(team: Team, heard: list[Any]) -> None:
    done = team.make("CHW", due=Due("asked", days=30, eased=True))
    assert done.plan == RulePlan(new=(team.ana.person_id, team.luis.person_id))
    assert asked() == sorted(done.plan.new)
    (batch,) = rows(AssignmentBatch, "rule_id", "due_kind", "due_days", "made_by")
    assert tuple(batch) == (rows(AssignmentRule, "id")[0].id, "asked", 30, team.boss.account_id)
    assert {row.due_on for row in rows(Assignment, "due_on")} == {TODAY + timedelta(days=30)}
    assert len(heard) == 1
    assert actions() == ["tracks.rule_made", "tracks.assigned"]
    reasons = queries.reasons_of(reading(), team.ana.person_id)
    assert reasons == {(team.id, TRACK, 1): {"titles": ["CHW"]}}
    assert criteria_of(reasons[team.id, TRACK, 1]) == Criteria(titles=("CHW",))


def test_the_same_form_makes_one_rule(team: Team) -> None:
    key = new_client_id()
    first = team.make("CHW", key=key)
    assert team.make("CHW", key=key, expected=[]) == service.Reconciled(first.rule_public_id, RulePlan())
    with pytest.raises(RuleBroken, match="sent-before"):
        team.make("Driver", key=key)
    assert len(rows(AssignmentRule, "id")) == 1


def test_a_rule_is_refused_when_the_look_is_old_or_the_date_cannot_be(team: Team, make: Make) -> None:
    with pytest.raises(RuleBroken, match="changed"):
        team.make("CHW", expected=[team.ana])
    with pytest.raises(RuleBroken, match="due-past"):
        team.make("CHW", due=Due("date", TODAY - timedelta(days=1)))
    with pytest.raises(NotFound):
        team.make("CHW", track="no-such")
    stranger = actor_of(make.supervisor(make.organization()))
    with pytest.raises(NotFound):
        service.plan_statement(reading(), stranger, team.says("CHW"), at=AT)
    with pytest.raises(NotFound):
        write(lambda s: service.make_rule(s, stranger, team.says("CHW"), expected=[], client_id=new_client_id(), at=AT))
    theirs = Statement(team.id, TRACK, Criteria(teams=("t" * 20,)), Due())
    with pytest.raises(NotFound):
        write(lambda s: service.make_rule(s, team.actor, theirs, expected=[], client_id=new_client_id(), at=AT))
    assert rows(AssignmentRule, "id") == []


def test_whoever_comes_later_is_asked_and_whoever_changes_is_let_go(team: Team, make: Make) -> None:
    rule = team.make("CHW").rule_public_id
    new = make.person("New")
    make.employment(new, team.id, title="CHW")
    assert run(rule).new == (new.person_id,)
    read_lesson(team.luis, MODULES[0], at=LATER)
    retitle(team.ana, "Driver")
    retitle(team.luis, "Driver")
    plan = run(rule, LATER + timedelta(days=1))
    assert (plan.back, plan.kept) == ((team.ana.person_id,), (team.luis.person_id,))
    assert asked() == [team.luis.person_id, new.person_id]
    assert state_of(team.ana) == "withdrawn"
    assert state_of(team.luis) == "active"
    assert actions()[-1] == "tracks.rule_took_back"
    retitle(team.ana, "CHW")
    retitle(team.luis, "CHW")
    plan = run(rule, LATER + timedelta(days=2))
    assert (plan.new, plan.already) == ((team.ana.person_id,), (team.luis.person_id,)), "she fits anew"


def test_what_a_person_took_back_is_not_asked_again_until_she_fits_anew(team: Team) -> None:
    rule = team.make("CHW").rule_public_id
    (batch,) = rows(AssignmentBatch, "public_id")
    write(lambda session: service.undo_batch(session, team.actor, batch.public_id, at=AT))
    for days in range(3):
        plan = run(rule, AT + timedelta(days=days))
        assert plan == RulePlan(waived=(team.ana.person_id, team.luis.person_id))
    assert asked() == []
    retitle(team.ana, "Driver")
    assert run(rule).freed == (team.ana.person_id,)
    retitle(team.ana, "CHW")
    assert run(rule).new == (team.ana.person_id,)


def test_who_left_keeps_what_was_asked_and_nobody_touches_it(team: Team) -> None:
    rule = team.make("CHW").rule_public_id
    gone = update(Employment).where(Employment.person_id == team.ana.person_id).values(ended_on=TODAY)
    write(lambda session: session.execute(gone) and None)
    assert run(rule).left == (team.ana.person_id,)
    assert team.ana.person_id in asked()


def test_who_has_finished_before_is_asked_and_has_finished(team: Team) -> None:
    earn(team.ana, *MODULES, at=AT - timedelta(days=9))
    rule = team.make("CHW").rule_public_id
    assert state_of(team.ana) == "completed"
    retitle(team.ana, "Driver")
    assert run(rule).kept == (team.ana.person_id,), "done is done"


def test_ending_a_rule_asks_nobody_more(team: Team, make: Make) -> None:
    rule = team.make("CHW").rule_public_id
    stranger = actor_of(make.supervisor(make.organization()))
    for act in (service.end_rule, lambda s, a, r, at: service.reconcile_rule(s, r, at=at, actor=a)):
        with pytest.raises(NotFound):
            write(lambda session, act=act: act(session, stranger, rule, at=AT))
    assert write(lambda session: service.end_rule(session, team.actor, rule, at=AT))
    assert not write(lambda session: service.end_rule(session, team.actor, rule, at=AT))
    make.employment(make.person("New"), team.id, title="CHW")
    assert run(rule) == RulePlan()
    assert len(asked()) == 2
    assert queries.list_standing(reading()) == []
    for act in (service.undo_batch, end_team, service.end_rule):
        with pytest.raises(NotFound):
            write(lambda session, act=act: act(session, team.actor, "no-such", at=AT))
    with pytest.raises(NotFound):
        service.plan_reconciling(reading(), "no-such", at=AT)


def test_the_job_compares_every_rule(team: Team, make: Make, content_app: Flask) -> None:
    config: Config = content_app.config["LMS"]
    team.make("CHW")
    team.make("Driver")
    assert jobs.reconcile(config, at=LATER) == ""
    make.employment(make.person("New"), team.id, title="Driver")
    retitle(team.ana, "Lead")
    assert jobs.reconcile(config, at=LATER) == "1 asked, 1 taken back"
    assert jobs.reconcile(config, at=LATER) == ""
    (*_before, last) = [row.actor_account_id for row in rows(AuditEvent, "actor_account_id")]
    assert last is None, "the program acts by itself"


def test_a_rule_that_cannot_be_compared_keeps_no_other(team: Team, make: Make, content_app: Flask) -> None:
    team.make("CHW")
    team.make("Driver")
    new = make.person("New")
    make.employment(new, team.id, title="Driver")
    first = select(func.min(AssignmentRule.id)).scalar_subquery()
    broken = update(AssignmentRule).where(AssignmentRule.id == first).values(criteria={"since": "no day"})
    write(lambda s: s.execute(broken) and None)
    with pytest.raises(ValueError, match="no day"):
        jobs.reconcile(content_app.config["LMS"], at=LATER)
    assert state_of(new) == "active", "the second rule asked her"


def test_a_team_that_ended_means_nobody(team: Team, make: Make) -> None:
    key = new_client_id()
    north = write(lambda s: make_team(s, team.actor, team.id, "North", client_id=key, at=AT))
    said = Statement(team.id, TRACK, Criteria(teams=(north,)), Due())
    rule = write(
        lambda s: service.make_rule(s, team.actor, said, expected=[], client_id=new_client_id(), at=AT)
    ).rule_public_id
    for _ in range(2):
        write(lambda s: end_team(s, team.actor, north, at=AT))
    every = [row.action for row in rows(AuditEvent, "action")]
    assert every.count("organizations.team_ended") == 1, "a second tap finds it done"
    with pytest.raises(NotFound):
        write(lambda s: change_team(s, team.actor, north, "South", employments=(), shown=(), at=AT))
    assert run(rule) == RulePlan()


def test_two_processes_ask_once(
    team: Team, make: Make, content_app: Flask, monkeypatch: pytest.MonkeyPatch, heard: list[Any]
) -> None:
    rule = team.make("CHW").rule_public_id
    new = make.person("New")
    make.employment(new, team.id, title="CHW")
    heard.clear()
    look_together(monkeypatch, (ruling, "compare"))

    def act() -> Any:
        return write(lambda session: service.reconcile_rule(session, rule, at=LATER)).plan.new

    assert sorted(race(content_app, act, act)) == [(), (new.person_id,)]
    assert len([subject for fact in heard for subject in fact.subjects]) == 1
    assert len(rows(RuleMember, "id")) == 3


def test_the_statements_do_not_grow_with_people(make: Make, team: Team) -> None:
    people = crowd(team.id, [f"Worker {n:03}" for n in range(300)])
    done = team.make("Promotora")
    assert set(done.plan.new) == {each.person_id for each in people}
    assert len(rows(Enrolment, "id")) == 300


def test_criteria_are_kept_as_json() -> None:
    whole = Criteria(("A", "B"), (1, 6), ("es",), ("contractor",), ("t",), date(2026, 1, 1), 90)
    assert criteria_of(criteria_json(whole)) == whole
    assert criteria_json(Criteria()) == {}


def test_a_plan_is_made_of_plain_values() -> None:
    asking = Asking(staff=(1, 2, 3, 4, 5, 6), asked=(2, 3, 5), by_rule=(4, 5), finished=(3,), begun=(5,))
    plan = plan_rule((1, 2, 3, 9), (9, 4, 5, 6, 7), asking)
    assert plan == RulePlan((1,), (2,), (3,), (4,), (5,), (7,), (6,), (9,))
    assert plan.joining == (1, 2, 3)
    assert plan.leaving == (4, 5, 7, 6)


class Oracle:
    """What must be true of one person: whether she fits, is a member, has begun, and who asks her ("" for nobody)."""

    def __init__(self) -> None:
        self.title, self.member, self.begun, self.asked = "CHW", False, False, ""

    def compare(self, titles: tuple[str, ...]) -> None:
        """Do what comparing a rule for these job titles does."""
        fits = self.title in titles
        if fits and not self.member:
            self.member, self.asked = True, self.asked or "rule"
        elif not fits and self.member:
            self.member = False
            self.asked = "" if self.asked == "rule" and not self.begun else self.asked


ACTS = st.lists(
    st.tuples(st.sampled_from(("turn", "undo", "learn", "compare", "assign", "reword")), st.integers(0, 1)), max_size=9
)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(acts=ACTS)
def test_any_order_of_acts_leaves_what_the_oracle_says(acts: list[tuple[str, int]], make: Make) -> None:
    team = Team(make)
    rule, people, at = team.make("CHW").rule_public_id, (team.ana, team.luis), AT
    known, titles = (Oracle(), Oracle()), ("CHW",)
    for each in known:
        each.compare(titles)
    for act, number in acts:
        at, person, oracle = at + timedelta(hours=1), people[number], known[number]
        if act == "turn":
            oracle.title = "Lead" if oracle.title == "CHW" else "CHW"
            retitle(person, oracle.title)
        elif act == "learn":
            oracle.begun = True
            read_lesson(person, MODULES[0], at=at)
        elif act == "assign":
            by_hand(team, person, at)
            oracle.asked = oracle.asked or "hand"
        elif act == "undo":
            undo_all(team, person, at)
            oracle.asked = ""
        else:
            if act == "reword":
                titles = ("CHW", "Lead") if titles == ("CHW",) else ("CHW",)
                reword(team, rule, *titles, at=at)
            else:
                write(lambda session, at=at: service.reconcile_rule(session, rule, at=at))
            for each in known:
                each.compare(titles)
        assert {row.person_id for row in open_rows(team)} == {
            each.person_id for each, told in zip(people, known, strict=True) if told.asked
        }, acts


def reword(team: Team, rule: str, *titles: str, at: Any = LATER, version: int = 0, **more: Any) -> service.Reconciled:
    """Let a rule mean other job titles; what it shows before is what it does."""
    said = replace(team.says(*titles), **more)
    key = new_client_id()
    look = service.plan_change(reading(), team.actor, rule, said, at=at)
    now = version or queries.get_rule(reading(), AssignmentRule.id > 0, rule).version
    reading().rollback()
    done = write(
        lambda s: service.change_rule(s, team.actor, rule, said, version=now, mark=look.plan.mark, client_id=key, at=at)
    )
    assert done.plan == look.plan
    return done


def open_rows(team: Team) -> list[Any]:
    """Return what a team's organization asks and nobody took back."""
    standing = (Assignment.undone_at.is_(None), Assignment.organization_id == team.id)
    found = reading().execute(select(Assignment.person_id).where(*standing)).all()
    reading().rollback()
    return list(found)


def by_hand(team: Team, person: MadePerson, at: Any) -> None:
    """Let the supervisor ask a person herself, unless she is asked already."""
    ids, key = [person.person_id], new_client_id()
    write(lambda s: service.assign(s, team.actor, team.id, TRACK, ids, due_on=None, client_id=key, at=at))


def undo_all(team: Team, person: MadePerson, at: Any) -> None:
    """Let the supervisor take back every act that asks a person, for her alone."""
    mine = update(Assignment).where(Assignment.person_id == person.person_id, Assignment.undone_at.is_(None))
    write(lambda session: session.execute(mine.values(undone_at=at)) and None)
