"""Figures that may be shown, and the cells that nobody has counted yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.surveys.models import SurveyAnswer, SurveyCell, SurveyFigure
from lms.surveys.rules.results import ANSWERED, Count, Figures, add_up

_CELL = (
    SurveyAnswer.batch,
    SurveyAnswer.survey_key,
    SurveyAnswer.subject_key,
    SurveyAnswer.subject_revision_id.label("version_id"),
    SurveyAnswer.language,
    SurveyAnswer.month,
)


@dataclass(frozen=True)
class Overview:
    """What is known of one survey about one subject (None: about several): its sheets, and figures by question."""

    survey_key: str
    subject_key: str | None
    sheets: int
    figures: dict[str, Figures]


@dataclass(frozen=True)
class Counted:
    """How many sheets of a survey were counted: as its cells say, as they are there, and as figures say."""

    survey_key: str
    cells: int
    sheets: int
    figures: int


def list_counted(session: Session) -> list[Counted]:
    """Return every survey that was counted, with the three numbers that must agree. Three queries."""
    sheet, cell, figure = SurveyAnswer, SurveyCell, SurveyFigure
    counted = select(cell.survey_key, func.sum(cell.sheets)).group_by(cell.survey_key)
    there = select(sheet.survey_key, func.count()).join(cell, cell.batch == sheet.batch).group_by(sheet.survey_key)
    shown = select(figure.survey_key, func.sum(figure.number)).where(figure.kind == "sheets")
    cells, sheets, figures = (
        {row[0]: int(row[1]) for row in session.execute(query)}
        for query in (counted, there, shown.group_by(figure.survey_key))
    )
    keys = sorted(cells.keys() | figures.keys())
    return [Counted(key, cells.get(key, 0), sheets.get(key, 0), figures.get(key, 0)) for key in keys]


def _uncounted() -> Any:
    counted = select(SurveyCell.batch).where(SurveyCell.batch == SurveyAnswer.batch)
    return (SurveyAnswer.batch != "") & ~counted.exists()


def surveys_uncounted(session: Session) -> list[str]:
    """Return the surveys with cells that were released and not counted yet. One query."""
    found = select(SurveyAnswer.survey_key).where(_uncounted()).distinct().order_by(SurveyAnswer.survey_key)
    return list(session.execute(found).scalars())


def list_uncounted(session: Session, survey_key: str, most: int) -> Sequence[Any]:
    """Return cells of a survey with their labels that were not counted yet. One query."""
    found = select(*_CELL).where(SurveyAnswer.survey_key == survey_key, _uncounted()).distinct()
    return session.execute(found.order_by(SurveyAnswer.batch).limit(most)).all()


def counts_of(session: Session, survey_key: str, subject_key: str | None = None) -> list[Count]:
    """Return all that may be shown of a survey about a subject, or with None about all of them. One query."""
    figure = SurveyFigure
    labels = (figure.question_id, figure.kind, figure.value, figure.language, figure.version_id)
    sums = (func.sum(figure.number).label("number"), func.sum(figure.total).label("total"))
    query = select(*labels, *sums).where(figure.survey_key == survey_key).group_by(*labels)
    if subject_key is not None:
        query = query.where(figure.subject_key == subject_key)
    return [
        Count(row[0], row[1], row[2], row[3] or None, row[4] or None, int(row[5]), float(row[6]))
        for row in session.execute(query)
    ]


def list_overviews(session: Session) -> list[Overview]:
    """Return every survey with every subject that has figures, those of several subjects last. One query."""
    figure = SurveyFigure
    labels = (figure.survey_key, figure.subject_key, figure.question_id, figure.kind, figure.value)
    query = select(*labels, func.sum(figure.number)).where(figure.kind.in_(("sheets", "likert"))).group_by(*labels)
    found: dict[tuple[str, str], list[Count]] = {}
    for row in session.execute(query):
        found.setdefault((row[0], row[1]), []).append(Count(row[2], row[3], row[4], None, None, int(row[5])))
    order = sorted(found, key=lambda key: (key[0], not key[1], key[1]))
    return [_overview(*key, found[key]) for key in order]


def _overview(survey_key: str, subject_key: str, counts: list[Count]) -> Overview:
    figures = add_up(each for each in counts if each.question_id)
    return Overview(survey_key, subject_key or None, sheets_in(counts), figures)


def sheets_in(counts: Collection[Count]) -> int:
    """Return how many sheets these counts are of."""
    return sum(each.number for each in counts if each.kind == "sheets" and each.value == ANSWERED)


def counts_for(session: Session, subjects: Collection[tuple[str, str]]) -> dict[tuple[str, str], list[Count]]:
    """Return what may be shown of these surveys (key, subject), by version. One query, or none."""
    if not subjects:
        return {}
    figure = SurveyFigure
    labels = (figure.survey_key, figure.subject_key, figure.question_id, figure.kind, figure.value, figure.version_id)
    query = (
        select(*labels, func.sum(figure.number), func.sum(figure.total))
        .where(
            figure.survey_key.in_({survey for survey, _ in subjects}),
            figure.subject_key.in_({subject for _, subject in subjects}),
        )
        .group_by(*labels)
    )
    found: dict[tuple[str, str], list[Count]] = {each: [] for each in subjects}
    for row in session.execute(query):
        if (row[0], row[1]) in found:
            count = Count(row[2], row[3], row[4], None, row[5] or None, int(row[6]), float(row[7]))
            found[row[0], row[1]].append(count)
    return found
