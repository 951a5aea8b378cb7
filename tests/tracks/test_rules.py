"""Rules of tracks: what counts, what comes next, when a track is met, what a due date means."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from lms.tracks.rules import (
    Credit,
    Due,
    as_due,
    best_credits,
    due_fault,
    due_state,
    find_met,
    is_binding,
    is_due_early,
    progress_in,
    realistic_due,
    sort_people,
)
from lms.tracks.specs import TrackSpec

TODAY = date(2026, 3, 5)
NOON = datetime(2026, 3, 5, 20, tzinfo=UTC)


def track(*modules: str, **more: Any) -> TrackSpec:
    """Return a track of modules; `more` may add planned items, hours and sign-offs."""
    items = [{"id": f"i-{key}", "module": key} for key in modules] + more.pop("planned", [])
    whole = {"key": "t", "title": "Track", "summary": "A track.", "level": "entry", "items": items, **more}
    return TrackSpec.read(whole)


def credit(module: str, days: int = 0, *, round_: int = 1, language: str = "es") -> Credit:
    """Return a credit earned `days` after noon today."""
    at = NOON + timedelta(days=days)
    return Credit(module, round_, at, at.date(), language)


PLANNED = [{"id": "later", "planned": True, "title": "Advocacy"}]
HOURS = [{"kind": "practicum", "minutes": 60, "title": "Field practice"}]
SIGN_OFFS = [{"id": "field", "title": "Observed"}]


def test_the_version_she_began_binds_while_it_can_be_met() -> None:
    assert is_binding(track("a", "b"), {"a", "b", "c"})
    assert not is_binding(track("a", "b"), {"a"})
    assert not is_binding(track("a", planned=PLANNED), {"a"})
    assert not is_binding(track("a", hours=HOURS), {"a"})
    assert not is_binding(track("a", sign_offs=SIGN_OFFS), {"a"})


def test_the_earliest_credit_of_each_module_counts() -> None:
    later, earlier = credit("a", 2, round_=2), credit("a", 0)
    assert best_credits([later, earlier, credit("b", 1)], None) == {"a": earlier, "b": credit("b", 1)}


def test_a_new_cycle_counts_only_what_came_after_the_one_before() -> None:
    old, same, new = credit("a", 0), credit("b", 1), credit("a", 5, round_=2)
    assert best_credits([old, same, new], same.completed_at) == {"a": new}


def test_a_track_is_met_by_its_last_credit() -> None:
    counting = {"a": credit("a", 0, language="to"), "b": credit("b", 3, language="es")}
    met = find_met(track("a", "b"), 7, counting, NOON - timedelta(days=9), TODAY - timedelta(days=9))
    assert met is not None
    assert (met.completed_at, met.completed_on) == (NOON + timedelta(days=3), TODAY + timedelta(days=3))
    assert (met.language, met.revision_id) == ("es", 7)
    assert met.counted() == [
        {"item": "i-a", "module": "a", "round": 1, "completed_on": "2026-03-05"},
        {"item": "i-b", "module": "b", "round": 1, "completed_on": "2026-03-08"},
    ]


def test_earlier_work_counts_but_not_before_she_enrolled() -> None:
    enrolled = NOON + timedelta(days=30)
    met = find_met(track("a"), 7, {"a": credit("a")}, enrolled, enrolled.date())
    assert met is not None
    assert (met.completed_at, met.completed_on) == (enrolled, enrolled.date())


@pytest.mark.parametrize("more", [{"planned": PLANNED}, {"hours": HOURS}, {"sign_offs": SIGN_OFFS}])
def test_what_the_program_cannot_record_is_never_met(more: dict[str, Any]) -> None:
    assert find_met(track("a", **more), 7, {"a": credit("a")}, NOON, TODAY) is None


def test_a_missing_module_leaves_a_track_open() -> None:
    assert find_met(track("a", "b"), 7, {"a": credit("a")}, NOON, TODAY) is None


def test_progress_names_the_next_item_and_what_is_not_open_yet() -> None:
    whole = track("a", "b", "c", planned=PLANNED, hours=HOURS, sign_offs=SIGN_OFFS)
    progress = progress_in(whole, {"a": TODAY}, "active", 1)
    assert [(item.id, item.state) for item in progress.items] == [
        ("i-a", "done"),
        ("i-b", "current"),
        ("i-c", "todo"),
        ("later", "planned"),
    ]
    assert (progress.done, progress.total, progress.is_begun, progress.can_be_met) == (1, 4, True, False)
    assert progress.current == progress.items[1]
    assert [(each.id, each.title) for each in progress.unrecorded] == [
        ("practicum", "Field practice"),
        ("field", "Observed"),
    ]


def test_a_completed_track_has_no_next_item() -> None:
    progress = progress_in(track("a", "b"), {"a": TODAY}, "completed", 2, TODAY)
    assert progress.current is None
    assert [item.state for item in progress.items] == ["done", "todo"]
    assert not progress_in(track("a"), {}, "open", 1).is_begun


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
    assert realistic_due(90, TODAY) == TODAY + timedelta(days=3 + 7)
    assert realistic_due(91, TODAY) == TODAY + timedelta(days=4 + 7)
    assert is_due_early(TODAY + timedelta(days=1), TODAY, 90)
    assert not is_due_early(TODAY + timedelta(days=2), TODAY, 90)
    assert not is_due_early(None, TODAY, 90)
    assert not is_due_early(realistic_due(900, TODAY), TODAY, 900)


def test_people_are_sorted_by_what_the_organization_asked_itself() -> None:
    sorting = sort_people([4, 1, 2, 3, 1], asked={2, 3}, finished={3, 4})
    assert sorting.new == (4, 1), "4 finished elsewhere: this organization does not learn it from a preview"
    assert (sorting.already, sorting.finished) == ((2,), (3,))
