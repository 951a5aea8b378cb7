"""Writing letters about facts of lower features: one for each person and fact, in its transaction.

What they say is read when they are sent (`queries.news`).
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from lms.certificates.events import StatusChanged
from lms.clock import local_date
from lms.fieldwork.events import (
    HoursReturned,
    ObservationSigned,
    PlaceGiven,
    SessionCancelled,
    SessionChanged,
    SignedUpFor,
    TakenOff,
)
from lms.notifications import queries, rules
from lms.notifications.service.writing import to_person, write_letters
from lms.organizations.queries.supervising import list_supervising
from lms.tracks.events import Changed, ContentChanged, CycleOpened, WaiverChanged
from lms.training.events import TrainingJudged, TrainingShared

SessionFact = PlaceGiven | SignedUpFor | TakenOff | SessionChanged | SessionCancelled


def write_status_letter(session: Session, changed: StatusChanged) -> int:
    """Write to the holder what became of her certificate, and return how many letters are new.

    A suspension that is lifted at once is not told; revoking cannot be undone, and is told at once.
    """
    key = f"status:{changed.award_id}:{changed.kind}:{changed.at.isoformat()}"
    values = {"award_id": changed.award_id, "change": changed.kind, "reason": changed.reason_code}
    wait = timedelta(0) if changed.kind == "revoked" else rules.SECOND_THOUGHTS
    row = to_person(changed.person_id, "certificate_status", key, values)
    return write_letters(session, [row], at=changed.at, run_at=changed.at + wait)


def write_hours_letters(session: Session, returned: HoursReturned) -> int:
    """Write to each worker whose hours were returned, and return how many letters are new.

    They leave a little later: a supervisor who returns several in a row causes one letter, which tells them all.
    """
    rows = (
        to_person(entry.person_id, "hours_returned", f"hours returned:{entry.entry_id}:{returned.at.isoformat()}", {})
        for entry in returned.entries
    )
    return write_letters(session, rows, at=returned.at, run_at=returned.at + rules.SECOND_THOUGHTS)


def write_sign_off_letter(session: Session, signed: ObservationSigned) -> int:
    """Write to the worker whose work was observed, and return how many letters are new."""
    key, values = f"sign-off:{signed.observation_id}", {"public_id": signed.public_id}
    return write_letters(session, [to_person(signed.person_id, "sign_off", key, values)], at=signed.at)


def write_session_letters(session: Session, kind: str, fact: SessionFact) -> int:
    """Write to each person what became of a session, and return how many letters are new.

    `kind` is "place", "signed_up", "taken_off", "session_changed" or "session_cancelled".
    """
    group_id, at = fact.group_session_id, fact.at
    rows = (
        to_person(
            person_id,
            kind,
            f"{queries.session_prefix(group_id, person_id)}{kind}:{at.isoformat()}",
            {"session_id": group_id},
        )
        for person_id in fact.person_ids
    )
    return write_letters(session, rows, at=at)


def write_training_letter(session: Session, judged: TrainingJudged) -> int:
    """Write to the worker whose earlier training was judged, and return how many letters are new."""
    key = f"training:{judged.public_id}:{judged.outcome}:{judged.at.isoformat()}"
    values = {"public_id": judged.public_id, "outcome": judged.outcome}
    return write_letters(session, [to_person(judged.person_id, "training", key, values)], at=judged.at)


def write_shared_letters(session: Session, shared: TrainingShared) -> int:
    """Write to each supervisor that earlier training waits for her yes, once a day; return how many are new."""
    today, place = local_date(shared.at), shared.organization_id
    rows = (
        to_person(
            person_id, "training_waits", f"training waits:{place}:{person_id}:{today}", {"organization_id": place}
        )
        for person_id in list_supervising(session, today, place)
        if person_id != shared.person_id
    )
    return write_letters(session, rows, at=shared.at, run_at=shared.at + rules.SECOND_THOUGHTS)


def write_change_letters(session: Session, changed: ContentChanged) -> int:
    """Write to each person what a publication asks of her or finished for her, in one letter; return the new ones."""
    own: dict[int, list[Changed]] = {}
    for subject in changed.subjects:
        own.setdefault(subject.person_id, []).append(subject)
    at = changed.at.isoformat()
    rows = (
        to_person(person_id, "change", f"change:{person_id}:{at}", {"at": at, "changes": [*map(_said, subjects)]})
        for person_id, subjects in own.items()
    )
    return write_letters(session, rows, at=changed.at)


def _said(subject: Changed) -> dict[str, object]:
    return {
        "kind": subject.kind,
        "key": subject.key,
        "cycle": subject.cycle,
        "deed": subject.deed,
        "completes": subject.completes,
        "due_on": subject.due_on.isoformat() if subject.due_on else None,
    }


def write_waiver_letter(session: Session, changed: WaiverChanged) -> int:
    """Write to a worker who was spared a part of a track, or is not any more; return how many letters are new."""
    key = f"waiver:{changed.waiver_id}:{'granted' if changed.is_granted else 'withdrawn'}"
    values = {"waiver_id": changed.waiver_id, "track_key": changed.track_key, "is_granted": changed.is_granted}
    row = to_person(changed.person_id, "waiver", key, values)
    return write_letters(session, [row], at=changed.at, run_at=changed.at + rules.SECOND_THOUGHTS)


def write_cycle_letter(session: Session, opened: CycleOpened) -> int:
    """Write to a worker who may begin to renew a track, and return how many letters are new."""
    key = f"cycle:{opened.person_id}:{opened.track_key}:{opened.at.isoformat()}"
    row = to_person(opened.person_id, "cycle", key, {"track_key": opened.track_key})
    return write_letters(session, [row], at=opened.at)
