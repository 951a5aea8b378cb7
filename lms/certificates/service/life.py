"""What becomes of a certificate: suspended and lifted by one certifier, revoked for good by two."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.certificates import policy
from lms.certificates.events import StatusChanged, status_changed
from lms.certificates.models import RevocationRequest, StatusEvent
from lms.certificates.queries import Known
from lms.certificates.rules import decisions as rules
from lms.certificates.rules.lives import check_life
from lms.certificates.service.issuing import give_up_tasks
from lms.certificates.service.locking import lock_award, lock_request
from lms.certificates.service.redrafting import redraft_edition
from lms.db import insert_once
from lms.errors import NotFound, RuleBroken
from lms.ids import new_public_id
from lms.signals import announce


def suspend(session: Session, actor: Actor, award_public_id: str, reason_code: str, *, at: datetime) -> None:
    """Stop a certificate from counting until it is lifted; raise `NotFound` and `RuleBroken`."""
    known = _managed(session, actor, award_public_id)
    if reason_code not in rules.SUSPEND_REASONS:
        raise RuleBroken("reason_needed")
    check_life(known.standing, "suspend")
    _write_event(session, actor, known, "suspended", reason_code, at=at)


def lift(session: Session, actor: Actor, award_public_id: str, *, at: datetime) -> None:
    """Let a suspended certificate count again; raise `NotFound` and `RuleBroken`."""
    known = _managed(session, actor, award_public_id)
    check_life(known.standing, "lift")
    _write_event(session, actor, known, "lifted", None, at=at)


def request_revocation(
    session: Session, actor: Actor, award_public_id: str, reason_code: str, note: str, *, at: datetime
) -> str:
    """Ask a second person to revoke a certificate; return the request's public id. Raises `NotFound`, `RuleBroken`."""
    known = _managed(session, actor, award_public_id)
    rules.check_reason(reason_code, note, rules.REVOKE_REASONS)
    check_life(known.standing, "revoke")
    row = {
        "public_id": new_public_id(),
        "award_id": known.award_id,
        "reason_code": reason_code,
        "note": note.strip(),
        "requested_by": actor.account_id,
        "requested_at": at,
    }
    if not insert_once(session, RevocationRequest, [row]):
        raise RuleBroken("already_asked")
    record(
        session,
        actor.account_id,
        "certificates.revocation_requested",
        "award",
        known.award_id,
        at=at,
        reason=reason_code,
    )
    return str(row["public_id"])


def settle_revocation(session: Session, actor: Actor, request_public_id: str, *, confirm: bool, at: datetime) -> None:
    """Revoke for good as the second person, or withdraw the request. A settled request stays as it is.

    Raises `NotFound` when the actor may not, `RuleBroken` when she is the one who asked.
    """
    request, known = lock_request(session, RevocationRequest, request_public_id)
    if not policy.can_manage(actor, known.person_id):
        raise NotFound
    if request.settled_at is not None:
        return
    if confirm and not policy.can_confirm(actor, known.person_id, request.requested_by):
        raise RuleBroken("second_person_needed")
    request.settled_by, request.settled_at, request.confirmed = actor.account_id, at, confirm
    if confirm:
        check_life(known.standing, "revoke")
        give_up_tasks(session, known, "given up: the certificate was revoked", at=at)
        _write_event(session, actor, known, "revoked", request.reason_code, at=at)
    else:
        record(session, actor.account_id, "certificates.revocation_withdrawn", "award", known.award_id, at=at)


def redraft(session: Session, actor: Actor, award_public_id: str, *, at: datetime) -> int:
    """Draft a certificate that was never released anew, from what the record and the content say now.

    For one that can never be made as it was reserved. The serial stays. Returns the edition's id; raises `NotFound`
    and `RuleBroken`.
    """
    known = _managed(session, actor, award_public_id)
    check_life(known.standing, "redraft")
    edition_id = redraft_edition(session, known, today=actor.today, at=at)
    give_up_tasks(session, known, "given up: it was drafted anew", at=at)
    record(
        session,
        actor.account_id,
        "certificates.redrafted",
        "award",
        known.award_id,
        at=at,
        edition=known.newest.number + 1,
    )
    return edition_id


def _managed(session: Session, actor: Actor, award_public_id: str) -> Known:
    """Return the locked award; raise `NotFound` when the actor may not decide about it."""
    known = lock_award(session, award_public_id)
    if not policy.can_certify(actor, known.person_id):
        raise NotFound
    return known


def _write_event(
    session: Session, actor: Actor, known: Known, kind: str, reason_code: str | None, *, at: datetime
) -> None:
    """Write one status event of the edition that counts, log it, and announce it."""
    session.add(
        StatusEvent(
            award_id=known.award_id,
            edition_id=known.shown.edition_id,
            kind=kind,
            reason_code=reason_code,
            actor_account_id=actor.account_id,
            at=at,
        )
    )
    record(session, actor.account_id, f"certificates.{kind}", "award", known.award_id, at=at, reason=reason_code)
    announce(status_changed, session, StatusChanged(known.award_id, known.person_id, kind, reason_code, at))
