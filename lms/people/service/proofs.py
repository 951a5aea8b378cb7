"""Contacts that somebody has proven to reach her: whose they may be, and what a used link proves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.errors import RuleBroken
from lms.people import queries
from lms.people.models import AccessLink, Contact
from lms.people.rules import Identifier
from lms.people.rules.sessions import CANDIDATES
from lms.people.service.locks import lock_contacts


def check_free(session: Session, identifier: Identifier, *, besides: int | None = None) -> None:
    """Raise `RuleBroken` "email_in_use" or "contact_shared_by_many" when one more person cannot have this contact.

    `besides` is the person who proves now that it reaches her: what others only claim does not stand in her way.
    None is somebody who is invited: then every claim counts. Holds the contact, so that it stays true until the end.
    """
    lock_contacts(session, identifier)
    holders = queries.list_holders(session, identifier)
    others = [each for each, is_proven in holders.items() if besides is None or (is_proven and each != besides)]
    if identifier.kind == "email" and others:
        raise RuleBroken("email_in_use")
    if len(others) >= CANDIDATES:
        raise RuleBroken("contact_shared_by_many")


def confirm_by_link(session: Session, link: AccessLink, *, at: datetime) -> None:
    """Note that the contact to which a used link was sent reaches her. Raises as `check_free`."""
    if link.contact_id is not None:
        contact = session.execute(select(Contact).where(Contact.id == link.contact_id)).scalar_one()
        check_free(session, Identifier(contact.kind, contact.value), besides=contact.person_id)
        contact.confirmed_at = at
