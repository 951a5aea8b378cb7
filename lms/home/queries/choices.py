"""What a supervisor's list can be narrowed by, what was assigned last, and the criteria that lists of staff share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    ScalarSelect,
    Select,
    bindparam,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from lms.home.queries.facts import TABLES

_ORGANIZATIONS, _EMPLOYMENTS, _TERMS = TABLES["organizations"], TABLES["employments"], TABLES["employment_terms"]
_ASSIGNMENTS, _BATCHES = TABLES["assignments"], TABLES["assignment_batches"]
_TEAMS, _RULES = TABLES["teams"], TABLES["assignment_rules"]

_MOST_TITLES = 100


@dataclass(frozen=True)
class Choices:
    """The names of organizations, and the job titles of those who work there today (at most 100).

    `teams` are pairs of public id and name, `rules` of public id and track key, of those that go on.
    """

    organizations: tuple[str, ...]
    titles: tuple[str, ...]
    teams: tuple[tuple[str, str], ...] = ()
    rules: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class LatestBatch:
    """The latest act of assigning, with how many people it still asks."""

    public_id: str
    track_key: str
    standing: int


def list_choices(session: Session, organization_ids: Sequence[int], today: date) -> Choices:
    """Return what a list of these organizations can be narrowed by. One query."""
    found: dict[str, list[tuple[str, str]]] = {"name": [], "title": [], "team": [], "rule": []}
    for kind, text, key in session.execute(_CHOICES, {"organizations": list(organization_ids), "today": today}):
        found[kind].append((key, text))
    names, titles = (tuple(text for _key, text in found[kind]) for kind in ("name", "title"))
    return Choices(names, titles, tuple(found["team"]), tuple(found["rule"]))


def find_latest_batch(session: Session, organization_ids: Sequence[int], since: datetime) -> LatestBatch | None:
    """Return what was assigned last at these organizations, unless it was before `since` or taken back. One query."""
    values = {"organizations": list(organization_ids), "since": since}
    row = session.execute(_LATEST, values).one_or_none()
    return LatestBatch(*row[:3]) if row is not None and row.undone_at is None and row.standing else None


def ours(column: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the criterion of the organizations that are asked for."""
    return column.in_(bindparam("organizations", expanding=True))


def works_today() -> ColumnElement[bool]:
    """Return the criterion of spells that cover the day."""
    spell, today = _EMPLOYMENTS.c, bindparam("today", type_=Date)
    return (spell.started_on <= today) & (spell.ended_on.is_(None) | (spell.ended_on >= today))


def title_of_spell() -> ScalarSelect[str]:
    """Return the title of a spell on the day."""
    terms, spell = _TERMS.c, _EMPLOYMENTS.c
    begun = (terms.employment_id == spell.id) & (terms.since <= bindparam("today", type_=Date))
    return (
        select(terms.title).where(begun).order_by(terms.since.desc()).limit(1).correlate(_EMPLOYMENTS).scalar_subquery()
    )


def _choices() -> CompoundSelect[Any]:
    """Return the statement of what a list can be narrowed by."""
    staff = ours(_EMPLOYMENTS.c.organization_id) & works_today()
    titles = select(title_of_spell().label("text")).select_from(_EMPLOYMENTS).where(staff).distinct()
    shown = titles.order_by("text").limit(_MOST_TITLES).subquery()
    team, rule = _TEAMS.c, _RULES.c
    return union_all(
        _part("name", _ORGANIZATIONS.c.name, _ORGANIZATIONS.c.public_id).where(ours(_ORGANIZATIONS.c.id)),
        _part("title", shown.c.text, shown.c.text),
        _part("team", team.name, team.public_id).where(ours(team.organization_id), team.ended_at.is_(None)),
        _part("rule", rule.track_key, rule.public_id).where(ours(rule.organization_id), rule.ended_at.is_(None)),
    ).order_by("kind", "text")


def _part(kind: str, text: ColumnElement[str], key: ColumnElement[str]) -> Select[Any]:
    columns: tuple[Any, ...] = (literal_column(f"'{kind}'").label("kind"), text.label("text"), key.label("key"))
    return select(*columns)


def _latest() -> Select[Any]:
    """Return the statement of the latest act of assigning since an instant."""
    batch, asked = _BATCHES.c, _ASSIGNMENTS.c
    standing = select(func.count()).where(asked.batch_id == batch.id, asked.undone_at.is_(None))
    return (
        select(
            batch.public_id,
            batch.track_key,
            standing.correlate(_BATCHES).scalar_subquery().label("standing"),
            batch.undone_at,
        )
        .where(ours(batch.organization_id), batch.made_at >= bindparam("since", type_=batch.made_at.type))
        .order_by(batch.made_at.desc(), batch.id.desc())
        .limit(1)
    )


_CHOICES = _choices()
_LATEST = _latest()
