"""What publications did: how changes were labelled, and what became of one person by them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from lms.tracks.models import ChangeEffect, ContentChange, Enrolment

#: So many changes are listed, the newest first.
LISTED = 20


@dataclass(frozen=True)
class ChangeRow:
    """A track or a module in a new version, with its label and what was chosen and counted."""

    kind: str
    key: str
    label: str
    counts: dict[str, int]
    made_at: datetime


@dataclass(frozen=True)
class OwnChange:
    """What a publication did to a person on a track, or in a module of it (`module_key`, else "").

    `due_on` is the local date by which she is asked to do it again. `loses` says that something counts no more;
    `new` holds the ids of parts that were added or are another now.
    """

    module_key: str
    deed: str
    made_at: datetime
    due_on: date | None
    cycle: int
    loses: bool
    new: tuple[str, ...]


def list_changes_made(session: Session) -> list[ChangeRow]:
    """Return the newest changes of tracks and modules that were more than words. One query."""
    columns = (ContentChange.kind, ContentChange.key, ContentChange.label, ContentChange.counts, ContentChange.made_at)
    newest = select(*columns).where(ContentChange.label != "editorial").order_by(ContentChange.id.desc())
    return [ChangeRow(*row) for row in session.execute(newest.limit(LISTED))]


def was_applied(session: Session, mark: str) -> bool:
    """Return whether the plan of this mark has been done. One query."""
    return session.execute(select(exists().where(ContentChange.mark == mark))).scalar_one()


def own_changes(
    session: Session, person_id: int, track_key: str, cycle: int, modules: Collection[str]
) -> list[OwnChange]:
    """Return what changed for a person in this cycle of a track and in its `modules`, the newest first. One query."""
    here = and_(ChangeEffect.track_key == track_key, ChangeEffect.cycle == cycle)
    there = ChangeEffect.module_key.in_(modules)
    same = and_(
        ContentChange.publication_id == ChangeEffect.publication_id,
        ContentChange.kind == "track",
        ContentChange.key == ChangeEffect.track_key,
    )
    statement = (
        select(ChangeEffect, ContentChange.differences)
        .outerjoin(ContentChange, same)
        .where(ChangeEffect.person_id == person_id, ChangeEffect.deed != "due", or_(here, there))
        .order_by(ChangeEffect.id.desc())
        .limit(LISTED)
    )
    return [_own(row[0], row[1] or []) for row in session.execute(statement)]


def active_cycles(session: Session, person_id: int) -> dict[str, int]:
    """Return the tracks that a person is on now, each with its cycle. One query."""
    on = select(Enrolment.track_key, Enrolment.cycle).where(
        Enrolment.person_id == person_id, Enrolment.state == "active"
    )
    return {row.track_key: row.cycle for row in session.execute(on.order_by(Enrolment.cycle))}


def _own(effect: ChangeEffect, differences: list[dict[str, Any]]) -> OwnChange:
    return OwnChange(
        effect.module_key,
        effect.deed,
        effect.made_at,
        effect.due_on,
        effect.cycle,
        effect.deed in {"moves", "bound"} and effect.done_after < effect.done_before,
        tuple(each["name"] for each in differences if each["what"] != "removed"),
    )
