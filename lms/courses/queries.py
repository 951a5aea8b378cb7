"""Reads of learning: progress and completions, for one person or many at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import (
    Column,
    ColumnClause,
    ColumnElement,
    Integer,
    Select,
    Table,
    bindparam,
    exists,
    func,
    select,
    union_all,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from lms.assessments import queries as assessments
from lms.assessments.specs import QuizSpec
from lms.clock import local_date
from lms.content.library import Library
from lms.courses.models import LessonProgress, ModuleCompletion, ModuleRound
from lms.courses.rules import Done, ModuleProgress, NextStep, QuizStand, all_finished, in_order, next_step, quiz_stand
from lms.courses.specs import ModuleSpec
from lms.db import among
from lms.surveys import queries as surveys
from lms.surveys.queries import subject_of

_LESSONS = cast("Table", LessonProgress.__table__).c
_DONE = cast("Table", ModuleCompletion.__table__).c
_ROUNDS = cast("Table", ModuleRound.__table__).c
# What every lesson asks is built once: building costs more than asking.
_ROUND = select(func.max(_ROUNDS.round)).where(
    _ROUNDS.person_id == bindparam("person_id"), _ROUNDS.module_key == bindparam("module_key")
)
_FINISHED = select(_LESSONS.lesson_key).where(
    _LESSONS.person_id == bindparam("person_id"),
    _LESSONS.module_key == bindparam("module_key"),
    _LESSONS.round == func.coalesce(bindparam("round_number", type_=Integer), _ROUND.scalar_subquery(), 1),
)
_NOT_COMPLETED = select(
    _LESSONS.person_id,
    _LESSONS.module_key,
    _LESSONS.round,
    _LESSONS.lesson_key,
    _LESSONS.finished_at,
    _LESSONS.shown_language,
).where(
    ~exists().where(
        _DONE.person_id == _LESSONS.person_id,
        _DONE.module_key == _LESSONS.module_key,
        _DONE.round == _LESSONS.round,
    ),
)
_NOT_COMPLETED_AMONG = _NOT_COMPLETED.where(
    _LESSONS.person_id.in_(bindparam("person_ids", expanding=True)),
    _LESSONS.module_key.in_(bindparam("module_keys", expanding=True)),
)

#: (person id, module key, round)
Candidate = tuple[int, str, int]
_Select = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Completion:
    """A completed module. `language` is the language of instruction; `revision_id` the module's source then."""

    round: int
    completed_at: datetime
    completed_on: date
    minutes: int
    language: str
    revision_id: int


@dataclass(frozen=True)
class CompletionRow:
    """One completion of one person."""

    person_id: int
    module_key: str
    round: int
    completed_at: datetime
    completed_on: date
    minutes: int
    language: str
    revision_id: int


@dataclass(frozen=True)
class AllDone:
    """What persons have done in modules; surveys by (person id, subject key, round)."""

    lessons: Mapping[Candidate, Collection[str]]
    passes: Collection[Candidate]
    surveys: Mapping[Candidate, Collection[str]]

    def of(self, row: CompletionRow) -> Done:
        """Return what was done towards one completion."""
        each = (row.person_id, row.module_key, row.round)
        answered = self.surveys.get((row.person_id, subject_of(row.module_key), row.round), ())
        return Done(self.lessons.get(each, ()), each in self.passes, answered)


@dataclass(frozen=True)
class Ready:
    """A module whose every step is done and that is not recorded as completed yet."""

    person_id: int
    module_key: str
    round: int
    #: When lessons were finished and the quiz was passed.
    instants: tuple[datetime, ...]
    answered_on: date | None
    language: str


def _narrow(
    session: Session, query: _Select, table: Any, person_ids: Collection[int] | None, keys: Collection[str] | None
) -> _Select:
    """Narrow `query` on `table` to persons and modules; None means all of them."""
    if person_ids is not None:
        query = query.where(among(session, table.person_id, person_ids))
    return query if keys is None else query.where(table.module_key.in_(keys))


#: What `CompletionRow` holds, in its order; what follows the first two is a `Completion`.
_COMPLETED = (
    ModuleCompletion.person_id,
    ModuleCompletion.module_key,
    ModuleCompletion.round,
    ModuleCompletion.completed_at,
    ModuleCompletion.completed_on,
    ModuleCompletion.minutes,
    ModuleCompletion.language,
    ModuleCompletion.revision_id,
)


def has_completed(
    person_id: ColumnElement[int], module_key: ColumnElement[str], since_round: ColumnElement[int]
) -> ColumnElement[bool]:
    """Return the criterion of rows whose person has completed the row's module in the row's round, or a later one."""
    done = (ModuleCompletion.person_id == person_id) & (ModuleCompletion.module_key == module_key)
    return exists().where(done, ModuleCompletion.round >= since_round)


def minutes_within(person_id: Column[int] | ColumnClause[int], first: date, last: date) -> ColumnElement[int]:
    """Return, as a subquery, the minutes of modules that the row's person completed on these local dates."""
    done = _DONE.completed_on.between(first, last) & (_DONE.person_id == person_id)
    total = select(sql_cast(func.coalesce(func.sum(_DONE.minutes), 0), Integer)).select_from(ModuleCompletion)
    return total.where(done).correlate(person_id.table).scalar_subquery()


def completions_of(
    session: Session, person_ids: Collection[int] | None, module_keys: Collection[str] | None = None
) -> dict[tuple[int, str], Completion]:
    """Return {(person id, module key): the completion of the latest round}; None means all. One query."""
    query = select(*_COMPLETED).order_by(ModuleCompletion.round)
    rows = session.execute(_narrow(session, query, ModuleCompletion, person_ids, module_keys))
    return {(row[0], row[1]): Completion(*row[2:]) for row in rows}


def worked_since(session: Session, since: Mapping[int, datetime], module_keys: Collection[str]) -> set[tuple[int, str]]:
    """Return (person id, module key) of who did anything in a module since her instant. Three queries, or none.

    `since` holds the instant of each person. That is: finished a lesson, worked at the quiz, answered the survey, or
    completed the module. Of a survey only the local date is known, so that one answered earlier on that day counts too.
    """
    if not since:
        return set()
    done = union_all(
        *(
            _narrow(session, select(table.person_id, table.module_key, at), table, since, module_keys).where(
                at >= min(since.values())
            )
            for table, at in (
                (LessonProgress, LessonProgress.finished_at.label("at")),
                (ModuleCompletion, ModuleCompletion.completed_at.label("at")),
            )
        )
    )
    subjects = {subject_of(key): key for key in module_keys}
    days = {person_id: local_date(at) for person_id, at in since.items()}
    return {
        *((row.person_id, row.module_key) for row in session.execute(done) if row.at >= since[row.person_id]),
        *((person_id, subjects[subject]) for person_id, subject in surveys.answered_since(session, days, subjects)),
        *assessments.worked_since(session, since, module_keys),
    }


def list_completions(session: Session, person_ids: Collection[int] | None) -> list[CompletionRow]:
    """Return every completion of these persons (None: of everybody), each round, the oldest first. One query."""
    query = select(*_COMPLETED).order_by(ModuleCompletion.id)
    return [CompletionRow(*row) for row in session.execute(_narrow(session, query, ModuleCompletion, person_ids, None))]


def read_done(session: Session, person_ids: Collection[int] | None) -> AllDone:
    """Return all that these persons (None: everybody) have done in modules. Three queries."""
    query = select(LessonProgress.person_id, LessonProgress.module_key, LessonProgress.round, LessonProgress.lesson_key)
    lessons: dict[Candidate, set[str]] = {}
    for person_id, module_key, round_number, lesson_key in session.execute(
        _narrow(session, query, LessonProgress, person_ids, None)
    ):
        lessons.setdefault((person_id, module_key, round_number), set()).add(lesson_key)
    answered: dict[Candidate, set[str]] = {}
    for person_id, survey_key, subject_key, round_number in surveys.receipts_of(session, person_ids):
        answered.setdefault((person_id, subject_key, round_number), set()).add(survey_key)
    return AllDone(lessons, assessments.passes_of(session, person_ids).keys(), answered)


def finished_lessons(
    session: Session, person_ids: Collection[int], module_keys: Collection[str]
) -> dict[Candidate, set[str]]:
    """Return {(person id, module key, round): keys of finished lessons}. One query."""
    query = select(LessonProgress.person_id, LessonProgress.module_key, LessonProgress.round, LessonProgress.lesson_key)
    found: dict[Candidate, set[str]] = {}
    for *each, lesson_key in session.execute(_narrow(session, query, LessonProgress, person_ids, module_keys)):
        found.setdefault((each[0], each[1], each[2]), set()).add(lesson_key)
    return found


def round_of(session: Session, person_id: int, module_key: str) -> int:
    """Return in which round of a module a person is: 1 until a further one was opened. One query."""
    asked = {"person_id": person_id, "module_key": module_key}
    return session.execute(_ROUND, asked).scalar_one() or 1


def rounds_of(
    session: Session, person_ids: Collection[int], module_keys: Collection[str] | None = None
) -> dict[tuple[int, str], int]:
    """Return {(person id, module key): the round that is open}, without those in the first. One query."""
    query = select(ModuleRound.person_id, ModuleRound.module_key, func.max(ModuleRound.round))
    query = query.group_by(ModuleRound.person_id, ModuleRound.module_key)
    rows = session.execute(_narrow(session, query, ModuleRound, person_ids, module_keys))
    return {(person_id, key): number for person_id, key, number in rows}


def finished_in_module(
    session: Session, person_id: int, module_key: str, round_number: int | None = None
) -> frozenset[str]:
    """Return the keys of the lessons that one person finished in a module, in a round (None: hers now). One query."""
    asked = {"person_id": person_id, "module_key": module_key, "round_number": round_number}
    return frozenset(row[0] for row in session.execute(_FINISHED, asked))


def progress_of(
    session: Session, library: Library, person_ids: Collection[int], module_keys: Iterable[str]
) -> dict[tuple[int, str], ModuleProgress]:
    """Return {(person id, module key): progress in the round that is open}. Five queries, whatever the numbers.

    Modules that the current publication does not have are left out.
    """
    keys = [key for key in module_keys if library.find("module", key)]
    modules = {key: library.spec(ModuleSpec, "module", key) for key in keys}
    if not modules or not person_ids:
        return {}
    limits = {key: attempts_allowed(library, key) for key in modules}
    rounds = rounds_of(session, person_ids, keys)
    finished = finished_lessons(session, person_ids, keys)
    completed = completions_of(session, person_ids, keys)
    quizzes = assessments.states_of(session, person_ids, keys)
    receipts = surveys.receipts_of(session, person_ids, [subject_of(key) for key in keys])
    found = {}
    for person_id in person_ids:
        for key, module in modules.items():
            number, completion = rounds.get((person_id, key), 1), completed.get((person_id, key))
            lessons = tuple(lesson.key for lesson in module.lessons)
            found[person_id, key] = ModuleProgress(
                module_key=key,
                lessons=lessons,
                finished=in_order(lessons, finished.get((person_id, key, number), ())),
                quiz=_stand(module, limits[key], quizzes.get((person_id, key, number))),
                has_survey=module.survey is not None,
                surveyed=(person_id, module.survey, subject_of(key), number) in receipts,
                completed_on=completion.completed_on if completion and completion.round >= number else None,
            )
    return found


def attempts_allowed(library: Library, module_key: str) -> int | None:
    """Return how many attempts a round of a module's quiz allows; None without a limit, or without a quiz."""
    if not library.spec(ModuleSpec, "module", module_key).has_quiz:
        return None
    return library.spec(QuizSpec, "module", module_key).limits.attempts


def _stand(module: ModuleSpec, limit: int | None, state: assessments.QuizState | None) -> QuizStand:
    return quiz_stand(limit, state) if module.has_quiz else "none"


def next_step_in_module(session: Session, library: Library, person_id: int, module_key: str) -> NextStep:
    """Return what this person does next in a module; raise `NotFound` without such a module. Five queries."""
    module = library.spec(ModuleSpec, "module", module_key)
    return next_step(module, progress_of(session, library, [person_id], [module_key])[person_id, module_key])


def with_wait(
    session: Session, library: Library, person_id: int, module_key: str, step: NextStep, at: datetime
) -> NextStep:
    """Return `step` with the end of the wait before the next try, where one runs at `at`. At most two queries."""
    quiz = library.spec(QuizSpec, "module", module_key) if step.quiz == "failed" else None
    if quiz is None or quiz.limits.wait_hours is None:
        return step
    latest = assessments.find_latest_attempt(session, person_id, module_key)  # it failed: it is of the round now open
    until = assessments.leave_after(session, quiz, latest).possible_from
    return replace(step, again_from=until) if until is not None and at < until else step


def list_ready(
    session: Session,
    library: Library,
    candidates: Collection[Candidate] | None,
    person_ids: Collection[int] | None = None,
) -> list[Ready]:
    """Return the completions that should exist and do not, among `candidates`.

    Without `candidates` among all that these persons (None: everybody) may have completed. At most three queries;
    those after the first are left out when nothing can come of them.
    """
    finished = _finished_but_not_completed(session, library, candidates, person_ids)
    if not finished:
        return []
    if candidates is not None:
        person_ids = {person_id for person_id, _, _ in finished}
    keys = {key for _, key, _ in finished}
    modules = {key: library.spec(ModuleSpec, "module", key) for key in keys}
    passes = assessments.passes_of(session, person_ids, [key for key in keys if modules[key].has_quiz])
    passed = {each: lessons for each, lessons in finished.items() if each in passes or not modules[each[1]].has_quiz}
    subjects = {subject_of(key) for _, key, _ in passed if modules[key].survey}
    receipts = surveys.receipts_of(session, person_ids, subjects) if subjects else {}
    ready = []
    for (person_id, key, round_number), lessons in passed.items():
        survey_key = modules[key].survey
        answered_on = receipts.get((person_id, survey_key or "", subject_of(key), round_number))
        if survey_key is None or answered_on is not None:
            quiz = passes.get((person_id, key, round_number))
            instants = (*(at for at, _ in lessons.values()), *([quiz.passed_at] if quiz else []))
            last_shown = max(lessons.values())[1].partition("+")[0]
            language = quiz.language if quiz else last_shown
            ready.append(Ready(person_id, key, round_number, instants, answered_on, language))
    return ready


def list_finishing(session: Session, library: Library, taught: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
    """Return who of (person id, module key) would complete the module, for the first time, by finishing its lessons.

    Its other steps are done, and what comes before it (`service.finish_together`). At most three queries.
    """
    if not taught:
        return set()
    modules = {key: library.spec(ModuleSpec, "module", key) for _, key in taught}
    people = {person_id for person_id, _ in taught}
    done = completions_of(session, people)
    passes = assessments.passes_of(session, people, [key for key in modules if modules[key].has_quiz])
    subjects = {subject_of(key) for key in modules if modules[key].survey}
    receipts = surveys.receipts_of(session, people, subjects) if subjects else {}

    def finishes(person_id: int, key: str) -> bool:
        module = modules[key]
        able = (person_id, key) not in done and all((person_id, each) in done for each in module.prerequisites)
        is_passed = not module.has_quiz or (person_id, key, 1) in passes
        return able and is_passed and (not module.survey or (person_id, module.survey, subject_of(key), 1) in receipts)

    return {each for each in taught if finishes(*each)}


def _finished_but_not_completed(
    session: Session, library: Library, candidates: Collection[Candidate] | None, only: Collection[int] | None
) -> Mapping[Candidate, dict[str, tuple[datetime, str]]]:
    """Return {candidate: {lesson key: (finished at, language shown)}} of modules with every lesson finished."""
    if candidates is None:
        rows = session.execute(_narrow(session, _NOT_COMPLETED, _LESSONS, only, None))
    else:
        person_ids = sorted({person_id for person_id, _, _ in candidates})
        keys = sorted({key for _, key, _ in candidates})
        rows = session.execute(_NOT_COMPLETED_AMONG, {"person_ids": person_ids, "module_keys": keys})
    found: dict[Candidate, dict[str, tuple[datetime, str]]] = {}
    for person_id, key, round_number, lesson_key, at, shown in rows:
        found.setdefault((person_id, key, round_number), {})[lesson_key] = (at, shown)
    return {
        each: lessons
        for each, lessons in found.items()
        if (candidates is None or each in candidates)
        and library.find("module", each[1])
        and all_finished(library.spec(ModuleSpec, "module", each[1]), lessons)
    }
