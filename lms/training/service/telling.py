"""Telling earlier training: by the worker, or by staff for her; with files, sent, and taken back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.clock import local_date
from lms.content.library import current
from lms.db import insert_once
from lms.errors import NotFound, RuleBroken
from lms.ids import new_public_id
from lms.organizations.policy import still_supervises
from lms.organizations.queries import spans_of
from lms.people.service import lock
from lms.training import policy, queries
from lms.training.models import EarlierTraining, TrainingFile, TrainingReply, TrainingShare
from lms.training.rules import TAKES_FILES, Told
from lms.training.rules import files as file_rules
from lms.training.rules import reviewing as rules
from lms.training.rules import telling as telling_rules
from lms.uploads import Checked


def lock_training(session: Session, public_id: str) -> EarlierTraining:
    """Return an earlier training as it stands once its person is locked; raise `NotFound`."""
    found = EarlierTraining.public_id == public_id
    person_id = session.scalar(select(EarlierTraining.person_id).where(found))
    if person_id is None:
        raise NotFound
    lock(session, [person_id])
    statement = select(EarlierTraining).where(found).execution_options(populate_existing=True)
    return session.scalars(statement.with_for_update()).one()


def lock_changeable(session: Session, actor: Actor, public_id: str, at: datetime) -> EarlierTraining:
    """Return a locked earlier training that the actor may change; raise `NotFound` for any other."""
    training = lock_training(session, public_id)
    ties = queries.read_row(training).ties
    if policy.is_hers(actor, ties):
        return training
    spans = spans_of(session, [training.person_id]).get(training.person_id, ())
    place = training.organization_id
    if not policy.can_change(actor, ties, spans):
        raise NotFound
    if place is not None and not still_supervises(session, actor, place, local_date(at)):
        raise NotFound
    return training


def add(session: Session, actor: Actor, person_id: int, told: Told, *, client_id: str, at: datetime) -> str:
    """Write what is told of one earlier training, as a draft, and return its public id.

    The same form again returns the first one's. Raises `NotFound` unless it is the actor's own or she may enter it for
    the person today, and `RuleBroken`.
    """
    lock(session, [person_id, actor.person_id])
    organization_id = _place(session, actor, person_id, at)
    told = telling_rules.tidied(told)
    known = queries.find_sent_before(session, person_id, client_id)
    if known is not None:
        if (known.told, known.entered_by) != (told, actor.account_id):
            raise RuleBroken("sent_before")
        return known.public_id
    telling_rules.check_told(told, local_date(at), queries.known_of(current(session)))
    telling_rules.check_room(*queries.count_entries(session, person_id, actor.account_id, at))
    training = EarlierTraining(
        **columns_of(told),
        public_id=new_public_id(),
        person_id=person_id,
        entered_by=actor.account_id,
        organization_id=organization_id,
        recorded_on=local_date(at),
        recorded_at=at,
        client_id=client_id,
    )
    session.add(training)
    session.flush()
    _log(session, actor, "training.told", training, at)
    return training.public_id


def columns_of(told: Told) -> dict[str, object]:
    """Return what is told as columns of its table."""
    return {**vars(told), "competencies": list(told.competencies), "alike_key": told.alike_key}


def _place(session: Session, actor: Actor, person_id: int, at: datetime) -> int | None:
    """Return the organization for which the actor enters something, None for none; raise `NotFound` if she may not."""
    if person_id == actor.person_id:
        return None
    place = policy.can_enter_for(actor, person_id, spans_of(session, [person_id]).get(person_id, ()))
    if place is None or (place and not still_supervises(session, actor, place, local_date(at))):
        raise NotFound
    return place or None


def change(session: Session, actor: Actor, public_id: str, told: Told, *, at: datetime) -> None:
    """Tell it in other words, while nobody was asked to look at it. Raises `NotFound` and `RuleBroken`."""
    training = lock_changeable(session, actor, public_id, at)
    if training.state != "draft" or queries.list_shares(session, [training.id]):
        raise RuleBroken("sent_already")
    told = telling_rules.tidied(told)
    telling_rules.check_told(told, local_date(at), queries.known_of(current(session)))
    for name, value in columns_of(told).items():
        setattr(training, name, value)
    _log(session, actor, "training.changed", training, at)


def check_upload(session: Session, actor: Actor, public_id: str, *, at: datetime) -> None:
    """Raise what `add_file` would raise, before the file is read and stored. Writes nothing."""
    row = queries.get_row(session, public_id)
    spans = spans_of(session, [row.person_id]).get(row.person_id, ())
    if not policy.can_change(actor, row.ties, spans):
        raise NotFound
    _check_files(session, actor, row.training_id, row.state, at)


def _check_files(session: Session, actor: Actor, training_id: int, state: str, at: datetime) -> None:
    if state not in TAKES_FILES:
        raise RuleBroken("files_not_now")
    present, lately = queries.count_files(session, training_id, actor.account_id, at)
    file_rules.check_room(present, lately, telling_rules.MOST_FILES_AN_HOUR)


def add_file(session: Session, actor: Actor, public_id: str, file: Checked, sha256: str, *, at: datetime) -> None:
    """Name a stored file as proof. The same content again is there once, also after it was taken away.

    Raises `NotFound` and `RuleBroken`.
    """
    training = lock_changeable(session, actor, public_id, at)
    same = (TrainingFile.training_id == training.id) & (TrainingFile.sha256 == sha256)
    known = session.scalars(select(TrainingFile).where(same)).one_or_none()
    if known is not None and known.removed_at is None:
        return
    _check_files(session, actor, training.id, training.state, at)
    if known is not None:
        known.removed_at = None
    else:
        session.add(
            TrainingFile(
                training_id=training.id,
                sha256=sha256,
                media_type=file.media_type,
                size=len(file.content),
                name=file.name,
                added_by=actor.account_id,
                added_at=at,
            )
        )
    _log(session, actor, "training.file_added", training, at, sha256=sha256)


def remove_file(session: Session, actor: Actor, public_id: str, file_public_id: str, *, at: datetime) -> None:
    """Take a file away before anybody was asked to look. Raises `NotFound` and `RuleBroken`."""
    training = lock_changeable(session, actor, public_id, at)
    found = (TrainingFile.training_id == training.id) & (TrainingFile.public_id == file_public_id)
    file = session.scalars(select(TrainingFile).where(found)).one_or_none()
    if file is None:
        raise NotFound
    if training.state != "draft" or queries.list_shares(session, [training.id]):
        raise RuleBroken("sent_already")
    if file.removed_at is None:
        file.removed_at = at
        _log(session, actor, "training.file_removed", training, at, sha256=file.sha256)


def send(session: Session, actor: Actor, public_id: str, *, at: datetime) -> None:
    """Ask two reviewers whether it counts. Twice changes nothing. Raises `NotFound` and `RuleBroken`."""
    training = lock_changeable(session, actor, public_id, at)
    if training.state == "withdrawn":
        raise RuleBroken("withdrawn_by_her")
    if training.state != "draft":
        return
    training.state, training.sent_at, training.round = "waiting", at, training.round + 1
    _log(session, actor, "training.sent", training, at)


def withdraw(session: Session, actor: Actor, public_id: str, *, at: datetime) -> None:
    """Take it back: it counts for nothing, and nobody is asked any more. Twice changes nothing.

    What was recognized or accepted stays. Raises `NotFound` and `RuleBroken`.
    """
    training = lock_changeable(session, actor, public_id, at)
    if training.state == "withdrawn":
        return
    rules.check_withdrawal(training.state)
    if any(share.outcome == "accepted" for share in queries.list_shares(session, [training.id])):
        raise RuleBroken("accepted_stays")
    waiting = (TrainingShare.training_id == training.id) & TrainingShare.settled_at.is_(None)
    settled = {"outcome": "withdrawn", "settled_by": actor.account_id, "settled_at": at, "settled_on": local_date(at)}
    session.execute(update(TrainingShare).where(waiting).values(settled))
    training.state = "withdrawn"
    _log(session, actor, "training.withdrawn", training, at)


def reply(
    session: Session, actor: Actor, public_id: str, text: str, *, is_appeal: bool, client_id: str, at: datetime
) -> str:
    """Write her answer to a question, or her appeal, and return the state. The same form again changes nothing.

    It is for herself, whoever told it. Raises `NotFound` for what is another's, and `RuleBroken`.
    """
    rules.check_text(text)
    training = lock_training(session, public_id)
    if training.person_id != actor.person_id:
        raise NotFound
    before = session.execute(
        select(TrainingReply.client_id, TrainingReply.text, TrainingReply.is_appeal).where(
            TrainingReply.training_id == training.id
        )
    ).all()
    for row in before:
        if row.client_id == client_id:
            if (row.text, row.is_appeal) != (text.strip(), is_appeal):
                raise RuleBroken("sent_before")
            return training.state
    has_appealed = any(row.is_appeal for row in before)
    state = rules.state_after_reply(training.state, is_appeal=is_appeal, has_appealed=has_appealed)
    written = {
        "training_id": training.id,
        "text": text.strip(),
        "is_appeal": is_appeal,
        "written_at": at,
        "client_id": client_id,
    }
    insert_once(session, TrainingReply, [written])
    training.state, training.sent_at, training.round = state, at, training.round + 1
    _log(session, actor, "training.appealed" if is_appeal else "training.answered", training, at)
    return state


def _log(
    session: Session, actor: Actor, action: str, training: EarlierTraining, at: datetime, **details: object
) -> None:
    record(
        session,
        actor.account_id,
        action,
        "earlier_training",
        training.public_id,
        at=at,
        organization_id=training.organization_id,
        **details,
    )
