"""What a letter says at the moment when it is sent: read from the features that know it, or no longer true."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from lms.certificates import queries as certificates
from lms.clock import zone
from lms.content.library import current
from lms.mail import Undeliverable
from lms.notifications import rules
from lms.notifications.models import Letter
from lms.notifications.queries import choices
from lms.notifications.queries.digest import TeamNews, TeamNewsOf
from lms.notifications.queries.items import Cause
from lms.notifications.queries.news import NEWS, list_news
from lms.notifications.queries.reminders import list_items
from lms.notifications.rules import NoLongerTrue, NotYet, Title, Wish
from lms.organizations import queries as organizations
from lms.people import queries as people
from lms.people.queries.letters import find_reader
from lms.tracks import queries as tracks

#: Why nothing is written to somebody who cannot sign in any more.


@dataclass(frozen=True)
class Claimed:
    """A letter that this sender holds; `tries` counts those that failed.

    `channel` and `address` are None where the person's best contact counts.
    """

    id: int
    public_id: str
    kind: str
    person_id: int | None
    channel: str | None
    address: str | None
    language: str
    values: Mapping[str, Any]
    tries: int


@dataclass(frozen=True)
class Moment:
    """When a letter is sent, the local date of that, and whom to ask how a team stands."""

    at: datetime
    today: date
    news_of: TeamNewsOf = lambda _session, _organizations, _today, _language, _reader: TeamNews(())


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


def get_facts(session: Session, letter: Claimed, moment: Moment) -> Facts:
    """Return what a letter says now.

    Raises `NoLongerTrue` when it should not be sent any more, `NotYet` when later, `Undeliverable` when every address
    that it could go to has refused letters.
    """
    facts = _FACTS[letter.kind](session, letter, moment)
    if facts.channel == "sms" and letter.kind not in rules.URGENT:
        wish = choices.find_wish(session, letter.person_id or 0)
        until = rules.quiet_end(moment.at, zone(), wish)
        if until is not None:
            raise NotYet("quiet-hours", until)
    return facts


def _link_facts(session: Session, letter: Claimed, moment: Moment) -> Facts:
    link = people.find_link_letter(session, letter.values["link_id"], moment.at)
    if link is None:
        raise NoLongerTrue("link-over")
    if link.contact_kind == "phone" and letter.kind != "reset":  # that one she asked for herself, at this moment
        if letter.kind == "invitation" and not link.is_agreed:
            raise NoLongerTrue("not-agreed")
        _check_stopped(session, link.contact_value)
    values = {"link_public_id": link.public_id, "expires_at": link.expires_at}
    channel = rules.CHANNEL_OF_CONTACT[link.contact_kind]
    return Facts(link.name, link.language, channel, link.contact_value, values)


def _check_stopped(session: Session, number: str) -> None:
    """Raise `NoLongerTrue` for a number whose reader asked for no more texts. One query."""
    if choices.has_stopped(session, number):
        raise NoLongerTrue("number-stopped")


def _code_facts(session: Session, letter: Claimed, moment: Moment) -> Facts:
    code = people.find_code_letter(session, letter.values["code_id"], moment.at)
    if code is None:
        raise NoLongerTrue("code-over")
    if letter.person_id is not None and find_reader(session, letter.person_id) is None:
        raise NoLongerTrue("account-closed")
    values = {"code_public_id": code.public_id, "minutes": rules.minutes_left(code.expires_at, moment.at)}
    return Facts("", letter.language, letter.channel or "", letter.address or "", values)


def _notice_facts(session: Session, letter: Claimed, _moment: Moment) -> Facts:
    """Return what is told at an old contact, whatever has become of it and of the account: that is the point.

    By text it goes only where `write_recovery_notices` let it, and never after a STOP.
    """
    if letter.channel == "sms":
        _check_stopped(session, letter.address or "")
    name = people.names_of(session, [letter.person_id or 0])[letter.person_id or 0]
    return Facts(name, letter.language, letter.channel or "", letter.address or "")


def _certificate_facts(session: Session, letter: Claimed, moment: Moment) -> Facts:
    reader = _reader(session, letter)
    rows = certificates.list_certificates(session, [letter.person_id or 0], today=moment.today)
    row = next((row for row in rows if row.award_id == letter.values["award_id"]), None)
    if row is not None and row.edition != letter.values.get("edition", row.edition):
        raise NoLongerTrue("certificate-replaced")
    if row is not None and row.state == "suspended":
        raise NotYet("certificate-suspended")
    if row is None or row.state != "valid":
        raise NoLongerTrue("certificate-not-valid")
    return _with(
        reader,
        title=Title(row.title.get(reader.language) or row.title["en"]),
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


def _decision_facts(session: Session, letter: Claimed, _moment: Moment) -> Facts:
    reader = _reader(session, letter)
    rows = certificates.list_own_applications(session, letter.person_id or 0)
    row = next((row for row in rows if row.application_id == letter.values["application_id"]), None)
    if row is None or row.state != _STATE_OF_KIND[letter.kind]:
        raise NoLongerTrue("application-went-on")
    title = Title(tracks.track_title(current(session), row.track_key, reader.language).text)
    return _with(reader, title=title, public_id=row.public_id)


def _assignment_facts(session: Session, letter: Claimed, moment: Moment) -> Facts:
    reader = _reader(session, letter)
    rows = tracks.own_assignments(session, letter.person_id or 0, moment.today)
    row = next((row for row in rows if row.assignment_id == letter.values["assignment_id"]), None)
    if row is None or row.state == "done":
        raise NoLongerTrue("track-completed" if row else "assignment-ended")
    if current(session).find("track", row.track_key) is None:
        raise NoLongerTrue("track-retired")
    return _with(
        reader,
        title=Title(tracks.track_title(current(session), row.track_key, reader.language).text),
        track_key=row.track_key,
        organization=Title(organizations.names_of(session, [row.organization_id])[row.organization_id]),
        due_on=row.due_on,
    )


def _reminder_facts(session: Session, letter: Claimed, moment: Moment) -> Facts:
    reader = _reader(session, letter)
    items = list_items(session, _cause(letter, reader, moment))
    if not items:
        raise NoLongerTrue("nothing-left")
    return _with(reader, items=items, today=moment.today)


def _news_facts(session: Session, letter: Claimed, moment: Moment) -> Facts:
    reader = _reader(session, letter)
    return _with(reader, items=list_news(session, _cause(letter, reader, moment)), today=moment.today)


def _cause(letter: Claimed, reader: Facts, moment: Moment) -> Cause:
    person_id = letter.person_id or 0
    return Cause(letter.id, letter.kind, person_id, letter.values, reader.language, moment.at, moment.today)


def _digest_facts(session: Session, letter: Claimed, moment: Moment) -> Facts:
    reader = _reader(session, letter)
    supervises = organizations.ties_of(session, letter.person_id or 0, moment.today).supervises
    if not supervises:
        raise NoLongerTrue("supervises-nobody")
    news = moment.news_of(session, supervises, moment.today, reader.language, letter.person_id or 0)
    if not news.parts:
        raise NoLongerTrue("nothing-to-say")
    return _with(reader, parts=news.parts, counts={part.key: part.count for part in news.parts})


def _answer_facts(_session: Session, letter: Claimed, _moment: Moment) -> Facts:
    """Return the answer to a text message; it goes to the number that sent it, whoever has it."""
    return Facts("", letter.language, letter.channel or "", letter.address or "", dict(letter.values))


_FACTS: dict[str, Callable[[Session, Claimed, Moment], Facts]] = {
    "invitation": _link_facts,
    "reset": _link_facts,
    "recovery": _link_facts,
    "recovery_notice": _notice_facts,
    "code": _code_facts,
    "certificate": _certificate_facts,
    "question": _decision_facts,
    "refusal": _decision_facts,
    "assignment": _assignment_facts,
    "reminder": _reminder_facts,
    "digest": _digest_facts,
    "sms_answer": _answer_facts,
    **dict.fromkeys(NEWS, _news_facts),
}
KINDS = tuple(_FACTS)


def _reader(session: Session, letter: Claimed) -> Facts:
    """Return the reader of a letter and where to reach her now. Five queries.

    Raises `NoLongerTrue` when her account is closed, when she does not want it, or has no contact for it; and
    `Undeliverable` when all refuse letters.
    """
    person_id = letter.person_id or 0
    person = find_reader(session, person_id)
    if person is None:
        raise NoLongerTrue("account-closed")
    wish = choices.find_wish(session, person_id)
    if not _is_wanted(letter.kind, wish):
        raise NoLongerTrue("not-wished")
    contacts = choices.contacts_of(session, person_id)
    best = rules.best_contact(contacts, wish.channel)
    if best is None:
        if any(each.is_bouncing for each in contacts):
            raise Undeliverable("contacts-refuse")
        raise NoLongerTrue("no-contact")
    return Facts(person.name, person.language, rules.CHANNEL_OF_CONTACT[best.kind], best.value)


def _is_wanted(kind: str, wish: Wish) -> bool:
    """Return whether somebody with this wish wants letters of a kind; what is no reminder always comes."""
    stops = rules.STOPPED_BY.get(kind)
    return {"reminders": wish.wants_reminders, "digest": wish.wants_digest}.get(stops or "", True)


def _with(reader: Facts, **values: Any) -> Facts:
    return Facts(reader.name, reader.language, reader.channel, reader.address, values)
