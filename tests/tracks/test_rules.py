"""Rules of tracks: which version binds, what a due date means, whom an assignment asks, when renewing opens."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from lms.tracks.rules import (
    Due,
    Missing,
    Scope,
    Work,
    as_due,
    due_fault,
    due_state,
    ease,
    is_binding,
    is_due_early,
    judge,
    missing_of,
    realistic_due,
    renewal_of,
    sort_people,
    work_of,
)
from lms.tracks.specs import TrackSpec
from tests.tracks.sample import credit, finished, hours, record, signed, track

TODAY = date(2026, 3, 5)


def test_the_version_she_began_binds_while_it_can_be_met() -> None:
    planned = [{"id": "later", "planned": True, "title": "Advocacy"}]
    assert is_binding(track("a", "b"), {"a", "b", "c"})
    assert not is_binding(track("a", "b"), {"a"})
    assert not is_binding(track("a", planned=planned), {"a"})
    assert not is_binding(track("a", sign_offs=[{"id": "field", "title": "Observed"}]), {"a"})
    assert is_binding(track("a", sign_offs=[{"id": "field", "title": "Observed", "checklist": "visit"}]), {"a"})
    assert is_binding(track("a", hours=[{"kind": "practicum", "minutes": 60, "title": "Practice"}]), {"a"})
    either = [
        {"id": "s", "choose": 1, "items": [{"id": "x", "module": "x", "accepts": ["z"]}, {"id": "y", "module": "y"}]}
    ]
    assert is_binding(track(sets=either), {"z"}), "what it accepts is taught"
    assert not is_binding(track(sets=either), {"a"})


LATE = ["2025-03-10", "2027-05-01"]


@pytest.mark.parametrize(
    ("asked", "months", "done", "expected"),
    [
        ({"from": "completion"}, 24, ["2025-03-10"], ("2026-12-10", "2027-03-10", "2027-03-10")),
        ({"from": "completion", "grace_days": 30}, 24, LATE, ("2029-01-31", "2029-05-01", "2029-05-31")),
        ({"from": "expiry", "grace_days": 60}, 24, LATE, ("2028-12-10", "2029-03-10", "2029-05-09")),
        ({"from": "expiry"}, 24, ["2025-03-10", "2027-01-15"], ("2028-12-10", "2029-03-10", "2029-03-10")),
        ({"from": "expiry"}, 12, ["2020-03-01", "2024-01-15"], ("2024-10-17", "2025-01-15", "2025-01-15")),
        ({"from": "10-31"}, 12, ["2025-03-10"], ("2026-08-02", "2026-10-31", "2026-10-31")),
        ({"from": "01-01", "window_days": 45}, 1, ["2025-11-20"], ("2025-11-17", "2026-01-01", "2026-01-01")),
        ({"from": "01-01"}, 1, ["2025-12-20"], ("2026-10-03", "2027-01-01", "2027-01-01")),
        ({"from": "completion"}, 1, ["2025-01-31"], ("2024-11-30", "2025-02-28", "2025-02-28")),
    ],
    ids=["completion", "late moves the next", "late within grace", "early", "lapsed", "Kentucky", "new in November",
         "new in late December", "a short month"],
)  # fmt: skip
def test_when_a_track_is_due_again(
    asked: dict[str, Any], months: int, done: list[str], expected: tuple[str, ...]
) -> None:
    found = renewal_of(track("a", valid_months=months, renewal=asked), [date.fromisoformat(each) for each in done])
    assert found is not None
    assert tuple(map(str, (found.opens_on, found.due_on, found.lapses_on))) == expected


def test_a_renewal_is_early_then_open_then_late_then_lapsed() -> None:
    renewing = track("a", valid_months=12, renewal={"from": "completion", "window_days": 60, "grace_days": 10})
    found = renewal_of(renewing, [date(2025, 3, 5)])
    assert found is not None
    days = {"early": -61, "open": -60, "late": 1, "lapsed": 11}
    assert {found.state(found.due_on + timedelta(days=each)) for each in days.values()} == set(days)
    assert all(found.state(found.due_on + timedelta(days=each)) == state for state, each in days.items())
    assert (found.state(found.due_on), found.state(found.lapses_on)) == ("open", "late")


def test_without_a_rule_or_a_completion_nothing_is_due_again() -> None:
    assert renewal_of(track("a", valid_months=12), [TODAY]) is None
    assert renewal_of(track("a", valid_months=12, renewal={"from": "completion"}), []) is None


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-1, "late"), (0, "due-soon"), (30, "due-soon"), (31, "on-time"), (None, "on-time")],
)
def test_what_a_due_date_means(days: int | None, expected: str) -> None:
    due = None if days is None else TODAY + timedelta(days=days)
    assert due_state(due, TODAY, None) == expected
    assert due_state(due, TODAY, TODAY) == "done"


def test_due_dates_that_cannot_be() -> None:
    assert due_fault(as_due(None), TODAY) is None
    assert due_fault(Due("date"), TODAY) == "due-missing"
    assert due_fault(Due("asked", days=5 * 366 + 1), TODAY) == "due-far"
    assert due_fault(as_due(TODAY), TODAY) is None
    assert due_fault(as_due(TODAY - timedelta(days=1)), TODAY) == "due-past"
    assert due_fault(as_due(TODAY + timedelta(days=5 * 366)), TODAY) is None
    assert due_fault(as_due(TODAY + timedelta(days=5 * 366 + 1)), TODAY) == "due-far"


def test_a_date_is_tight_when_the_days_are_fewer_than_the_work() -> None:
    assert realistic_due(3, TODAY) == TODAY + timedelta(days=3 + 7)
    assert is_due_early(TODAY + timedelta(days=1), TODAY, 3)
    assert not is_due_early(TODAY + timedelta(days=2), TODAY, 3)
    assert is_due_early(TODAY - timedelta(days=1), TODAY, 0), "it has passed"
    assert not is_due_early(None, TODAY, 3)
    assert ease(TODAY, TODAY, 3) == realistic_due(3, TODAY)
    assert ease(TODAY, TODAY, 1) == TODAY
    assert ease(None, TODAY, 3) is None


def test_work_takes_the_days_of_the_longer_of_learning_and_practice() -> None:
    assert Work().days == 0
    assert [Work(minutes).days for minutes in (1, 30, 31, 90)] == [1, 1, 2, 3]
    assert Work(0, 40 * 60).days == 7, "forty hours in the field are a working week"
    assert Work(0, 40 * 60, 1).days == 8, "an observation takes its half hour of it"
    assert Work(90, 40 * 60, 2).days == 8
    assert Work(900, 40 * 60, 2).days == 30


def missing(found: TrackSpec, *facts: Any, **more: int) -> Missing:
    """Return what is missing of a track of these modules with their minutes, to one who has these facts."""
    return missing_of(found, judge(found, record(*facts), Scope(taught=frozenset(more)), TODAY), more)


def test_the_cheapest_way_through_sets_is_what_counts() -> None:
    items = [{"id": f"i-{key}", "module": key} for key in "abc"]
    two = track(sets=[{"id": "s", "choose": 2, "items": items}])
    assert missing(two, a=90, b=30, c=60).modules == {"b": 30, "c": 60}
    assert missing(two, credit("a"), a=90, b=30, c=60).modules == {"b": 30}
    assert missing(two, credit("a"), credit("b"), a=90, b=30, c=60).modules == {}
    assert missing(two, a=90).modules == {"a": 90}, "what is not taught takes no time yet"
    ways = track(sets=[{"id": "s", "items": items[:2]}, {"id": "t", "join": "or", "items": items[2:]}])
    assert missing(ways, a=10, b=20, c=60).modules == {"a": 10, "b": 20}
    assert missing(ways, a=10, c=60).modules == {"c": 60}, "a way that cannot be met is no way"
    then = track(sets=[{"id": "s", "rule": "any", "items": items[:2]}, {"id": "t", "items": items[2:]}])
    assert missing(then, a=10, b=20, c=60).modules == {"a": 10, "c": 60}
    either = track(sets=[{"id": "s", "items": [{"id": "i", "module": "a", "accepts": ["b"]}]}])
    assert missing(either, a=10, b=5).modules == {"b": 5}


def test_hours_that_may_be_the_same_ones_are_not_counted_twice() -> None:
    def asked(**more: Any) -> dict[str, Any]:
        return {"title": "Practice", **more}

    both = {"kinds": ["practicum", "class"]}
    whole = track("a", hours=[asked(kind="practicum", minutes=600), asked(id="any", minutes=900, **both)])
    assert work_of([missing(whole, a=10)]) == Work(10, 900)
    assert work_of([missing(whole, hours(500), a=10)]) == Work(10, 400)
    apart = track("a", hours=[asked(kind="practicum", minutes=600), asked(kind="class", minutes=60)])
    assert work_of([missing(apart, hours(600), credit("a"), a=10)]) == Work(0, 60)
    skills = [asked(id=key, kind="practicum", competency=f"chw/{key}", minutes=60) for key in ("one", "two")]
    shared = track("a", hours=[*skills, asked(kind="practicum", minutes=90)])
    assert work_of([missing(shared, a=10)]) == Work(10, 120), "for one competency or for the other"
    long = track("a", hours=[*skills, asked(kind="practicum", minutes=500)])
    assert work_of([missing(long, a=10)]) == Work(10, 500)


def test_sign_offs_and_tracks_that_come_first_are_work_once() -> None:
    seen = [{"id": "seen", "title": "Seen", "checklist": "visit"}, {"id": "paper", "title": "On paper"}]
    asked = track("a", sign_offs=seen, prerequisites=["first"])
    found = missing(asked, a=30)
    assert (found.checklists, found.tracks) == (("visit",), ("first",))
    assert missing(asked, signed(), finished("first"), credit("a"), a=30) == Missing({})
    assert work_of([found, found, missing(track("a", "b"), a=30, b=15)]) == Work(45, 0, 1)


def test_people_are_sorted_by_what_the_organization_asked_itself() -> None:
    sorting = sort_people([4, 1, 2, 3, 1], asked={2, 3}, finished={3, 4})
    assert sorting.new == (4, 1), "4 finished elsewhere, and is asked anew"
    assert (sorting.already, sorting.finished) == ((2,), (3,))
