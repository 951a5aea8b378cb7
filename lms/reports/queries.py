"""Reads of reports. Each takes the reader's scope first, asks in sets, and costs the same for any amount of data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
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
from lms.people.models import Account, RoleGrant
from lms.reports.models import ReportRelease
from lms.reports.policy import ALL, DONE, PROGRAMS, SPELLS, Scope, employed_then, visible_spells
from lms.reports.rules import (
    Count,
    Fact,
    Field,
    Period,
    Question,
    ReleaseLabel,
    Report,
    Row,
    guarded_report,
    is_due,
    periods_of,
    release,
)

AREAS = OrganizationArea.__table__


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
    criteria: list[ColumnElement[bool]] = []
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


def released_periods(scope: Scope, session: Session) -> tuple[str, ...]:
    """Return the keys of the years and quarters that are out for these departments, newest first. One query."""
    found = select(ReportRelease.period).where(ReportRelease.departments == _departments(scope))
    return tuple(sorted(session.scalars(found), key=_newest_first, reverse=True))


def _newest_first(period: str) -> tuple[str, str]:
    return (period[:4], period[4:] or "-q5")  # a year stands after its quarters


def _departments(scope: Scope) -> str:
    """Return the name under which the figures of these departments are released; none for another scope."""
    return ",".join(str(each) for each in scope.ids) if scope.kind == PROGRAMS else ""


def _shown_counts(scope: Scope, session: Session, period: Period) -> dict[ReleaseLabel, int | None]:
    """Return what is out of the year of `period`, hidden counts as None. One query."""
    counts = _released_counts(scope, session, period.since.year)
    return {count.label: None if count.is_hidden else count.workers for count in counts}


def _released_counts(scope: Scope, session: Session, year: int) -> list[Count]:
    found = select(ReportRelease.body).where(
        ReportRelease.departments == _departments(scope), ReportRelease.period.in_(periods_of(year))
    )
    return [
        Count(ReleaseLabel(*label), workers, is_hidden)
        for body in session.scalars(found)
        for *label, workers, is_hidden in body
    ]


def list_viewers(session: Session) -> list[Scope]:
    """Return the scopes for which figures are released: those of all viewers whose accounts are in use. One query."""
    found = (
        select(RoleGrant.account_id, RoleGrant.organization_id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(
            RoleGrant.role == "viewer",
            RoleGrant.ended_at.is_(None),
            Account.disabled_at.is_(None),
        )
    )
    departments: dict[int, set[int]] = defaultdict(set)
    for account_id, organization_id in session.execute(found):
        if organization_id is not None:
            departments[account_id].add(organization_id)
    return [Scope(PROGRAMS, ids) for ids in sorted({tuple(sorted(ids)) for ids in departments.values()})]


def due_periods(scope: Scope, session: Session, today: date) -> list[str]:
    """Return the closed years and quarters whose figures are not out yet, in the order to release them. Two queries."""
    first = session.execute(_facts(scope, func.min(DONE.c.completed_on))).scalar_one()
    if first is None:
        return []
    known = set(released_periods(scope, session))
    periods = [period for year in range(first.year, today.year + 1) for period in periods_of(year)]
    return [period for period in periods if period not in known and is_due(period, today)]


def plan_release(
    scope: Scope, session: Session, period: Period, tracks: Collection[str], languages: Collection[str]
) -> tuple[Count, ...]:
    """Return the counts of `period` to release for these departments, small groups hidden. Four queries.

    `tracks` and `languages` have a row even where nobody completed anything. For a year its quarters must be out.
    """
    facts = list(_list_facts(scope, session, period))
    field = Field(
        sorted({*tracks, *(fact.track for fact in facts)}),
        sorted({*languages, *(fact.language for fact in facts)}),
        _contracted(scope, session, period),
        _areas(session),
    )
    earlier = _released_counts(scope, session, period.since.year) if period.is_year else []
    return release(field, facts, period.key, earlier)


def _facts(scope: Scope, *columns: Any) -> Select[Any]:
    """Return the select of completions by people of organizations under contract with these departments."""
    visible = visible_spells(scope)
    if scope.kind != PROGRAMS or visible is None:
        raise NotAllowed
    return select(*columns).select_from(DONE.join(SPELLS, employed_then())).where(visible)


def _list_facts(scope: Scope, session: Session, period: Period) -> Iterator[Fact]:
    month = cast(extract("month", DONE.c.completed_on), Integer)
    columns = (DONE.c.person_id, DONE.c.track_key, DONE.c.language, month, SPELLS.c.organization_id)
    found = _facts(scope, *columns).distinct()
    within = DONE.c.completed_on.between(period.since, period.until)
    for person_id, track, language, number, organization_id in session.execute(found.where(within)):
        yield Fact(person_id, track, language, number, organization_id)


def _contracted(scope: Scope, session: Session, period: Period) -> list[int]:
    """Return the organizations that were under contract on any day of `period`."""
    found = select(Contract.organization_id).where(
        Contract.department_id.in_(scope.ids),
        Contract.started_on <= period.until,
        or_(Contract.ended_on.is_(None), Contract.ended_on >= period.since),
    )
    return sorted(set(session.scalars(found)))


def _areas(session: Session) -> dict[int, frozenset[int]]:
    """Return which planning areas each organization serves."""
    areas: dict[int, set[int]] = defaultdict(set)
    places = Organization.__table__
    served = select(places.c.id, AREAS.c.spa).join_from(places, AREAS, _served_by(places.c.id))
    for organization_id, spa in session.execute(served):
        areas[organization_id].add(spa)
    return {organization_id: frozenset(each) for organization_id, each in areas.items()}
