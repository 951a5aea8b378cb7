"""Facts of modules: completions, rounds, lessons, and surveys answered."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from lms.home.queries.facts.branch import Branch, Reader, branch_of, is_completed
from lms.home.queries.facts.people import Gathered, ModuleDone
from lms.home.queries.facts.tables import TABLES
from lms.tracks.rules import Credit

_MODULES = TABLES["module_completions"]
_ROUNDS = TABLES["module_rounds"]
_LESSONS = TABLES["lesson_progress"]
_RECEIPTS = TABLES["survey_receipts"]


def _modules() -> Select[Any]:
    own = _MODULES.c
    columns = {"id": own.id, "key": own.module_key, "code": own.language, "n": own.round, "m": own.minutes}
    return branch_of("module", _MODULES, **columns, at=own.completed_at, day=own.completed_on)


def _module(gathered: Gathered, row: Any) -> None:
    credit = Credit(row.key, row.n, row.at, row.day, row.code)
    gathered.standing.record(row.person_id).credits.append(credit)
    gathered.of(row.person_id).modules.append(ModuleDone(row.key, row.n, row.day, row.m, row.code))


def _rounds() -> Select[Any]:
    own = _ROUNDS.c
    return branch_of("round", _ROUNDS, id=own.id, key=own.module_key, n=own.round)


def _round(gathered: Gathered, row: Any) -> None:
    rounds = gathered.of(row.person_id).rounds
    rounds[row.key] = max(row.n, rounds.get(row.key, 1))


def _lessons() -> Select[Any]:
    own = _LESSONS.c
    branch = branch_of("lesson", _LESSONS, id=own.id, key=own.module_key, code=own.lesson_key)
    return branch.where(own.finished_at.is_not(None), ~is_completed(_LESSONS))


def _lesson(gathered: Gathered, row: Any) -> None:
    gathered.of(row.person_id).finished.setdefault(row.key, set()).add(row.code)


def _surveys() -> Select[Any]:
    own = _RECEIPTS.c
    return branch_of("survey", _RECEIPTS, id=own.id, key=own.subject_key, code=own.survey_key, n=own.round)


def _survey(gathered: Gathered, row: Any) -> None:
    gathered.of(row.person_id).surveyed.add((row.code, row.key, row.n))


BRANCHES: dict[str, Branch] = {
    "module": _modules,
    "round": _rounds,
    "lesson": _lessons,
    "survey": _surveys,
}
READERS: dict[str, Reader] = {
    "module": _module,
    "round": _round,
    "lesson": _lesson,
    "survey": _survey,
}
