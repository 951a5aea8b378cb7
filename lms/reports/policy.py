"""Who may read what of a report: a reader's scope, and beside it the same as row filters.

Supervisors see the completions of their own staff, of what their organization assigned. Analysts, certifiers and
administrators see all. Viewers see the programs of their departments, as aggregates alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_, select

from lms.actor import Actor
from lms.organizations.models import Contract, Employment
from lms.tracks.models import Assignment, TrackCompletion

ALL, STAFF, PROGRAMS = "all", "staff", "programs"
READERS = ("supervisor", "analyst", "viewer", "certifier", "administrator")


@dataclass(frozen=True)
class Scope:
    """What a reader's reports are about. Every query of a report takes it first.

    `ids` are the organizations whose staff is counted ("staff"), or the departments ("programs").
    """

    kind: str
    ids: tuple[int, ...] = ()

    @property
    def is_exact(self) -> bool:
        """Return whether the reader is trusted with exact numbers."""
        return self.kind in (ALL, STAFF)


#: What the program itself sees, and whoever runs its commands.
EVERYTHING = Scope(ALL)


def scopes_of(actor: Actor) -> tuple[Scope, ...]:
    """Return the scopes that the actor may choose from, the widest first; none for who reads no reports."""
    if actor.has("analyst", "certifier", "administrator"):
        return (EVERYTHING,)
    found = []
    if actor.has("supervisor") and actor.supervises:
        found.append(Scope(STAFF, tuple(sorted(set(actor.supervises)))))
    if actor.has("viewer"):
        found.append(Scope(PROGRAMS, tuple(sorted(set(actor.views)))))
    return tuple(found)


def can_read(actor: Actor) -> bool:
    """Return whether the actor reads reports at all."""
    return bool(scopes_of(actor))


def employed_then() -> ColumnElement[bool]:
    """Return the criterion that joins a completion with the employments that cover its date."""
    return and_(
        Employment.person_id == TrackCompletion.person_id,
        Employment.started_on <= TrackCompletion.completed_on,
        or_(Employment.ended_on.is_(None), Employment.ended_on >= TrackCompletion.completed_on),
    )


def visible_spells(scope: Scope) -> ColumnElement[bool] | None:
    """Return the criterion of the completions and employments that belong to the scope; None for all of them."""
    if scope.kind == ALL:
        return None
    return _staff(scope) if scope.kind == STAFF else _under_contract(scope)


def _staff(scope: Scope) -> ColumnElement[bool]:
    """Return the criterion of staff of these organizations, and of tracks that the same organization assigned."""
    assigned = select(Assignment.id).where(
        Assignment.person_id == TrackCompletion.person_id,
        Assignment.organization_id == Employment.organization_id,
        Assignment.track_key == TrackCompletion.track_key,
        Assignment.cycle == TrackCompletion.cycle,
        Assignment.undone_at.is_(None),
    )
    return and_(Employment.organization_id.in_(scope.ids), assigned.exists()) if scope.ids else false()


def _under_contract(scope: Scope) -> ColumnElement[bool]:
    """Return the criterion of employers that were under contract with these departments on the date."""
    contract = select(Contract.id).where(
        Contract.department_id.in_(scope.ids),
        Contract.organization_id == Employment.organization_id,
        Contract.started_on <= TrackCompletion.completed_on,
        or_(Contract.ended_on.is_(None), Contract.ended_on >= TrackCompletion.completed_on),
    )
    return contract.exists() if scope.ids else false()
