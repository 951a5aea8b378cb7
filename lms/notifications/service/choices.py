"""What readers choose: how they are written to, text messages or none, and that an address is right after all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.certificates.queries import holders_of
from lms.db import insert_once, take_turns, upsert
from lms.errors import NotFound, RuleBroken
from lms.ids import new_public_id
from lms.notifications import queries, rules
from lms.notifications.models import Bounce, InboundText, Letter, LetterChoice, SmsConsent
from lms.notifications.rules import Mark, Wish
from lms.notifications.service.writing import write_answers
from lms.people import queries as people
from lms.people.rules import Identifier
from lms.people.service import lock

#: The version of the sentence that she agrees to (`forms.ChoicesForm.agrees`); another sentence gets another one.
WORDING = "2026-11"


def choose(session: Session, actor: Actor, wish: Wish, agreed: Collection[str], *, at: datetime) -> None:
    """Keep how the actor wants to be written to, and to which of her numbers texts may come.

    Only a number that she has proven counts: a typing mistake must not write to a stranger. Raises `RuleBroken`:
    "no-number" when she wants texts and has none, "consent-needed" when she agreed to none.
    """
    lock(session, [actor.person_id])
    numbers = queries.list_numbers(session, actor.person_id)
    agreed = set(agreed) & set(numbers)
    if wish.channel == "sms" and not agreed:
        raise RuleBroken("consent-needed" if numbers else "no-number")
    _keep(session, actor.person_id, wish, at=at)
    known = queries.list_agreements(session, actor.person_id, numbers)
    for number in numbers:
        is_given = number in known and known[number].is_given
        if is_given != (number in agreed):
            _consent(session, [actor.person_id], number, number in agreed, "page", WORDING, actor.language, at=at)
    record(session, actor.account_id, "letters-chosen", "person", actor.person_id, at=at, channel=wish.channel)


def stop(session: Session, letter_public_id: str, *, at: datetime) -> str:
    """Stop letters of the sort of this one, for its reader; return "reminders" or "digest". Twice changes nothing.

    The letter itself is the proof: whoever holds it may, however old it is. It starts nothing again, because it may
    have been passed on, and mail programs press what they find. Raises `NotFound` for one that nobody can stop.
    """
    found = session.execute(
        select(Letter.person_id, Letter.kind).where(Letter.public_id == letter_public_id)
    ).one_or_none()
    stops = rules.STOPPED_BY.get(found.kind) if found else None
    if found is None or stops is None or found.person_id is None:
        raise NotFound
    lock(session, [found.person_id])
    now = queries.find_wish(session, found.person_id)
    wish = replace(now, wants_digest=False) if stops == "digest" else replace(now, channel="none")
    if wish != now:
        _keep(session, found.person_id, wish, at=at)
        record(session, None, "letters-stopped", "person", found.person_id, at=at, what=stops)
    return stops


def hear(session: Session, number: str, text: str, mark: Mark | None = None, *, at: datetime) -> str:
    """Do what a text message from `number` asks for, and write the answer; return "stop", "start", "help" or "".

    One that was heard before, or that another has overtaken, changes nothing. Without a `mark` a START counts only
    where no STOP came before it: it may be an old one.
    No more texts counts for everybody who has this number: whoever holds the phone may say so. Texts again counts for
    those who have proven that it reaches them, and lets reminders come again that they had stopped.
    """
    wanted = rules.wanted(text)
    if not wanted:
        return ""
    take_turns(session, f"texts {number}")
    holders = people.list_holders(session, Identifier("phone", number))
    known = sorted({*holders, *queries.list_agreed_people(session, number)})
    lock(session, known)
    if not _is_new(session, number, wanted, mark, at=at):
        return wanted
    said_at = mark.sent_at if mark else at
    language = _language_of(session, known)
    changed = wanted == "help"
    said = {each: queries.list_agreements(session, each, [number]).get(number) for each in known}
    given = {each for each, last in said.items() if last is not None and last.is_given}
    if wanted == "stop":
        agreed = [each for each in known if said[each] is None or each in given]
        changed = bool(agreed) or not queries.has_stopped(session, number)
        if changed:
            _consent(session, agreed or known or [None], number, False, "text", "STOP", language, at=said_at)
    elif wanted == "start":
        asked = [each for each in known if holders.get(each) and each not in given]
        _consent(session, asked, number, True, "text", "START", language, at=said_at)
        resumed = _resume(session, [each for each in known if holders.get(each)], at=at)
        changed = bool(asked) or resumed
    if changed:
        write_answers(session, number, wanted, known, language, at=at)
    return wanted


def _is_new(session: Session, number: str, wanted: str, mark: Mark | None, *, at: datetime) -> bool:
    """Note that a text message was heard; return whether it counts: for the first time, and nothing newer was said."""
    if mark is None:
        return wanted != "start" or not queries.has_stopped(session, number)
    is_overtaken = queries.is_overtaken(session, number, wanted, mark.sent_at)
    row = {"number": number, "message_id": mark.message_id, "wanted": wanted, "sent_at": mark.sent_at, "heard_at": at}
    return bool(insert_once(session, InboundText, [row])) and not is_overtaken


def _resume(session: Session, person_ids: Collection[int], *, at: datetime) -> bool:
    """Let reminders come again to those of these people who had stopped them; return whether anybody had."""
    wishes = {each: queries.find_wish(session, each) for each in person_ids}
    stopped = {each: wish for each, wish in wishes.items() if not wish.wants_reminders}
    for person_id, wish in stopped.items():
        _keep(session, person_id, replace(wish, channel=None), at=at)
        record(session, None, "letters-started", "person", person_id, at=at, what="reminders")
    return bool(stopped)


def note_bounce(session: Session, channel: str, address: str, problem: str, *, at: datetime) -> bool:
    """Note that an address refuses letters for good; return False when that is known."""
    row = {"channel": channel, "address": address, "problem": rules.one_line(problem), "at": at}
    return bool(insert_once(session, Bounce, [{"public_id": new_public_id(), **row}]))


def clear_bounce(session: Session, actor: Actor, public_id: str, *, at: datetime) -> None:
    """Try an address of the actor's again, which she says is right; raise `NotFound`."""
    own = [row.value for row in people.list_contacts(session, actor.person_id)]
    cleared = session.execute(
        update(Bounce)
        .where(Bounce.public_id == public_id, Bounce.address.in_(own), Bounce.cleared_at.is_(None))
        .values(cleared_at=at)
        .returning(Bounce.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if cleared is None:
        raise NotFound
    record(session, actor.account_id, "bounce-cleared", "person", actor.person_id, at=at)


def _keep(session: Session, person_id: int, wish: Wish, *, at: datetime) -> None:
    row = {
        "person_id": person_id,
        "channel": wish.channel,
        "quiet_from": wish.quiet_from,
        "quiet_until": wish.quiet_until,
        "wants_digest": wish.wants_digest,
        "changed_at": at,
    }
    upsert(session, LetterChoice, row, key=["person_id"], change=[name for name in row if name != "person_id"])


def _consent(
    session: Session,
    person_ids: Collection[int | None],
    number: str,
    is_given: bool,
    way: str,
    wording: str,
    language: str,
    *,
    at: datetime,
) -> None:
    """Write down what was said about texts to a number."""
    said = {"number": number, "kind": "given" if is_given else "withdrawn", "way": way, "wording": wording}
    rows = [{"person_id": each, **said, "language": language, "at": at} for each in person_ids]
    if rows:
        session.execute(insert(SmsConsent), rows)


def _language_of(session: Session, person_ids: Collection[int]) -> str:
    """Return the language of the first of these people; English where there is none."""
    if not person_ids:
        return "en"
    return holders_of(session, [min(person_ids)])[min(person_ids)].language
