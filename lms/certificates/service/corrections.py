"""Another spelling of the name as a new edition: other marks by the holder herself, other letters by a certifier."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.certificates import policy
from lms.certificates.models import NameRequest
from lms.certificates.queries import Known
from lms.certificates.rules.decisions import LONGEST_NOTE
from lms.certificates.rules.lives import check_life
from lms.certificates.rules.names import is_respelled
from lms.certificates.service.editions import next_edition
from lms.certificates.service.locking import lock_award, lock_own, lock_request
from lms.certificates.service.naming import gate_name
from lms.db import insert_once
from lms.errors import NotFound, RuleBroken
from lms.ids import new_public_id

#: Editions with other marks that a holder makes by herself in one day.
MOST_A_DAY = 3


def request_name(session: Session, actor: Actor, award_public_id: str, name: str, note: str, *, at: datetime) -> bool:
    """Give the holder the spelling that she wants, and return whether that was done at once.

    Another way to write the same letters (`is_respelled`: case, accents, macrons, glottal marks, hyphens) makes the new
    edition at once, a few times a day; a name with other letters or signs waits for a certifier. Raises `NotFound` for
    a certificate of another, and `RuleBroken`.
    """
    known = lock_own(session, actor, award_public_id)
    typed = _checked(known, name)
    if len(note) > LONGEST_NOTE:
        raise RuleBroken("text_too_long", most=LONGEST_NOTE)
    if is_respelled(typed, known.newest.payload["name"]) and not _was_often(known, at):
        _correct(session, actor, known, typed, at=at)
        return True
    row = {
        "public_id": new_public_id(),
        "award_id": known.award_id,
        "name": typed,
        "note": note.strip(),
        "requested_at": at,
    }
    if not insert_once(session, NameRequest, [row]):
        raise RuleBroken("already_asked")
    record(session, actor.account_id, "certificates.name_requested", "award", known.award_id, at=at)
    return False


def _was_often(known: Known, at: datetime) -> bool:
    """Return whether so many editions were made in the last day that a person should look at the next one."""
    return sum(each.created_at > at - timedelta(days=1) for each in known.editions[1:]) >= MOST_A_DAY


def settle_name(session: Session, actor: Actor, request_public_id: str, *, grant: bool, at: datetime) -> None:
    """Make the new edition that the holder asked for, or say no. A settled request stays as it is.

    Raises `NotFound` when the actor may not (her own too), and `RuleBroken`.
    """
    request, known = lock_request(session, NameRequest, request_public_id)
    if not policy.can_certify(actor, known.person_id):
        raise NotFound
    if request.settled_at is not None:
        return
    request.settled_by, request.settled_at, request.granted = actor.account_id, at, grant
    if grant:
        _correct(session, actor, known, request.name, at=at)
    else:
        record(session, actor.account_id, "certificates.name_kept", "award", known.award_id, at=at)


def correct_name(session: Session, actor: Actor, award_public_id: str, name: str, *, at: datetime) -> int:
    """Make a new edition with another spelling of the name, under the same serial; return its id.

    The released edition counts until the new one is released. Raises `NotFound` and `RuleBroken`.
    """
    known = lock_award(session, award_public_id)
    if not policy.can_certify(actor, known.person_id):
        raise NotFound
    return _correct(session, actor, known, name, at=at)


def _correct(session: Session, actor: Actor, known: Known, name: str, *, at: datetime) -> int:
    edition_id = next_edition(session, known, "name_correction", name=_checked(known, name), at=at)
    record(
        session,
        actor.account_id,
        "certificates.name_corrected",
        "award",
        known.award_id,
        at=at,
        edition=known.newest.number + 1,
    )
    return edition_id


def _checked(known: Known, name: str) -> str:
    """Return the name in NFC; raise `RuleBroken` when this certificate cannot be given it."""
    check_life(known.standing, "correct")
    if known.newest.number != known.standing.edition:
        raise RuleBroken("still_preparing")
    typed = gate_name(name)
    if typed == known.newest.payload["name"]:
        raise RuleBroken("name_is_the_same")
    return typed
