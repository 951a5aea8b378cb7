"""Reads the first attempts at a quiz, in parts, as the rules of analysis take them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from lms.assessments.items import Grade, ItemSpec
from lms.assessments.models import Attempt, AttemptAnswer
from lms.assessments.queries.firsts import first_grades
from lms.assessments.rules import analysis as rules
from lms.assessments.rules import own_language
from lms.assessments.rules.languages import ENGLISH
from lms.assessments.specs import QuizSpec
from lms.content.library import Source, source_of, spec_of, words_of

_ATTEMPTS = cast("Table", Attempt.__table__).c
_ANSWERS = cast("Table", AttemptAnswer.__table__).c
#: Attempts read at once: their answers fit into one statement.
AT_ONCE = 500
FILE = "quiz.yml"


class _Given(NamedTuple):
    """What was stored of an answer that has been judged."""

    points: int
    correct: bool
    tally: tuple[str, ...]
    shown_language: str


def _given(answer: Any, item: ItemSpec, first: Grade | None) -> _Given:
    """Return an answer as the key that was shown graded it: a correction mends results, not what a question did."""
    grade = first or Grade(answer.points, correct=bool(answer.correct))
    tally = rules.tallied(item, tuple(answer.chosen))
    return _Given(grade.points, grade.correct, tally, answer.shown_language)


@dataclass(frozen=True)
class Asked:
    """One revision's questions: the version and the points of each, and what stands for the whole quiz."""

    items: Mapping[str, rules.ItemKey]
    specs: Mapping[str, ItemSpec]
    points: Mapping[str, int]
    version: str


@dataclass
class Gathered:
    """What was read so far of one quiz.

    `sheets` are (when handed in, attempt id, sheet). `revisions` and `translations` name the newest revision in
    which each version of a quiz, each version of a question, and each wording was met.
    """

    sheets: list[tuple[datetime, int, rules.Sheet]] = field(default_factory=list)
    asked: dict[int, Asked] = field(default_factory=dict)
    wordings: dict[tuple[int, int | None], Mapping[str, str]] = field(default_factory=dict)
    revisions: dict[str | rules.ItemKey, int] = field(default_factory=dict)
    translations: dict[rules.Unit, int] = field(default_factory=dict)

    @property
    def in_order(self) -> list[rules.Sheet]:
        """Return the sheets in the order in which they were handed in."""
        return [sheet for _at, _id, sheet in sorted(self.sheets, key=lambda each: each[:2])]


def answered_quizzes(session: Session) -> list[str]:
    """Return the keys of the modules whose quiz somebody has handed in and got a result of, in alphabetical order."""
    rows = select(_ATTEMPTS.module_key).where(_ATTEMPTS.passed.is_not(None)).distinct()
    return list(session.scalars(rows.order_by(_ATTEMPTS.module_key)))


def gather(session: Session, module_key: str, gathered: Gathered, *, after: int, limit: int = AT_ONCE) -> int | None:
    """Add the next first attempts, by id after `after`, to `gathered`; return the last id, None when there is none.

    Three statements, and one for each revision that is not known yet. The first attempt of each person in each round:
    who tries again has seen the questions, and mostly what was right.
    """
    columns = (
        _ATTEMPTS.id, _ATTEMPTS.revision_id, _ATTEMPTS.locale_revision_id, _ATTEMPTS.shown_language, _ATTEMPTS.form,
        _ATTEMPTS.started_at, _ATTEMPTS.submitted_at, _ATTEMPTS.source,
    )  # fmt: skip
    first = select(*columns).where(
        _ATTEMPTS.module_key == module_key,
        _ATTEMPTS.number == 1,
        _ATTEMPTS.passed.is_not(None),  # while an assessor has to look, nothing is known of what was shown or said
        _ATTEMPTS.id > after,
    )
    attempts = session.execute(first.order_by(_ATTEMPTS.id).limit(limit)).all()
    if not attempts:
        return None
    ids = [attempt.id for attempt in attempts]
    answers, firsts = _answers(session, ids), first_grades(session, ids)
    for attempt in attempts:
        sheet = _sheet(session, attempt, answers.get(attempt.id, {}), firsts.get(attempt.id, {}), gathered)
        gathered.sheets.append((attempt.submitted_at, attempt.id, sheet))
    return int(attempts[-1].id)


def _answers(session: Session, attempt_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return {attempt id: {item id: the row of the answer}}."""
    columns = (
        _ANSWERS.attempt_id, _ANSWERS.item_id, _ANSWERS.chosen, _ANSWERS.points, _ANSWERS.correct,
        _ANSWERS.shown_language,
    )  # fmt: skip
    found: dict[int, dict[str, Any]] = {}
    for row in session.execute(select(*columns).where(_ANSWERS.attempt_id.in_(attempt_ids))):
        found.setdefault(row.attempt_id, {})[row.item_id] = row
    return found


def _sheet(
    session: Session, attempt: Any, answers: Mapping[str, Any], firsts: Mapping[str, Grade], gathered: Gathered
) -> rules.Sheet:
    """Return one attempt as the rules take it, and note which revisions it was made of."""
    asked = _asked(session, attempt.revision_id, gathered)
    language = own_language(attempt.shown_language)
    wordings = _wordings(session, attempt, language, gathered)
    responses: dict[rules.ItemKey, rules.Response] = {}
    for item_id in (entry["item"] for entry in attempt.form if entry["item"] in asked.items):
        answer, item, points = answers.get(item_id), asked.items[item_id], asked.points[item_id]
        if not points or (answer is not None and answer.points is None):
            continue  # nothing is earned by it, or nobody has judged it yet
        given = answer and _given(answer, asked.specs[item_id], firsts.get(item_id))
        response = _response(given, points, language, wordings.get(item_id, ""))
        responses[item] = response
        if response.wording is not None:
            unit = rules.Unit(item, language, response.wording)
            gathered.translations[unit] = max(attempt.locale_revision_id or 0, gathered.translations.get(unit, 0))
    met: tuple[str | rules.ItemKey, ...] = (asked.version, *responses)
    for version in met:
        gathered.revisions[version] = max(attempt.revision_id, gathered.revisions.get(version, 0))
    took = (attempt.submitted_at - attempt.started_at).total_seconds()
    seconds = round(took) if attempt.source == "online" else None  # what was entered from paper tells no time
    return rules.Sheet(language, responses, asked.version, seconds)


@lru_cache(maxsize=50_000)
def _response(given: _Given | None, points: int, language: str, wording: str) -> rules.Response:
    """Return one answer; None is a question that was left open, which earns nothing.

    Most answers are like others: kept once, they take a fraction of the memory.
    """
    if given is None:
        return rules.Response(0.0, correct=False, wording=wording)
    own, _, beneath = given.shown_language.partition("+")
    return rules.Response(
        share=min(1.0, given.points / points),
        correct=given.correct,
        tally=given.tally,
        wording=wording if own == language else None,
        with_english=bool(beneath),
    )


def asked_in(source: Source) -> Asked:
    """Return the questions of one revision."""
    versions = rules.item_versions(source.file(FILE))
    specs = {item.id: item for item in spec_of(QuizSpec, source).questions}
    return Asked(
        {item_id: rules.ItemKey(item_id, version) for item_id, version in versions.items()},
        specs,
        {item_id: item.points for item_id, item in specs.items()},
        rules.quiz_version(versions),
    )


def _asked(session: Session, revision_id: int, gathered: Gathered) -> Asked:
    if revision_id not in gathered.asked:
        gathered.asked[revision_id] = asked_in(source_of(session, revision_id))
    return gathered.asked[revision_id]


def _wordings(session: Session, attempt: Any, language: str, gathered: Gathered) -> Mapping[str, str]:
    """Return {item id: what stands for its words} of an attempt; nothing in English."""
    if language == ENGLISH:
        return {}
    key = (attempt.revision_id, attempt.locale_revision_id)
    if key not in gathered.wordings:
        words = words_of(session, attempt.locale_revision_id, language)
        quiz = source_of(session, attempt.revision_id).file(FILE)
        gathered.wordings[key] = rules.wordings(quiz, words.entries)
    return gathered.wordings[key]
