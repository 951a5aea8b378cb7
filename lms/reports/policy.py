"""Who may read what of a report: a reader's scope, and beside it the same as row filters.

Supervisors see the completions of their own staff, of what their organization assigned. Analysts, certifiers and
administrators see all. Viewers see the programs of their departments, one at a time and as aggregates alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, or_, select

from lms.actor import Actor
from lms.errors import NotAllowed
from lms.organizations.models import Employment
from lms.tracks.models import Assignment, TrackCompletion

ALL, STAFF, PROGRAMS = "all", "staff", "programs"
#: Tables, not entities: their statements are built and read with less work.
DONE, SPELLS = TrackCompletion.__table__, Employment.__table__
READERS = ("supervisor", "analyst", "viewer", "certifier", "administrator")


@dataclass(frozen=True)
class Scope:
    """What a reader's reports are about. Every query of a report takes it first.

    `ids` are the organizations whose staff is counted ("staff"), or the departments that share a program ("programs").
    """

    kind: str
    ids: tuple[int, ...] = ()

    @property
    def is_exact(self) -> bool:
        """Return whether the reader is trusted with exact numbers."""
        return self.kind in (ALL, STAFF)


#: What the program itself sees, and whoever runs its commands.
EVERYTHING = Scope(ALL)


def scopes_of(actor: Actor, programs: Iterable[tuple[int, ...]] = ()) -> tuple[Scope, ...]:
    """Return the scopes that the actor may choose from, the widest first; none for who reads no reports.

    `programs` are those whose figures are out. A viewer reads each that one of her departments has a share in, and
    never several added up: what she may add to the figures of one department would tell about another.
    """
    if actor.has("analyst", "certifier", "administrator"):
        return (EVERYTHING,)
    found = []
    if actor.has("supervisor") and actor.supervises:
        found.append(Scope(STAFF, tuple(sorted(set(actor.supervises)))))
    if actor.has("viewer"):
        own = sorted((each for each in programs if set(each) & set(actor.views)), key=lambda each: (len(each), each))
        found += [Scope(PROGRAMS, each) for each in own or [tuple(sorted(set(actor.views)))[:1]]]
    return tuple(found)


def can_read(actor: Actor) -> bool:
    """Return whether the actor reads reports at all."""
    return bool(scopes_of(actor))


def employed_then() -> ColumnElement[bool]:
    """Return the criterion that joins a completion with the employments that cover its date."""
    ended = or_(SPELLS.c.ended_on.is_(None), SPELLS.c.ended_on >= DONE.c.completed_on)
    return and_(SPELLS.c.person_id == DONE.c.person_id, SPELLS.c.started_on <= DONE.c.completed_on, ended)


def visible_spells(scope: Scope) -> ColumnElement[bool] | None:
    """Return the criterion of the completions and employments that belong to the scope; None for all of them.

    The ids are the parameter "ids", so that one statement serves every scope of a kind.
    """
    if not scope.is_exact:
        raise NotAllowed
    return None if scope.kind == ALL else _staff(bindparam("ids", scope.ids, expanding=True))


def _staff(ids: BindParameter[Sequence[int]]) -> ColumnElement[bool]:
    """Return the criterion of staff of these organizations, and of tracks that the same organization assigned."""
    asked = Assignment.__table__
    assigned = select(asked.c.id).where(
        asked.c.person_id == DONE.c.person_id,
        asked.c.organization_id == SPELLS.c.organization_id,
        asked.c.track_key == DONE.c.track_key,
        asked.c.cycle == DONE.c.cycle,
        asked.c.undone_at.is_(None),
    )
    return and_(SPELLS.c.organization_id.in_(ids), assigned.exists())
