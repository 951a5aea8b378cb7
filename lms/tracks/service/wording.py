"""Asking for approved wording on a track, and choosing a route for those whose language has not got it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.content.library import Library, current
from lms.db import among, insert_once
from lms.errors import NotFound, RuleBroken
from lms.people.service import lock
from lms.tracks import policy, queries, rules
from lms.tracks.models import Assignment, WordingDemand, WordingRoute
from lms.tracks.rules import Routes, Routing


def set_demand(session: Session, actor: Actor, track_key: str, *, is_asked: bool, client_id: str, at: datetime) -> bool:
    """Ask for approved wording on a track from now on, or no longer; return whether that is new.

    What was asked, begun or earned stays. The same `client_id` again changes nothing, and neither does what holds
    already. Raises `NotFound` unless the actor may, and for a track that is not published.
    """
    lock(session, [actor.person_id])
    if not policy.can_ask_for_wording(actor):
        raise NotFound
    current(session).get("track", track_key)
    row = {
        "track_key": track_key,
        "is_asked": is_asked,
        "set_by": actor.account_id,
        "set_at": at,
        "client_id": client_id,
    }
    if queries.asks_for_approved(session, track_key) == is_asked or not insert_once(session, WordingDemand, [row]):
        return False
    record(session, actor.account_id, "tracks.wording_asked", "track", track_key, at=at, is_asked=is_asked)
    return True


def find_blocked(session: Session, library: Library, track_key: str, person_ids: Collection[int]) -> dict[int, str]:
    """Return which of these people have no approved wording where the track asks for it, with their language.

    Of a module that is asked for alone, the tracks that hold it ask (`queries.demands_on`). One query; one more where
    it is asked for.
    """
    if not person_ids or not queries.demands_on(session, library, track_key):
        return {}
    gaps = queries.gaps_of(library, track_key)
    return rules.blocked(queries.languages_of(session, person_ids), gaps) if gaps else {}


def choose_routes(
    session: Session, library: Library, track_key: str, person_ids: Sequence[int], chosen: Routes
) -> Routing:
    """Return what becomes of those who would newly be asked and are blocked.

    Raises `RuleBroken("wording-undecided")` when nothing was chosen for one of them. As many queries as `find_blocked`.
    """
    routing = rules.route_people(find_blocked(session, library, track_key, person_ids), chosen)
    if routing.undecided:
        raise RuleBroken("wording-undecided")
    return routing


def keep_routes(
    session: Session, batch_ids: Collection[int], routes: Mapping[int, str], *, by: int | None, at: datetime
) -> None:
    """Keep on which route each of these people learns what these batches asked. Three statements, none without any."""
    if not routes:
        return
    asked = select(Assignment.id, Assignment.person_id, Assignment.track_key).where(
        Assignment.batch_id.in_(batch_ids), among(session, Assignment.person_id, routes)
    )
    languages = queries.languages_of(session, routes)
    rows = [
        {
            "assignment_id": row.id,
            "person_id": row.person_id,
            "track_key": row.track_key,
            "language": languages[row.person_id],
            "route": routes[row.person_id],
            "chosen_by": by,
            "chosen_at": at,
        }
        for row in session.execute(asked)
    ]
    insert_once(session, WordingRoute, rows)


def check_begin(session: Session, actor: Actor, track_key: str, *, reads_english: bool) -> str | None:
    """Return the language of which the reader has no approved wording on a track that she begins herself, or None.

    Raises `RuleBroken("wording-waits")` for her unless she reads English beneath it.
    """
    language = find_blocked(session, current(session), track_key, [actor.person_id]).get(actor.person_id)
    if language is not None and not reads_english:
        raise RuleBroken("wording-waits")
    return language


def keep_own_route(session: Session, actor: Actor, track_key: str, language: str, at: datetime) -> None:
    """Keep that the reader, who begins a track herself, reads English beneath her own language."""
    session.add(
        WordingRoute(
            assignment_id=None,
            person_id=actor.person_id,
            track_key=track_key,
            language=language,
            route="both",
            chosen_by=actor.account_id,
            chosen_at=at,
        )
    )
