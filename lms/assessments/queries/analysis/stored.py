"""Reads what the nightly analysis found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments.models import ItemAnalysis, QuizAnalysis
from lms.assessments.rules.analysis import OptionFigures, Verdict


@dataclass(frozen=True)
class QuizRow:
    """The figures of one version of a quiz in one language; see `QuizAnalysis`."""

    module_key: str
    version: str
    locale: str
    revision_id: int
    people: int
    score: float
    alpha: float | None
    seconds: int | None
    computed_at: datetime


@dataclass(frozen=True)
class ItemRow:
    """The figures of one wording of one version of a question; see `ItemAnalysis`."""

    item_id: str
    version: str
    locale: str
    wording: str
    locale_revision_id: int | None
    answers: int
    with_english: int
    facility: float
    facility_low: float
    facility_high: float
    discrimination: float | None
    options: tuple[OptionFigures, ...]
    verdict: str | None
    effect: str | None
    log_odds: float | None
    log_odds_low: float | None
    log_odds_high: float | None
    shrunken: float | None
    chance: float | None

    @property
    def differs(self) -> bool:
        """Return whether a person should look at the translation."""
        return self.verdict == Verdict.DIFFERS


@dataclass(frozen=True)
class Flagged:
    """A wording that differs from English."""

    module_key: str
    item_id: str
    version: str
    locale: str
    wording: str


def list_quiz_rows(session: Session, module_key: str | None = None) -> list[QuizRow]:
    """Return the figures of a module's quiz (None: of all), the newest versions first. One query."""
    columns = [getattr(QuizAnalysis, each.name) for each in fields(QuizRow)]
    query = select(*columns).order_by(QuizAnalysis.revision_id.desc(), QuizAnalysis.locale)
    if module_key is not None:
        query = query.where(QuizAnalysis.module_key == module_key)
    return [QuizRow(*row) for row in session.execute(query)]


def list_item_rows(session: Session, module_key: str) -> list[ItemRow]:
    """Return the figures of every question of a module's quiz, in every version, language and wording. One query."""
    columns = [getattr(ItemAnalysis, each.name) for each in fields(ItemRow)]
    query = select(*columns).where(ItemAnalysis.module_key == module_key)
    query = query.order_by(ItemAnalysis.item_id, ItemAnalysis.locale, ItemAnalysis.locale_revision_id)
    return [ItemRow(**{**row._asdict(), "options": _options(row.options)}) for row in session.execute(query)]


def list_flagged(session: Session) -> list[Flagged]:
    """Return every wording that differs from English, of all quizzes. One query."""
    columns = [getattr(ItemAnalysis, each.name) for each in fields(Flagged)]
    rows = session.execute(select(*columns).where(ItemAnalysis.verdict == Verdict.DIFFERS.value))
    return [Flagged(*row) for row in rows]


def _options(stored: list[Mapping[str, Any]]) -> tuple[OptionFigures, ...]:
    return tuple(
        OptionFigures(each["value"], each["share"], each["rest"], tuple(each["thirds"]) if each["thirds"] else None)
        for each in stored
    )
