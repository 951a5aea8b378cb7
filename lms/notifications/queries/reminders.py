"""What a reminder says when it is sent: of everything it was planned for, what is still true."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.certificates import queries as certificates
from lms.content.library import current
from lms.notifications.models import Reminder
from lms.notifications.rules import Title
from lms.tracks import queries as tracks

#: Subject and date of an obligation, as they were planned.
Planned = tuple[str, date]


@dataclass(frozen=True)
class Item:
    """One thing that a reminder is about: its kind, title and date, where it is done, and what its sentences need."""

    kind: str
    title: str
    day: date
    endpoint: str
    address: Mapping[str, str]
    is_over: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)


def list_items(session: Session, letter_id: int, person_id: int, language: str, today: date) -> list[Item]:
    """Return what a letter still reminds of on the local date `today`, by date. Two queries for each kind, and one."""
    rows = session.execute(
        select(Reminder.kind, Reminder.subject, Reminder.falls_on).where(Reminder.letter_id == letter_id)
    ).all()
    items = []
    for kind in dict.fromkeys(row.kind for row in rows):
        planned = {(row.subject, row.falls_on) for row in rows if row.kind == kind}
        items += _STILL_TRUE[kind](session, person_id, planned, language, today)
    return sorted(items, key=lambda item: (item.day, item.title))


def _tracks(session: Session, person_id: int, planned: Collection[Planned], language: str, today: date) -> list[Item]:
    """Return the tracks that are still asked for, by the same date, not completed, and still taught."""
    library = current(session)
    earliest: dict[tuple[str, int], date] = {}
    for row in tracks.own_assignments(session, person_id, today):
        is_taught = library.find("track", row.track_key) is not None
        if row.state != "done" and row.due_on is not None and is_taught:
            key = row.track_key, row.cycle
            earliest[key] = min(row.due_on, earliest.get(key, row.due_on))
    return [
        Item(
            "track",
            Title(tracks.track_title(library, key, language).text),
            day,
            "tracks.show",
            {"key": key},
            is_over=day < today,
        )
        for (key, cycle), day in earliest.items()
        if (f"{key}:{cycle}", day) in planned
    ]


def _certificates(
    session: Session, person_id: int, planned: Collection[Planned], language: str, today: date
) -> list[Item]:
    """Return the certificates that are still valid, end on the same day, and were not renewed."""
    rows = certificates.list_certificates(session, [person_id], today=today)
    newest = {key: max(row.cycle for row in rows if row.track_key == key) for key in {row.track_key for row in rows}}
    return [
        Item(
            "certificate",
            Title(row.title.get(language) or row.title["en"]),
            row.valid_until,
            "certificates.own_certificate",
            {"public_id": row.public_id},
        )
        for row in rows
        if row.state == "valid"
        and row.valid_until is not None
        and (str(row.award_id), row.valid_until) in planned
        and row.cycle == newest[row.track_key]
    ]


_STILL_TRUE: dict[str, Callable[[Session, int, Collection[Planned], str, date], list[Item]]] = {
    "track": _tracks,
    "certificate": _certificates,
}
