"""How audit events are chained."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from lms.audit import rules
from lms.audit.rules import Event

AT = datetime(2026, 3, 5, 18, 0, 0, 123456, tzinfo=UTC)


def chained(count: int = 5) -> list[tuple[Event, str | None]]:
    """Return a chain of events."""
    rows: list[tuple[Event, str | None]] = []
    previous = rules.BEGINNING
    for number in range(1, count + 1):
        event = Event(number, AT, 7, "people.renamed", "person", str(number), None, {"n": number, "name": "\u02bbO"})
        previous = rules.chain_hash(previous, event)
        rows.append((event, previous))
    return rows


def test_a_whole_chain_is_well() -> None:
    rows = chained()
    found = rules.verify(rows, {2: str(rows[1][1])})
    assert (found.checked, found.waiting, found.first_bad, found.last, found.head) == (5, 0, None, 5, rows[4][1])
    assert rules.verify([], {}).head == rules.BEGINNING


def test_the_hash_depends_on_the_instant_not_on_its_zone() -> None:
    event = chained(1)[0][0]
    elsewhere = replace(event, at=AT.astimezone(timezone(timedelta(hours=-8))))
    assert rules.chain_hash("x", elsewhere) == rules.chain_hash("x", event)


@pytest.mark.parametrize(
    "change",
    [
        {"at": AT + timedelta(microseconds=1)},
        {"actor_account_id": None},
        {"action": "people.invited"},
        {"subject_kind": "account"},
        {"subject_id": "33"},
        {"organization_id": 1},
        {"details": {"n": 3}},
        {"id": 4},
    ],
)
def test_an_edited_event_is_found(change: dict[str, Any]) -> None:
    rows = chained()
    rows[2] = (replace(rows[2][0], **change), rows[2][1])
    assert rules.verify(rows, {}).first_bad == rows[2][0].id


def test_deleted_inserted_and_swapped_events_are_found() -> None:
    rows = chained()
    assert rules.verify([*rows[:1], *rows[2:]], {}).first_bad == 3
    assert rules.verify([*rows[:3], rows[2], *rows[3:]], {}).first_bad == 3
    assert rules.verify([rows[0], rows[2], rows[1], *rows[3:]], {}).first_bad == 3


def test_a_cut_tail_and_a_chain_made_anew_are_found_by_a_kept_head() -> None:
    rows = chained()
    heads = {5: str(rows[4][1])}
    assert rules.verify(rows[:4], {}).first_bad is None
    assert rules.verify(rows[:4], heads).first_bad == 5
    anew = chained(6)[1:]
    previous, forged = rules.BEGINNING, []
    for event, _hash in anew:
        previous = rules.chain_hash(previous, event)
        forged.append((event, previous))
    assert rules.verify(forged, {}).first_bad is None
    assert rules.verify(forged, heads).first_bad == 5


def test_new_events_wait_but_never_behind_the_chain() -> None:
    rows = chained()
    waiting = [(event, None) for event, _hash in rows[3:]]
    found = rules.verify([*rows[:3], *waiting], {})
    assert (found.checked, found.waiting, found.first_bad) == (3, 2, None)
    assert rules.verify([*rows[:2], (rows[2][0], None), *rows[3:]], {}).first_bad == 4
