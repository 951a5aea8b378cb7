"""What stands where two records collide, row by row."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lms.errors import RuleBroken
from lms.merging import rules
from lms.merging.rules import Key, Way
from tests.conftest import AT

MODULE = (Key(("module",)),)


def row(row_id: int, module: str = "a", **more: Any) -> dict[str, Any]:
    return {"id": row_id, "module": module, **more}


def test_what_only_the_other_has_goes_over() -> None:
    done = rules.settle(Way(), MODULE, [row(1)], [row(2, "b"), row(3, "c")])
    assert done.moves == {2: {}, 3: {}}
    assert not done.aside


def test_of_two_the_kept_ones_stands_unless_the_other_was_first() -> None:
    way = Way(first=("day",))
    for mine, hers, gone in ((1, 2, 12), (2, 2, 12), (2, 1, 11), (None, 1, 11), (1, None, 12)):
        done = rules.settle(way, MODULE, [row(11, day=mine)], [row(12, day=hers)])
        assert done.aside == {gone}
        assert done.moves == ({12: {}} if gone == 11 else {})
        assert done.stands_for == {gone: 23 - gone}


def test_a_rank_goes_before_a_day() -> None:
    way = Way(first=("day",), rank={"state": ("completed", "active")})
    mine, hers = row(1, day=1, state="active"), row(2, day=2, state="completed")
    assert rules.settle(way, MODULE, [mine], [hers]).aside == {1}


def test_what_can_end_ends_and_what_must_not_be_touched_stays() -> None:
    live = (Key(("module",), "until"),)
    mine, hers = row(1, until=None), row(2, until=None)
    assert rules.settle(Way("closed", closes="until"), live, [mine], [hers], until=AT).moves == {2: {"until": AT}}
    assert rules.settle(Way("stays"), MODULE, [mine], [hers]).stays == {2}
    over = row(2, until=AT)
    assert rules.settle(Way("closed", closes="until"), live, [mine], [over], until=AT).moves == {2: {}}


def test_an_empty_key_collides_with_nothing() -> None:
    done = rules.settle(Way("stays"), MODULE, [row(1, None)], [row(2, None)])  # type: ignore[arg-type]
    assert done.moves == {2: {}}


def test_tries_are_numbered_after_those_that_are_there() -> None:
    keys = (Key(("module", "number")), Key(("key",)))
    way = Way("stays", number="number")
    mine = [row(1, number=1, key="k"), row(2, number=2, key="l")]
    hers = [
        row(3, number=1, key="m"),
        row(4, number=2, key="k"),
        row(5, number=3, key="n"),
        row(6, "b", number=1, key="o"),
    ]
    done = rules.settle(way, keys, mine, hers)
    assert done.moves == {3: {"number": 3}, 5: {"number": 4}, 6: {}}
    assert done.stays == {4}


def applied(row_id: int, state: str) -> dict[str, Any]:
    return row(row_id, state=state, opened_at=AT)


def test_an_application_that_was_worked_on_is_never_taken_out() -> None:
    way = rules.WAYS["applications"]
    cases = [
        ("waiting", "certified", {1}, set(), set()),
        ("refused", "certified", set(), set(), {1}),
        ("certified", "refused", set(), {2}, set()),
    ]
    for mine, hers, aside, stays, gives_up in cases:
        worked_on = {1, 2} if mine != "waiting" else {2}
        done = rules.settle_applications(way, MODULE, [applied(1, mine)], [applied(2, hers)], worked_on)
        assert (done.aside, done.stays, done.gives_up) == (aside, stays, gives_up)
    done = rules.settle_applications(way, MODULE, [applied(1, "waiting")], [applied(2, "waiting")], set(), {2})
    assert (done.aside, done.stays) == (set(), {2}), "a confirmed name is kept, and holds nobody up"
    with pytest.raises(RuleBroken, match="application-open"):
        rules.settle_applications(way, MODULE, [applied(1, "asked")], [applied(2, "waiting")], {1, 2, 3} - {1})


def contact(row_id: int, value: str = "x", *, proven: int | None = None, ended: int | None = None) -> dict[str, Any]:
    return {"id": row_id, "kind": "email", "value": value, "confirmed_at": proven, "ended_at": ended}


@pytest.mark.parametrize("is_guarded", [False, True])
def test_a_contact_that_both_have(is_guarded: bool) -> None:
    mine = [contact(1, proven=None), contact(3, "gone", proven=5, ended=6)]
    hers = [
        contact(2, proven=7),
        contact(4, "gone", proven=4),
        contact(5, "old", proven=2, ended=3),
        contact(6, "new", proven=1),
    ]
    done = rules.settle_contacts(mine, hers, is_guarded=is_guarded, at=9)
    assert done.stays == {2, 4}
    assert done.changes[2] == done.changes[4] == {"ended_at": 9}
    assert done.changes[1] == {"ended_at": None, "confirmed_at": None if is_guarded else 7}
    assert done.changes[3] == {"ended_at": None, "confirmed_at": None if is_guarded else 5}
    assert done.moves == {5: {"confirmed_at": None}, 6: {"confirmed_at": None}} if is_guarded else {5: {}, 6: {}}


def test_a_contact_that_she_ended_is_left_alone() -> None:
    done = rules.settle_contacts([contact(1, proven=1)], [contact(2, proven=2, ended=3)], is_guarded=False, at=9)
    assert (done.stays, done.changes, done.moves) == ({2}, {}, {})


def spell(row_id: int, since: int, until: int | None, place: int = 1) -> dict[str, Any]:
    ended = date(2025, until, 28) if until else None
    reason = "other" if until else None
    return {
        "id": row_id,
        "organization_id": place,
        "started_on": date(2025, since, 1),
        "ended_on": ended,
        "end_reason": reason,
    }


UNTIL_SEPTEMBER = {"ended_on": date(2025, 9, 28), "end_reason": "other"}


@pytest.mark.parametrize(
    ("mine", "hers", "moves", "changes", "aside"),
    [
        ([spell(1, 1, 2)], [spell(2, 4, None)], {2: {}}, {}, {}),
        ([spell(1, 1, None)], [spell(2, 4, None, 2)], {2: {}}, {}, {}),
        ([spell(1, 1, None)], [spell(2, 4, 6)], {}, {}, {2: 1}),
        ([spell(1, 1, 5)], [spell(2, 4, None)], {}, {1: {"ended_on": None, "end_reason": None}}, {2: 1}),
        ([spell(1, 4, None)], [spell(2, 1, 5)], {2: {"ended_on": None, "end_reason": None}}, {}, {1: 2}),
        ([spell(1, 1, 3), spell(3, 5, 9)], [spell(2, 2, 6)], {}, {1: UNTIL_SEPTEMBER}, {2: 1, 3: 1}),
        ([spell(1, 1, 3)], [spell(2, 1, 3)], {}, {}, {2: 1}),
    ],
)  # fmt: skip
def test_spells_that_overlap_become_one(mine: Any, hers: Any, moves: Any, changes: Any, aside: Any) -> None:
    done = rules.settle_employments(mine, hers)
    assert (done.moves, done.changes, done.stands_for) == (moves, changes, aside)
    assert done.aside == set(aside)


def test_evidence_follows_the_completion_that_counts() -> None:
    def evidence(row_id: int, person: int, competency: str, kind: str = "module", key: str = "m") -> dict[str, Any]:
        return {"id": row_id, "person_id": person, "competency": competency, "source_kind": kind, "source_key": key,
                "round": 1, "earned_on": 1}  # fmt: skip

    mine = [evidence(1, 1, "talk"), evidence(2, 1, "walk")]
    hers = [
        evidence(3, 2, "talk"),
        evidence(4, 2, "run"),
        evidence(5, 2, "talk", "class"),
        evidence(6, 2, "talk", key="n"),
    ]
    keys = (Key(("competency", "source_kind", "source_key", "round")),)
    for loser, aside, moves in ((1, {1, 2}, {3, 4, 5, 6}), (2, {3, 4}, {5, 6})):
        done = rules.settle(rules.WAYS["evidence"], keys, mine, hers)
        lost = [{"person_id": loser, "module_key": "m", "round": 1}]
        done = rules.settle_evidence(done, mine, hers, lost)
        assert (done.aside, set(done.moves)) == (aside, moves)


def test_rows_go_over_only_with_what_they_belong_to() -> None:
    done = rules.settle_together([{"id": 1, "training_id": 7}, {"id": 2, "training_id": 8}], "training_id", {8})
    assert (done.moves, done.stays) == ({1: {}}, {2})


def test_of_versions_those_of_the_kept_record_stand_alone() -> None:
    hers = [{"id": 3, "version": 1}, {"id": 4, "version": 2}]
    done = rules.settle_versions([{"id": 1, "version": 1}], hers)
    assert (done.moves, done.stays) == ({}, {3, 4})
    done = rules.settle_versions([], hers)
    assert (done.moves, done.stays) == ({3: {}, 4: {}}, set())


def test_a_completed_track_counts_by_the_dates_that_count_now() -> None:
    day, other = date(2025, 1, 2), date(2025, 3, 4)
    counted = [
        {"item": "a", "module": "m", "round": 1, "completed_on": "2025-02-02"},
        {"item": "b", "kind": "track", "track": "t", "cycle": 1, "completed_on": "2025-02-02"},
        {"item": "c", "kind": "hours", "minutes": 60, "completed_on": "2025-02-02"},
        {"item": "d", "module": "gone", "round": 1, "completed_on": "2025-02-02"},
    ]
    found = rules.recounted(counted, {("m", 1): day}, {("t", 1): other})
    assert [each["completed_on"] for each in found] == ["2025-01-02", "2025-03-04", "2025-02-02", "2025-02-02"]


def test_a_mark_is_that_of_both_records_and_not_of_letters() -> None:
    rows = {"contacts": {1: {"value": "x"}}, "letters": {1: {"state": "queued"}}}
    same = rules.mark(1, 2, rows)
    assert same == rules.mark(1, 2, {**rows, "letters": {}})
    assert same != rules.mark(2, 1, rows)
    assert same != rules.mark(1, 2, {"contacts": {1: {"value": "y"}}})


def test_a_fault_is_new_whoever_has_it_now() -> None:
    before = ["person 1: lost", "person 2: lost"]
    assert rules.new_faults(before, ["person 2: lost", "person 2: lost"]) == []
    assert rules.new_faults(before, ["person 2: other"]) == ["person: other"]
