"""What administrators do: give and end roles, close and open accounts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit import service as audit
from lms.db import take_turns
from lms.errors import NotAllowed, NotFound, RuleBroken
from lms.people import policy, queries, rules
from lms.people.models import LANGUAGES, Account, Person, RoleGrant
from lms.people.service.links import make_link, void_links
from lms.people.service.locks import lock_account
from lms.people.service.sessions import end_sessions
from lms.people.service.spare_codes import clear_second_factor


def grant_role(
    session: Session,
    actor: Actor | None,
    person_public_id: str,
    role: str,
    *,
    language: str | None = None,
    organization_id: int | None = None,
    at: datetime,
) -> None:
    """Give a role; the person's sessions end, and begin anew with it. Giving it twice changes nothing.

    `actor` is None for the first installation. `language` counts for a translator, `organization_id` for a
    viewer. Raises `NotFound`, `NotAllowed`, or `RuleBroken` with a code of `rules.grant_fault`.
    """
    person = queries.get_person(session, person_public_id)
    if actor is not None and not policy.can_administer(actor):
        raise NotAllowed
    language = language if role == "translator" and language in LANGUAGES else None
    organization_id = organization_id if role == "viewer" else None
    giver = actor.account_id if actor else None
    fault = rules.grant_fault(
        role, giver=giver, receiver=person.account_id, language=language, organization_id=organization_id
    )
    if fault:
        raise RuleBroken(fault)
    account = lock_account(session, person.account_id)
    held = [(each.role, each.language, each.organization_id) for each in _live_grants(session, account.id)]
    if (role, language, organization_id) in held:
        return
    session.add(
        RoleGrant(
            account_id=account.id,
            role=role,
            language=language,
            organization_id=organization_id,
            granted_at=at,
            granted_by=giver,
        )
    )
    end_sessions(session, account, at=at)
    audit.record(
        session,
        giver,
        "people.role_granted",
        "person",
        account.person_id,
        at=at,
        organization_id=organization_id,
        role=role,
        language=language,
    )


def _live_grants(session: Session, account_id: int) -> list[RoleGrant]:
    found = select(RoleGrant).where(RoleGrant.account_id == account_id, RoleGrant.ended_at.is_(None))
    return list(session.scalars(found))


def end_role(session: Session, actor: Actor, person_public_id: str, grant_public_id: str, *, at: datetime) -> None:
    """End a role; the person's sessions end. Raises `NotFound`, `NotAllowed`, `RuleBroken` "last_administrator"."""
    account = _administered(session, actor, person_public_id)
    grant = session.execute(
        select(RoleGrant).where(
            RoleGrant.public_id == grant_public_id, RoleGrant.account_id == account.id, RoleGrant.ended_at.is_(None)
        )
    ).scalar_one_or_none()
    if grant is None:
        raise NotFound
    _keep_an_administrator(session, account, [grant.role])
    grant.ended_at = at
    end_sessions(session, account, at=at)
    audit.record(session, actor.account_id, "people.role_ended", "person", account.person_id, at=at, role=grant.role)


def _administered(session: Session, actor: Actor, person_public_id: str) -> Account:
    """Return the account of a person whom `actor` may administer, held. Such changes pass one after another."""
    if not policy.can_administer(actor):
        raise NotAllowed
    take_turns(session, "administering")  # else two administrators could close each other's accounts
    return lock_account(session, queries.get_person(session, person_public_id).account_id)


def _keep_an_administrator(session: Session, account: Account, roles: list[str]) -> None:
    """Raise `RuleBroken` when nobody else would administer the site. The caller has the turn of `_administered`."""
    others = session.scalars(
        select(RoleGrant.id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(
            RoleGrant.role == "administrator",
            RoleGrant.ended_at.is_(None),
            RoleGrant.account_id != account.id,
            Account.disabled_at.is_(None),
        )
    ).all()
    if any(rules.leaves_nobody(role, len(others)) for role in roles):
        raise RuleBroken("last_administrator")


def disable_account(session: Session, actor: Actor, person_public_id: str, *, at: datetime) -> None:
    """Close an account at once; the training record stays. Raises `RuleBroken` "not_oneself", "last_administrator"."""
    account = _administered(session, actor, person_public_id)
    if account.id == actor.account_id:
        raise RuleBroken("not_oneself")
    if account.disabled_at is not None:
        return
    _keep_an_administrator(session, account, [grant.role for grant in _live_grants(session, account.id)])
    account.disabled_at = at
    end_sessions(session, account, at=at)
    void_links(session, account.id, at=at)
    audit.record(session, actor.account_id, "people.account_disabled", "person", account.person_id, at=at)


def enable_account(session: Session, actor: Actor, person_public_id: str, *, at: datetime) -> None:
    """Open a closed account again. Raises `NotFound` when the record was joined to another, whose sign-in goes on."""
    account = _administered(session, actor, person_public_id)
    if session.get_one(Person, account.person_id).merged_into_id is not None:
        raise NotFound
    if account.disabled_at is not None:
        account.disabled_at = None
        audit.record(session, actor.account_id, "people.account_enabled", "person", account.person_id, at=at)


def remove_second_factor(session: Session, actor: Actor, person_public_id: str, *, at: datetime) -> None:
    """Take away a lost second factor with the password beside it, and send a link for a new password.

    Raises `RuleBroken` "not_oneself", "second_factor_not_begun", or "no_contact" when no e-mail reaches her.
    """
    account = _administered(session, actor, person_public_id)
    if account.id == actor.account_id:
        raise RuleBroken("not_oneself")
    if account.second_factor_confirmed_at is None:
        raise RuleBroken("second_factor_not_begun")
    emails = [each for each in queries.list_contacts(session, account.person_id) if each.kind == "email"]
    emails.sort(key=lambda each: each.facts.confirmed_at is None)
    if not emails:
        raise RuleBroken("no_contact")
    clear_second_factor(session, account)
    account.password_hash = rules.NO_PASSWORD  # not None: a code must not open an account that a reset has to
    end_sessions(session, account, at=at)
    make_link(session, account, "reset", contact_id=emails[0].contact_id, created_by=actor.account_id, at=at)
    audit.record(session, actor.account_id, "people.second_factor_removed", "person", account.person_id, at=at)
