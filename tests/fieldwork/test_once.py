"""An hour of the clock counts once: against an oracle that ticks off every minute, and on both databases."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.db import reading
from lms.fieldwork import queries
from lms.fieldwork.rules import CreditedMinutes, Spent, Visit, count_once
from lms.fieldwork.rules.attendance import Stay
from lms.fieldwork.rules.hours import MOST_A_DAY, Sheet
from lms.fieldwork.rules.once import intervals_of
from lms.fieldwork.rules.overlaps import Timed, unsure
from tests.factories import Make, sign_in
from tests.fieldwork.classes import AFTER, DAY, Classes, clock
from tests.fieldwork.hours_story import Team, make_team
from tests.home.conftest import counted

ZONE = ZoneInfo("America/Los_Angeles")
TODAY = date(2026, 3, 8)  # clocks are set forward at two


def fact(minutes: int, order: int = 0, *, person: int = 1, day: date = TODAY) -> CreditedMinutes:
    at = datetime(2026, 4, 1, tzinfo=UTC) + timedelta(hours=order)
    return CreditedMinutes(person, "practicum", (), minutes, day, at)


def local(minute: int, day: date = TODAY) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), ZONE).astimezone(UTC)


def hours(begins: int, ends: int, minutes: int | None = None, order: int = 0, **more: object) -> Spent:
    return Spent(fact(minutes or ends - begins, order, **more), clock=(begins, ends))  # type: ignore[arg-type]


def visit(begins: int, ends: int, *stays: tuple[int, int], minutes: int | None = None, order: int = 0) -> Spent:
    there = tuple(Stay(local(a), local(b)) for a, b in stays or [(begins, ends)])
    return Spent(fact(minutes or ends - begins, order), visit=Visit(there, local(begins), local(ends)))


def minutes(*spent: Spent) -> list[int]:
    """Return what counts of each, in the order of crediting; nothing for what is cut whole."""
    return [each.minutes for each in count_once(spent, ZONE)]


@pytest.mark.parametrize(
    ("spent", "counts"),
    [
        ((visit(540, 720), visit(540, 720, order=1)), [180]),
        ((visit(540, 720, (540, 600), minutes=60), visit(540, 720, (600, 720), minutes=120, order=1)), [60, 120]),
        ((visit(540, 720, (540, 700)), visit(700, 760, order=1)), [180, 40]),
        ((visit(540, 720), hours(700, 780, order=1)), [180, 60]),
        ((hours(700, 780), visit(540, 720, order=1)), [80, 160]),
        ((hours(540, 720, 120), hours(660, 780, order=1)), [120, 60]),
        ((hours(540, 600), hours(540, 720, 120, order=1)), [60, 120]),
        ((hours(540, 720), Spent(fact(180, 1))), [180, 180]),
        ((hours(540, 720), hours(540, 720, order=1, person=2)), [180, 180]),
        ((hours(540, 720), hours(540, 720, order=1, day=TODAY + timedelta(days=1))), [180, 180]),
        ((hours(540, 720), hours(720, 780, order=1)), [180, 60]),
    ],
)
def test_what_overlaps_counts_once(spent: tuple[Spent, ...], counts: list[int]) -> None:
    assert minutes(*spent) == counts


def test_the_credit_beyond_the_time_in_the_room_is_taken_from_the_rest_of_the_session() -> None:
    half = visit(540, 720, (600, 660), minutes=120)
    assert intervals_of(half, ZONE) == [
        (int(local(540).timestamp()), int(local(600).timestamp())),
        (int(local(600).timestamp()), int(local(660).timestamp())),
    ]
    open_end = Spent(fact(60), visit=Visit((Stay(local(660)),), local(540), local(720)))
    assert intervals_of(open_end, ZONE) == [(int(local(660).timestamp()), int(local(720).timestamp()))]


def test_a_time_that_clocks_skip_takes_nothing() -> None:
    assert intervals_of(hours(120, 180), ZONE) == []
    assert minutes(hours(120, 180), hours(60, 240, 120, order=1)) == [60, 120]


@st.composite
def _spent(draw: st.DrawFn) -> Spent:
    begins = draw(st.integers(0, 1300))
    ends = draw(st.integers(begins + 15, min(begins + 400, 1439)))
    made = fact(
        draw(st.integers(15, ends - begins)),
        draw(st.integers(0, 30)),
        person=draw(st.integers(1, 2)),
        day=date(2026, 7, draw(st.integers(1, 3))),
    )
    kind = draw(st.sampled_from(["clock", "visit", "none"]))
    if kind == "none":
        return Spent(made)
    if kind == "clock":
        return Spent(made, clock=(begins, ends))
    came = draw(st.integers(begins, ends - 1))
    stay = Stay(local(came, made.done_on), local(draw(st.integers(came, ends)), made.done_on))
    return Spent(made, visit=Visit((stay,), local(begins, made.done_on), local(ends, made.done_on)))


def oracle(spent: list[Spent]) -> list[int]:
    """Return what counts of each in their order, by ticking off every minute of every person."""
    ticked: dict[int, set[int]] = defaultdict(set)
    room: dict[tuple[int, date], int] = defaultdict(lambda: MOST_A_DAY)
    found = []
    for each in spent:
        own, ours = each.fact, set()
        if each.clock:
            ours = {int(local(minute, own.done_on).timestamp()) // 60 for minute in range(*each.clock)}
        if each.visit:
            first, last = (int(at.timestamp()) // 60 for at in (each.visit.starts_at, each.visit.ends_at))
            for stay in each.visit.stays:
                assert stay.ended_at
                ours |= set(range(int(stay.began_at.timestamp()) // 60, int(stay.ended_at.timestamp()) // 60))
            rest = [minute for minute in range(first, last) if minute not in ours]
            ours |= set(rest[: max(0, own.minutes - len(ours))])
        doubled = len(ours & ticked[own.person_id])
        ticked[own.person_id] |= ours
        left = own.minutes - max(0, doubled - max(0, len(ours) - own.minutes))
        left = min(left, room[own.person_id, own.done_on])
        room[own.person_id, own.done_on] -= left
        found += [left] if left else []
    return found


@given(st.lists(_spent(), max_size=12))
def test_the_oracle_that_ticks_every_minute_agrees(spent: list[Spent]) -> None:
    order = sorted(spent, key=lambda each: (each.fact.person_id, each.fact.done_on, each.fact.credited_at))
    assert minutes(*spent) == oracle(order)


def test_what_may_overlap_is_on_one_day_of_one_person() -> None:
    def timed(entry_id: int, begins: int | None, person: int = 1, day: date = TODAY) -> Timed:
        return Timed(entry_id, person, day, begins, None if begins is None else begins + 60)

    other = TODAY - timedelta(days=1)
    alone = [timed(1, None), timed(2, None, person=2), timed(3, None, day=other)]
    assert unsure(alone) == frozenset()
    assert unsure([*alone, timed(4, 60)]) == {1, 4}
    assert unsure([timed(5, 60), timed(6, 300)]) == frozenset()


# On both databases


@pytest.fixture
def classes(make: Make, content_app: Flask) -> Classes:
    return Classes(make)


def counting(person_id: int) -> list[int]:
    """Return the minutes that count of a person."""
    found = [each.minutes for each in queries.credited_minutes(reading(), [person_id])]
    reading().rollback()
    return found


def test_two_sessions_at_once_count_once(classes: Classes) -> None:
    one, two = classes.plan(), classes.plan()
    for group in (one, two):
        classes.mark(group, classes.ana)
        classes.mark(group, classes.luis, stays=(Stay(clock(9), clock(10)),))
    classes.correct(two, classes.luis, Stay(clock(10), clock(11)), seen=1)
    classes.close(one)
    classes.close(two, at=AFTER + timedelta(hours=1))
    assert counting(classes.ana.person_id) == [180]
    assert counting(classes.luis.person_id) == [60, 60], "the entry that holds is the latest"
    assert sum(each.minutes for each in queries.ever_credited(reading(), [classes.ana.person_id])) == 360
    classes.reopen(one)
    assert counting(classes.ana.person_id) == [180], "the other session counts now"


def test_hours_during_a_class_count_once_and_cost_one_query(classes: Classes, content_app: Flask) -> None:
    team: Team = make_team(classes.make)
    group = classes.plan()
    classes.mark(group, team.ana)
    classes.close(group)
    late = AFTER + timedelta(hours=3)
    for begins, ends in ((11 * 60, 13 * 60), (None, None)):
        made = team.enter(at=late, done_on=DAY, begins=begins, ends=ends)
        team.countersign(made, at=late)
    with counted() as statements:
        assert sorted(counting(team.ana.person_id)) == [60, 120, 180]
    assert len(statements) == 1


def test_who_countersigns_sees_that_there_is_more_without_times(make: Make, content_app: Flask) -> None:
    team = make_team(make)
    sheet: Sheet = team.sheet()
    assert sheet.begins is None
    team.enter()
    page = team_page(content_app, team)
    assert "More on this day" not in page
    team.enter(begins=540, ends=660)
    assert team_page(content_app, team).count("More on this day, and not all with times") == 2


def team_page(app: Flask, team: Team) -> str:
    """Return what waits for the supervisor."""
    return sign_in(app.test_client(), team.boss).get("/team/hours").get_data(as_text=True)
