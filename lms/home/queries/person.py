"""What an organization reads of one person: her spells there, and who looked at a record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from lms.actor import Span
from lms.home.queries.facts import TABLES
from lms.home.queries.joined import joined_ids

_PEOPLE, _ORGANIZATIONS, _EMPLOYMENTS = TABLES["people"], TABLES["organizations"], TABLES["employments"]
_TERMS, _ACCOUNTS, _AUDIT = TABLES["employment_terms"], TABLES["accounts"], TABLES["audit_events"]
_GRANTS = TABLES["role_grants"]

#: The audit event of somebody who looked at a person's record.
LOOKED = "home.record_seen"
_MOST_LOOKS = 50


@dataclass(frozen=True)
class SpellHere:
    """One spell of a person at an organization that the reader answers for, with its newest terms."""

    person_id: int
    person_public_id: str
    name: str
    employment_public_id: str
    organization_id: int
    organization_public_id: str
    organization: str
    title: str
    started_on: date
    ended_on: date | None
    end_reason: str | None
    #: The account holds a granted role, so that only administrators help with signing in.
    has_role: bool

    @property
    def span(self) -> Span:
        """Return the spell as policies read it."""
        return Span(self.organization_id, self.started_on, self.ended_on)


@dataclass(frozen=True)
class Look:
    """Somebody looked at a person's record, for an organization."""

    at: datetime
    name: str
    organization: str | None


def list_spells_here(session: Session, criterion: ColumnElement[bool], public_id: str) -> list[SpellHere]:
    """Return the spells of a person that meet `criterion` (`policy.visible_spells`), the newest first. One query."""
    spell, terms = _EMPLOYMENTS.c, _TERMS.c
    newest = select(terms.title).where(terms.employment_id == spell.id).order_by(terms.since.desc()).limit(1)
    statement: Select[Any] = (
        select(
            _PEOPLE.c.id,
            _PEOPLE.c.public_id,
            _PEOPLE.c.name,
            spell.public_id,
            spell.organization_id,
            _ORGANIZATIONS.c.public_id,
            _ORGANIZATIONS.c.name,
            newest.correlate(_EMPLOYMENTS).scalar_subquery(),
            spell.started_on,
            spell.ended_on,
            spell.end_reason,
            exists().where(_GRANTS.c.account_id == _ACCOUNTS.c.id, _GRANTS.c.ended_at.is_(None)),
        )
        .join(_EMPLOYMENTS, spell.person_id == _PEOPLE.c.id)
        .join(_ORGANIZATIONS, _ORGANIZATIONS.c.id == spell.organization_id)
        .outerjoin(_ACCOUNTS, _ACCOUNTS.c.person_id == _PEOPLE.c.id)
        .where(_PEOPLE.c.public_id == public_id, criterion)
        .order_by(spell.started_on.desc(), spell.id.desc())
    )
    return [SpellHere(*row) for row in session.execute(statement)]


def list_looks(session: Session, person_id: int) -> list[Look]:
    """Return who looked at a record, or at one that was joined to it, the latest first, at most 50. One query."""
    look = _AUDIT.c
    rows = session.execute(
        select(look.at, _PEOPLE.c.name, _ORGANIZATIONS.c.name)
        .join(_ACCOUNTS, _ACCOUNTS.c.id == look.actor_account_id)
        .join(_PEOPLE, _PEOPLE.c.id == _ACCOUNTS.c.person_id)
        .outerjoin(_ORGANIZATIONS, _ORGANIZATIONS.c.id == look.organization_id)
        .where(
            look.subject_kind == "person",
            or_(look.subject_id == str(person_id), look.subject_id.in_(joined_ids(person_id))),
            look.action == LOOKED,
        )
        .order_by(look.id.desc())
        .limit(_MOST_LOOKS)
    )
    return [Look(*row) for row in rows]


def has_looked(session: Session, account_id: int, person_id: int, since: datetime) -> bool:
    """Return whether an account was noted as looking at a person's record since an instant. One query."""
    look = _AUDIT.c
    mine = select(look.id).where(*_looks_at(person_id), look.actor_account_id == account_id, look.at >= since)
    return session.execute(mine.limit(1)).first() is not None


def _looks_at(person_id: int) -> tuple[ColumnElement[bool], ...]:
    look = _AUDIT.c
    return look.subject_kind == "person", look.subject_id == str(person_id), look.action == LOOKED
