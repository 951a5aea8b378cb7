"""What reviewers read: what waits, what was said, what was recognized before, what is to be taken back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.errors import NotFound
from lms.training.models import EarlierTraining, Recognition, RecognitionWithdrawal, TrainingReply, TrainingReview
from lms.training.policy import reviewable
from lms.training.queries.evidence import PAGE_SIZE, TrainingRow, read_row
from lms.training.rules import REVIEWED, Opinion, Worth


@dataclass(frozen=True)
class Said:
    """One step: what a reviewer said ("accept", "ask", "refuse"), she wrote ("answer", "appeal"), or happened since.

    "recognized" and "revoked" are steps too. `worth` says as what it is accepted or counts.
    """

    kind: str
    at: datetime
    by: int | None = None
    reason_code: str | None = None
    text: str = ""
    worth: Worth | None = None
    round: int = 0
    #: The two who took it back.
    revoked_by: tuple[int | None, ...] = ()


@dataclass(frozen=True)
class Precedent:
    """What the same training of the same issuer was recognized as before, of how many people, and last when."""

    worth: Worth
    people: int
    last_on: date


@dataclass(frozen=True)
class WithdrawalRow:
    """A request to take a recognition back that waits for a second person."""

    public_id: str
    person_id: int
    training_public_id: str
    title: str
    issuer: str
    worth: Worth
    reason_code: str
    note: str
    requested_by: int
    requested_at: datetime


def worth_of(row: Any, learned_on: date | None = None) -> Worth:
    """Return as what a row of reviews or recognitions accepts it."""
    day = learned_on or row.learned_on
    return Worth(day, row.module_key, row.hours_kind, row.minutes, tuple(row.competencies))


def _in_state(state: str) -> ColumnElement[bool]:
    """Return the criterion of a state; "open" is what waits for reviewers."""
    if state == "open":
        return EarlierTraining.state.in_(REVIEWED)
    return EarlierTraining.state == state


def list_queue(
    session: Session, actor: Actor, state: str, people: Collection[int] | None = None, *, page: int = 1
) -> list[TrainingRow]:
    """Return one page of 50 that the actor may review, the longest waiting first. One query.

    `state` is one of the states, or "open"; `people` narrows to these persons.
    """
    criterion = reviewable(actor) & _in_state(state)
    if people is not None:
        criterion &= EarlierTraining.person_id.in_(people)
    statement = select(EarlierTraining).where(criterion).order_by(EarlierTraining.sent_at, EarlierTraining.id)
    statement = statement.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return [read_row(row) for row in session.scalars(statement)]


def count_queue(session: Session, actor: Actor, people: Collection[int] | None = None) -> dict[str, int]:
    """Return how many the actor may review, by state, and as "open" those that wait for reviewers. One query."""
    criterion = reviewable(actor)
    if people is not None:
        criterion &= EarlierTraining.person_id.in_(people)
    statement = select(EarlierTraining.state, func.count()).where(criterion).group_by(EarlierTraining.state)
    found = {row[0]: row[1] for row in session.execute(statement)}
    return {**found, "open": sum(found.get(state, 0) for state in REVIEWED)}


def first_accepts(session: Session, rows: Collection[TrainingRow]) -> dict[int, set[int]]:
    """Return by earlier training who (by account) has accepted it in its present round. One query."""
    rounds = {row.training_id: row.round for row in rows}
    statement = select(TrainingReview.training_id, TrainingReview.round, TrainingReview.decided_by).where(
        TrainingReview.training_id.in_(rounds), TrainingReview.outcome == "accept"
    )
    found: dict[int, set[int]] = {}
    for training_id, number, by in session.execute(statement):
        if rounds[training_id] == number:
            found.setdefault(training_id, set()).add(by)
    return found


def find_next(session: Session, actor: Actor, after: TrainingRow) -> str | None:
    """Return the public id of what waits next after this one, the first again at the end. One query."""
    waits = reviewable(actor) & _in_state("open") & (EarlierTraining.id != after.training_id)
    later = EarlierTraining.sent_at > after.sent_at if after.sent_at else EarlierTraining.id > after.training_id
    statement = select(EarlierTraining.public_id).where(waits)
    statement = statement.order_by(later.desc(), EarlierTraining.sent_at, EarlierTraining.id)
    return session.scalar(statement.limit(1))


def list_reviews(session: Session, training_id: int) -> list[Said]:
    """Return what reviewers said, in order. One query."""
    rows = session.scalars(
        select(TrainingReview).where(TrainingReview.training_id == training_id).order_by(TrainingReview.id)
    )
    return [
        Said(
            row.outcome,
            row.decided_at,
            row.decided_by,
            row.reason_code,
            row.note,
            worth_of(row) if row.outcome == "accept" else None,
            row.round,
        )
        for row in rows
    ]


def opinions_of(said: Collection[Said], number: int) -> list[Opinion]:
    """Return the opinions of the round of this number."""
    return [Opinion(each.by, each.kind, each.worth) for each in said if each.round == number and each.by is not None]


def list_replies(session: Session, training_id: int) -> list[Said]:
    """Return what she answered, in order. One query."""
    rows = session.execute(
        select(TrainingReply.is_appeal, TrainingReply.written_at, TrainingReply.text)
        .where(TrainingReply.training_id == training_id)
        .order_by(TrainingReply.id)
    )
    return [Said("appeal" if row.is_appeal else "answer", row.written_at, text=row.text) for row in rows]


def list_said(session: Session, training_id: int) -> list[Said]:
    """Return every step of one earlier training since it was sent, in order. Three queries."""
    said = list_reviews(session, training_id) + list_replies(session, training_id)
    statement = (
        select(Recognition, RecognitionWithdrawal)
        .outerjoin(
            RecognitionWithdrawal,
            (RecognitionWithdrawal.recognition_id == Recognition.id) & RecognitionWithdrawal.confirmed.is_(True),
        )
        .where(Recognition.training_id == training_id)
    )
    for recognition, taken in session.execute(statement):
        said.append(Said("recognized", recognition.recognized_at, worth=worth_of(recognition)))
        if taken is not None:
            asked, at = (taken.requested_by, taken.settled_by), taken.settled_at or taken.requested_at
            said.append(Said("revoked", at, reason_code=taken.reason_code, text=taken.note, revoked_by=asked))
    return sorted(said, key=lambda each: each.at)


def said_no(said: Collection[Said]) -> frozenset[int]:
    """Return who (by account) refused it, or took its recognition back: others decide an appeal."""
    refused = {each.by for each in said if each.kind == "refuse"}
    return frozenset(by for by in (*refused, *(by for each in said for by in each.revoked_by)) if by is not None)


def has_appealed(said: Collection[Said]) -> bool:
    """Return whether she asked other people to look again."""
    return any(each.kind == "appeal" for each in said)


def list_precedents(session: Session, alike_key: str, but: int) -> list[Precedent]:
    """Return what the same title of the same issuer counts as for others, the most frequent first. One query.

    `but` is the earlier training that is judged. The newest 200 are looked at; days of learning are left aside.
    """
    rows = session.scalars(
        select(Recognition)
        .join(EarlierTraining, EarlierTraining.id == Recognition.training_id)
        .where(EarlierTraining.alike_key == alike_key, Recognition.withdrawn_at.is_(None), EarlierTraining.id != but)
        .order_by(Recognition.id.desc())
        .limit(200)
    )
    found: dict[Worth, list[tuple[int, date]]] = {}
    for row in rows:
        found.setdefault(worth_of(row, date.min), []).append((row.person_id, row.recognized_on))
    precedents = [
        Precedent(worth, len({person for person, _ in seen}), max(day for _, day in seen))
        for worth, seen in found.items()
    ]
    return sorted(precedents, key=lambda each: (-each.people, -each.last_on.toordinal()))


def list_alike(session: Session, row: TrainingRow) -> list[TrainingRow]:
    """Return what else was told of the same person under the same title and issuer. One query."""
    statement = select(EarlierTraining).where(
        EarlierTraining.person_id == row.person_id,
        EarlierTraining.alike_key == row.told.alike_key,
        EarlierTraining.id != row.training_id,
        EarlierTraining.sent_at.is_not(None),
    )
    return [read_row(each) for each in session.scalars(statement.order_by(EarlierTraining.id).limit(20))]


def _withdrawals() -> Any:
    return (
        select(
            RecognitionWithdrawal.public_id,
            Recognition.person_id,
            EarlierTraining.public_id.label("training_public_id"),
            EarlierTraining.title,
            EarlierTraining.issuer,
            Recognition.learned_on,
            Recognition.module_key,
            Recognition.hours_kind,
            Recognition.minutes,
            Recognition.competencies,
            RecognitionWithdrawal.reason_code,
            RecognitionWithdrawal.note,
            RecognitionWithdrawal.requested_by,
            RecognitionWithdrawal.requested_at,
        )
        .join(Recognition, Recognition.id == RecognitionWithdrawal.recognition_id)
        .join(EarlierTraining, EarlierTraining.id == Recognition.training_id)
        .where(RecognitionWithdrawal.settled_at.is_(None))
        .order_by(RecognitionWithdrawal.id)
    )


def list_withdrawals(session: Session, actor: Actor, training_id: int | None = None) -> list[WithdrawalRow]:
    """Return the requests to take a recognition back that wait, of one or all; at most 50. One query."""
    statement = _withdrawals().where(reviewable(actor)).limit(PAGE_SIZE)
    if training_id is not None:
        statement = statement.where(EarlierTraining.id == training_id)
    return [
        WithdrawalRow(
            row.public_id,
            row.person_id,
            row.training_public_id,
            row.title,
            row.issuer,
            worth_of(row),
            row.reason_code,
            row.note,
            row.requested_by,
            row.requested_at,
        )
        for row in session.execute(statement)
    ]


def get_reviewable(session: Session, actor: Actor, public_id: str) -> TrainingRow:
    """Return one earlier training for a reviewer; raise `NotFound`, also for the actor's own. One query."""
    statement = select(EarlierTraining).where(reviewable(actor), EarlierTraining.public_id == public_id)
    row = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFound
    return read_row(row)
