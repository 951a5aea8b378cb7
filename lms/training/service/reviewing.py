"""Judging earlier training towards tracks: two reviewers recognize it, one refuses; two take it back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.clock import local_date
from lms.content.library import current
from lms.db import insert_once
from lms.errors import NotFound, RuleBroken
from lms.ids import new_public_id
from lms.signals import announce
from lms.training import policy, queries
from lms.training.events import TrainingJudged, TrainingRecognized, training_judged, training_recognized
from lms.training.models import EarlierTraining, Recognition, RecognitionWithdrawal, TrainingReview
from lms.training.rules import REVOKE_REASONS, Opinion, Verdict, Worth
from lms.training.rules import reviewing as rules
from lms.training.service.telling import lock_training


def review(
    session: Session, actor: Actor, public_id: str, verdict: Verdict, *, shown_round: int, client_id: str, at: datetime
) -> str:
    """Write what one reviewer says and return the state after it. The same form twice counts once.

    The second of two who accept it as the same recognizes it. `shown_round` is the round that her page showed. Raises
    `NotFound` for what she may not see (her own too), and `RuleBroken`.
    """
    training = lock_training(session, public_id)
    if not policy.can_review(actor, queries.read_row(training).ties):
        raise NotFound
    if _is_sent_before(session, training, actor, verdict, client_id):
        return training.state
    rules.check_verdict(verdict, local_date(at), queries.known_of(current(session)))
    said = queries.list_said(session, training.id)
    if not policy.can_judge(actor, training.entered_by, queries.has_appealed(said), queries.said_no(said)):
        raise RuleBroken("another_reviewer")
    opinions = queries.opinions_of(said, training.round)
    opinion = Opinion(actor.account_id, verdict.outcome, verdict.worth)
    state = rules.state_after(training.state, opinions, opinion)
    rules.check_round(shown_round, training.round)
    _write_review(session, training, actor, verdict, client_id, at)
    training.state = state
    if verdict.outcome != "accept":
        _tell(session, training, verdict.outcome, verdict.reason_code, at)
    elif verdict.worth is not None and (pair := rules.agreed([*opinions, opinion])) is not None:
        _recognize(session, training, verdict.worth, pair, at)
    return state


def _is_sent_before(
    session: Session, training: EarlierTraining, actor: Actor, verdict: Verdict, client_id: str
) -> bool:
    """Return whether this form has been counted; raise `RuleBroken` when it says something else now."""
    found = session.scalars(
        select(TrainingReview).where(
            TrainingReview.training_id == training.id,
            TrainingReview.decided_by == actor.account_id,
            TrainingReview.client_id == client_id,
        )
    ).one_or_none()
    if found is None:
        return False
    worth = queries.worth_of(found) if found.outcome == "accept" else None
    if (found.outcome, found.reason_code, worth) != (verdict.outcome, verdict.reason_code, verdict.worth):
        raise RuleBroken("sent_before")
    return True


def worth_columns(worth: Worth | None) -> dict[str, object]:
    """Return as what it is accepted, as columns of reviews and recognitions; empty ones for None."""
    if worth is None:
        return {"module_key": None, "hours_kind": None, "minutes": 0, "competencies": [], "learned_on": None}
    return {
        "module_key": worth.module_key,
        "hours_kind": worth.hours_kind,
        "minutes": worth.minutes,
        "competencies": list(worth.competencies),
        "learned_on": worth.learned_on,
    }


def _write_review(
    session: Session, training: EarlierTraining, actor: Actor, verdict: Verdict, client_id: str, at: datetime
) -> None:
    row = {
        "training_id": training.id,
        "round": training.round,
        "outcome": verdict.outcome,
        **worth_columns(verdict.worth),
        "reason_code": verdict.reason_code,
        "note": verdict.note.strip(),
        "decided_by": actor.account_id,
        "decided_at": at,
        "client_id": client_id,
    }
    insert_once(session, TrainingReview, [row])
    record(
        session,
        actor.account_id,
        "training.reviewed",
        "earlier_training",
        training.public_id,
        at=at,
        outcome=verdict.outcome,
        reason=verdict.reason_code,
    )


def _recognize(session: Session, training: EarlierTraining, worth: Worth, pair: tuple[int, int], at: datetime) -> None:
    """Write, log and announce that it counts from now on."""
    row = {
        "public_id": new_public_id(),
        "training_id": training.id,
        "round": training.round,
        "person_id": training.person_id,
        **worth_columns(worth),
        "recognized_on": local_date(at),
        "recognized_at": at,
        "first_by": pair[0],
        "second_by": pair[1],
    }
    insert_once(session, Recognition, [row])
    record(session, pair[1], "training.recognized", "earlier_training", training.public_id, at=at, first=pair[0])
    _tell(session, training, "recognized", None, at)
    announce(training_recognized, session, TrainingRecognized((training.person_id,), at))


def _tell(session: Session, training: EarlierTraining, outcome: str, reason_code: str | None, at: datetime) -> None:
    fact = TrainingJudged(training.person_id, training.public_id, outcome, reason_code, at)
    announce(training_judged, session, fact)


def request_withdrawal(
    session: Session, actor: Actor, public_id: str, reason_code: str, note: str, *, at: datetime
) -> str:
    """Ask to take back what was recognized of one earlier training; return the request's public id.

    The same request by the same person again changes nothing. Raises `NotFound`, and `RuleBroken` when nothing stands
    or another request waits.
    """
    training = lock_training(session, public_id)
    if not policy.can_review(actor, queries.read_row(training).ties):
        raise NotFound
    rules.check_reason(reason_code, note, REVOKE_REASONS)
    recognition = _standing(session, training)
    row = {
        "public_id": new_public_id(),
        "recognition_id": recognition.id,
        "reason_code": reason_code,
        "note": note.strip(),
        "requested_by": actor.account_id,
        "requested_at": at,
    }
    new = insert_once(session, RecognitionWithdrawal, [row], "public_id")
    if not new:
        return _same_request(session, recognition, actor, reason_code, note)
    record(
        session,
        actor.account_id,
        "training.withdrawal_requested",
        "earlier_training",
        public_id,
        at=at,
        reason=reason_code,
    )
    return str(new[0].public_id)


def _standing(session: Session, training: EarlierTraining) -> Recognition:
    found = session.scalars(
        select(Recognition).where(Recognition.training_id == training.id, Recognition.withdrawn_at.is_(None))
    ).one_or_none()
    if found is None:
        raise RuleBroken("nothing_recognized")
    return found


def _same_request(session: Session, recognition: Recognition, actor: Actor, reason_code: str, note: str) -> str:
    """Return the open request when it is the same; raise `RuleBroken` when it is another."""
    waiting = session.scalars(
        select(RecognitionWithdrawal).where(
            RecognitionWithdrawal.recognition_id == recognition.id, RecognitionWithdrawal.settled_at.is_(None)
        )
    ).one()
    asked = (waiting.requested_by, waiting.reason_code, waiting.note)
    if asked != (actor.account_id, reason_code, note.strip()):
        raise RuleBroken("another_request_waits")
    return waiting.public_id


def settle_withdrawal(session: Session, actor: Actor, request_public_id: str, *, confirm: bool, at: datetime) -> None:
    """Let the second person take the recognition back, or keep it. A settled request stays as it is.

    What was completed with it stays completed. Raises `NotFound` when she may not see it, and `RuleBroken` for the
    one who asked.
    """
    statement = (
        select(RecognitionWithdrawal, EarlierTraining.public_id)
        .join(Recognition, Recognition.id == RecognitionWithdrawal.recognition_id)
        .join(EarlierTraining, EarlierTraining.id == Recognition.training_id)
        .where(RecognitionWithdrawal.public_id == request_public_id)
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        raise NotFound
    training = lock_training(session, found.public_id)
    request = found.RecognitionWithdrawal
    session.refresh(request, with_for_update=True)
    if not policy.can_review(actor, queries.read_row(training).ties):
        raise NotFound
    if request.settled_at is not None:
        return
    if not policy.can_confirm(actor, training.person_id, request.requested_by):
        raise RuleBroken("second_person_needed")
    request.settled_by, request.settled_at, request.confirmed = actor.account_id, at, confirm
    if confirm:
        _standing(session, training).withdrawn_at = at
        training.state = "revoked"
        _tell(session, training, "revoked", request.reason_code, at)
    action = "training.revoked" if confirm else "training.kept"
    record(session, actor.account_id, action, "earlier_training", training.public_id, at=at)
