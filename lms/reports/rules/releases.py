"""What readers of aggregates get: the figures of one closed quarter or year, counted and guarded as a whole.

All that a reader of a department's programs can ask about a year is one family of counts: the year and its quarters,
each by organization, track, language and planning area, the months, and the year once more for one track at a time.
It is guarded as one, with the combinations beneath that nobody publishes (track by quarter by organization, track by
quarter by language): so no total, no filter and no second grouping gives a small count away. Quarters are published
as they close. What is out stays as it is, and the year is guarded with regard to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from lms.reports.rules.figures import Figures, Sum
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


class Fact(NamedTuple):
    """One worker completed one track in a language in a month, employed by an organization under contract."""

    person_id: int
    track: str
    language: str
    month: int
    organization_id: int


@dataclass(frozen=True)
class Field:
    """What has a row in the figures of a period, though it be zero; and the planning areas that each CBO serves."""

    tracks: Sequence[str]
    languages: Sequence[str]
    organizations: Sequence[int]
    areas: Mapping[int, frozenset[int]]


@dataclass(frozen=True)
class Count:
    """One published count. Hidden ones are kept, never shown: later figures are guarded with regard to them."""

    label: Label
    workers: int
    is_hidden: bool


def periods_of(year: int) -> tuple[str, ...]:
    """Return the periods of a year in the order in which they are published: its quarters, then the year."""
    return (*(f"{year}-q{quarter}" for quarter in (1, 2, 3, 4)), str(year))


def is_due(period: str, today: date) -> bool:
    """Return whether the figures of `period` may be published: it is over, and late entries had their time."""
    return today > last_day(period) + timedelta(days=SETTLING_DAYS)


def release(field: Field, facts: Iterable[Fact], period: str, earlier: Iterable[Count] = ()) -> tuple[Count, ...]:
    """Return the counts that the publication of `period` adds, each shown or hidden.

    `facts` are those of the period; for a year `earlier` holds the counts of its four quarters.
    """
    known = {count.label: count for count in earlier}
    rows = [label for label in _rows(field, period) if label not in known]
    counts = dict.fromkeys((*rows, *known), 0)
    counts |= {label: 0 for label in _beneath(counts) if label not in counts}
    counts |= {label: len(persons) for label, persons in _people(field, facts, period).items()}
    counts |= {label: count.workers for label, count in known.items()}
    figures = Figures(
        counts,
        _sums(counts, field.areas),
        {label: _rank(label) for label in (*rows, *known)},
        {label: count.is_hidden for label, count in known.items()},
    )
    hidden = hidden_counts(figures)
    return tuple(Count(label, counts[label], label in hidden) for label in rows)


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
    for track in ("", *field.tracks):
        yield Label(period, track, "total", "")
        if is_quarter(period) and track:
            continue
        yield from (Label(period, track, "organization", str(each)) for each in field.organizations)
        yield from (Label(period, track, "language", each) for each in field.languages)
        yield from (Label(period, track, "area", str(each)) for each in AREAS)
        yield from (Label(month, track, "total", "") for month in _months(period))


def _months(period: str) -> list[str]:
    year, _, quarter = period.partition("-q")
    months = range(3 * int(quarter) - 2, 3 * int(quarter) + 1) if quarter else range(1, 13)
    return [f"{year}-{month:02}" for month in months]


def _beneath(published: Iterable[Label]) -> Iterator[Label]:
    """Yield the counts by track beneath each count of a quarter or a month, which nobody publishes then."""
    published = tuple(published)
    tracks = defaultdict(set)
    for label in published:
        if is_quarter(label.period) and label.track:
            tracks[label.period].add(label.track)
    for label in published:
        if label.track == "" and (is_month(label.period) or label.group in {"organization", "language"}):
            quarter = quarter_of_month(label.period) if is_month(label.period) else label.period
            yield from (label._replace(track=track) for track in sorted(tracks[quarter]))


def _people(field: Field, facts: Iterable[Fact], period: str) -> dict[Label, set[int]]:
    """Return whom each count counts, with what lies beneath the published ones."""
    people: defaultdict[Label, set[int]] = defaultdict(set)
    for fact in facts:
        month = f"{period[:4]}-{fact.month:02}"
        areas = field.areas.get(fact.organization_id, ())
        for track in ("", fact.track):
            people[Label(month, track, "total", "")].add(fact.person_id)
            for each in {period, quarter_of_month(month)}:
                people[Label(each, track, "total", "")].add(fact.person_id)
                people[Label(each, track, "organization", str(fact.organization_id))].add(fact.person_id)
                people[Label(each, track, "language", fact.language)].add(fact.person_id)
            for area in areas if track == "" or not is_quarter(period) else ():
                people[Label(period, track, "area", str(area))].add(fact.person_id)
    return dict(people)


def _sums(counts: Mapping[Label, int], areas: Mapping[int, frozenset[int]]) -> list[Sum]:
    """Return every relation between `counts`, but for those that follow from others."""
    parts: defaultdict[tuple[Label, str], list[Label]] = defaultdict(list)
    for label in counts:
        for total, way in _totals_of(label, areas):
            if total in counts:
                parts[total, way].append(label)
    return [Sum(total, tuple(labels)) for (total, _), labels in parts.items()]


def _totals_of(label: Label, areas: Mapping[int, frozenset[int]]) -> Iterator[tuple[Label, str]]:
    """Yield the totals that a count is part of, each with the way in which that total is taken apart."""
    period, track, group, key = label
    if is_month(period):
        yield Label(quarter_of_month(period), track, "total", ""), "months"
    if track and (is_month(period) or is_quarter(period)):
        yield label._replace(track=""), "tracks"
    if track and is_quarter(period) and group in {"organization", "language"}:
        yield Label(period, track, "total", ""), group
    if is_quarter(period) and group != "area":
        yield label._replace(period=period[:4]), "quarters"
    if group == "organization":
        yield from ((label._replace(group="area", key=str(area)), "area") for area in areas.get(int(key), ()))
