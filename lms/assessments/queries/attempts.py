"""Reads of quizzes: a person's attempts, saved answers, and who passed what."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, case, or_, select
from sqlalchemy.orm import Session

from lms.assessments.models import Attempt, AttemptAnswer
from lms.assessments.rules import FormItem

_ATTEMPTS = cast("Table", Attempt.__table__).c
_ANSWERS = cast("Table", AttemptAnswer.__table__).c
_COLUMNS = (
    _ATTEMPTS.id,
    _ATTEMPTS.public_id,
    _ATTEMPTS.module_key,
    _ATTEMPTS.round,
    _ATTEMPTS.number,
    _ATTEMPTS.revision_id,
    _ATTEMPTS.locale_revision_id,
    _ATTEMPTS.shown_language,
    _ATTEMPTS.form,
    _ATTEMPTS.submitted_at,
    _ATTEMPTS.client_id,
    _ATTEMPTS.body_hash,
    _ATTEMPTS.points,
    _ATTEMPTS.max_points,
    _ATTEMPTS.percent,
    _ATTEMPTS.passed,
)
# What every quiz page and submission asks is built once: building costs more than asking.
_LATEST = (
    select(*_COLUMNS)
    .where(
        _ATTEMPTS.person_id == bindparam("person_id"),
        _ATTEMPTS.module_key == bindparam("module_key"),
        _ATTEMPTS.round == bindparam("round_number"),
    )
    # One that passes since a question was corrected comes before a later one.
    .order_by(case((_ATTEMPTS.passed.is_(True), 0), else_=1), _ATTEMPTS.number.desc())
    .limit(1)
)
_NAMED = select(*_COLUMNS).where(
    _ATTEMPTS.person_id == bindparam("person_id"),
    or_(_ATTEMPTS.public_id == bindparam("public_id"), _ATTEMPTS.client_id == bindparam("client_id")),
)
_SAVED = select(_ANSWERS.item_id, _ANSWERS.id, _ANSWERS.chosen, _ANSWERS.correct).where(
    _ANSWERS.attempt_id == bindparam("attempt_id")
)


@dataclass(frozen=True)
class AttemptRow:
    """One attempt; what it earned is None until it is submitted."""

    id: int
    public_id: str
    module_key: str
    round: int
    number: int
    revision_id: int
    locale_revision_id: int | None
    shown_language: str
    form: tuple[FormItem, ...]
    submitted_at: datetime | None
    client_id: str | None
    body_hash: str | None
    points: int | None
    max_points: int | None
    percent: int | None
    passed: bool | None


@dataclass(frozen=True)
class Saved:
    """A saved answer, with what it earned once graded."""

    id: int
    chosen: tuple[str, ...]
    correct: bool | None


@dataclass(frozen=True)
class Answer:
    """A stored answer, with the points that it earned once graded."""

    chosen: tuple[str, ...]
    points: int | None
    correct: bool | None


def _attempt(row: Any) -> AttemptRow:
    values = row._asdict()
    values["form"] = tuple(FormItem(entry["item"], tuple(entry["options"])) for entry in values["form"])
    return AttemptRow(**values)


def find_attempt(session: Session, person_id: int, module_key: str, round_number: int = 1) -> AttemptRow | None:
    """Return the person's latest attempt at a module's quiz in a round, the one that passed before others, or None."""
    asked = {"person_id": person_id, "module_key": module_key, "round_number": round_number}
    row = session.execute(_LATEST, asked).one_or_none()
    return None if row is None else _attempt(row)


def list_named(session: Session, person_id: int, public_id: str, client_id: str = "") -> list[AttemptRow]:
    """Return the person's attempt with this public id, and the one that this form key was used for."""
    asked = {"person_id": person_id, "public_id": public_id, "client_id": client_id}
    return [_attempt(row) for row in session.execute(_NAMED, asked)]


def saved_answers(session: Session, attempt_id: int) -> dict[str, Saved]:
    """Return {item id: saved answer} of an attempt."""
    rows = session.execute(_SAVED, {"attempt_id": attempt_id})
    return {row.item_id: Saved(row.id, tuple(row.chosen), row.correct) for row in rows}


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
