"""Editions: the frozen wordings of an award, each with its keys, its place in a list, and the task to make it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.certificates import queries
from lms.certificates.models import Edition, EditionKey, IssueTask, StatusEntry
from lms.certificates.rules import payloads
from lms.certificates.rules.kinds import CREDENTIAL
from lms.certificates.rules.payloads import Frozen, Keys, Marks, Place
from lms.certificates.service.keys import get_keys
from lms.certificates.service.places import draw_places
from lms.clock import first_instant, zone


@dataclass(frozen=True)
class Design:
    """The revisions that a certificate is drawn with."""

    revision_id: int
    words_revision_id: int | None


@dataclass(frozen=True)
class New:
    """An edition that is to be inserted."""

    award_id: int
    number: int
    reason: str
    frozen: Frozen
    keys: Keys
    place: Place
    valid_until: date | None
    design: Design
    supersedes_id: int | None = None


def end_of(valid_until: date | None) -> datetime | None:
    """Return the last second of a local day, in UTC; None without an end."""
    if valid_until is None:
        return None
    next_day = datetime.combine(valid_until + timedelta(days=1), datetime.min.time())
    return first_instant(next_day, zone()) - timedelta(seconds=1)


def marks_of(
    award: Any, valid_until: date | None, *, number: int, round_: int, at: datetime, keys: Keys, place: Place
) -> Marks:
    """Return what makes a payload this edition of `award`, a row with its serial and when it was awarded."""
    return Marks(
        serial=award.serial,
        edition=number,
        round=round_,
        awarded_at=award.awarded_at,
        frozen_at=at,
        ends_at=end_of(valid_until),
        keys=keys,
        place=place,
    )


def insert_editions(session: Session, new: Sequence[New], at: datetime) -> dict[int, int]:
    """Insert editions with their keys, their places and a task to make each; return their ids by award."""
    found = session.execute(insert(Edition).returning(Edition.id, Edition.award_id), [_row(each, at) for each in new])
    ids = {row.award_id: row.id for row in found}
    keys, entries, tasks = [], [], []
    for each in new:
        edition_id = ids[each.award_id]
        keys += [{"edition_id": edition_id, "purpose": p, "key_id": k} for p, k in each.keys.by_purpose.items()]
        place = {"list_number": each.place.list_number, "position": each.place.position}
        entries.append({"edition_id": edition_id, **place})
        tasks.append({"edition_id": edition_id, "stage": CREDENTIAL, "run_at": at, "tries": 0})
    session.execute(insert(EditionKey), keys)
    session.execute(insert(StatusEntry), entries)
    session.execute(insert(IssueTask), tasks)
    return ids


def _row(new: New, at: datetime) -> dict[str, Any]:
    return {
        "award_id": new.award_id,
        "number": new.number,
        "reason": new.reason,
        "payload": new.frozen.payload,
        "payload_sha256": new.frozen.sha256,
        "supersedes_id": new.supersedes_id,
        "created_at": at,
        "valid_until": new.valid_until,
        "design_revision_id": new.design.revision_id,
        "words_revision_id": new.design.words_revision_id,
    }


def next_edition(session: Session, known: queries.Known, reason: str, *, name: str | None = None, at: datetime) -> int:
    """Freeze and insert a further edition of an award under the keys in force, with its task; return its id.

    The serial and every other fact stay; `name` replaces the name. The award's holder is locked. Raises `RuleBroken`
    without keys.
    """
    return next_editions(session, [known], reason, name=name, at=at)[known.award_id]


def next_editions(
    session: Session, awards: Sequence[queries.Known], reason: str, *, name: str | None = None, at: datetime
) -> dict[int, int]:
    """Do what `next_edition` does for many awards, whose holders are locked; return the editions' ids by award."""
    if not awards:
        return {}
    keys, places = get_keys(session, at), draw_places(session, len(awards), at=at)
    last = select(Edition.id, Edition.design_revision_id, Edition.words_revision_id)
    rows = session.execute(last.where(Edition.id.in_([known.newest.edition_id for known in awards])))
    designs = {row[0]: Design(*row[1:]) for row in rows}
    new = []
    for known, place in zip(awards, places, strict=True):
        newest, number = known.newest, known.newest.number + 1
        stated = payloads.modern(
            newest.payload, round_=known.cycle, awarded_at=known.awarded_at, ends_at=end_of(newest.valid_until)
        )
        frozen = payloads.refreeze(stated, edition=number, frozen_at=at, keys=keys, place=place, name=name)
        design, valid_until = designs[newest.edition_id], newest.valid_until
        new.append(New(known.award_id, number, reason, frozen, keys, place, valid_until, design, newest.edition_id))
    return insert_editions(session, new, at)
