"""Reads of reports. Each takes the reader's scope first, asks in sets, and costs the same for any amount of data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    distinct,
    extract,
    func,
    null,
    or_,
    select,
)
from sqlalchemy.orm import Session

from lms.errors import NotAllowed
from lms.organizations.models import Contract, Employment, Organization, OrganizationArea
from lms.people.models import Account, RoleGrant
from lms.reports.models import ReportRelease
from lms.reports.policy import ALL, PROGRAMS, Scope, employed_then, visible_spells
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
from lms.tracks.models import TrackCompletion


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
    with_employers = scope.kind != ALL
    counted = _counted(scope, question, with_employers=with_employers)
    workers, completions = session.execute(select(*_counts(counted, once=not with_employers))).one()
    number, departments = session.execute(_employers(scope, question)).one()
    rows = _rows(scope, session, question)
    return Report(question, workers, completions, number, rows, are_cbos=not departments)


def _counts(counted: Subquery, *, once: bool) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Return how many workers and completions there are; `once`: each completion is there but once."""
    return func.count(distinct(counted.c.person_id)), func.count() if once else func.count(distinct(counted.c.id))


def _criteria(scope: Scope, question: Question) -> list[ColumnElement[bool]]:
    """Return which completions, and which employments of their workers, a report counts."""
    period = question.period
    found: list[ColumnElement[bool]] = [TrackCompletion.completed_on.between(period.since, period.until)]
    if question.track:
        found.append(TrackCompletion.track_key == question.track)
    visible = visible_spells(scope)
    return found if visible is None else [*found, visible]


def _employers(scope: Scope, question: Question) -> Select[int, int]:
    """Return the select of how many organizations employ the workers of a report, and how many are departments."""
    employs = select(Employment.id).join(TrackCompletion, employed_then()).where(*_criteria(scope, question))
    department = case((Organization.kind != "cbo", Organization.id))
    found = select(func.count(Organization.id), func.count(department))
    return found.where(employs.where(Employment.organization_id == Organization.id).exists())


def _counted(scope: Scope, question: Question, *, with_employers: bool) -> Subquery:
    """Return the completions that a report counts, once for each employment that covers the day.

    Without employers each completion is there once; only who sees everything may ask for that.
    """
    if not scope.is_exact or not (with_employers or scope.kind == ALL):
        raise NotAllowed
    columns = [TrackCompletion.id, TrackCompletion.person_id, TrackCompletion.track_key, TrackCompletion.language]
    columns += [TrackCompletion.completed_on]
    found: Any = select(*columns, Employment.organization_id if with_employers else null().label("organization_id"))
    if with_employers:
        found = found.join(Employment, employed_then(), isouter=scope.kind == ALL)
    counted: Subquery = found.where(*_criteria(scope, question)).subquery()
    return counted


def _rows(scope: Scope, session: Session, question: Question) -> tuple[Row, ...]:
    """Return the rows of a report, in no order. One query."""
    group = question.group
    employers = group in {"organization", "area"} or scope.kind != ALL
    counted = _counted(scope, question, with_employers=employers)
    day = counted.c.completed_on
    keys: dict[str, Any] = {
        "organization": counted.c.organization_id,
        "track": counted.c.track_key,
        "language": counted.c.language,
        "area": OrganizationArea.spa,
        "month": cast(extract("year", day), Integer) * 100 + cast(extract("month", day), Integer),
    }
    found = select(keys[group], *_counts(counted, once=not employers)).select_from(counted).group_by(keys[group])
    if group == "area":
        found = found.outerjoin(OrganizationArea, _served_by(counted.c.organization_id))
    return tuple(Row(_row_key(group, key), workers, count) for key, workers, count in session.execute(found))


def _row_key(group: str, key: Any) -> str:
    if key is None:
        return ""
    return f"{key // 100}-{key % 100:02}" if group == "month" else str(key)


def _served_by(organization_id: Any) -> ColumnElement[bool]:
    """Return the criterion of the areas that an organization serves, by the newest boundaries that it gave."""
    other = OrganizationArea.__table__.alias()
    newest = select(func.max(other.c.boundary_year)).where(other.c.organization_id == organization_id)
    return and_(
        OrganizationArea.organization_id == organization_id,
        OrganizationArea.boundary_year == newest.scalar_subquery(),
    )


def organization_names(scope: Scope, session: Session, ids: Collection[int]) -> dict[int, OrganizationName]:
    """Return the names of the organizations that are rows of a report of `scope`. One query, none without ids."""
    del scope  # the rows were found with it
    if not ids:
        return {}
    columns = (Organization.id, Organization.name, Organization.search_key)
    rows = session.execute(select(*columns).where(Organization.id.in_(sorted(ids))))
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
    first = session.execute(_facts(scope, func.min(TrackCompletion.completed_on))).scalar_one()
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
    return select(*columns).select_from(TrackCompletion).join(Employment, employed_then()).where(visible)


def _list_facts(scope: Scope, session: Session, period: Period) -> Iterator[Fact]:
    columns = (TrackCompletion.person_id, TrackCompletion.track_key, TrackCompletion.language)
    month = cast(extract("month", TrackCompletion.completed_on), Integer)
    found = _facts(scope, *columns, month, Employment.organization_id).distinct()
    within = TrackCompletion.completed_on.between(period.since, period.until)
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
    served = select(Organization.id, OrganizationArea.spa).join(OrganizationArea, _served_by(Organization.id))
    for organization_id, spa in session.execute(served):
        areas[organization_id].add(spa)
    return {organization_id: frozenset(each) for organization_id, each in areas.items()}
