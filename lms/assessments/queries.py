"""Reads of quizzes: a person's attempts, saved answers, and who passed what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from lms.assessments.models import Attempt, AttemptAnswer
from lms.assessments.rules import FormItem, own_language, shown_language
from lms.assessments.specs import ItemSpec, QuizSpec
from lms.content.library import Text, Words, current, words_of

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
    .order_by(_ATTEMPTS.number.desc())
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


@dataclass(frozen=True)
class Pass:
    """A passed quiz. `language` is the reader's own tag in that attempt."""

    passed_at: datetime
    language: str


@dataclass(frozen=True)
class QuizState:
    """How far a person is with one quiz: attempts begun, whether one is open, whether one passed."""

    attempts: int
    is_open: bool
    is_passed: bool


def _attempt(row: Any) -> AttemptRow:
    values = row._asdict()
    values["form"] = tuple(FormItem(entry["item"], tuple(entry["options"])) for entry in values["form"])
    return AttemptRow(**values)


def find_attempt(session: Session, person_id: int, module_key: str, round_number: int = 1) -> AttemptRow | None:
    """Return the person's latest attempt at a module's quiz in a round, or None."""
    asked = {"person_id": person_id, "module_key": module_key, "round_number": round_number}
    row = session.execute(_LATEST, asked).one_or_none()
    return None if row is None else _attempt(row)


def list_named(session: Session, person_id: int, public_id: str, client_id: str = "") -> list[AttemptRow]:
    """Return the person's attempt with this public id, and the one that this form key was used for."""
    asked = {"person_id": person_id, "public_id": public_id, "client_id": client_id}
    return [_attempt(row) for row in session.execute(_NAMED, asked)]


def words_for(session: Session, attempt: AttemptRow, locale: str) -> Words:
    """Return the words in which the attempt is shown in `locale`.

    In the language it began with they stay those of its start; after a switch they are the current ones.
    """
    if locale == "en":
        return Words(locale)
    if attempt.locale_revision_id is not None and own_language(attempt.shown_language) == locale:
        return words_of(session, attempt.locale_revision_id, locale)
    return current(session).words("module", attempt.module_key, locale)


def texts_of(item: ItemSpec, words: Words) -> dict[str, Text]:
    """Return the question under "prompt" and its options under their ids, as `words` has them.

    True and false are words of the program, not of the content, and have no text here.
    """
    texts = {"prompt": words.text(f"quiz.yml:{item.id}.prompt", item.prompt)}
    return texts | {option.id: words.text(f"quiz.yml:{item.id}.{option.id}", option.text) for option in item.options}


def languages_shown(quiz: QuizSpec, form: Sequence[FormItem], words: Words, *, both: bool) -> dict[str, str]:
    """Return {item id: how it is shown}, such as "to+en" where a wording is not approved yet."""
    asked = {entry.item_id for entry in form}
    return {
        item.id: shown_language(words.locale, {text.state for text in texts_of(item, words).values()}, both=both)
        for item in quiz.items
        if item.id in asked
    }


def saved_answers(session: Session, attempt_id: int) -> dict[str, Saved]:
    """Return {item id: saved answer} of an attempt."""
    rows = session.execute(_SAVED, {"attempt_id": attempt_id})
    return {row.item_id: Saved(row.id, tuple(row.chosen), row.correct) for row in rows}


def _of(
    query: Select[*tuple[Any, ...]], person_ids: Collection[int] | None, module_keys: Iterable[str] | None
) -> Select[*tuple[Any, ...]]:
    """Narrow `query` to persons and modules; None means all of them."""
    if person_ids is not None:
        query = query.where(Attempt.person_id.in_(person_ids))
    if module_keys is not None:
        query = query.where(Attempt.module_key.in_(list(module_keys)))
    return query


def passes_of(
    session: Session, person_ids: Collection[int] | None, module_keys: Iterable[str] | None = None
) -> dict[tuple[int, str, int], Pass]:
    """Return {(person id, module key, round): the pass}; None means all persons, or all modules. One query."""
    query = select(
        Attempt.person_id, Attempt.module_key, Attempt.round, Attempt.submitted_at, Attempt.shown_language
    ).where(Attempt.passed.is_(True))
    return {
        (row.person_id, row.module_key, row.round): Pass(row.submitted_at, own_language(row.shown_language))
        for row in session.execute(_of(query, person_ids, module_keys))
    }


def states_of(
    session: Session, person_ids: Collection[int], module_keys: Iterable[str]
) -> dict[tuple[int, str, int], QuizState]:
    """Return {(person id, module key, round): how far}, without those that never began. One query."""
    query = select(
        Attempt.person_id,
        Attempt.module_key,
        Attempt.round,
        func.count(),
        func.sum(case((Attempt.submitted_at.is_(None), 1), else_=0)),
        func.sum(case((Attempt.passed.is_(True), 1), else_=0)),
    ).group_by(Attempt.person_id, Attempt.module_key, Attempt.round)
    return {
        (person_id, module_key, number): QuizState(count, bool(is_open), bool(is_passed))
        for person_id, module_key, number, count, is_open, is_passed in session.execute(
            _of(query, person_ids, module_keys)
        )
    }


def worked_since(session: Session, since: Mapping[int, datetime], module_keys: Iterable[str]) -> set[tuple[int, str]]:
    """Return (person id, module key) of who began, saved or handed in an attempt since her instant. One query.

    `since` holds the instant of each person; without people there is no query.
    """
    if not since:
        return set()
    saved = select(func.max(AttemptAnswer.answered_at)).where(AttemptAnswer.attempt_id == Attempt.id)
    columns = (Attempt.started_at, Attempt.submitted_at, saved.correlate(Attempt).scalar_subquery())
    rows = session.execute(_of(select(Attempt.person_id, Attempt.module_key, *columns), since, module_keys))
    return {(row[0], row[1]) for row in rows if any(at is not None and at >= since[row[0]] for at in row[2:])}


def list_submitted(session: Session, person_ids: Collection[int] | None) -> list[AttemptRow]:
    """Return every submitted attempt of these persons (None: of everybody), the oldest first. One query."""
    query = select(*_COLUMNS).where(_ATTEMPTS.submitted_at.is_not(None)).order_by(_ATTEMPTS.id)
    return [_attempt(row) for row in session.execute(_of(query, person_ids, None))]


def answers_of(session: Session, attempt_ids: Collection[int]) -> dict[int, dict[str, Answer]]:
    """Return {attempt id: {item id: what was chosen and what it earned}}. One query."""
    columns = (_ANSWERS.attempt_id, _ANSWERS.item_id, _ANSWERS.chosen, _ANSWERS.points, _ANSWERS.correct)
    found: dict[int, dict[str, Answer]] = {}
    for row in session.execute(select(*columns).where(_ANSWERS.attempt_id.in_(attempt_ids))):
        found.setdefault(row.attempt_id, {})[row.item_id] = Answer(tuple(row.chosen), row.points, row.correct)
    return found
