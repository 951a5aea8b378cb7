"""What readers of aggregates get: the figures of one closed quarter or year, counted and guarded as a whole.

Figures count completions, not workers: each counts once, for one employer, so that rows add up to their total. (Of
workers counted in a total and in several rows, the difference would tell how many did both: a small count.)

They are told apart by who funds: the organizations under contract with one department alone, those that it shares with
another, and so on. No organization is in two of these programs in the same quarter, so none tells about another.

A count is small when it tells of fewer than 11 people: five who completed three tracks each are no less a small group.

All that readers of a program can ask about a year is one family of counts: the year and its quarters, each by
organization, track, language and planning area, the months, and the year once more for one track at a time. It is
guarded as one, with the combinations beneath that nobody publishes (track by quarter by organization, by language, by
month): so no total, no filter and no second grouping gives a small count away. Quarters are published as they close.
A year is made of what its quarters were made of, whatever was entered since, and guarded with regard to what is out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any, NamedTuple

from lms.reports.rules.figures import THRESHOLD, Figures, Sum
from lms.reports.rules.periods import is_month, is_quarter, last_day, quarter_of_month
from lms.reports.rules.suppression import hidden_counts

#: Days after the end of a quarter in which late entries arrive; then its figures are published once and for all.
SETTLING_DAYS = 14
AREAS = tuple(range(1, 9))


class Label(NamedTuple):
    """The address of a count: a period ("2026", "2026-q1", "2026-01"), a track or "", what is counted, and which."""

    period: str
    track: str
    group: str
    key: str


class Cell(NamedTuple):
    """What completions have in common: the one employer that they count for, track, language and month ("2026-01")."""

    organization_id: int
    track: str
    language: str
    month: str


#: Whose completions a cell holds: one person for each completion, so that who completed two is there twice.
People = Sequence[int]
#: The organizations of a program in one quarter, with the planning areas that each serves.
Program = Mapping[int, frozenset[int]]


@dataclass(frozen=True)
class Field:
    """What the figures of a program are counted from, by quarter, and what has a row though it be zero."""

    tracks: Sequence[str]
    languages: Sequence[str]
    program: Mapping[str, Program]
    cells: Mapping[Cell, People]


@dataclass(frozen=True)
class Count:
    """One published count. Hidden ones are kept, never shown: later figures are guarded with regard to them."""

    label: Label
    completions: int
    is_hidden: bool


@dataclass(frozen=True)
class Release:
    """What is kept of a program's release: its counts, and of a quarter what its year will be made of."""

    counts: tuple[Count, ...]
    program: Program
    cells: Mapping[Cell, People]


def periods_of(year: int) -> tuple[str, ...]:
    """Return the periods of a year in the order in which they are published: its quarters, then the year."""
    return (*_quarters(str(year)), str(year))


def is_due(period: str, today: date) -> bool:
    """Return whether the figures of `period` may be published: it is over, and late entries had their time."""
    return today > last_day(period) + timedelta(days=SETTLING_DAYS)


def release(field: Field, period: str, earlier: Iterable[Count] = ()) -> tuple[Count, ...]:
    """Return the counts of a program that the publication of `period` adds, each shown or hidden.

    `field` is about that quarter; for a year about its quarters, and `earlier` holds their counts.
    """
    known = {count.label: count.is_hidden for count in earlier}
    rows = [label for label in _rows(field, period) if label not in known]
    counts, sums = _counted(field, [*rows, *known])
    people = _people(field)
    rests = list(_rests(field, counts, people, [*rows, *known]))
    counts |= {rest: sum(counts[part] for part in rest.parts) for rest in rests}
    sums += [Sum(rest, rest.parts) for rest in rests]
    ranks = {label: _rank(label) for label in (*rows, *known)}
    few = frozenset(label for label in ranks if counts[label] and len(people[label]) < THRESHOLD)
    hidden = hidden_counts(Figures(counts, sums, ranks, known, frozenset(rests), few | frozenset(rests)))
    return tuple(Count(label, counts[label], label in hidden) for label in rows)


def _people(field: Field) -> defaultdict[Label, frozenset[int]]:
    """Return by published count whom it tells of."""
    found: defaultdict[Label, frozenset[int]] = defaultdict(frozenset)
    for cell, people in field.cells.items():
        for label in _labels_of(field, cell):
            found[label] |= frozenset(people)
    return found


def _labels_of(field: Field, cell: Cell) -> Iterator[Label]:
    """Yield every published count that the completions of a cell are part of."""
    quarter = quarter_of_month(cell.month)
    own = [("total", ""), ("organization", str(cell.organization_id)), ("language", cell.language)]
    own += [("area", str(area)) for area in field.program[quarter][cell.organization_id]]
    for track in ("", cell.track):
        yield Label(cell.month, track, "total", "")
        yield from (Label(period, track, *each) for period in (quarter, cell.month[:4]) for each in own)


def _rank(label: Label) -> int:
    """Return how much readers want a count: the details of a track are the first to go, the year's total the last."""
    if is_month(label.period):
        return 0 if label.track else 3
    if label.group != "total":
        return 2 if is_quarter(label.period) else 1 if label.track else 4
    if is_quarter(label.period):
        return 3 if label.track else 6
    return 5 if label.track else 7


def _rows(field: Field, period: str) -> Iterator[Label]:
    """Yield every count that the publication of `period` holds: a quarter tells no track and category together."""
    organizations = sorted({organization for program in field.program.values() for organization in program})
    for track in ("", *field.tracks):
        yield Label(period, track, "total", "")
        if track and is_quarter(period):
            continue
        yield from (Label(period, track, "organization", str(each)) for each in organizations)
        yield from (Label(period, track, "language", each) for each in field.languages)
        yield from (Label(period, track, "area", str(each)) for each in AREAS)
        yield from (Label(month, track, "total", "") for month in _months(period))


def _quarters(period: str) -> list[str]:
    """Return the quarters of a year, or the quarter that holds a quarter or month."""
    if is_month(period):
        return [quarter_of_month(period)]
    return [period] if is_quarter(period) else [f"{period}-q{number}" for number in (1, 2, 3, 4)]


def _months(period: str) -> list[str]:
    """Return the months of a year or quarter."""
    first = {quarter: 3 * int(quarter[-1]) - 2 for quarter in _quarters(period)}
    return [f"{period[:4]}-{month:02}" for start in first.values() for month in range(start, start + 3)]


def _counted(field: Field, labels: Iterable[Label]) -> tuple[dict[Any, int], list[Sum]]:
    """Return all counts with those beneath (of one quarter and track), and the sums that tell what each consists of."""
    ways = list(_ways(field))
    counts: dict[Any, int] = {part: 0 for way in ways for part in (way.total, *way.parts)}
    for cell, people in field.cells.items():
        completions = len(people)
        quarter = quarter_of_month(cell.month)
        counts[Label(quarter, cell.track, "total", "")] += completions
        counts[Label(quarter, cell.track, "organization", str(cell.organization_id))] += completions
        counts[Label(quarter, cell.track, "language", cell.language)] += completions
        counts[Label(cell.month, cell.track, "total", "")] += completions
    sums = [Sum(label, tuple(_parts(field, label))) for label in labels if label not in counts]
    return {each.total: sum(counts[part] for part in each.parts) for each in sums} | counts, sums + ways


def _ways(field: Field) -> Iterator[Sum]:
    """Yield the ways in which a track is taken apart in a quarter."""
    for (quarter, program), track in product(field.program.items(), field.tracks):
        total = Label(quarter, track, "total", "")
        yield Sum(total, tuple(total._replace(period=each) for each in _months(quarter)))  # the shortest first: atoms
        yield Sum(total, tuple(total._replace(group="organization", key=str(each)) for each in program))
        yield Sum(total, tuple(total._replace(group="language", key=each) for each in field.languages))


def _parts(field: Field, label: Label) -> Iterator[Label]:
    """Yield what a published count consists of: counts beneath."""
    tracks = [label.track] if label.track else field.tracks
    for quarter, track in product(_quarters(label.period), tracks):
        program = field.program.get(quarter, {})
        part = Label(label.period if is_month(label.period) else quarter, track, label.group, label.key)
        if label.group == "area":
            serving = (str(each) for each, areas in program.items() if int(label.key) in areas)
            yield from (part._replace(group="organization", key=each) for each in serving)
        elif program and (label.group != "organization" or int(label.key) in program):
            yield part


class _Rest(NamedTuple):
    """What is left of a total without its large rows: several small counts that are small together."""

    parts: tuple[Label, ...]


def _rests(
    field: Field, counts: Mapping[Any, int], people: Mapping[Label, frozenset[int]], labels: Iterable[Label]
) -> Iterator[_Rest]:
    """Yield the counts of fewer than 11 people that a total and its large rows would tell."""
    small: dict[tuple[Label, str], list[Label]] = defaultdict(list)
    for label in labels:
        if counts[label] and len(people[label]) < THRESHOLD:
            for table in _tables_of(field, label):
                small[table].append(label)
    for (total, _), parts in small.items():
        if total in counts and len(parts) > 1 and len(frozenset().union(*(people[part] for part in parts))) < THRESHOLD:
            yield _Rest(tuple(parts))


def _tables_of(field: Field, label: Label) -> Iterator[tuple[Label, str]]:
    """Yield the tables that a published count is a row of: the total, and what the rows are."""
    period, track, group, key = label
    if is_month(period):
        yield Label(quarter_of_month(period), track, "total", ""), "month"
        yield Label(period[:4], track, "total", ""), "month"
    if track:
        yield label._replace(track=""), "track"
    if is_quarter(period):
        yield label._replace(period=period[:4]), "quarter"
    if group in {"organization", "language"}:
        yield Label(period, track, "total", ""), group
    if group == "organization":
        areas = {area for program in field.program.values() for area in program.get(int(key), ())}
        yield from ((label._replace(group="area", key=str(area)), group) for area in sorted(areas))
