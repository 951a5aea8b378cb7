"""Employment: when a person begins at an organization, on which terms, and when and why it ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.actor import Actor, Span
from lms.audit.service import record
from lms.clock import local_date
from lms.db import take_turns, upsert
from lms.errors import NotFound, RuleBroken
from lms.organizations import policy, queries, rules
from lms.organizations.models import EMPLOYMENT_KINDS, END_REASONS, Employment, EmploymentTerms, Organization
from lms.organizations.rules import Alike
from lms.organizations.service.supervision import end_delegations_of
from lms.people.rules import Identifier, normal_email, normal_phone, search_key
from lms.people.service import Invited, invite, lock, lock_contacts


@dataclass(frozen=True)
class Terms:
    """On which terms somebody works: all of them are dated, so a change keeps what was before."""

    title: str
    hours_per_week: Decimal | None = None
    kind: str = "employee"
    #: The Medi-Cal supervising provider, an organization; None where none applies.
    supervising_provider_id: int | None = None
    #: The service planning area where she mostly works, 1 to 8.
    work_area: int | None = None


@dataclass(frozen=True)
class Started:
    """An employment that was begun."""

    employment_id: int
    employment_public_id: str
    person_id: int
    #: The invitation of somebody who is new here, to be printed; empty for others.
    link_public_id: str = ""


@dataclass(frozen=True)
class Newcomer:
    """What is known of somebody who begins. `answer` as in `rules.find_same`, `by_text` as in `people.invite`."""

    name: str
    language: str
    email: str | None = None
    phone: str | None = None
    is_work: bool = False
    by_text: bool = False
    answer: str = ""

    @property
    def name_key(self) -> str:
        """Return the folded name."""
        return search_key(self.name)


def start_employment(
    session: Session,
    actor: Actor,
    person_id: int,
    organization_id: int,
    *,
    started_on: date,
    title: str,
    hours_per_week: Decimal | None = None,
    kind: str = "employee",
    supervising_provider_id: int | None = None,
    work_area: int | None = None,
    client_id: str | None = None,
    at: datetime,
) -> Started:
    """Begin a spell of a person at an organization, and return it. The same `client_id` begins it once.

    Raises `NotFound` unless the actor answers for the organization's staff, and `RuleBroken` with the codes of
    `rules.check_start`, `rules.title_of` and `rules.check_hours`.
    """
    lock(session, [person_id, actor.person_id])
    check_manages(session, actor, organization_id, at)
    if (known := find_started(session, client_id)) is not None:
        return known
    terms = Terms(title, hours_per_week, kind, supervising_provider_id, work_area)
    spans = queries.spans_of(session, [person_id]).get(person_id, ())
    rules.check_start(spans, organization_id, started_on, local_date(at))
    employment = Employment(
        person_id=person_id, organization_id=organization_id, started_on=started_on, client_id=client_id
    )
    session.add(employment)
    session.flush()
    _set_terms(session, employment.id, started_on, terms)
    record(
        session,
        actor.account_id,
        "organizations.employment_started",
        "employment",
        employment.public_id,
        at=at,
        organization_id=organization_id,
        person=person_id,
        started_on=started_on,
    )
    return Started(employment.id, employment.public_id, person_id)


def welcome_person(
    session: Session,
    actor: Actor,
    organization_id: int,
    newcomer: Newcomer,
    *,
    started_on: date,
    terms: Terms,
    client_id: str,
    at: datetime,
) -> Started:
    """Begin the employment of somebody who has a record already, or is invited now. The same `client_id` does it once.

    Who it is decides whose row `start_employment` locks, and it checks again. Raises as that does, as
    `rules.find_same` (before anything is saved) and as `people.service.invite`.
    """
    lock(session, [actor.person_id])  # a second tap waits here, and finds what the first one did
    check_manages(session, actor, organization_id, at)
    if (known := find_started(session, client_id)) is not None:
        return known
    person_id, link = (
        rules.find_same(newcomer.name_key, _alike(session, newcomer, organization_id), newcomer.answer),
        "",
    )
    if person_id is None:
        invited = _invite(session, actor, newcomer, at)
        person_id, link = invited.person_id, invited.link_public_id
    started = start_employment(
        session, actor, person_id, organization_id, started_on=started_on, **vars(terms), client_id=client_id, at=at
    )
    return replace(started, link_public_id=link)


def _invite(session: Session, actor: Actor, newcomer: Newcomer, at: datetime) -> Invited:
    return invite(
        session,
        actor,
        name=newcomer.name,
        language=newcomer.language,
        email=newcomer.email,
        phone=newcomer.phone,
        is_work=newcomer.is_work,
        by_text=newcomer.by_text,
        at=at,
    )


def _alike(session: Session, newcomer: Newcomer, organization_id: int) -> list[Alike]:
    """Return who may be the newcomer, by name, by a name near it here, and by the contacts that can be read.

    Whoever adds somebody of this name or with these contacts at the same moment waits, and then finds her.
    """
    email = normal_email(newcomer.email or "")
    phone = normal_phone(newcomer.phone or "")
    identifiers = [Identifier(kind, value) for kind, value in (("email", email), ("phone", phone)) if value]
    take_turns(session, f"newcomer {newcomer.name_key}")
    lock_contacts(session, *identifiers)
    return queries.list_alike(session, newcomer.name_key, identifiers, organization_id)


def change_terms(
    session: Session, actor: Actor, employment_public_id: str, terms: Terms, *, since: date, at: datetime
) -> None:
    """Set the terms of a spell from the day `since` on; what was before stays as history.

    Raises `NotFound` for a stranger's employment, `RuleBroken` ("already-ended", "terms-outside" and those of the
    terms).
    """
    employment = locked_employment(session, actor, employment_public_id, at)
    _check_open(actor, employment, at)
    rules.check_terms_day(employment.started_on, employment.ended_on, since)
    _set_terms(session, employment.id, since, terms)
    _record(session, actor, "organizations.terms_changed", employment, at, since=since, kind=terms.kind)


def end_employment(
    session: Session, actor: Actor, employment_public_id: str, *, ended_on: date, reason: str, at: datetime
) -> None:
    """End a spell: `ended_on` is its last day. Her sign-in, enrolments and certificates go on without it.

    Raises `NotFound` for a stranger's employment, `RuleBroken` ("own-employment", "already-ended",
    "reason-unknown" and those of `rules.check_end`). The same end told twice is one.
    """
    employment = locked_employment(session, actor, employment_public_id, at)
    today = local_date(at)
    if (employment.ended_on, employment.end_reason) == (ended_on, reason):
        return
    _check_open(actor, employment, at)
    if employment.person_id == actor.person_id and not policy.can_administer(actor):
        raise RuleBroken("own-employment")
    if reason not in END_REASONS:
        raise RuleBroken("reason-unknown")
    own = Span(employment.organization_id, employment.started_on, employment.ended_on)
    rules.check_end(own, ended_on, today, queries.spans_of(session, [employment.person_id])[employment.person_id])
    employment.ended_on, employment.end_reason = ended_on, reason
    end_delegations_of(session, employment.id, ended_on, today)
    _record(session, actor, "organizations.employment_ended", employment, at, ended_on=ended_on, reason=reason)


def _check_open(actor: Actor, employment: Employment, at: datetime) -> None:
    """Raise `RuleBroken("already-ended")` unless the spell goes on, or an administrator corrects it."""
    if not policy.can_change_spell(actor, employment.ended_on, local_date(at)):
        raise RuleBroken("already-ended", on=employment.ended_on)


def check_manages(session: Session, actor: Actor, organization_id: int, at: datetime) -> None:
    """Raise `NotFound` unless, in this transaction, the actor may manage the staff of an open organization."""
    today = local_date(at)
    allowed = policy.can_administer(actor) or (
        policy.can_manage_staff(actor, organization_id)
        and policy.still_supervises(session, actor, organization_id, today)
    )
    open_one = select(Organization.id).where(
        Organization.id == organization_id,
        Organization.closed_on.is_(None) | (Organization.closed_on >= today),
    )
    if not allowed or session.execute(open_one).first() is None:
        raise NotFound


def find_started(session: Session, client_id: str | None) -> Started | None:
    """Return what the same form has begun before; None when it has not been sent yet."""
    if client_id is None:
        return None
    row = session.execute(
        select(Employment.id, Employment.public_id, Employment.person_id).where(Employment.client_id == client_id)
    ).one_or_none()
    return Started(*row) if row else None


def locked_employment(session: Session, actor: Actor, public_id: str, at: datetime) -> Employment:
    """Return an employment with its person locked; raise `NotFound` when the actor may not manage it."""
    query = select(Employment.person_id, Employment.organization_id).where(Employment.public_id == public_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    lock(session, [row.person_id, actor.person_id])
    check_manages(session, actor, row.organization_id, at)
    return session.execute(select(Employment).where(Employment.public_id == public_id)).scalar_one()


def _set_terms(session: Session, employment_id: int, since: date, terms: Terms) -> None:
    """Write the terms of a spell from a day on; raise `RuleBroken` when they cannot be."""
    rules.check_hours(terms.hours_per_week)
    if terms.kind not in EMPLOYMENT_KINDS:
        raise RuleBroken("kind-unknown")
    values = {**vars(terms), "title": rules.title_of(terms.title)}
    row = {"employment_id": employment_id, "since": since, **values}
    upsert(session, EmploymentTerms, row, key=("employment_id", "since"), change=tuple(values))


def _record(
    session: Session, actor: Actor, action: str, employment: Employment, at: datetime, **details: object
) -> None:
    record(
        session,
        actor.account_id,
        action,
        "employment",
        employment.public_id,
        at=at,
        organization_id=employment.organization_id,
        person=employment.person_id,
        **details,
    )
