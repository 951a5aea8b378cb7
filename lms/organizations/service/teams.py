"""Changes to teams: made, renamed, filled and ended by whoever answers for the organization's staff."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.clock import local_date
from lms.db import insert_once, take_turns
from lms.errors import NotFound, RuleBroken
from lms.organizations.models import Employment, Team, TeamMember
from lms.organizations.policy import still_supervises
from lms.organizations.queries.ties import open_on
from lms.people.rules import search_key


def make_team(session: Session, actor: Actor, organization_id: int, name: str, *, client_id: str, at: datetime) -> str:
    """Make a team and return its public id. The same `client_id` again returns the first one.

    Raises `NotFound` unless the actor answers for the staff there today; `RuleBroken` ("team-named", "sent-before" for
    a `client_id` that came with something else).
    """
    take_turns(session, f"teams {organization_id}")
    _check(session, actor, organization_id, at)
    known = session.execute(select(Team).where(Team.client_id == client_id)).scalar_one_or_none()
    if known is not None:
        if (known.organization_id, known.name) != (organization_id, name):
            raise RuleBroken("sent-before")
        return known.public_id
    key = search_key(name)
    _check_name(session, organization_id, key)
    team = Team(organization_id=organization_id, name=name, search_key=key, made_at=at, client_id=client_id)
    session.add(team)
    session.flush()
    _note(session, actor, team, "made", at)
    return team.public_id


def change_team(
    session: Session,
    actor: Actor,
    public_id: str,
    name: str,
    *,
    employments: Collection[str],
    shown: Collection[str],
    at: datetime,
) -> None:
    """Give a team its name and its people: of the `shown` employments (public ids), those in `employments`.

    Who is not shown stays as she is. Raises `NotFound` unless the actor answers for the staff there today;
    `RuleBroken` ("team-named").
    """
    team = _locked(session, actor, public_id, at)
    key = search_key(name)
    if key != team.search_key:
        _check_name(session, team.organization_id, key)
    team.name, team.search_key = name, key
    there = (Employment.organization_id == team.organization_id) & open_on(local_date(at))
    rows = session.execute(select(Employment.id, Employment.public_id).where(there)).all()
    wanted = {row.id for row in rows if row.public_id in set(employments) & set(shown)}
    others = {row.id for row in rows if row.public_id in shown} - wanted
    insert_once(
        session, TeamMember, [{"team_id": team.id, "employment_id": each, "since": at} for each in sorted(wanted)]
    )
    gone = (TeamMember.team_id == team.id) & TeamMember.employment_id.in_(others) & TeamMember.until.is_(None)
    session.execute(update(TeamMember).where(gone).values(until=at))
    _note(session, actor, team, "changed", at, employments=sorted(wanted))


def end_team(session: Session, actor: Actor, public_id: str, *, at: datetime) -> None:
    """End a team; what was asked of its people stays. Twice is once. Raises `NotFound` as `change_team` does."""
    team = _held(session, actor, public_id, at)
    if team.ended_at is None:
        team.ended_at = at
        _note(session, actor, team, "ended", at)


def _locked(session: Session, actor: Actor, public_id: str, at: datetime) -> Team:
    """Return a team that goes on, held until the transaction ends; raise `NotFound`."""
    team = _held(session, actor, public_id, at)
    if team.ended_at is not None:
        raise NotFound
    return team


def _held(session: Session, actor: Actor, public_id: str, at: datetime) -> Team:
    """Return a team of staff whom the actor answers for today, held until the transaction ends; raise `NotFound`."""
    found = session.execute(select(Team.organization_id).where(Team.public_id == public_id)).scalar_one_or_none()
    if found is None:
        raise NotFound
    take_turns(session, f"teams {found}")
    _check(session, actor, found, at)
    team = select(Team).where(Team.public_id == public_id).with_for_update()
    return session.execute(team, execution_options={"populate_existing": True}).scalar_one()


def _check(session: Session, actor: Actor, organization_id: int, at: datetime) -> None:
    if not still_supervises(session, actor, organization_id, local_date(at)):
        raise NotFound


def _check_name(session: Session, organization_id: int, key: str) -> None:
    same = (Team.organization_id == organization_id) & (Team.search_key == key) & Team.ended_at.is_(None)
    if session.execute(select(Team.id).where(same)).first() is not None:
        raise RuleBroken("team-named")


def _note(session: Session, actor: Actor, team: Team, what: str, at: datetime, **details: object) -> None:
    action, place = f"organizations.team_{what}", team.organization_id
    record(session, actor.account_id, action, "team", team.public_id, at=at, organization_id=place, **details)
