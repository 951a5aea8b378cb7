"""Another spelling of the name: asked for by the holder, made by a certifier as a new edition."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.certificates import policy
from lms.certificates.models import NameRequest
from lms.certificates.queries import Known
from lms.certificates.rules.decisions import LONGEST_NOTE
from lms.certificates.rules.names import check_name
from lms.certificates.rules.states import check_life
from lms.certificates.service.editions import next_edition
from lms.certificates.service.locking import lock_award, lock_request
from lms.db import insert_once
from lms.errors import NotFound, RuleBroken
from lms.ids import new_public_id
from lms.people.rules import BadName, normal_name


def request_name(session: Session, actor: Actor, award_public_id: str, name: str, note: str, *, at: datetime) -> None:
    """Write the holder's wish for another spelling; raise `NotFound` for a certificate of another, `RuleBroken`."""
    known = lock_award(session, award_public_id)
    if known.person_id != actor.person_id:
        raise NotFound
    typed = _checked(known, name)
    if len(note) > LONGEST_NOTE:
        raise RuleBroken("text_too_long", most=LONGEST_NOTE)
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
    try:
        typed = normal_name(name)
    except BadName as error:
        raise RuleBroken(error.code) from error
    check_name(typed)
    if typed == known.newest.payload["name"]:
        raise RuleBroken("name_is_the_same")
    return typed
