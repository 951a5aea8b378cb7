"""Rules of tracks: which version binds, what a due date means, whom an assignment asks, when renewing opens."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from lms.tracks.rules import (
    due_fault,
    due_state,
    is_binding,
    is_due_tight,
    realistic_due,
    renewal_of,
    sort_people,
)
from tests.tracks.sample import track

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
    assert due_fault(None, TODAY) is None
    assert due_fault(TODAY, TODAY) is None
    assert due_fault(TODAY - timedelta(days=1), TODAY) == "due-past"
    assert due_fault(TODAY + timedelta(days=5 * 366), TODAY) is None
    assert due_fault(TODAY + timedelta(days=5 * 366 + 1), TODAY) == "due-far"


def test_a_date_is_tight_when_the_days_are_fewer_than_the_work() -> None:
    assert realistic_due(90, TODAY) == TODAY + timedelta(days=3 + 7)
    assert realistic_due(91, TODAY) == TODAY + timedelta(days=4 + 7)
    assert is_due_tight(TODAY + timedelta(days=1), TODAY, 90)
    assert not is_due_tight(TODAY + timedelta(days=2), TODAY, 90)
    assert not is_due_tight(None, TODAY, 90)
    assert not is_due_tight(realistic_due(900, TODAY), TODAY, 900)


def test_people_are_sorted_by_what_the_organization_asked_itself() -> None:
    sorting = sort_people([4, 1, 2, 3, 1], asked={2, 3}, finished={3, 4})
    assert sorting.new == (4, 1), "4 finished elsewhere: this organization does not learn it from a preview"
    assert (sorting.already, sorting.finished) == ((2,), (3,))
