"""The lines and counts of a supervisor's team: her organizations' staff and what stands out, each in one statement.

A line is one person at one organization. Statements are built once for each combination of filters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    ScalarSelect,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import Session

from lms.home.queries.asked import Parts, first_asked, is_asked, on_track
from lms.home.queries.choices import ours, title_of_spell, works_today
from lms.home.queries.facts import TABLES
from lms.home.rules import LAPSING_DAYS, PAGE_SIZE, TeamFilter
from lms.people.rules import search_key
from lms.tracks.rules import SOON_DAYS

_PEOPLE, _ORGANIZATIONS, _EMPLOYMENTS = TABLES["people"], TABLES["organizations"], TABLES["employments"]
_TERMS, _ASSIGNMENTS, _COMPLETIONS = TABLES["employment_terms"], TABLES["assignments"], TABLES["track_completions"]
_AWARDS, _EDITIONS, _EVENTS = TABLES["awards"], TABLES["editions"], TABLES["status_events"]
_SHARES, _BATCHES = TABLES["certificate_shares"], TABLES["assignment_batches"]

_MOST_WORDS = 4


@dataclass(frozen=True)
class Line:
    """One person at one organization, with the track that stands out and how many others she is asked for there."""

    person_id: int
    public_id: str
    name: str
    organization_id: int
    organization_public_id: str
    organization: str
    ended_on: date | None
    track_key: str | None
    cycle: int
    due_on: date | None
    completed_on: date | None
    valid_until: date | None
    others: int
    #: A module that is to be done again; None where the track itself is meant.
    module_key: str | None = None


@dataclass(frozen=True)
class TeamCounts:
    """How many people at these organizations are late, are due soon, have a lapsing certificate; `listed` by filter."""

    late: int
    due_soon: int
    lapsing: int
    listed: int


def count_team(
    session: Session, organization_ids: Sequence[int], wanted: TeamFilter, today: date, *, parts: Parts
) -> TeamCounts:
    """Return the counts of a team, and how many lines `list_lines` has on all its pages. One query."""
    row = session.execute(_counts(*_shape(wanted)), _values(organization_ids, wanted, today, parts)).one()
    return TeamCounts(*row)


def list_lines(
    session: Session,
    organization_ids: Sequence[int],
    wanted: TeamFilter,
    today: date,
    *,
    parts: Parts,
    page: int = 1,
) -> list[Line]:
    """Return one page of 50 lines. One query. `parts` are those of what is published (`asked.parts_of`).

    By name; what has a date by its date, the most urgent first; who has left, the latest first.
    """
    values = _values(organization_ids, wanted, today, parts) | {"limit": PAGE_SIZE, "offset": (page - 1) * PAGE_SIZE}
    return [Line(*row) for row in session.execute(_lines(*_shape(wanted)), values)]


def _shape(wanted: TeamFilter) -> tuple[str, bool, tuple[str, ...], int]:
    words = search_key(wanted.search).split()
    by = tuple(name for name in ("title", "team", "rule") if getattr(wanted, name))
    return wanted.status, bool(wanted.track_key), by, min(len(words), _MOST_WORDS)


def _values(organization_ids: Sequence[int], wanted: TeamFilter, today: date, parts: Parts) -> dict[str, Any]:
    words = search_key(wanted.search).split()[:_MOST_WORDS]
    values: dict[str, Any] = {f"word{number}": f"%{word}%" for number, word in enumerate(words)}
    values |= {"track": wanted.track_key} if wanted.track_key else {}
    values |= {name: getattr(wanted, name) for name in ("title", "team", "rule") if getattr(wanted, name)}
    return values | {
        "organizations": list(organization_ids),
        "parts": list(parts),
        "today": today,
        "soon": today + timedelta(days=SOON_DAYS),
        "horizon": today + timedelta(days=LAPSING_DAYS),
    }


def _has_left() -> ColumnElement[bool]:
    """Return the criterion of a person's last spell at an organization, when it is over."""
    spell, later = _EMPLOYMENTS.c, _EMPLOYMENTS.alias("later")
    same = (later.c.person_id == spell.person_id) & (later.c.organization_id == spell.organization_id)
    return (spell.ended_on < bindparam("today", type_=Date)) & ~exists().where(
        same, later.c.started_on > spell.started_on
    )


def _has_title() -> ColumnElement[bool]:
    return title_of_spell() == bindparam("title", type_=String)


def _is_in_team() -> ColumnElement[bool]:
    """Return the criterion of spells that are in the team asked for, by its public id."""
    team, member = TABLES["teams"].c, TABLES["team_members"].c
    here = (member.team_id == team.id) & (member.employment_id == _EMPLOYMENTS.c.id) & member.until.is_(None)
    return exists().where(here, team.public_id == bindparam("team", type_=String)).correlate(_EMPLOYMENTS)


def _is_meant() -> ColumnElement[bool]:
    """Return the criterion of spells whose person the standing rule asked for means, by its public id."""
    rule, member, spell = TABLES["assignment_rules"].c, TABLES["assignment_rule_members"].c, _EMPLOYMENTS.c
    here = (member.rule_id == rule.id) & (member.person_id == spell.person_id) & member.until.is_(None)
    mine = (rule.organization_id == spell.organization_id) & (rule.public_id == bindparam("rule", type_=String))
    return exists().where(here, mine).correlate(_EMPLOYMENTS)


def _valid_until() -> ScalarSelect[date]:
    """Return the last day of the edition of an award that counts: the newest that was released."""
    event, edition = _EVENTS.c, _EDITIONS.c
    released = (event.award_id == _AWARDS.c.id) & (event.kind == "issued")
    newest = select(edition.valid_until).join(_EVENTS, event.edition_id == edition.id).where(released)
    return newest.order_by(edition.number.desc()).limit(1).correlate(_AWARDS).scalar_subquery()


def _stands() -> ColumnElement[bool]:
    """Return the criterion of awards that are neither revoked, suspended nor renewed."""
    award, event, newer = _AWARDS.c, _EVENTS.c, _AWARDS.alias("newer").c
    is_revoked = exists().where(event.award_id == award.id, event.kind == "revoked")
    halts = select(event.kind).where(event.award_id == award.id, event.kind.in_(("suspended", "lifted")))
    last_halt = halts.order_by(event.id.desc()).limit(1).correlate(_AWARDS).scalar_subquery()
    renewed = (newer.person_id == award.person_id) & (newer.track_key == award.track_key) & (newer.cycle > award.cycle)
    return and_(~is_revoked, func.coalesce(last_halt, "lifted") != "suspended", ~exists().where(renewed))


def _is_seen() -> ColumnElement[bool]:
    """Return the criterion of awards that a spell's organization may see: it asked for them before, or she shares."""
    asked, share, spell, award = _ASSIGNMENTS.c, _SHARES.c, _EMPLOYMENTS.c, _AWARDS.c
    by_asking = (asked.person_id == spell.person_id) & (asked.organization_id == spell.organization_id)
    by_sharing = (share.award_id == award.id) & (share.organization_id == spell.organization_id)
    return or_(
        exists().where(
            by_asking,
            asked.track_key == award.track_key,
            asked.assigned_at <= award.awarded_at,
            asked.undone_at.is_(None),
        ),
        exists().where(by_sharing, share.withdrawn_at.is_(None)),
    )


def _first_lapsing(*, by_track: bool) -> Subquery:
    """Return, of each person at each organization, the certificate that lapses first, and how many do."""
    spell, award = _EMPLOYMENTS.c, _AWARDS.c
    seen = (
        select(spell.person_id, spell.organization_id, award.track_key, award.cycle, _valid_until().label("until"))
        .select_from(_EMPLOYMENTS.join(_AWARDS, award.person_id == spell.person_id))
        .where(ours(spell.organization_id), works_today(), on_track(award.track_key, by_track=by_track))
        .where(_stands(), _is_seen())
        .subquery()
    )
    group = (seen.c.person_id, seen.c.organization_id)
    soon = seen.c.until.between(bindparam("today", type_=Date), bindparam("horizon", type_=Date))
    ranked = (
        select(
            *seen.c,
            func.count().over(partition_by=group).label("many"),
            func.row_number().over(partition_by=group, order_by=(seen.c.until, seen.c.track_key)).label("place"),
        )
        .where(soon)
        .subquery()
    )
    return select(ranked).where(ranked.c.place == 1).subquery("first_lapsing")


@dataclass(frozen=True)
class _List:
    """What a list is made of: joined tables, criterion, the last columns of a line, and the order.

    `counted` are the tables that decide how many lines there are: what a line only shows is not among them.
    """

    source: FromClause
    counted: FromClause
    criterion: ColumnElement[bool]
    columns: tuple[ColumnElement[Any], ...]
    order: tuple[ColumnElement[Any], ...]


def _list(status: str, *, by_track: bool) -> _List:
    """Return the list of one status, before titles and names narrow it."""
    spell = _EMPLOYMENTS.c
    source = _EMPLOYMENTS.join(_PEOPLE, _PEOPLE.c.id == spell.person_id).join(
        _ORGANIZATIONS, _ORGANIZATIONS.c.id == spell.organization_id
    )
    blank = (cast(null(), String), literal(1), *(cast(null(), Date),) * 3, literal(0), cast(null(), String))
    if status == "left":
        return _List(source, source, _has_left(), blank, (spell.ended_on.desc(),))
    if status == "none":
        return _List(source, source, works_today() & ~is_asked("", by_track=by_track), blank, ())
    first = _first_lapsing(by_track=by_track) if status == "lapsing" else first_asked(status, by_track=by_track)
    same = (first.c.person_id == spell.person_id) & (first.c.organization_id == spell.organization_id)
    others = func.coalesce(first.c.many, 1) - 1
    narrows = bool(status or by_track)
    joined = source.join(first, same, isouter=not narrows)
    dates: tuple[ColumnElement[Any], ...]
    order: tuple[ColumnElement[Any], ...]
    module: ColumnElement[Any] = cast(null(), String)
    if status == "lapsing":
        dates = (cast(null(), Date), cast(null(), Date), first.c.until)
        order = (first.c.until,)
    else:
        module = first.c.module_key
        dates = (first.c.due_on, first.c.completed_on, cast(null(), Date))
        by_date = (first.c.completed_on.desc(), first.c.due_on.is_(None), first.c.due_on)
        order = by_date if status else ()
    columns = (first.c.track_key, func.coalesce(first.c.cycle, 1), *dates, others, module)
    return _List(joined, joined if narrows else source, works_today(), columns, order)


def _narrowed(statement: Select[Any], found: _List, *, by: tuple[str, ...], words: int) -> Select[Any]:
    """Return `statement` over the lines of a list that have the title, team, rule and every word asked for."""
    narrowing = {"title": _has_title, "team": _is_in_team, "rule": _is_meant}
    criteria = [ours(_EMPLOYMENTS.c.organization_id), found.criterion, *(narrowing[name]() for name in by)]
    criteria += [_PEOPLE.c.search_key.like(bindparam(f"word{number}", type_=String)) for number in range(words)]
    return statement.where(*criteria)


@cache
def _lines(status: str, by_track: bool, by: tuple[str, ...], words: int) -> Select[Any]:
    found, spell = _list(status, by_track=by_track), _EMPLOYMENTS.c
    statement = select(
        _PEOPLE.c.id,
        _PEOPLE.c.public_id,
        _PEOPLE.c.name,
        spell.organization_id,
        _ORGANIZATIONS.c.public_id,
        _ORGANIZATIONS.c.name,
        spell.ended_on,
        *found.columns,
    ).order_by(*found.order, _PEOPLE.c.search_key, _PEOPLE.c.id, spell.organization_id)
    narrowed = _narrowed(statement.select_from(found.source), found, by=by, words=words)
    return narrowed.limit(bindparam("limit", type_=Integer)).offset(bindparam("offset", type_=Integer))


@cache
def _counts(status: str, by_track: bool, by: tuple[str, ...], words: int) -> Select[Any]:
    staff = select(func.count()).select_from(_EMPLOYMENTS).where(ours(_EMPLOYMENTS.c.organization_id), works_today())
    lapsing = select(func.count()).select_from(_first_lapsing(by_track=False))
    found = _list(status, by_track=by_track)
    listed = _narrowed(select(func.count()).select_from(found.counted), found, by=by, words=words)
    counts = (staff.where(is_asked("late")), staff.where(is_asked("due-soon")), lapsing, listed)
    return select(*(count.scalar_subquery() for count in counts))
