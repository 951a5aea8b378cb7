"""The shape of a report: one total and its rows, for readers who see exact numbers and for those who do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lms.reports.rules.periods import Period, is_month, quarter_of_month
from lms.reports.rules.releases import Label

#: The reports that there are.
NAMES = ("completions",)
#: What a report of completions can be taken apart by, one at a time.
GROUPS = ("organization", "track", "language", "area", "month")


@dataclass(frozen=True)
class Question:
    """What is asked of a report: a period, one track or all of them (""), and what the rows are."""

    period: Period
    track: str = ""
    group: str = "organization"


@dataclass(frozen=True)
class Row:
    """One row. `workers` counts people once, `completions` every completion. Aggregates count completions alone.

    None is hidden or not counted.

    `key` is an id, a key, a tag, the number of an area or a month; "" where there is nothing to name.
    """

    key: str
    workers: int | None
    completions: int | None = None


@dataclass(frozen=True)
class Report:
    """An answer: totals over all rows, in which each worker counts once, and the rows in their natural order.

    Aggregates hold completions alone, None for hidden ones.
    """

    question: Question
    workers: int | None
    completions: int | None
    #: How many organizations employ them; for aggregates, how many are under contract.
    organizations: int
    rows: tuple[Row, ...]
    #: All of these organizations are CBOs, none is a department.
    are_cbos: bool = True
    #: Small counts are hidden in it: it was released once and for all.
    is_guarded: bool = False

    def number_of(self, counted: Row | Report) -> int | None:
        """Return what is told of a row or of the whole: workers, for aggregates completions; None where hidden."""
        return counted.completions if self.is_guarded else counted.workers

    @property
    def hidden(self) -> int:
        """How many numbers are hidden, the total included."""
        told = [self.completions, *(row.completions for row in self.rows)]
        return told.count(None) if self.is_guarded else 0

    @property
    def adds_up(self) -> bool | None:
        """Whether the rows add up to the total; None where that is not told."""
        if self.is_guarded:
            return None if self.question.group == "area" else True
        return sum(row.workers or 0 for row in self.rows) == self.workers


def guarded_report(question: Question, shown: Mapping[Label, int | None]) -> Report | None:
    """Return the report that released counts answer (None: hidden); None when they hold no such answer."""
    period = question.period.key
    total = Label(period, question.track, "total", "")
    labels = [label for label in shown if _is_row(label, question)]
    if total not in shown or not labels:
        return None
    return Report(
        question,
        workers=None,
        completions=shown[total],
        organizations=sum(label[:3] == (period, "", "organization") for label in shown),
        rows=tuple(Row(_key_of(label, question.group), None, shown[label]) for label in labels),
        is_guarded=True,
    )


def _key_of(label: Label, group: str) -> str:
    return {"track": label.track, "month": label.period}.get(group, label.key)


def _is_row(label: Label, question: Question) -> bool:
    """Return whether a count is a row of the answer."""
    period = question.period.key
    if question.group == "month":
        inside = period in (label.period[:4], quarter_of_month(label.period)) if is_month(label.period) else False
        return inside and label.track == question.track
    if question.group == "track":
        return label[::2] == (period, "total") and label.track != "" and question.track in ("", label.track)
    return label[:3] == (period, question.track, question.group)
