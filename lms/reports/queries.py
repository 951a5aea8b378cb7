"""Reads of reports. Each takes the reader's scope first, asks in sets, and costs the same for any amount of data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    cast,
    distinct,
    extract,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from lms.errors import NotAllowed
from lms.organizations.models import Contract, Organization, OrganizationArea
from lms.reports.models import ReportRelease
from lms.reports.policy import ALL, DONE, SPELLS, Scope, employed_then, visible_spells
from lms.reports.rules import (
    Cell,
    Count,
    Field,
    Period,
    Program,
    Question,
    Release,
    ReleaseLabel,
    Report,
    Row,
    find_period,
    guarded_report,
    is_due,
    periods_of,
    release,
)
from lms.tracks.rules import ALONE

AREAS = OrganizationArea.__table__
#: A module that was asked for alone is no career pathway: its completion is not counted among those of tracks.
_IS_TRACK = ~DONE.c.track_key.startswith(ALONE)


@dataclass(frozen=True)
class OrganizationName:
    """What a row of an organization shows, and what it is sorted by."""

    name: str
    search_key: str


def find_report(scope: Scope, session: Session, question: Question) -> Report | None:
    """Return the answer to `question`: exact, or for aggregates what was released. None when that is not out.

    At most four queries.
    """
    if scope.is_exact:
        return _exact_report(scope, session, question)
    return guarded_report(question, _shown_counts(scope, session, question.period))


def _exact_report(scope: Scope, session: Session, question: Question) -> Report:
    """Return the exact answer. Three queries."""
    if not scope.is_exact:
        raise NotAllowed
    period = question.period
    asked = {"ids": scope.ids, "since": period.since, "until": period.until, "track": question.track}
    total, employers, rows = _statements(scope.kind, question.group, one_track=bool(question.track))
    workers, completions = session.execute(total, asked).one()
    number, departments = session.execute(employers, asked).one()
    found = session.execute(rows, asked)
    lines = tuple(Row(_row_key(question.group, key), people, times) for key, people, times in found)
    return Report(question, workers, completions, number, lines, are_cbos=not departments)


@cache
def _statements(kind: str, group: str, *, one_track: bool) -> tuple[Select[*tuple[Any, ...]], ...]:
    """Return the statements of a report: its totals, its employers, its rows. Parameters: ids, since, until, track."""
    criteria: list[ColumnElement[bool]] = [_IS_TRACK]
    criteria.append(DONE.c.completed_on.between(bindparam("since", type_=Date), bindparam("until", type_=Date)))
    if one_track:
        criteria.append(DONE.c.track_key == bindparam("track"))
    visible = visible_spells(Scope(kind))
    if visible is not None:
        criteria.append(visible)
    everybody = kind == ALL
    return (
        select(*_counts(once=everybody)).select_from(_counted(everybody, not everybody)).where(*criteria),
        _employers(criteria),
        _rows(group, everybody).where(*criteria),
    )


def _counts(*, once: bool) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Return how many workers and completions there are; `once`: each completion is there but once."""
    return func.count(distinct(DONE.c.person_id)), func.count() if once else func.count(distinct(DONE.c.id))


def _counted(everybody: bool, with_employers: bool) -> FromClause:
    """Return completions, with employers once for each employment that covers the day, without it once."""
    return DONE.join(SPELLS, employed_then(), isouter=everybody) if with_employers else DONE


def _employers(criteria: list[ColumnElement[bool]]) -> Select[int, int]:
    """Return the select of how many organizations employ the workers of a report, and how many are departments."""
    places = Organization.__table__
    employs = select(SPELLS.c.id).join(DONE, employed_then()).where(*criteria)
    found = select(func.count(places.c.id), func.count(case((places.c.kind != "cbo", places.c.id))))
    return found.where(employs.where(SPELLS.c.organization_id == places.c.id).exists())


def _rows(group: str, everybody: bool) -> Select[Any]:
    """Return the select of the rows of a report, in no order: key, workers, completions."""
    employers = group in {"organization", "area"} or not everybody
    month = cast(extract("year", DONE.c.completed_on), Integer) * 100
    keys: dict[str, Any] = {
        "organization": SPELLS.c.organization_id,
        "track": DONE.c.track_key,
        "language": DONE.c.language,
        "area": AREAS.c.spa,
        "month": month + cast(extract("month", DONE.c.completed_on), Integer),
    }
    source = _counted(everybody, employers)
    if group == "area":
        source = source.outerjoin(AREAS, _served_by(SPELLS.c.organization_id))
    return select(keys[group], *_counts(once=not employers)).select_from(source).group_by(keys[group])


def _row_key(group: str, key: Any) -> str:
    if key is None:
        return ""
    return f"{key // 100}-{key % 100:02}" if group == "month" else str(key)


def _served_by(organization_id: Any) -> ColumnElement[bool]:
    """Return the criterion of the areas that an organization serves, by the newest boundaries that it gave."""
    other = AREAS.alias()
    newest = select(func.max(other.c.boundary_year)).where(other.c.organization_id == organization_id)
    return and_(AREAS.c.organization_id == organization_id, AREAS.c.boundary_year == newest.scalar_subquery())


def organization_names(scope: Scope, session: Session, ids: Collection[int]) -> dict[int, OrganizationName]:
    """Return the names of the organizations that are rows of a report of `scope`. One query, none without ids."""
    del scope  # the rows were found with it
    if not ids:
        return {}
    places = Organization.__table__.c
    rows = session.execute(select(places.id, places.name, places.search_key).where(places.id.in_(sorted(ids))))
    return {row.id: OrganizationName(row.name, row.search_key) for row in rows}


def department_names(session: Session, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return public id and name of departments. One query, none without ids."""
    if not ids:
        return {}
    places = Organization.__table__.c
    rows = session.execute(select(places.id, places.public_id, places.name).where(places.id.in_(sorted(ids))))
    return {row.id: (row.public_id, row.name) for row in rows}


def list_released(session: Session) -> dict[tuple[int, ...], tuple[str, ...]]:
    """Return by program the years and quarters whose figures are out, newest first. One query."""
    found: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for departments, period in session.execute(select(ReportRelease.departments, ReportRelease.period)):
        found[_ids_of(departments)].append(period)
    return {ids: tuple(sorted(periods, key=_newest_first, reverse=True)) for ids, periods in found.items()}


def _newest_first(period: str) -> tuple[str, str]:
    return (period[:4], period[4:] or "-q5")  # a year stands after its quarters


def _ids_of(departments: str) -> tuple[int, ...]:
    return tuple(int(each) for each in departments.split(","))


def _shown_counts(scope: Scope, session: Session, period: Period) -> dict[ReleaseLabel, int | None]:
    """Return what is out of the year of `period`, hidden counts as None. One query."""
    departments = ",".join(str(each) for each in scope.ids)
    found = select(ReportRelease.body).where(
        ReportRelease.departments == departments, ReportRelease.period.in_(periods_of(period.since.year))
    )
    counts = (count for body in session.scalars(found) for count in _counts_of(body))
    return {count.label: None if count.is_hidden else count.completions for count in counts}


def _counts_of(body: Mapping[str, Any]) -> Iterator[Count]:
    for *label, completions, is_hidden in body["counts"]:
        yield Count(ReleaseLabel(*label), completions, is_hidden)


def due_periods(session: Session, today: date) -> list[str]:
    """Return the closed years and quarters whose figures are not out yet, in the order to release them. Three queries.

    A period is out with its first figures: a contract that is entered afterwards changes nothing.
    """
    first = session.scalar(select(func.min(DONE.c.completed_on)).where(_IS_TRACK))
    if first is None:
        return []
    known = {period for periods in list_released(session).values() for period in periods}
    contracts = session.execute(select(Contract.started_on, Contract.ended_on)).all()
    due: list[str] = []
    for key in (key for year in range(first.year, today.year + 1) for key in periods_of(year)):
        period = find_period(key, today)
        if period is not None and key not in known and is_due(key, today):
            if period.is_year:
                held = not known.union(due).isdisjoint(periods_of(period.since.year))
            else:
                held = any(since <= period.until and (until or today) >= period.since for since, until in contracts)
            due += [key] if held else []
    return due


def plan_release(
    session: Session, period: Period, tracks: Collection[str], languages: Collection[str]
) -> dict[tuple[int, ...], Release]:
    """Return by program the counts of `period` to release, small groups hidden. At most three queries.

    `tracks` and `languages` have a row even where nobody completed anything. For a year its quarters must be out.
    """
    fields = _year_fields(session, period) if period.is_year else _quarter_fields(session, period)
    found = {}
    for departments, made_of in fields.items():
        whole = Field(
            sorted({*tracks, *(cell.track for cell in made_of.cells)}),
            sorted({*languages, *(cell.language for cell in made_of.cells)}),
            made_of.program,
            made_of.cells,
        )
        counts = release(whole, period.key, made_of.earlier)
        found[departments] = Release(counts, {} if period.is_year else made_of.program[period.key], made_of.cells)
    return found


@dataclass
class _MadeOf:
    """What a program had under contract by quarter, whose completions there are, and what is out of them."""

    program: dict[str, Program] = field(default_factory=dict)
    cells: dict[Cell, list[int]] = field(default_factory=dict)
    earlier: list[Count] = field(default_factory=list)


_Fields = dict[tuple[int, ...], _MadeOf]


def _quarter_fields(session: Session, period: Period) -> _Fields:
    """Return what the figures of a quarter are made of. Three queries."""
    areas, fields, holder = _areas(session), _Fields(), {}
    for organization_id, departments in _contracted(session, period).items():
        made_of = fields.setdefault(departments, _MadeOf({period.key: {}}))
        served = areas.get(organization_id, frozenset())
        made_of.program[period.key] = {**made_of.program[period.key], organization_id: served}
        holder[organization_id] = departments
    for cell, person_id in _completions(session, period, holder):
        fields[holder[cell.organization_id]].cells.setdefault(cell, []).append(person_id)
    return fields


def _year_fields(session: Session, period: Period) -> _Fields:
    """Return what the quarters of a year were made of when they were released. One query.

    Whose completions they were is kept with them: who was entered since must not make a few look many.
    """
    fields = _Fields()
    quarters = select(ReportRelease.departments, ReportRelease.period, ReportRelease.body).where(
        ReportRelease.period.in_(periods_of(period.since.year)), ReportRelease.period != period.key
    )
    for departments, quarter, body in session.execute(quarters.order_by(ReportRelease.period)):
        made_of = fields.setdefault(_ids_of(departments), _MadeOf())
        made_of.program[quarter] = {int(each): frozenset(areas) for each, areas in body["program"].items()}
        made_of.cells |= {Cell(*cell): _people_of(kept) for *cell, kept in body["cells"]}
        made_of.earlier += _counts_of(body)
    return fields


def _people_of(kept: list[int] | int) -> list[int]:
    """Return whose completions a release kept. Early ones kept a number alone: then they count as one person's."""
    return [0] * kept if isinstance(kept, int) else kept


def _contracted(session: Session, period: Period) -> dict[int, tuple[int, ...]]:
    """Return by organization the departments that it was under contract with on any day of `period`."""
    found = select(Contract.organization_id, Contract.department_id).where(
        Contract.started_on <= period.until,
        or_(Contract.ended_on.is_(None), Contract.ended_on >= period.since),
    )
    departments: dict[int, set[int]] = defaultdict(set)
    for organization_id, department_id in session.execute(found):
        departments[organization_id].add(department_id)
    return {organization_id: tuple(sorted(each)) for organization_id, each in sorted(departments.items())}


def _completions(session: Session, period: Period, organizations: Collection[int]) -> Iterator[tuple[Cell, int]]:
    """Yield each completion of `period`, counted for one of the `organizations` that employed her, and whose it is.

    It is the one that she had worked for longest on that day.
    """
    month = cast(extract("month", DONE.c.completed_on), Integer).label("month")
    longest = func.row_number().over(partition_by=DONE.c.id, order_by=(SPELLS.c.started_on, SPELLS.c.id)).label("place")
    employed = (
        select(SPELLS.c.organization_id, DONE.c.track_key, DONE.c.language, month, DONE.c.person_id, longest)
        .select_from(DONE.join(SPELLS, employed_then()))
        .where(_IS_TRACK, DONE.c.completed_on.between(period.since, period.until))
        .where(SPELLS.c.organization_id.in_(organizations))
        .subquery()
    )
    columns = [column for column in employed.c if column.name != "place"]
    counted = select(*columns).where(employed.c.place == 1).order_by(*columns)
    for organization_id, track, language, number, person_id in session.execute(counted):
        yield Cell(organization_id, track, language, f"{period.since.year}-{number:02}"), person_id


def _areas(session: Session) -> dict[int, frozenset[int]]:
    """Return which planning areas each organization serves."""
    areas: dict[int, set[int]] = defaultdict(set)
    places = Organization.__table__
    served = select(places.c.id, AREAS.c.spa).join_from(places, AREAS, _served_by(places.c.id))
    for organization_id, spa in session.execute(served):
        areas[organization_id].add(spa)
    return {organization_id: frozenset(each) for organization_id, each in areas.items()}
