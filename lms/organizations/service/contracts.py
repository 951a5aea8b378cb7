"""Contracts: a department pays a CBO under a program, for a time, and employments are paid under it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.db import insert_once
from lms.errors import NotFound, RuleBroken
from lms.organizations import policy, rules
from lms.organizations.models import Contract, ContractEmployment, Employment, Organization


def add_contract(
    session: Session,
    actor: Actor,
    organization_public_id: str,
    *,
    department_public_id: str,
    program: str,
    started_on: date,
    ended_on: date | None = None,
    at: datetime,
) -> str:
    """Record a contract of a department with an organization and return its public id.

    Raises `NotFound`, and `RuleBroken` ("contract-there" for one of the same program and first day, and those
    of `rules.check_contract`).
    """
    organization_id, _kind = _organization(session, actor, organization_public_id)
    department_id, kind = _organization(session, actor, department_public_id)
    rules.check_contract(kind, started_on, ended_on)
    row = {
        "department_id": department_id,
        "organization_id": organization_id,
        "program": rules.program_of(program),
        "started_on": started_on,
        "ended_on": ended_on,
    }
    made = insert_once(session, Contract, [row], "public_id")
    if not made:
        raise RuleBroken("contract-there")
    contract = _contract(session, actor, made[0].public_id)
    _record(session, actor, "organizations.contract_added", contract, at=at)
    return contract.public_id


def end_contract(
    session: Session, actor: Actor, contract_public_id: str, *, ended_on: date | None, at: datetime
) -> None:
    """Set the last day of a contract; None opens it again. Raises `NotFound`, `RuleBroken("contract-ends-first")`."""
    contract = _contract(session, actor, contract_public_id)
    rules.check_contract("department", contract.started_on, ended_on)
    contract.ended_on = ended_on
    _record(session, actor, "organizations.contract_ended", contract, at=at, ended_on=ended_on)


def pay_employment(
    session: Session,
    actor: Actor,
    contract_public_id: str,
    employment_public_id: str,
    *,
    started_on: date,
    ended_on: date | None = None,
    at: datetime,
) -> None:
    """Record that an employment is paid under a contract for a time. Twice is once.

    Raises `NotFound` when either is missing or belongs to another organization, `RuleBroken` ("paid-outside")
    when the days do not lie within both.
    """
    contract = _contract(session, actor, contract_public_id)
    employment = session.execute(
        select(Employment.id, Employment.started_on, Employment.ended_on).where(
            Employment.public_id == employment_public_id, Employment.organization_id == contract.organization_id
        )
    ).one_or_none()
    if employment is None:
        raise NotFound
    for spell in (contract, employment):
        rules.check_within(spell.started_on, spell.ended_on, started_on, ended_on)
    row = {
        "contract_id": contract.id,
        "employment_id": employment.id,
        "started_on": started_on,
        "ended_on": ended_on,
    }
    if insert_once(session, ContractEmployment, [row]):
        _record(session, actor, "organizations.employment_paid", contract, at=at, employment=employment.id)


def _organization(session: Session, actor: Actor, public_id: str) -> tuple[int, str]:
    """Return the id and kind of an organization; raise `NotFound` for a stranger or a missing one."""
    row = session.execute(
        select(Organization.id, Organization.kind).where(Organization.public_id == public_id)
    ).one_or_none()
    if row is None or not policy.can_administer(actor):
        raise NotFound
    return row.id, row.kind


def _contract(session: Session, actor: Actor, public_id: str) -> Contract:
    query = select(Contract).where(Contract.public_id == public_id).with_for_update()
    contract = session.execute(query).scalar_one_or_none()
    if contract is None or not policy.can_administer(actor):
        raise NotFound
    return contract


def _record(
    session: Session, actor: Actor, action: str, contract: Contract, *, at: datetime, **details: object
) -> None:
    record(
        session,
        actor.account_id,
        action,
        "contract",
        contract.public_id,
        at=at,
        organization_id=contract.organization_id,
        **details,
    )
