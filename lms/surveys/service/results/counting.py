"""Counting released sheets into figures: each cell once, and shown only what is of enough people."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, insert, null, select, update
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

_WAITING = select(_PARTS, _CELLS.c.sheets).join(_CELLS, _CELLS.c.batch == _PARTS.c.batch)
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
    if not cells:
        return 0
    sheets = _sheets_of(session, [cell.batch for cell in cells])
    session.execute(insert(_CELLS), [cell._asdict() | {"sheets": len(sheets[cell.batch])} for cell in cells])
    numbers = number_questions(library, survey_key)
    waiting = [row for cell in cells for row in _parts_of(cell.batch, count_answers(sheets[cell.batch], numbers))]
    if waiting:
        session.execute(insert(_PARTS), waiting)
    released: Counter[Labels] = Counter()
    for cell in cells:
        labels = (survey_key, cell.subject_key or "", cell.version_id or 0, cell.language or "")
        released[labels] += len(sheets[cell.batch])
    group = group_of(library, survey_key)
    for labels, number in sorted(released.items()):
        _add(session, labels, [Tally("", SHEETS, ANSWERED, number), *_taken(session, labels, group)])
    return len(cells)


def _sheets_of(session: Session, batches: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the answers on the sheets of these cells. One query."""
    found: dict[str, list[dict[str, Any]]] = {batch: [] for batch in batches}
    for batch, answers in session.execute(
        select(_SHEETS.c.batch, _SHEETS.c.answers).where(_SHEETS.c.batch.in_(batches))
    ):
        found[batch].append(answers)
    return found


def _parts_of(batch: str, tallies: list[Tally]) -> list[dict[str, Any]]:
    """Return what a cell holds, question by question, as it is kept until it may be shown."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for each in tallies:
        head = {"batch": batch, "question_id": each.question_id, "kind": each.kind, "counts": {}}
        row = rows.setdefault((each.question_id, each.kind), head)
        if each.value == ANSWERED:
            row |= {"answered": each.number, "total": each.total}
        else:
            row["counts"][each.value] = each.number
    return list(rows.values())


def _taken(session: Session, labels: Labels, group: int) -> list[Tally]:
    """Take out of what waits with these labels what is enough now, and return it."""
    waiting: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in session.execute(_WAITING.where(*_same(labels))):
        waiting[row.question_id, row.kind].append(row)
    taken = []
    for (question_id, kind), rows in sorted(waiting.items()):
        parts = [Part(row.batch, row.answered, row.sheets) for row in rows]
        shown = showable(parts, group, is_pooled=not labels[1])
        if shown:
            own = and_(_PARTS.c.question_id == question_id, _PARTS.c.kind == kind, _PARTS.c.batch.in_(sorted(shown)))
            session.execute(delete(_PARTS).where(own))
            taken += [each for row in rows if row.batch in shown for each in _tallies(row)]
    return taken


def _same(labels: Labels) -> list[ColumnElement[bool]]:
    """Return the criterion of cells with these labels."""
    columns = (_CELLS.c.survey_key, _CELLS.c.subject_key, _CELLS.c.version_id, _CELLS.c.language)
    return [column == (value or null()) for column, value in zip(columns, labels, strict=True)]


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
