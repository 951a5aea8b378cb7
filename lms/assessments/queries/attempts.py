"""Reads of quizzes: a person's attempts, saved answers, and who passed what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, case, or_, select, true
from sqlalchemy.orm import Session

from lms.assessments.models import Attempt, AttemptAnswer
from lms.assessments.rules import FormItem
from lms.errors import NotFound

_ATTEMPTS = cast("Table", Attempt.__table__).c
_ANSWERS = cast("Table", AttemptAnswer.__table__).c
_COLUMNS = (
    _ATTEMPTS.id,
    _ATTEMPTS.person_id,
    _ATTEMPTS.public_id,
    _ATTEMPTS.module_key,
    _ATTEMPTS.round,
    _ATTEMPTS.number,
    _ATTEMPTS.revision_id,
    _ATTEMPTS.locale_revision_id,
    _ATTEMPTS.shown_language,
    _ATTEMPTS.form,
    _ATTEMPTS.started_at,
    _ATTEMPTS.deadline_at,
    _ATTEMPTS.extensions,
    _ATTEMPTS.submitted_at,
    _ATTEMPTS.closed_by,
    _ATTEMPTS.client_id,
    _ATTEMPTS.body_hash,
    _ATTEMPTS.points,
    _ATTEMPTS.max_points,
    _ATTEMPTS.percent,
    _ATTEMPTS.passed,
    _ATTEMPTS.source,
    _ATTEMPTS.entered_by,
)
#: Which of several attempts of one round a person is at: one that passed (after a correction perhaps an earlier one),
#: else one that is open, else one that waits for an assessor. Since two records were joined others may come later.
IN_FRONT = case(
    (_ATTEMPTS.passed.is_(True), 0), (_ATTEMPTS.submitted_at.is_(None), 1), (_ATTEMPTS.passed.is_(None), 2), else_=3
)
# What every quiz page and submission asks is built once: building costs more than asking.
_LATEST = (
    select(*_COLUMNS)
    .where(
        _ATTEMPTS.person_id == bindparam("person_id"),
        _ATTEMPTS.module_key == bindparam("module_key"),
        _ATTEMPTS.round == bindparam("round_number"),
    )
    .order_by(IN_FRONT, _ATTEMPTS.number.desc())
    .limit(1)
)
_LATEST_OF_ALL = (
    select(*_COLUMNS)
    .where(_ATTEMPTS.person_id == bindparam("person_id"), _ATTEMPTS.module_key == bindparam("module_key"))
    .order_by(_ATTEMPTS.round.desc(), IN_FRONT, _ATTEMPTS.number.desc())
    .limit(1)
)
_NAMED = select(*_COLUMNS).where(
    _ATTEMPTS.person_id == bindparam("person_id"),
    or_(_ATTEMPTS.public_id == bindparam("public_id"), _ATTEMPTS.client_id == bindparam("client_id")),
)
_SAVED = select(_ANSWERS.item_id, _ANSWERS.id, _ANSWERS.chosen, _ANSWERS.correct, _ANSWERS.answered_at).where(
    _ANSWERS.attempt_id == bindparam("attempt_id")
)
# Attempts whose deadline lies before an instant, for which nobody can send anything any more.
_OVERDUE = (_ATTEMPTS.submitted_at.is_(None)) & (_ATTEMPTS.deadline_at < bindparam("before"))


@dataclass(frozen=True)
class AttemptRow:
    """One attempt; what it earned is None until it is graded."""

    id: int
    person_id: int
    public_id: str
    module_key: str
    round: int
    number: int
    revision_id: int
    locale_revision_id: int | None
    shown_language: str
    form: tuple[FormItem, ...]
    started_at: datetime
    deadline_at: datetime | None
    extensions: int
    submitted_at: datetime | None
    closed_by: str | None
    client_id: str | None
    body_hash: str | None
    points: int | None
    max_points: int | None
    percent: int | None
    passed: bool | None
    #: How its answers came, and the account of who entered them for her.
    source: str = "online"
    entered_by: int | None = None

    @property
    def is_waiting(self) -> bool:
        """Return whether it was handed in and an assessor must look at it."""
        return self.submitted_at is not None and self.passed is None


@dataclass(frozen=True)
class Saved:
    """A saved answer, with what it earned once graded."""

    id: int
    chosen: tuple[str, ...]
    correct: bool | None
    answered_at: datetime


@dataclass(frozen=True)
class Answer:
    """A stored answer, with the points that it earned once graded."""

    chosen: tuple[str, ...]
    points: int | None
    correct: bool | None


def _attempt(row: Any) -> AttemptRow:
    values = row._asdict()
    values["form"] = form_of(values["form"])
    return AttemptRow(**values)


def form_of(kept: Sequence[Mapping[str, Any]]) -> tuple[FormItem, ...]:
    """Return the questions of a form as its row keeps them."""
    return tuple(FormItem(entry["item"], tuple(entry["options"])) for entry in kept)


def get_attempt(session: Session, criterion: ColumnElement[bool], public_id: str) -> AttemptRow:
    """Return an attempt that meets the criterion; raise `NotFound`. One query."""
    row = session.execute(select(*_COLUMNS).where(_ATTEMPTS.public_id == public_id, criterion)).one_or_none()
    if row is None:
        raise NotFound("no such attempt")
    return _attempt(row)


def find_attempt(session: Session, person_id: int, module_key: str, round_number: int = 1) -> AttemptRow | None:
    """Return the attempt at a module's quiz in a round that the person is at, as `IN_FRONT` says, or None.

    Of those that did not pass it is the last one.
    """
    asked = {"person_id": person_id, "module_key": module_key, "round_number": round_number}
    row = session.execute(_LATEST, asked).one_or_none()
    return None if row is None else _attempt(row)


def find_latest_attempt(session: Session, person_id: int, module_key: str) -> AttemptRow | None:
    """Return what `find_attempt` returns for the last round in which the person began an attempt. One query."""
    row = session.execute(_LATEST_OF_ALL, {"person_id": person_id, "module_key": module_key}).one_or_none()
    return None if row is None else _attempt(row)


def list_named(session: Session, person_id: int, public_id: str, client_id: str = "") -> list[AttemptRow]:
    """Return the person's attempt with this public id, and the one that this form key was used for."""
    asked = {"person_id": person_id, "public_id": public_id, "client_id": client_id}
    return [_attempt(row) for row in session.execute(_NAMED, asked)]


def saved_answers(session: Session, attempt_id: int) -> dict[str, Saved]:
    """Return {item id: saved answer} of an attempt."""
    rows = session.execute(_SAVED, {"attempt_id": attempt_id})
    return {row.item_id: Saved(row.id, tuple(row.chosen), row.correct, row.answered_at) for row in rows}


def list_overdue(session: Session, before: datetime, *, limit: int) -> list[int]:
    """Return whose open attempts had a deadline before an instant, the longest overdue first, at most `limit`."""
    query = select(_ATTEMPTS.person_id).where(_OVERDUE).order_by(_ATTEMPTS.deadline_at, _ATTEMPTS.id).limit(limit)
    return list(dict.fromkeys(session.scalars(query, {"before": before})))


def list_open(
    session: Session, person_ids: Collection[int], *, overdue_before: datetime | None = None
) -> list[AttemptRow]:
    """Return the open attempts of these persons that have a deadline, or those overdue before an instant. One query."""
    query = select(*_COLUMNS).where(_ATTEMPTS.person_id.in_(person_ids)).order_by(_ATTEMPTS.id)
    if overdue_before is not None:
        rows = session.execute(query.where(_OVERDUE), {"before": overdue_before})
    else:
        rows = session.execute(query.where(_ATTEMPTS.submitted_at.is_(None), _ATTEMPTS.deadline_at.is_not(None)))
    return [_attempt(row) for row in rows]


def get_own_outcome(session: Session, public_id: str) -> AttemptRow:
    """Return an attempt for who has just made it; raise `NotFound`. Not for anybody else. One query."""
    return get_attempt(session, true(), public_id)


def list_submitted(session: Session, person_ids: Collection[int] | None) -> list[AttemptRow]:
    """Return every submitted attempt of these persons (None: of everybody), the oldest first. One query."""
    query = select(*_COLUMNS).where(_ATTEMPTS.submitted_at.is_not(None)).order_by(_ATTEMPTS.id)
    if person_ids is not None:
        query = query.where(_ATTEMPTS.person_id.in_(person_ids))
    return [_attempt(row) for row in session.execute(query)]


def answers_of(session: Session, attempt_ids: Collection[int]) -> dict[int, dict[str, Answer]]:
    """Return {attempt id: {item id: what was chosen and what it earned}}. One query."""
    columns = (_ANSWERS.attempt_id, _ANSWERS.item_id, _ANSWERS.chosen, _ANSWERS.points, _ANSWERS.correct)
    found: dict[int, dict[str, Answer]] = {}
    for row in session.execute(select(*columns).where(_ANSWERS.attempt_id.in_(attempt_ids))):
        found.setdefault(row.attempt_id, {})[row.item_id] = Answer(tuple(row.chosen), row.points, row.correct)
    return found
