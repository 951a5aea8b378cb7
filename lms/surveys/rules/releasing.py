"""When answers leave the pool: in cells of so many people that nobody's can be told from the others'.

A cell is released whole, and all its rows carry the same labels. Whoever knows exactly whose answers are in it still
has at least 11 people for each of them. What is too small waits; what has waited long loses labels until it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

#: Values by which waiting answers come together; equal ones can share a cell.
_Group = tuple[Any, ...]


@dataclass(frozen=True)
class Labels:
    """What a released answer says of where it belongs; None where that was given up to make the cell large enough."""

    survey: str
    subject: str | None
    round: int | None
    #: The revision of the survey, and that of the module or track it is about.
    revision: int | None
    subject_revision: int | None
    language: str | None


@dataclass(frozen=True)
class Waiting:
    """One waiting answer sheet, or (with a `question`) one free text that has left its sheet."""

    labels: Labels
    #: The first day of the month in which it was given.
    month: date
    #: How many people were promised to stand together.
    group: int
    content: Any
    question: str = ""


@dataclass(frozen=True)
class Cell:
    """Answers that are released together, under the same labels."""

    labels: Labels
    rows: tuple[Waiting, ...]


@dataclass(frozen=True)
class Stage:
    """One way in which answers come together, for those that have waited so many months."""

    months: int
    label: Callable[[Labels], Labels]


def _no_versions(labels: Labels) -> Labels:
    return replace(labels, revision=None, subject_revision=None)


def _no_language(labels: Labels) -> Labels:
    return replace(labels, language=None)


def _no_subject(labels: Labels) -> Labels:
    return replace(_no_versions(labels), subject=None, round=None)


#: Sheets: as they are; over versions; over languages; over both; over modules.
SHEETS = (
    Stage(0, lambda labels: labels),
    Stage(2, _no_versions),
    Stage(3, _no_language),
    Stage(4, lambda labels: _no_language(_no_versions(labels))),
    Stage(6, lambda labels: _no_language(_no_subject(labels))),
)
#: Free text is never put beside other languages: its own would tell whose it is.
TEXTS = (Stage(0, lambda labels: labels), Stage(2, _no_versions), Stage(4, _no_subject))


def part(waiting: Iterable[Waiting], stages: Sequence[Stage], today: date) -> tuple[list[Cell], list[Waiting]]:
    """Return the cells that may be released on the local date `today`, and what goes on waiting."""
    left = list(waiting)
    cells: list[Cell] = []
    for stage in stages:
        groups: dict[_Group, list[Waiting]] = {}
        young = [each for each in left if months_between(each.month, today) < stage.months]
        for each in left:
            if months_between(each.month, today) >= stage.months:
                groups.setdefault((stage.label(each.labels), each.question), []).append(each)
        left = young
        for (labels, _question), rows in groups.items():
            if is_safe(rows):
                cells.append(Cell(labels, tuple(rows)))
            else:
                left += rows
    return cells, left


def is_safe(rows: Sequence[Waiting]) -> bool:
    """Return whether no person can be behind more than one in 11 (or the survey's own number) of these answers.

    A person answers once about each subject in each round, so that she is behind at most as many rows as there are
    of those: the cell must be that many times larger.
    """
    most = len({(each.labels.subject, each.labels.round) for each in rows})
    return len(rows) >= max(each.group for each in rows) * most


def months_between(month: date, today: date) -> int:
    """Return how many months lie between the month of an answer and today's: 0 within the same one."""
    return (today.year - month.year) * 12 + today.month - month.month
