"""Teams of an organization's staff, and who is in them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from lms.errors import NotFound
from lms.organizations.models import Employment, Organization, Team, TeamMember
from lms.organizations.queries.ties import open_on


@dataclass(frozen=True)
class TeamRow:
    """One team that goes on, with how many people who work there today are in it."""

    id: int
    public_id: str
    name: str
    organization_id: int
    organization_public_id: str
    organization_name: str
    people: int


def list_teams(session: Session, criterion: ColumnElement[bool], day: date) -> list[TeamRow]:
    """Return the teams that go on at the organizations of `criterion`, by organization and name. One query."""
    members = (
        select(func.count())
        .select_from(TeamMember)
        .join(Employment, Employment.id == TeamMember.employment_id)
        .where(TeamMember.team_id == Team.id, TeamMember.until.is_(None), open_on(day))
        .correlate(Team)
    )
    rows = session.execute(
        select(
            Team.id,
            Team.public_id,
            Team.name,
            Organization.id,
            Organization.public_id,
            Organization.name,
            members.scalar_subquery(),
        )
        .join(Organization, Organization.id == Team.organization_id)
        .where(Team.ended_at.is_(None), criterion)
        .order_by(Organization.search_key, Team.search_key, Team.id)
    )
    return [TeamRow(*row) for row in rows]


def get_team(session: Session, criterion: ColumnElement[bool], public_id: str, day: date) -> TeamRow:
    """Return one team that goes on, of the organizations of `criterion`; raise `NotFound`. One query."""
    rows = list_teams(session, criterion & (Team.public_id == public_id), day)
    if not rows:
        raise NotFound
    return rows[0]


def list_members(session: Session, team_id: int) -> set[str]:
    """Return the public ids of the employments that are in a team now. One query."""
    rows = session.scalars(
        select(Employment.public_id)
        .join(TeamMember, TeamMember.employment_id == Employment.id)
        .where(TeamMember.team_id == team_id, TeamMember.until.is_(None))
    )
    return set(rows)


def has_teams(session: Session, organization_id: int, public_ids: Collection[str]) -> bool:
    """Return whether all of these teams, ended or not, are of an organization. One query, or none without teams."""
    if not public_ids:
        return True
    ours = select(Team.public_id).where(Team.organization_id == organization_id, Team.public_id.in_(public_ids))
    return set(session.scalars(ours)) == set(public_ids)


def team_names(session: Session, public_ids: Collection[str]) -> dict[str, str]:
    """Return the name of each of these teams, also of ended ones. One query, or none without teams."""
    if not public_ids:
        return {}
    rows = session.execute(select(Team.public_id, Team.name).where(Team.public_id.in_(public_ids)))
    return {row.public_id: row.name for row in rows}
