"""Planning, places, attendance and closing on both engines, with the races that they must win."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, update

from lms.content.library import current
from lms.courses.models import LessonProgress, ModuleCompletion
from lms.courses.specs import ModuleSpec
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.fieldwork import queries
from lms.fieldwork.events import FieldworkCredited, PlaceGiven, SessionCancelled, SessionChanged
from lms.fieldwork.models import (
    AttendanceEntry,
    CalendarFeed,
    ClassCredit,
    Cohort,
    CohortMember,
    CohortOrganization,
    GroupSession,
    SessionTeacher,
    SignUp,
)
from lms.fieldwork.queries.calendars import find_own_feed
from lms.fieldwork.rules.attendance import Stay
from lms.fieldwork.rules.facts import CreditedMinutes
from lms.fieldwork.service import attendance, calendars, closing, cohorts, holding, sessions, sign_ups
from lms.ids import new_client_id
from lms.organizations.models import Supervision
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.fieldwork.classes import AFTER, DAY, LATER, PLAN, Classes, actions, clock, hearing, placed, rows
from tests.organizations.conftest import actor_of
from tests.racing import look_together, outcomes, race


@pytest.fixture(autouse=True)
def _content(content_app: Flask) -> None:
    """Every test here runs on the published content."""


@pytest.fixture
def classes(make: Make) -> Classes:
    """Return a trainer and workers."""
    return Classes(make)


def refused(act: Any) -> str:
    """Return the code of the rule that says no, or "missing"."""
    with pytest.raises((RuleBroken, NotFound)) as caught:
        act()
    return getattr(caught.value, "code", "missing")


# Planning


def test_a_trainer_plans_and_a_second_tap_changes_nothing(classes: Classes) -> None:
    key = new_client_id()
    first = classes.plan(classes.trainer, client_id=key)
    assert classes.plan(classes.trainer, client_id=key) == first
    assert refused(lambda: classes.plan(client_id=key, title="Other")) == "sent-before"
    row = classes.row(first)
    assert (row.starts_at, row.ends_at, row.state, row.revision) == (clock(9), clock(12), "planned", 0)
    assert rows(SessionTeacher.person_id) == [classes.trainer.person_id]
    assert actions() == ["session_planned"]


def test_a_supervisor_plans_for_her_organization_only(classes: Classes, make: Make) -> None:
    boss, other = actor_of(classes.boss), make.organization()
    assert classes.plan(actor=boss, organization_id=classes.hope)
    assert refused(lambda: classes.plan(actor=boss, organization_id=other)) == "missing"
    assert refused(lambda: classes.plan(actor=boss)) == "missing"
    assert refused(lambda: classes.plan(actor=actor_of(classes.ana))) == "missing"
    write(lambda s: s.execute(update(Supervision).values(ended_on=date(2026, 3, 1))) and None)
    assert refused(lambda: classes.plan(actor=boss, organization_id=classes.hope)) == "missing", "since today"


@pytest.mark.parametrize(
    "change",
    [
        {"module_key": "nothing"},
        {"track_key": "nothing"},
        {"competencies": ("outreach",)},
        {"competencies": ("nothing/outreach",)},
        {"competencies": ("chw-core/nothing",)},
        {"cohort_id": 77},
    ],
)
def test_what_is_not_there_cannot_be_planned(classes: Classes, change: dict[str, Any]) -> None:
    assert refused(lambda: classes.plan(**change)) == "missing"
    assert rows(GroupSession.id) == []


def change(classes: Classes, public_id: str, *teachers: MadePerson, seen: int = 0, **changes: Any) -> None:
    """Change a session."""
    plan, ids, actor = replace(PLAN, **changes), [each.person_id for each in teachers], classes.teaching
    write(lambda s: sessions.change_session(s, actor, public_id, plan, ids, seen=seen, at=LATER))


def test_a_change_is_told_to_those_who_come(classes: Classes) -> None:
    group = classes.plan()
    classes.sign_up(group, classes.ana)
    with hearing() as facts:
        change(classes, group, place="Elsewhere 2")
        change(classes, group, place="Elsewhere 2", seen=1), "the same again is no change"
        change(classes, group, classes.trainer, place="Elsewhere 2", capacity=12, seen=1)
    (fact,) = facts
    assert fact == SessionChanged(classes.id_of(group), 1, (classes.ana.person_id,), LATER)
    assert (classes.row(group).revision, classes.row(group).capacity) == (2, 12)
    assert refused(lambda: change(classes, group, title="Stale", seen=1)) == "changed-meanwhile"


def test_what_cannot_be_changed(classes: Classes, make: Make) -> None:
    group = classes.plan(capacity=2)
    classes.sign_up(group, classes.ana)
    classes.sign_up(group, classes.luis)
    assert refused(lambda: change(classes, group, capacity=1)) == "capacity-below"
    assert refused(lambda: change(classes, group, classes.ana)) == "teacher-comes"
    assert refused(lambda: change(classes, group, organization_id=classes.hope)) == "missing"
    assert refused(lambda: change(classes, group, module_key="nothing")) == "missing"
    other = actor_of(make.supervisor(make.organization()))
    stranger = lambda: write(lambda s: sessions.change_session(s, other, group, PLAN, [], seen=0, at=AT))  # noqa: E731
    assert refused(stranger) == "missing"
    write(lambda s: sessions.cancel_session(s, classes.teaching, group, reason="Rain", at=AT))
    assert refused(lambda: change(classes, group, capacity=5, seen=1)) == "session-cancelled"


def test_a_module_that_was_retired_may_stay(classes: Classes) -> None:
    group = classes.plan(module_key="outreach")
    write(lambda s: s.execute(update(GroupSession).values(module_key="gone", competencies=["gone/x"])) and None)
    change(classes, group, module_key="gone", competencies=("gone/x",), title="New")
    assert classes.row(group).title == "New"


def test_more_places_bring_people_up_from_the_waiting_list(classes: Classes) -> None:
    group = classes.plan(capacity=1)
    classes.sign_up(group, classes.ana)
    assert classes.sign_up(group, classes.luis).waiting == (classes.luis.person_id,)
    with hearing() as facts:
        change(classes, group, capacity=2)
    assert facts == [PlaceGiven(classes.id_of(group), (classes.luis.person_id,), LATER)]
    assert placed() == [classes.ana.person_id, classes.luis.person_id]


def test_cancelling_tells_everybody_once(classes: Classes) -> None:
    group = classes.plan(capacity=1)
    for person in (classes.ana, classes.luis):
        classes.sign_up(group, person)
    cancel = lambda reason="Rain": write(  # noqa: E731
        lambda s: sessions.cancel_session(s, classes.teaching, group, reason=reason, at=LATER)
    )
    assert refused(lambda: cancel(" ")) == "reason-missing"
    with hearing() as facts:
        people = cancel()
        assert cancel() == ()
    assert people == tuple(sorted((classes.ana.person_id, classes.luis.person_id)))
    assert facts == [SessionCancelled(classes.id_of(group), people, LATER)]
    assert (classes.row(group).state, classes.row(group).reason, classes.row(group).revision) == (
        "cancelled",
        "Rain",
        1,
    )
    assert refused(lambda: classes.sign_up(group, classes.ana)) == "session-cancelled"
    assert refused(lambda: classes.mark(group, classes.ana)) == "session-cancelled"
    held = classes.plan()
    classes.mark(held, classes.ana)
    late = lambda: write(lambda s: sessions.cancel_session(s, classes.teaching, held, reason="x", at=AFTER))  # noqa: E731
    assert refused(late) == "session-held"


# Places


def test_who_may_come(classes: Classes, make: Make) -> None:
    stranger, other = make.person(), make.organization()
    inside = classes.plan(organization_id=classes.hope, is_open=False)
    assert classes.sign_up(inside, classes.ana).placed == (classes.ana.person_id,)
    assert refused(lambda: classes.sign_up(inside, stranger)) == "missing"
    assert classes.sign_up(classes.plan(organization_id=classes.hope), stranger).placed
    boss = actor_of(classes.boss)
    assert classes.sign_up(inside, classes.luis, actor=boss).placed == (classes.luis.person_id,)
    assert refused(lambda: classes.sign_up(inside, stranger, actor=boss)) == "missing"
    elsewhere = classes.plan(organization_id=other, is_open=False)
    assert refused(lambda: classes.sign_up(elsewhere, classes.luis, actor=boss)) == "missing"
    assert refused(lambda: classes.sign_up("nothing", classes.ana)) == "missing"
    assert refused(lambda: classes.sign_up(inside, classes.ana, language="fr")) == "missing"
    taught = classes.plan(classes.ana)
    assert refused(lambda: classes.sign_up(taught, classes.ana)) == "teacher-comes"
    assert refused(lambda: classes.sign_up(taught, classes.luis, at=clock(9))) == "session-begun"


def test_places_and_waiting_and_moving_up(classes: Classes, make: Make) -> None:
    third = make.person("Third")
    group = classes.plan(capacity=1)
    assert classes.sign_up(group, classes.ana).placed
    for person in (classes.luis, third):
        assert classes.sign_up(group, person).waiting
    again = classes.sign_up(group, classes.luis, language="es")
    assert (again.known, again.waiting) == ((classes.luis.person_id,), (classes.luis.person_id,))
    assert rows(SignUp.language) == ["en", "es", "en"]
    with hearing() as facts:
        assert classes.leave(group, classes.ana) == 1
        assert classes.leave(group, classes.ana) == 0
    assert facts == [PlaceGiven(classes.id_of(group), (classes.luis.person_id,), AT)]
    assert classes.sign_up(group, classes.ana).waiting, "behind the third one"
    classes.leave(group, classes.luis)
    assert placed() == [third.person_id]
    assert refused(lambda: classes.leave(group, third, at=clock(9))) == "session-begun"


def test_who_needs_an_interpreter_waits_for_one(classes: Classes) -> None:
    group = classes.plan(capacity=2)
    assert classes.sign_up(group, classes.ana, language="to", needs_interpreter=True).waiting
    assert classes.sign_up(group, classes.luis).placed, "there is room, and nobody else can follow"
    with hearing() as facts:
        change(classes, group, capacity=2, interpreters=("to",))
    assert facts == [PlaceGiven(classes.id_of(group), (classes.ana.person_id,), LATER)]


def test_whoever_keeps_the_list_or_supervises_may_take_somebody_off(classes: Classes, make: Make) -> None:
    group = classes.plan()
    classes.sign_up(group, classes.ana)
    classes.sign_up(group, classes.luis)
    assert refused(lambda: classes.leave(group, classes.luis, actor=actor_of(classes.ana))) == "missing"
    assert classes.leave(group, classes.luis, actor=actor_of(classes.boss)) == 1
    assert classes.leave(group, classes.ana, actor=classes.teaching) == 1


def test_thirty_people_at_once_get_ten_places(classes: Classes, app_of: Flask) -> None:
    group = classes.plan(capacity=10)
    people = [classes.make.person(f"Crowd {n:02d}") for n in range(30)]
    actors = {person.person_id: actor_of(person) for person in people}
    acts = [lambda each=each: classes.sign_up(group, each, actor=actors[each.person_id]) for each in people]
    assert outcomes(race(app_of, *acts)) == ["done"] * 30
    assert len(placed()) == 10
    assert len(rows(SignUp.id)) == 30


def test_two_who_take_the_last_place_at_once(classes: Classes, app_of: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    group = classes.plan(capacity=1)
    ana, luis = actor_of(classes.ana), actor_of(classes.luis)
    look_together(monkeypatch, (sign_ups, "teachers_of"))
    done = race(
        app_of,
        lambda: classes.sign_up(group, classes.ana, actor=ana),
        lambda: classes.sign_up(group, classes.luis, actor=luis),
    )
    assert outcomes(done) == ["done", "done"]
    assert len(placed()) == 1


@pytest.fixture
def app_of(content_app: Flask) -> Flask:
    """Return the application, for races."""
    return content_app


# "I am here"


def arrive(classes: Classes, group: str, person: MadePerson, *, at: Any, stamp: str | None = None) -> bool:
    """Let a person press the button after scanning."""
    actor, code = actor_of(person), stamp or classes.row(group).stamp
    return write(lambda s: attendance.arrive(s, actor, group, stamp=code, at=at))


def depart(group: str, person: MadePerson, *, at: Any) -> bool:
    """Let a person press the button when she leaves."""
    actor = actor_of(person)
    return write(lambda s: attendance.depart(s, actor, group, at=at))


def entries() -> list[Any]:
    """Return person, number, stays and way of every entry."""
    return rows(AttendanceEntry.person_id, AttendanceEntry.number, AttendanceEntry.stays, AttendanceEntry.way)


def test_she_is_there_once_however_often_she_presses(classes: Classes) -> None:
    group = classes.plan()
    assert arrive(classes, group, classes.ana, at=clock(9, 12)) is True
    assert arrive(classes, group, classes.ana, at=clock(9, 13)) is False
    assert depart(group, classes.ana, at=clock(10)) is True
    assert depart(group, classes.ana, at=clock(10, 1)) is False
    assert arrive(classes, group, classes.ana, at=clock(11)) is True
    first, back = [clock(9, 12).isoformat(), clock(10).isoformat()], [clock(11).isoformat(), None]
    me = classes.ana.person_id
    assert entries() == [
        (me, 1, [[clock(9, 12).isoformat(), None]], "code"),
        (me, 2, [first], "code"),
        (me, 3, [first, back], "code"),
    ]
    assert classes.row(group).state == "held"
    assert depart(group, classes.ana, at=clock(12, 1)) is False, "it lasts until the end anyway"
    assert depart(group, classes.luis, at=clock(10)) is False


def test_two_taps_at_the_same_moment_are_one(classes: Classes, app_of: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    group = classes.plan()
    actor, stamp = actor_of(classes.ana), classes.row(group).stamp
    look_together(monkeypatch, (attendance, "latest_entries"))
    tap = lambda: write(lambda s: attendance.arrive(s, actor, group, stamp=stamp, at=clock(9)))  # noqa: E731
    assert sorted(race(app_of, tap, tap)) == [False, True]
    assert len(entries()) == 1


def test_when_the_code_takes_nobody_in(classes: Classes) -> None:
    group = classes.plan(organization_id=classes.hope)
    assert refused(lambda: arrive(classes, group, classes.ana, at=clock(8, 29))) == "too-early"
    assert refused(lambda: arrive(classes, group, classes.ana, at=clock(12, 1))) == "over"
    old = classes.row(group).stamp
    write(lambda s: sessions.renew_code(s, classes.teaching, group, at=AT))
    assert refused(lambda: arrive(classes, group, classes.ana, at=clock(9), stamp=old)) == "code-old"
    assert refused(lambda: arrive(classes, group, classes.boss, at=clock(9))) == "not-yourself"
    assert arrive(classes, group, classes.ana, at=clock(8, 30))
    for minute in range(5):
        depart(group, classes.ana, at=clock(9, 2 * minute + 1))
        arrive(classes, group, classes.ana, at=clock(9, 2 * minute + 2))
    depart(group, classes.ana, at=clock(11))
    assert refused(lambda: arrive(classes, group, classes.ana, at=clock(11, 1))) == "stays-many"


# The list


def test_the_list_notes_people_once(classes: Classes) -> None:
    group = classes.plan()
    classes.sign_up(group, classes.ana)
    assert classes.mark(group, classes.ana, classes.luis) == (classes.ana.person_id, classes.luis.person_id)
    assert classes.mark(group, classes.ana, stays=(Stay(clock(10)),)) == ()
    assert len(entries()) == 2
    paper = classes.make.person("Paper")
    classes.make.employment(paper, classes.hope)
    classes.mark(group, paper, way="sheet", sheet="20260314-ABCDEF")
    assert rows(AttendanceEntry.sheet)[-1] == "20260314-ABCDEF"


def test_nobody_marks_herself(classes: Classes, make: Make) -> None:
    group = classes.plan(classes.trainer, organization_id=classes.hope)
    boss = actor_of(classes.boss)
    assert refused(lambda: classes.mark(group, classes.boss, actor=boss)) == "not-yourself"
    assert refused(lambda: classes.mark(group, classes.trainer, actor=boss)) == "teacher-comes"
    assert refused(lambda: classes.mark(group, classes.trainer)) == "not-yourself"
    assert refused(lambda: classes.correct(group, classes.boss, Stay(clock(9)), seen=0, actor=boss)) == "not-yourself"
    assert entries() == []
    classes.mark(group, classes.boss), "another person may"
    assert len(entries()) == 1


def test_what_the_list_refuses(classes: Classes, make: Make) -> None:
    group = classes.plan(organization_id=classes.hope)
    stranger, boss = make.person(), actor_of(classes.boss)
    make.employment(stranger, make.organization())
    assert refused(lambda: classes.mark(group)) == "nobody-chosen"
    assert refused(lambda: classes.mark(group, classes.ana, stays=())) == "stay-missing"
    assert refused(lambda: classes.mark(group, classes.ana, at=clock(8))) == "too-early"
    assert refused(lambda: classes.mark(group, classes.ana, stays=(Stay(clock(9), clock(8)),))) == "stay-backwards"
    assert refused(lambda: classes.mark(group, stranger, actor=boss)) == "missing"
    assert refused(lambda: classes.mark(group, classes.ana, actor=actor_of(classes.luis))) == "missing"
    assert classes.mark(group, stranger) == (stranger.person_id,), "a trainer finds everybody"
    write(lambda s: s.execute(update(Supervision).values(ended_on=date(2026, 3, 1))) and None)
    assert refused(lambda: classes.mark(group, classes.ana, actor=boss)) == "missing", "since today"


def test_somebody_who_teaches_keeps_the_list_without_a_role(classes: Classes) -> None:
    group = classes.plan(classes.luis)
    classes.sign_up(group, classes.ana)
    assert classes.mark(group, classes.ana, actor=actor_of(classes.luis)) == (classes.ana.person_id,)


def test_corrections_are_added_and_say_why(classes: Classes) -> None:
    group = classes.plan()
    assert classes.correct(group, classes.ana, seen=0) is False, "she was not there, and nothing says so"
    assert classes.correct(group, classes.ana, Stay(clock(9), clock(10)), seen=0, reason="") is True
    again = (Stay(clock(9), clock(11)),)
    assert refused(lambda: classes.correct(group, classes.ana, *again, seen=0)) == "changed-meanwhile"
    assert refused(lambda: classes.correct(group, classes.ana, *again, seen=1, reason=" ")) == "reason-missing"
    assert classes.correct(group, classes.ana, *again, seen=1) is True
    assert classes.correct(group, classes.ana, *again, seen=1) is False, "a second tap"
    assert classes.correct(group, classes.ana, seen=2) is True
    assert [(number, len(stays), way) for _, number, stays, way in entries()] == [
        (1, 1, "list"),
        (2, 1, "correction"),
        (3, 0, "correction"),
    ]
    assert classes.mark(group, classes.ana) == (classes.ana.person_id,), "she was there after all"


def test_entries_are_never_changed(classes: Classes) -> None:
    classes.mark(classes.plan(), classes.ana)
    for statement in (update(AttendanceEntry).values(way="code"), delete(AttendanceEntry)):
        with pytest.raises(Exception, match="never changed or deleted"):
            write(lambda s, statement=statement: s.execute(statement) and None)  # type: ignore[misc]


# What counts


def credited() -> list[CreditedMinutes]:
    """Return the minutes that count of everybody."""
    found = queries.credited_minutes(reading(), None)
    reading().rollback()
    return found


def test_closing_does_exactly_what_was_shown(classes: Classes) -> None:
    group = classes.plan()
    classes.mark(group, classes.ana, stays=(Stay(clock(9), clock(11, 24)),))
    classes.mark(group, classes.luis, stays=(Stay(clock(9), clock(9, 30)), Stay(clock(11))))
    shown = classes.preview(group)
    assert [(line.person_id, line.present_minutes, line.credited_minutes, line.is_full) for line in shown.lines] == [
        (classes.ana.person_id, 144, 180, True),
        (classes.luis.person_id, 90, 90, False),
    ]
    assert credited() == []
    classes.correct(group, classes.luis, Stay(clock(9)), seen=1)
    assert refused(lambda: classes.close(group, fingerprint=shown.fingerprint)) == "changed-meanwhile"
    assert refused(lambda: classes.close(group, at=clock(11))) == "session-not-over"
    assert refused(lambda: classes.close(group, actor=actor_of(classes.ana))) == "missing"
    with hearing() as facts:
        assert classes.close(group) is True
        assert classes.close(group) is False, "a second tap"
    people = tuple(sorted((classes.ana.person_id, classes.luis.person_id)))
    assert facts == [FieldworkCredited(people, AFTER)]
    assert credited() == [
        CreditedMinutes(person, "class", ("chw-core/outreach",), 180, DAY, AFTER) for person in people
    ]
    assert queries.credited_minutes(reading(), [classes.luis.person_id]) == credited()[1:]
    assert refused(lambda: classes.mark(group, classes.ana)) == "session-closed"
    assert refused(lambda: arrive(classes, group, classes.ana, at=clock(11))) == "session-closed"


def test_a_session_to_which_nobody_came_closes_quietly(classes: Classes) -> None:
    group = classes.plan()
    classes.mark(group, classes.ana)
    classes.correct(group, classes.ana, seen=1)
    with hearing() as facts:
        assert classes.close(group)
    assert (facts, credited(), rows(ClassCredit.id)) == ([], [], [])
    for act in (
        lambda s: sessions.cancel_session(s, classes.teaching, "nothing", reason="x", at=AT),
        lambda s: closing.preview_closing(s, 0, at=AFTER),
    ):
        assert refused(lambda act=act: write(act)) == "missing"  # type: ignore[misc]


def test_two_who_close_at_once_close_it_once(classes: Classes, app_of: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    group = classes.plan()
    classes.mark(group, classes.ana)
    seen, one = classes.preview(group).fingerprint, classes.teaching
    two = actor_of(classes.make.person(roles=("trainer",)), "trainer")
    look_together(monkeypatch, (holding, "keeps"))
    with hearing() as facts:
        done = race(
            app_of,
            lambda: classes.close(group, actor=one, fingerprint=seen),
            lambda: classes.close(group, actor=two, fingerprint=seen),
        )
    assert sorted(done) == [False, True]
    assert len(facts) == len(rows(ClassCredit.id)) == 1


def test_opening_again_takes_the_minutes_back_until_it_is_closed_anew(classes: Classes) -> None:
    group = classes.plan(organization_id=classes.hope)
    classes.mark(group, classes.ana)
    classes.close(group)
    assert refused(lambda: classes.reopen(group, actor=actor_of(classes.boss))) == "missing"
    assert refused(lambda: classes.reopen(group, reason=" ")) == "reason-missing"
    classes.reopen(group)
    assert refused(lambda: classes.reopen(group)) == "session-open"
    assert (credited(), classes.row(group).state, classes.row(group).reason) == ([], "held", "Why")
    classes.correct(group, classes.ana, Stay(clock(9), clock(10)), seen=1)
    classes.close(group, at=AFTER + timedelta(hours=1))
    assert [each.minutes for each in credited()] == [60]
    assert rows(ClassCredit.credited_minutes, ClassCredit.withdrawn_at) == [(180, AFTER), (60, None)]
    for column in ({"credited_minutes": 999}, {"withdrawn_at": AT}):
        with pytest.raises(Exception, match="never changed or deleted"):
            write(lambda s, column=column: s.execute(update(ClassCredit).values(**column)) and None)  # type: ignore[misc]


def test_a_part_made_up_elsewhere_makes_it_whole(classes: Classes) -> None:
    first = classes.plan(module_key="outreach", finishes_lessons=True)
    other = classes.plan(module_key="communication", day=DAY - timedelta(days=1))
    second = classes.plan(module_key="outreach", day=DAY + timedelta(days=7))
    classes.mark(first, classes.ana, stays=(Stay(clock(9), clock(10, 40)),))
    before = DAY - timedelta(days=1)
    classes.mark(other, classes.ana, stays=(Stay(clock(9, day=before), clock(12, day=before)),))
    later = clock(13, day=DAY + timedelta(days=7))
    part = (Stay(clock(9, day=DAY + timedelta(days=7)), clock(10, day=DAY + timedelta(days=7))),)
    make_up = lambda which: classes.correct(second, classes.ana, *part, seen=0, makes_up=which, at=later)  # noqa: E731
    assert refused(lambda: make_up(first)) == "makes-up-what", "it is not closed yet"
    classes.close(first)
    classes.close(other)
    assert rows(LessonProgress.id) == []
    assert refused(lambda: make_up(other)) == "makes-up-what"
    assert make_up(first)
    assert not make_up(first)
    (line,) = classes.preview(second).lines
    assert (line.towards_id, line.present_minutes, line.credited_minutes) == (classes.id_of(first), 60, 80)
    classes.close(second, at=later)
    assert sorted(each.minutes for each in credited()) == [80, 100, 180]
    assert set(rows(LessonProgress.module_key)) == {"outreach"}
    classes.reopen(first, at=later)
    assert sorted(each.minutes for each in credited()) == [60, 180], "what was made up stands alone"
    classes.correct(first, classes.ana, Stay(clock(9), clock(12)), seen=1, at=later)
    (elsewhere,) = classes.preview(first).elsewhere
    assert (elsewhere.credited_minutes, elsewhere.is_full) == (0, True)
    classes.close(first, at=later)
    assert sorted(each.minutes for each in credited()) == [180, 180]


def test_those_who_were_there_have_finished_the_lessons(classes: Classes) -> None:
    group = classes.plan(module_key="outreach", finishes_lessons=True, language="es")
    classes.mark(group, classes.ana)
    classes.mark(group, classes.luis, stays=(Stay(clock(9), clock(10)),))
    classes.close(group)
    lessons = current(reading()).spec(ModuleSpec, "module", "outreach").lessons
    found = rows(LessonProgress.person_id, LessonProgress.lesson_key, LessonProgress.shown_language)
    assert found == [(classes.ana.person_id, each.key, "es") for each in lessons]
    assert rows(ModuleCompletion.id) == [], "the quiz stays her own"
    classes.reopen(group)
    classes.close(group)
    assert len(rows(LessonProgress.id)) == len(lessons)


def test_a_part_is_made_up_in_another_session_of_the_cohort(classes: Classes) -> None:
    cohort(classes)
    (number,) = rows(Cohort.id)
    first, second = classes.plan(cohort_id=number), classes.plan(cohort_id=number, day=DAY + timedelta(days=1))
    classes.mark(first, classes.ana, stays=(Stay(clock(9), clock(10)),))
    classes.close(first)
    day = DAY + timedelta(days=1)
    part, later = Stay(clock(9, day=day), clock(11, day=day)), clock(13, day=day)
    assert classes.correct(second, classes.ana, part, seen=0, makes_up=first, at=later)
    classes.close(second, at=later)
    assert [each.minutes for each in credited()] == [60, 120]


# Cohorts


def cohort(classes: Classes, *invited: int, actor: Any = None, name: str = "Spring", **more: Any) -> str:
    """Make a cohort."""
    who, told = actor or classes.teaching, {"organization_id": None, "client_id": new_client_id(), "at": AT, **more}
    return write(lambda s: cohorts.add_cohort(s, who, name, invited=invited, **told))


def join(person: MadePerson, public_id: str) -> int:
    """Let a person join a cohort."""
    actor, asked = actor_of(person), {"language": "en", "needs_interpreter": False, "at": AT}
    return write(lambda s: cohorts.join_cohort(s, actor, public_id, **asked))


def test_a_cohort_is_joined_and_left_as_a_whole(classes: Classes, make: Make) -> None:
    found = cohort(classes, classes.hope)
    number = rows(Cohort.id)[0]
    first = classes.plan(cohort_id=number)
    classes.plan(cohort_id=number, day=DAY + timedelta(days=7), capacity=1)
    assert join(classes.ana, found) == 2
    assert join(classes.luis, found) == 2
    assert join(classes.luis, found) == 2, "twice is once"
    assert len(rows(SignUp.id)) == 4
    assert len(placed()) == 3
    assert rows(CohortMember.person_id) == [classes.ana.person_id, classes.luis.person_id]
    stranger = make.person()
    assert refused(lambda: join(stranger, found)) == "missing"
    assert refused(lambda: classes.sign_up(first, stranger)) == "missing"
    assert refused(lambda: join(classes.ana, "nothing")) == "missing"
    leave = lambda: write(lambda s: cohorts.leave_cohort(s, actor_of(classes.ana), found, at=LATER))  # noqa: E731
    assert [leave(), leave()] == [2, 0]
    assert placed() == [classes.luis.person_id] * 2
    assert rows(CohortMember.left_at) == [LATER, None]
    classes.mark(first, stranger) if make.employment(stranger, make.organization()) else None
    assert rows(CohortMember.person_id)[-1] == stranger.person_id, "who comes belongs to it"


def test_who_makes_cohorts(classes: Classes, make: Make) -> None:
    boss, other, key = actor_of(classes.boss), make.organization(), new_client_id()
    mine = cohort(classes, classes.hope, actor=boss, organization_id=classes.hope, client_id=key)
    assert cohort(classes, actor=boss, organization_id=classes.hope, client_id=key) == mine
    assert refused(lambda: cohort(classes, actor=boss, name="Else", client_id=key)) == "sent-before"
    assert refused(lambda: cohort(classes, other, actor=boss, organization_id=classes.hope)) == "missing"
    assert refused(lambda: cohort(classes, actor=boss, organization_id=other)) == "missing"
    assert refused(lambda: cohort(classes, actor=boss)) == "missing"
    assert refused(lambda: cohort(classes, name=" ")) == "name-missing"
    assert refused(lambda: cohort(classes, module_key="nothing")) == "missing"
    assert len(rows(CohortOrganization.id)) == 1
    number = rows(Cohort.id)[0]
    assert classes.plan(actor=boss, organization_id=classes.hope, cohort_id=number)
    assert join(classes.ana, cohort(classes, track_key="first-steps")) == 0, "open to everybody, nothing planned"
    write(lambda s: s.execute(update(Supervision).values(ended_on=date(2026, 3, 1))) and None)
    assert refused(lambda: cohort(classes, actor=boss, organization_id=classes.hope)) == "missing"
    theirs = classes.plan(organization_id=classes.hope, is_open=False)
    assert refused(lambda: classes.sign_up(theirs, classes.luis, actor=boss)) == "missing"


# Calendars


def test_a_calendar_has_one_address_until_it_is_renewed_or_withdrawn(classes: Classes) -> None:
    ana = actor_of(classes.ana)

    def act(service: Any) -> str | None:
        write(lambda s: service(s, ana, at=AT))
        found = find_own_feed(reading(), classes.ana.person_id)
        reading().rollback()
        return found.public_id if found else None

    first = act(calendars.open_feed)
    assert first is not None
    assert act(calendars.open_feed) == first
    second = act(calendars.renew_feed)
    assert second not in (None, first)
    assert [act(calendars.withdraw_feed), act(calendars.withdraw_feed)] == [None, None]
    assert [each is None for each in rows(CalendarFeed.withdrawn_at)] == [False, False]
    assert actions() == ["calendar_opened", "calendar_withdrawn"] * 2
