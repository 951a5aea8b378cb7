"""Changes of letters: written with their cause, claimed by one sender at a time, then sent, put off or dropped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, and_, case, or_, select, update
from sqlalchemy.orm import Session

from lms.certificates.events import CertificateIssued, DecisionMade
from lms.db import insert_once
from lms.ids import new_public_id
from lms.notifications import rules
from lms.notifications.models import Letter
from lms.people.events import CodeMade, LinkMade, RecoveryVouched
from lms.people.queries import find_link_letter
from lms.tracks.events import TrackAssigned

#: Outcomes of a decision that a letter tells; after "certify" the certificate itself brings one.
_TOLD_OUTCOMES = {"ask": "question", "refuse": "refusal"}


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


def write_link_letter(session: Session, made: LinkMade) -> int:
    """Write the letter with a link that was just made and return how many letters are new (0 or 1)."""
    link = find_link_letter(session, made.link_id, made.created_at)
    if link is None:
        return 0
    row = {
        "dedupe_key": f"link:{made.link_id}",
        "person_id": made.person_id,
        "kind": made.purpose,
        "channel": rules.CHANNEL_OF_CONTACT[link.contact_kind],
        "address": link.contact_value,
        "language": link.language,
        "values": {"link_id": made.link_id},
    }
    return _write(session, [row], at=made.created_at)


def write_code_letter(session: Session, made: CodeMade) -> int:
    """Write the letter with a one-time code that was just made and return how many letters are new (0 or 1)."""
    row = {
        "dedupe_key": f"code:{made.code_id}",
        "person_id": made.person_id,
        "kind": "code",
        "channel": rules.CHANNEL_OF_CONTACT[made.contact_kind],
        "address": made.contact_value,
        "language": made.language,
        "values": {"code_id": made.code_id},
    }
    return _write(session, [row], at=made.created_at)


def write_recovery_notices(session: Session, vouched: RecoveryVouched) -> int:
    """Write to every contact that a recovery replaces, and return how many letters are new."""
    rows = [
        {
            "dedupe_key": f"recovery notice:{vouched.recovery_id}:{contact.kind}:{number}",
            "person_id": vouched.person_id,
            "kind": "recovery_notice",
            "channel": rules.CHANNEL_OF_CONTACT[contact.kind],
            "address": contact.value,
            "language": vouched.language,
            "values": {},
        }
        for number, contact in enumerate(vouched.old)
    ]
    return _write(session, rows, at=vouched.at)


def write_certificate_letters(session: Session, issued: CertificateIssued) -> int:
    """Write to each person whose certificate was released and return how many letters are new."""
    rows = (
        _to_person(
            subject.person_id,
            "certificate",
            f"certificate:{subject.award_id}:{subject.edition_number}",
            {"award_id": subject.award_id, "edition": subject.edition_number},
        )
        for subject in issued.subjects
    )
    return _write(session, rows, at=issued.at)


def write_decision_letter(session: Session, made: DecisionMade) -> int:
    """Write to the worker of whom more is asked, or who was refused, and return how many letters are new."""
    kind = _TOLD_OUTCOMES.get(made.outcome)
    if kind is None:
        return 0
    key = f"decision:{made.application_id}:{made.at.isoformat()}"
    row = _to_person(made.person_id, kind, key, {"application_id": made.application_id})
    return _write(session, [row], at=made.at)


def write_assignment_letters(session: Session, assigned: TrackAssigned) -> int:
    """Write to each person who was asked to do a track, to be sent once nobody undoes it; return how many are new."""
    rows = (
        _to_person(
            subject.person_id,
            "assignment",
            f"assignment:{subject.assignment_id}",
            {"assignment_id": subject.assignment_id},
        )
        for subject in assigned.subjects
    )
    return _write(session, rows, at=assigned.at, run_at=assigned.at + rules.SECOND_THOUGHTS)


def _to_person(person_id: int, kind: str, dedupe_key: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return a letter to a person, wherever she can be reached when it is sent."""
    where = {"channel": None, "address": None, "language": "en"}
    return {"dedupe_key": dedupe_key, "person_id": person_id, "kind": kind, "values": values, **where}


def _write(session: Session, rows: Iterable[dict[str, Any]], *, at: datetime, run_at: datetime | None = None) -> int:
    """Write those letters that were never written, due at `run_at` (default `at`), and return how many they are."""
    fixed = {"created_at": at, "run_at": run_at or at, "state": "pending", "tries": 0}
    letters = [{"public_id": new_public_id(), **row, **fixed} for row in rows]
    return len(insert_once(session, Letter, letters))


def claim_letters(session: Session, holder: str, *, at: datetime, limit: int = rules.BATCH) -> tuple[Claimed, ...]:
    """Take up to `limit` letters that are due, or whose sender's lease ran out, and return them.

    Nobody else gets them until `rules.LEASE` has passed. A sender that dies costs its letters time, never a try.
    """
    lapsed = and_(Letter.state == "sending", Letter.locked_until <= at)
    due = (
        select(Letter.id)
        .where(or_(and_(Letter.state == "pending", Letter.run_at <= at), lapsed))
        .order_by(case((Letter.kind.in_(rules.URGENT), 0), else_=1), Letter.run_at, Letter.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    rows = session.execute(
        update(Letter)
        .where(Letter.id.in_(select(due.c.id)))
        .values(state="sending", locked_by=holder, locked_until=at + rules.LEASE)
        .returning(
            Letter.id,
            Letter.public_id,
            Letter.kind,
            Letter.person_id,
            Letter.channel,
            Letter.address,
            Letter.language,
            Letter.values,
            Letter.tries,
        )
        .execution_options(synchronize_session=False)
    ).all()
    order = {kind: number for number, kind in enumerate(rules.URGENT)}
    return tuple(sorted((Claimed(*row) for row in rows), key=lambda each: (order.get(each.kind, 99), each.id)))


def mark_sent(
    session: Session, letter_id: int, holder: str, *, channel: str, address: str, language: str, at: datetime
) -> bool:
    """Note that a letter left, and where to; return False when another sender holds it by now."""
    sent = {"state": "sent", "sent_at": at, "problem": None}
    return _settle(session, letter_id, holder, **sent, channel=channel, address=address, language=language)


def mark_dropped(session: Session, letter_id: int, holder: str, reason: str) -> bool:
    """Note why a letter need not leave any more; return False when another sender holds it by now."""
    return _settle(session, letter_id, holder, state="dropped", problem=rules.one_line(reason))


def mark_failed(session: Session, letter: Claimed, holder: str, problem: str, *, for_good: bool, at: datetime) -> bool:
    """Count a try that failed, and say why and when comes the next; after the last, or `for_good`, the letter failed.

    Returns False when another sender holds it by now.
    """
    tries = letter.tries + 1
    again = None if for_good else rules.retry_at(tries, at)
    outcome = {"state": "pending", "run_at": again} if again else {"state": "failed"}
    return _settle(session, letter.id, holder, **outcome, tries=tries, problem=rules.one_line(problem))


def put_off(session: Session, letter_id: int, holder: str, reason: str, *, at: datetime) -> bool:
    """Let a letter rest whose time has not come, without counting a try; False when another holds it by now."""
    again = {"state": "pending", "run_at": at + rules.REST, "problem": rules.one_line(reason)}
    return _settle(session, letter_id, holder, **again)


def drop_pending(session: Session, *, at: datetime) -> int:
    """Drop every letter that was written by `at` and not sent, and return how many: of history nobody needs mail."""
    old = (Letter.state == "pending") & (Letter.created_at <= at)
    result = session.execute(update(Letter).where(old).values(state="dropped", problem="loaded history"))
    return int(cast("CursorResult[Any]", result).rowcount)


def give_back(session: Session, letters: Iterable[Claimed], holder: str) -> None:
    """Let go of claimed letters that were not tried, so that another sender may take them now."""
    for letter in letters:
        _settle(session, letter.id, holder, state="pending")


def _settle(session: Session, letter_id: int, holder: str, **values: Any) -> bool:
    """Change a letter that `holder` still holds, and let it go."""
    settled = session.execute(
        update(Letter)
        .where(Letter.id == letter_id, Letter.state == "sending", Letter.locked_by == holder)
        .values(**values, locked_by=None, locked_until=None)
        .returning(Letter.id)
        .execution_options(synchronize_session=False)
    )
    return settled.one_or_none() is not None
