"""How each reader wants her letters: her wish, the numbers where she agreed to texts, addresses that refuse letters."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from lms.notifications.models import Bounce, InboundText, Letter, LetterChoice, SmsConsent
from lms.notifications.rules import Contact, Wish
from lms.people import queries as people
from lms.people.queries import ContactRow


@dataclass(frozen=True)
class BounceRow:
    """An address that refused a letter for good: since when, and what was said."""

    public_id: str
    channel: str
    address: str
    problem: str
    at: datetime


@dataclass(frozen=True)
class Agreement:
    """What was said last about text messages to a number."""

    number: str
    is_given: bool
    way: str
    at: datetime


def find_wish(session: Session, person_id: int) -> Wish:
    """Return how a person wants to be written to; the usual where she said nothing. One query."""
    row = session.execute(
        select(
            LetterChoice.channel, LetterChoice.quiet_from, LetterChoice.quiet_until, LetterChoice.wants_digest
        ).where(LetterChoice.person_id == person_id)
    ).one_or_none()
    return Wish(*row) if row else Wish()


def list_agreements(session: Session, person_id: int, numbers: Collection[str]) -> dict[str, Agreement]:
    """Return what a person said last about texts to these numbers; those never spoken of are left out. One query."""
    rows = session.execute(
        select(SmsConsent.number, SmsConsent.kind, SmsConsent.way, SmsConsent.at)
        .where(SmsConsent.number.in_(numbers), or_(SmsConsent.person_id == person_id, SmsConsent.person_id.is_(None)))
        .order_by(SmsConsent.id)
    )
    return {row.number: Agreement(row.number, row.kind == "given", row.way, row.at) for row in rows}


def list_numbers(session: Session, person_id: int) -> list[str]:
    """Return the phone numbers of which a person has proven that they reach her. One query."""
    return numbers_of(people.list_contacts(session, person_id))


def numbers_of(contacts: Sequence[ContactRow]) -> list[str]:
    """Return the numbers among these contacts that were proven."""
    return [row.value for row in contacts if row.kind == "phone" and row.facts.confirmed_at is not None]


def may_ask_for_texts(session: Session, person_id: int) -> bool:
    """Return whether nothing reaches a person but texts, and she has not been asked yet. At most two queries."""
    contacts = people.list_contacts(session, person_id)
    numbers = numbers_of(contacts)
    if not numbers or any(row.kind == "email" for row in contacts):
        return False
    return not list_agreements(session, person_id, numbers)


def has_stopped(session: Session, number: str) -> bool:
    """Return whether whoever reads this number asked for no more texts. One query."""
    newest = select(SmsConsent.kind).where(SmsConsent.number == number).order_by(SmsConsent.id.desc()).limit(1)
    return session.execute(newest).scalar_one_or_none() == "withdrawn"


def is_overtaken(session: Session, number: str, wanted: str, sent_at: datetime) -> bool:
    """Return whether the reader of a number has said otherwise since a text message of hers left. Two queries.

    Against a STOP only another text counts, by the same clock: in doubt it is a STOP.
    """
    texts = select(func.max(InboundText.sent_at)).where(
        InboundText.number == number, InboundText.wanted.in_(("stop", "start")), InboundText.wanted != wanted
    )
    said = [session.execute(texts).scalar_one()]
    if wanted == "start":
        withdrawn = (SmsConsent.number == number) & (SmsConsent.kind == "withdrawn")
        said.append(session.execute(select(func.max(SmsConsent.at)).where(withdrawn)).scalar_one())
    return any(at is not None and at > sent_at for at in said)


def list_agreed_people(session: Session, number: str) -> list[int]:
    """Return who agreed to texts to this number at some time. One query."""
    found = select(SmsConsent.person_id).where(SmsConsent.number == number, SmsConsent.person_id.is_not(None))
    return sorted(person_id for person_id in set(session.scalars(found)) if person_id is not None)


def find_bounces(session: Session, addresses: Collection[str]) -> dict[str, BounceRow]:
    """Return which of these addresses refuse letters, by address. One query."""
    rows = session.execute(
        select(Bounce.public_id, Bounce.channel, Bounce.address, Bounce.problem, Bounce.at).where(
            Bounce.address.in_(addresses), Bounce.cleared_at.is_(None)
        )
    )
    return {row.address: BounceRow(*row) for row in rows}


def bounces_of(session: Session, contacts: Sequence[ContactRow]) -> dict[str, BounceRow]:
    """Return which of a person's contacts refuse letters and were not proven since, by address. One query."""
    proven = {each.value: each.facts.confirmed_at for each in contacts}
    found = find_bounces(session, list(proven))
    return {
        address: bounce
        for address, bounce in found.items()
        if (confirmed_at := proven[address]) is None or confirmed_at < bounce.at
    }


def contacts_of(session: Session, person_id: int) -> list[Contact]:
    """Return every contact of a person, with what a letter must know of it. Three queries."""
    rows = people.list_contacts(session, person_id)
    bouncing = bounces_of(session, rows)
    agreed = list_agreements(session, person_id, [row.value for row in rows if row.kind == "phone"])
    return [
        Contact(
            row.kind,
            row.value,
            is_confirmed=row.facts.confirmed_at is not None,
            is_work=row.facts.is_work,
            is_agreed=row.value in agreed and agreed[row.value].is_given,
            is_bouncing=row.value in bouncing,
        )
        for row in rows
    ]


def knows_address(session: Session, address: str) -> bool:
    """Return whether a letter ever went to an address: others cannot bounce. One query."""
    return bool(session.execute(select(exists().where(Letter.address == address))).scalar_one())
