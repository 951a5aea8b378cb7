"""The table of distractors: who chose what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lms.assessments.rules.analysis.moments import mean
from lms.assessments.rules.analysis.values import MINIMUM_GROUP

#: Thirds are told apart from here on, so that each of them is a group.
THIRDS_FROM = 3 * MINIMUM_GROUP


@dataclass(frozen=True)
class OptionFigures:
    """How many answers count as `value`, as a share of all, and how their readers did on the rest.

    `thirds` are the shares among the weakest, middle and strongest third by rest score; None below 33 answers.
    `rest` is the mean rest score, from -1 to 1, None below 11 answers: nought is an average reader.
    """

    value: str
    share: float
    rest: float | None
    thirds: tuple[float, float, float] | None


def option_table(tallies: Sequence[tuple[str, ...]], rests: Sequence[float]) -> tuple[OptionFigures, ...]:
    """Return the options in alphabetical order, "" for no answer; `rests` are the rest scores in the same order.

    An answer of several choices counts at each of them. Readers of the same rest score are told apart by the order
    of their answers, which says nothing.
    """
    counted = [each or ("",) for each in tallies]
    order = sorted(range(len(counted)), key=lambda number: rests[number])
    values = sorted({value for each in counted for value in each})
    return tuple(_of(value, counted, rests, order) for value in values)


def _of(value: str, counted: Sequence[tuple[str, ...]], rests: Sequence[float], order: Sequence[int]) -> OptionFigures:
    chose = [value in each for each in counted]
    theirs = [rest for rest, yes in zip(rests, chose, strict=True) if yes]
    rest = mean(theirs) if len(theirs) >= MINIMUM_GROUP else None
    return OptionFigures(value, len(theirs) / len(counted), rest, _thirds([chose[number] for number in order]))


def _thirds(chose: Sequence[bool]) -> tuple[float, float, float] | None:
    """Return the share of yes in each third of an ordered list."""
    count = len(chose)
    if count < THIRDS_FROM:
        return None
    first, second = count // 3, count - count // 3
    low, middle, high = chose[:first], chose[first:second], chose[second:]
    return sum(low) / len(low), sum(middle) / len(middle), sum(high) / len(high)
