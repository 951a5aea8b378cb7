"""Counting released sheets into figures: each cell once, and shown only what is of enough people."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, delete, insert, null, select, update
from sqlalchemy.orm import Session

from lms.content.library import Library
from lms.db import take_turns
from lms.surveys.models import SurveyAnswer, SurveyCell, SurveyFigure, SurveyPart
from lms.surveys.queries.results.asked import group_of, number_questions
from lms.surveys.queries.results.figures import list_uncounted
from lms.surveys.rules.results import ANSWERED, Part, Tally, count_answers, showable

_SHEETS = cast("Table", SurveyAnswer.__table__)
_PARTS = cast("Table", SurveyPart.__table__)
_CELLS = cast("Table", SurveyCell.__table__)
_FIGURES = cast("Table", SurveyFigure.__table__)
#: The figure that counts sheets, whatever was answered on them.
SHEETS = "sheets"

_LABELS = ("survey_key", "subject_key", "version_id", "language")
_ADDRESS = ("question_id", "kind", "value")
_ADD = (
    update(_FIGURES)
    .where(*(_FIGURES.c[name] == bindparam(f"own_{name}") for name in (*_LABELS, *_ADDRESS)))
    .values(number=_FIGURES.c.number + bindparam("own_number"), total=_FIGURES.c.total + bindparam("own_total"))
)

#: Survey, subject ("" several), version (0 several), language ("" several).
Labels = tuple[str, str, int, str]


def count_cells(session: Session, library: Library, survey_key: str, *, most: int = 200) -> int:
    """Count the cells of a survey that were released since, at most `most` of them, and return how many."""
    take_turns(session, f"survey figures {survey_key}")
    cells = list_uncounted(session, survey_key, most)
    numbers = number_questions(library, survey_key)
    touched: set[Labels] = set()
    for cell in cells:
        sheets = session.execute(select(_SHEETS.c.answers).where(_SHEETS.c.batch == cell.batch)).scalars().all()
        session.execute(insert(_CELLS).values(cell._asdict() | {"sheets": len(sheets)}))
        labels: Labels = (survey_key, cell.subject_key or "", cell.version_id or 0, cell.language or "")
        _add(session, labels, [Tally("", SHEETS, ANSWERED, len(sheets))])
        _keep(session, cell.batch, count_answers(sheets, numbers))
        touched.add(labels)
    group = group_of(library, survey_key)
    for labels in sorted(touched):
        _show(session, labels, group)
    return len(cells)


def _keep(session: Session, batch: str, tallies: list[Tally]) -> None:
    """Keep what a cell holds, question by question, until it may be shown."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for each in tallies:
        address = (each.question_id, each.kind)
        row = rows.setdefault(
            address, {"batch": batch, "question_id": each.question_id, "kind": each.kind, "counts": {}}
        )
        if each.value == ANSWERED:
            row |= {"answered": each.number, "total": each.total}
        else:
            row["counts"][each.value] = each.number
    if rows:
        session.execute(insert(_PARTS), list(rows.values()))


def _show(session: Session, labels: Labels, group: int) -> None:
    """Move what is enough now from what waits to what is shown."""
    survey_key, subject_key, version_id, language = labels
    found = session.execute(
        select(_PARTS, _CELLS.c.sheets)
        .join(_CELLS, _CELLS.c.batch == _PARTS.c.batch)
        .where(
            _CELLS.c.survey_key == survey_key,
            _CELLS.c.subject_key == (subject_key or null()),
            _CELLS.c.version_id == (version_id or null()),
            _CELLS.c.language == (language or null()),
        )
    ).all()
    waiting: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in found:
        waiting[row.question_id, row.kind].append(row)
    for (question_id, kind), rows in sorted(waiting.items()):
        parts = [Part(row.batch, row.answered, row.sheets) for row in rows]
        shown = showable(parts, group, is_pooled=not subject_key)
        if shown:
            _add(session, labels, [each for row in rows if row.batch in shown for each in _tallies(row)])
            own = and_(_PARTS.c.question_id == question_id, _PARTS.c.kind == kind, _PARTS.c.batch.in_(sorted(shown)))
            session.execute(delete(_PARTS).where(own))


def _tallies(row: Any) -> list[Tally]:
    counts = [Tally(row.question_id, row.kind, value, number) for value, number in row.counts.items()]
    return [Tally(row.question_id, row.kind, ANSWERED, row.answered, row.total), *counts]


def _add(session: Session, labels: Labels, tallies: list[Tally]) -> None:
    """Add to the figures with these labels. Whoever counts holds the survey's turn, so that nobody adds meanwhile."""
    sums: dict[tuple[str, str, str], tuple[int, float]] = {}
    for each in tallies:
        number, total = sums.get((each.question_id, each.kind, each.value), (0, 0.0))
        sums[each.question_id, each.kind, each.value] = (number + each.number, total + each.total)
    asked = sorted({each.question_id for each in tallies})
    where = [_FIGURES.c[name] == value for name, value in zip(_LABELS, labels, strict=True)]
    known = select(*(_FIGURES.c[name] for name in _ADDRESS)).where(*where, _FIGURES.c.question_id.in_(asked))
    there = {(row[0], row[1], row[2]) for row in session.execute(known)}
    new = [address for address in sums if address not in there]
    old = [address for address in sums if address in there]
    if new:
        session.execute(insert(_FIGURES), [_named((*labels, *each, *sums[each])) for each in new])
    if old:
        session.execute(_ADD, [_named((*labels, *each, *sums[each]), "own_") for each in old])


def _named(values: tuple[object, ...], prefix: str = "") -> dict[str, object]:
    """Return the values of a figure by the names of its columns."""
    return {prefix + name: value for name, value in zip((*_LABELS, *_ADDRESS, "number", "total"), values, strict=True)}
