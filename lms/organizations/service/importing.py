"""Writing an imported table of organizations: all of it in one transaction, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, tuple_, update
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.db import Base, chunks, insert_once
from lms.organizations import queries, rules
from lms.organizations.models import (
    Contract,
    Organization,
    OrganizationArea,
    OrganizationGeography,
    OrganizationPopulation,
)
from lms.organizations.rules import Change, Wanted
from lms.organizations.service.organizations import lock_names
from lms.people.rules import search_key


@dataclass(frozen=True)
class Imported:
    """What an import did, or would do: keys of organizations, and one line for each thing that changes."""

    created: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    lines: tuple[str, ...]


def preview_import(session: Session, wanted: Sequence[Wanted]) -> Imported:
    """Return what `import_organizations` would do. Raises `BadInput` as it does. Writes nothing."""
    return _summary(wanted, rules.plan_import(wanted, queries.list_present(session)))


def import_organizations(
    session: Session, wanted: Sequence[Wanted], *, actor_account_id: int | None = None, at: datetime
) -> Imported:
    """Make the organizations what the table says and return what was done; raise `BadInput` for what cannot be.

    The actor is None for the command. The same table twice changes nothing the second time.
    """
    lock_names(session)
    plan = rules.plan_import(wanted, queries.list_present(session))
    _create(session, [change for change in plan if change.old is None], at)
    renamed = [change for change in plan if change.old is not None and change.name is not None]
    ids = queries.ids_of_keys(session)
    if renamed:
        rows = [{"id": ids[c.key], "name": c.name, "search_key": search_key(c.name or "")} for c in renamed]
        session.execute(update(Organization), rows)
    _write_areas(session, plan, ids)
    _write_words(session, plan, ids)
    _write_contracts(session, plan, ids)
    for change in plan:
        action = f"organizations.import_{change.what}d"
        record(
            session,
            actor_account_id,
            action,
            "organization",
            ids[change.key],
            at=at,
            organization_id=ids[change.key],
            changes=len(list(change.lines())),
        )
    return _summary(wanted, plan)


def _summary(wanted: Sequence[Wanted], plan: Sequence[Change]) -> Imported:
    return Imported(
        created=tuple(change.key for change in plan if change.old is None),
        changed=tuple(change.key for change in plan if change.old is not None),
        unchanged=len(wanted) - len(plan),
        lines=tuple(line for change in plan for line in change.lines()),
    )


def _create(session: Session, changes: Sequence[Change], at: datetime) -> None:
    rows = [
        {"key": c.key, "name": c.wanted.name, "search_key": search_key(c.wanted.name), "kind": c.kind, "created_at": at}
        for c in changes
    ]
    insert_once(session, Organization, rows)


def _write_areas(session: Session, plan: Sequence[Change], ids: dict[str, int]) -> None:
    added = [
        {"organization_id": ids[c.key], "spa": spa, "boundary_year": c.wanted.boundary_year}
        for c in plan
        for spa in sorted(c.areas_added)
    ]
    removed = [(ids[c.key], spa, c.wanted.boundary_year) for c in plan for spa in c.areas_removed]
    address = (OrganizationArea.organization_id, OrganizationArea.spa, OrganizationArea.boundary_year)
    _remove(session, OrganizationArea, address, removed)
    insert_once(session, OrganizationArea, added)


def _write_words(session: Session, plan: Sequence[Change], ids: dict[str, int]) -> None:
    for model, column, name in (
        (OrganizationGeography, "geography", "geographies"),
        (OrganizationPopulation, "population", "populations"),
    ):
        table = model.__table__
        removed = [(ids[c.key], value) for c in plan for value in getattr(c, f"{name}_removed")]
        _remove(session, model, (table.c.organization_id, table.c[column]), removed)
        added = [
            {"organization_id": ids[c.key], column: value}
            for c in plan
            for value in sorted(getattr(c, f"{name}_added"))
        ]
        insert_once(session, model, added)


def _write_contracts(session: Session, plan: Sequence[Change], ids: dict[str, int]) -> None:
    added = [
        {
            "department_id": ids[contract.department],
            "organization_id": ids[change.key],
            "program": contract.program,
            "started_on": contract.started_on,
            "ended_on": contract.ended_on,
        }
        for change in plan
        for contract in change.contracts_added
    ]
    insert_once(session, Contract, added)
    for change in plan:
        for contract in change.contracts_ended:
            same = (
                (Contract.department_id == ids[contract.department])
                & (Contract.organization_id == ids[change.key])
                & (Contract.program == contract.program)
                & (Contract.started_on == contract.started_on)
            )
            session.execute(update(Contract).where(same).values(ended_on=contract.ended_on))


def _remove(
    session: Session, model: type[Base], columns: tuple[object, ...], rows: Sequence[tuple[object, ...]]
) -> None:
    """Delete the rows at these addresses."""
    for chunk in chunks(rows, 500):
        session.execute(delete(model).where(tuple_(*columns).in_(chunk)))
