"""Writing letters: with their cause, in its transaction, each once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from lms.certificates.events import CertificateIssued, DecisionMade
from lms.db import insert_once
from lms.ids import new_public_id
from lms.notifications import queries, rules
from lms.notifications.models import Letter
from lms.notifications.rules import Contact
from lms.people.events import CodeMade, LinkMade, RecoveryVouched
from lms.people.queries import find_link_letter
from lms.tracks.events import TrackAssigned

#: Outcomes of a decision that a letter tells; after "certify" the certificate itself brings one.
_TOLD_OUTCOMES = {"ask": "question", "refuse": "refusal"}


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
    return write_letters(session, [row], at=made.created_at)


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
    return write_letters(session, [row], at=made.created_at)


def write_recovery_notices(session: Session, vouched: RecoveryVouched) -> int:
    """Write to every contact that a recovery replaces, and return how many letters are new.

    By text only to a number that she has proven, or where she agreed to texts: any other may be a stranger's.
    """
    known = {(each.kind, each.value): each for each in queries.contacts_of(session, vouched.person_id)}
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
        if contact.kind == "email" or _is_hers(known.get((contact.kind, contact.value)))
    ]
    return write_letters(session, rows, at=vouched.at)


def _is_hers(contact: Contact | None) -> bool:
    """Return whether a number was proven, or is one where its owner agreed to texts."""
    return contact is not None and (contact.is_confirmed or contact.is_agreed)


def write_certificate_letters(session: Session, issued: CertificateIssued) -> int:
    """Write to each person whose certificate was released and return how many letters are new."""
    rows = (
        to_person(
            subject.person_id,
            "certificate",
            f"certificate:{subject.award_id}:{subject.edition_number}",
            {"award_id": subject.award_id, "edition": subject.edition_number},
        )
        for subject in issued.subjects
    )
    return write_letters(session, rows, at=issued.at)


def write_decision_letter(session: Session, made: DecisionMade) -> int:
    """Write to the worker of whom more is asked, or who was refused, and return how many letters are new."""
    kind = _TOLD_OUTCOMES.get(made.outcome)
    if kind is None:
        return 0
    key = f"decision:{made.application_id}:{made.at.isoformat()}"
    row = to_person(made.person_id, kind, key, {"application_id": made.application_id})
    return write_letters(session, [row], at=made.at)


def write_assignment_letters(session: Session, assigned: TrackAssigned) -> int:
    """Write to each person who was asked to do a track, to be sent once nobody undoes it; return how many are new."""
    rows = (
        to_person(
            subject.person_id,
            "assignment",
            f"assignment:{subject.assignment_id}",
            {"assignment_id": subject.assignment_id},
        )
        for subject in assigned.subjects
    )
    return write_letters(session, rows, at=assigned.at, run_at=assigned.at + rules.SECOND_THOUGHTS)


def write_digests(session: Session, person_ids: Iterable[int], week: date, *, at: datetime) -> int:
    """Write to each supervisor how her team stands, once for the week that begins on a Monday; return the new ones."""
    key, values = f"digest:{week.isoformat()}", {"week": week.isoformat()}
    return write_letters(session, (to_person(each, "digest", f"{key}:{each}", values) for each in person_ids), at=at)


def write_answers(
    session: Session, number: str, answer: str, person_ids: Iterable[int | None], language: str, *, at: datetime
) -> int:
    """Write one answer to a text message that was just received; return how many letters are new (0 or 1).

    `answer` is "stop", "start" or "help". It is of the first of those who have the number, if anybody has.
    """
    row = {
        "dedupe_key": f"answer:{number}:{answer}:{at.isoformat()}",
        "person_id": next(iter(person_ids), None),
        "kind": "sms_answer",
        "channel": "sms",
        "address": number,
        "language": language,
        "values": {"answer": answer},
    }
    return write_letters(session, [row], at=at)


def to_person(person_id: int, kind: str, dedupe_key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a letter to a person, wherever she can be reached when it is sent."""
    where = {"channel": None, "address": None, "language": "en"}
    return {"dedupe_key": dedupe_key, "person_id": person_id, "kind": kind, "values": dict(values), **where}


def write_letters(
    session: Session, rows: Iterable[dict[str, Any]], *, at: datetime, run_at: datetime | None = None
) -> int:
    """Write those letters that were never written, due at `run_at` (default `at`), and return how many they are."""
    fixed = {"created_at": at, "run_at": run_at or at, "state": "pending", "tries": 0}
    letters = [{"public_id": new_public_id(), **row, **fixed} for row in rows]
    return len(insert_once(session, Letter, letters))


def drop_pending(session: Session, *, at: datetime) -> int:
    """Drop every letter that was written by `at` and not sent, and return how many: of history nobody needs mail."""
    old = (Letter.state == "pending") & (Letter.created_at <= at)
    result = session.execute(update(Letter).where(old).values(state="dropped", problem="loaded-history"))
    return int(cast("CursorResult[Any]", result).rowcount)
