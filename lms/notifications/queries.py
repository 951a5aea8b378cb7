"""What a letter says at the moment when it is sent: read from the features that know it, or no longer true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from lms.certificates import queries as certificates
from lms.content.library import current
from lms.notifications import rules
from lms.notifications.models import Letter
from lms.notifications.rules import NoLongerTrue, NotYet
from lms.notifications.service import Claimed
from lms.organizations import queries as organizations
from lms.people import queries as people
from lms.tracks import queries as tracks


@dataclass(frozen=True)
class Facts:
    """Who reads a letter, where and in which language, and what its template tells. A code's reader has no name."""

    name: str
    language: str
    channel: str
    address: str
    values: dict[str, Any] = field(default_factory=dict)


def has_due(session: Session, *, at: datetime) -> bool:
    """Return whether any letter waits to be sent at the instant `at`. One query."""
    waits = and_(Letter.state == "pending", Letter.run_at <= at)
    lapsed = and_(Letter.state == "sending", Letter.locked_until <= at)
    return bool(session.execute(select(exists().where(or_(waits, lapsed)))).scalar_one())


def get_facts(session: Session, letter: Claimed, *, at: datetime, today: date) -> Facts:
    """Return what a letter says now; raise `NoLongerTrue` when it should not be sent any more, `NotYet` when later."""
    return _FACTS[letter.kind](session, letter, at, today)


def _link_facts(session: Session, letter: Claimed, at: datetime, _today: date) -> Facts:
    link = people.find_link_letter(session, letter.values["link_id"], at)
    if link is None:
        raise NoLongerTrue("the link was used, withdrawn, or ran out")
    values = {"link_public_id": link.public_id, "expires_at": link.expires_at}
    channel = rules.CHANNEL_OF_CONTACT[link.contact_kind]
    return Facts(link.name, link.language, channel, link.contact_value, values)


def _code_facts(session: Session, letter: Claimed, at: datetime, _today: date) -> Facts:
    code = people.find_code_letter(session, letter.values["code_id"], at)
    if code is None:
        raise NoLongerTrue("the code was used or ran out")
    values = {"code_public_id": code.public_id, "minutes": rules.minutes_left(code.expires_at, at)}
    return Facts("", letter.language, letter.channel or "", letter.address or "", values)


def _notice_facts(session: Session, letter: Claimed, _at: datetime, _today: date) -> Facts:
    """Return what is told at an old contact, whatever has become of it: that is the point."""
    name = people.names_of(session, [letter.person_id or 0])[letter.person_id or 0]
    return Facts(name, letter.language, letter.channel or "", letter.address or "")


def _certificate_facts(session: Session, letter: Claimed, _at: datetime, today: date) -> Facts:
    reader = _reader(session, letter)
    rows = certificates.list_certificates(session, [letter.person_id or 0], today=today)
    row = next((row for row in rows if row.award_id == letter.values["award_id"]), None)
    if row is not None and row.edition != letter.values.get("edition", row.edition):
        raise NoLongerTrue(f"edition {row.edition} has taken its place")
    if row is not None and row.state == "suspended":
        raise NotYet("the certificate is suspended")
    if row is None or row.state != "valid":
        raise NoLongerTrue(f"the certificate is {row.state if row else 'missing'}")
    return _with(
        reader,
        title=row.title.get(reader.language) or row.title["en"],
        public_id=row.public_id,
        serial=row.serial,
        valid_until=row.valid_until,
        is_correction=_was_told(session, row.award_id),
    )


def _was_told(session: Session, award_id: int) -> bool:
    """Return whether a letter about an earlier edition of this certificate has left. One query."""
    told = Letter.dedupe_key.startswith(f"certificate:{award_id}:") & (Letter.state == "sent")
    return bool(session.execute(select(exists().where(told))).scalar_one())


_STATE_OF_KIND = {"question": "asked", "refusal": "refused"}


def _decision_facts(session: Session, letter: Claimed, _at: datetime, _today: date) -> Facts:
    reader = _reader(session, letter)
    rows = certificates.list_own_applications(session, letter.person_id or 0)
    row = next((row for row in rows if row.application_id == letter.values["application_id"]), None)
    if row is None or row.state != _STATE_OF_KIND[letter.kind]:
        raise NoLongerTrue(f"the application is {row.state if row else 'missing'}")
    title = tracks.track_title(current(session), row.track_key, reader.language).text
    return _with(reader, title=title, public_id=row.public_id)


def _assignment_facts(session: Session, letter: Claimed, _at: datetime, today: date) -> Facts:
    reader = _reader(session, letter)
    rows = tracks.own_assignments(session, letter.person_id or 0, today)
    row = next((row for row in rows if row.assignment_id == letter.values["assignment_id"]), None)
    if row is None or row.state == "done":
        raise NoLongerTrue("the track is completed" if row else "the assignment or the employment has ended")
    return _with(
        reader,
        title=tracks.track_title(current(session), row.track_key, reader.language).text,
        track_key=row.track_key,
        organization=organizations.names_of(session, [row.organization_id])[row.organization_id],
        due_on=row.due_on,
    )


_FACTS: dict[str, Callable[[Session, Claimed, datetime, date], Facts]] = {
    "invitation": _link_facts,
    "reset": _link_facts,
    "recovery": _link_facts,
    "recovery_notice": _notice_facts,
    "code": _code_facts,
    "certificate": _certificate_facts,
    "question": _decision_facts,
    "refusal": _decision_facts,
    "assignment": _assignment_facts,
}
KINDS = tuple(_FACTS)


def _reader(session: Session, letter: Claimed) -> Facts:
    """Return the reader of a letter and where to reach her now; raise `NoLongerTrue` when nowhere. Two queries."""
    person_id = letter.person_id or 0
    best = rules.best_contact(
        rules.Contact(each.kind, each.value, each.facts.confirmed_at is not None, each.facts.is_work)
        for each in people.list_contacts(session, person_id)
    )
    if best is None:
        raise NoLongerTrue("the person has no contact")
    person = certificates.holders_of(session, [person_id])[person_id]
    return Facts(person.name, person.language, rules.CHANNEL_OF_CONTACT[best.kind], best.value)


def _with(reader: Facts, **values: Any) -> Facts:
    return Facts(reader.name, reader.language, reader.channel, reader.address, values)
