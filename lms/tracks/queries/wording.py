"""Approved wording: which tracks ask for it, since when and by whom, in which languages it is missing, and routes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from lms.content.cache import Cache
from lms.content.library import Library
from lms.courses.specs import sentences_of
from lms.db import among
from lms.i18n import TAGS
from lms.organizations.queries import PEOPLE, works_there
from lms.tracks.models import Assignment, Enrolment, TrackCompletion, WordingDemand, WordingRoute
from lms.tracks.rules import Gap, Gaps, gap_of
from lms.tracks.specs import TrackSpec

_LOCALES = tuple(tag for tag in TAGS if tag != "en")
_gaps: Cache[Gap | None] = Cache(2_000)


@dataclass(frozen=True)
class DemandRow:
    """Somebody asked for approved wording on a track, or took that back."""

    track_key: str
    is_asked: bool
    set_by: int
    set_at: datetime


@dataclass(frozen=True)
class RouteRow:
    """Somebody learns a track on another route, for want of approved words in her language."""

    person_id: int
    name: str
    organization_id: int | None
    track_key: str
    language: str
    route: str
    chosen_on: datetime


def asks_for_approved(session: Session, track_key: str) -> bool:
    """Return whether a track asks for approved wording now; without a row it does not. One query."""
    newest = select(WordingDemand.is_asked).where(WordingDemand.track_key == track_key)
    return bool(session.scalar(newest.order_by(WordingDemand.id.desc()).limit(1)))


def list_demands(session: Session, track_key: str | None = None) -> list[DemandRow]:
    """Return what was set for a track, or for all of them, the newest first. One query."""
    columns = select(WordingDemand.track_key, WordingDemand.is_asked, WordingDemand.set_by, WordingDemand.set_at)
    found = columns if track_key is None else columns.where(WordingDemand.track_key == track_key)
    return [DemandRow(*row) for row in session.execute(found.order_by(WordingDemand.id.desc()))]


def gaps_of(library: Library, track_key: str) -> Gaps:
    """Return what the modules of a track have not approved, by language. No query: it is counted once a revision."""
    source = library.find("track", track_key)
    if source is None:
        return {}
    track = library.spec(TrackSpec, "track", track_key)
    keys = dict.fromkeys(item.module for way in track.ways for item in way.items if item.module)
    found = {locale: tuple(_open(library, list(keys), locale)) for locale in _LOCALES}
    return {locale: gaps for locale, gaps in found.items() if gaps}


def _open(library: Library, module_keys: Collection[str], locale: str) -> Iterator[Gap]:
    for key in module_keys:
        source = library.find("module", key)
        if source is None:
            continue
        words = library.words("module", key, locale)
        address = (key, source.sha256, locale, words.sha256)
        gap = _gaps.get(
            address,
            lambda key=key, source=source, words=words: gap_of(  # type: ignore[misc]
                key, (words.text(at, english).state for at, english in sentences_of(source))
            ),
        )
        if gap is not None:
            yield gap


def languages_of(session: Session, person_ids: Collection[int]) -> dict[int, str]:
    """Return the language of each of these people. One query, none without people."""
    if not person_ids:
        return {}
    rows = session.execute(select(PEOPLE.c.id, PEOPLE.c.language).where(among(session, PEOPLE.c.id, person_ids)))
    return {row.id: row.language for row in rows}


def count_learners(session: Session, track_key: str) -> dict[str, int]:
    """Return how many people are on the way on a track, by their language. One query."""
    rows = session.execute(
        select(PEOPLE.c.language, func.count())
        .join(Enrolment, Enrolment.person_id == PEOPLE.c.id)
        .where(Enrolment.track_key == track_key, Enrolment.state == "active", PEOPLE.c.merged_into_id.is_(None))
        .group_by(PEOPLE.c.language)
    )
    return {row[0]: row[1] for row in rows}


def route_of(session: Session, person_id: int, track_key: str) -> str | None:
    """Return on which route a person learns a track: the newest that was not taken back. One query."""
    rows = (
        select(WordingRoute.route)
        .outerjoin(Assignment, Assignment.id == WordingRoute.assignment_id)
        .where(WordingRoute.person_id == person_id, WordingRoute.track_key == track_key, Assignment.undone_at.is_(None))
        .order_by(WordingRoute.id.desc())
        .limit(1)
    )
    return session.scalar(rows)


def routes_in_batch(session: Session, batch_id: int) -> dict[int, str]:
    """Return {person id: route} of those whom an act of assigning asked on another route. One query."""
    rows = session.execute(
        select(WordingRoute.person_id, WordingRoute.route)
        .join(Assignment, Assignment.id == WordingRoute.assignment_id)
        .where(Assignment.batch_id == batch_id)
    )
    return {row.person_id: row.route for row in rows}


def routes_asked(session: Session, person_id: int) -> dict[tuple[int, str, int], str]:
    """Return {(organization id, track, cycle): route} of what a person is asked on another route. One query."""
    rows = session.execute(
        select(Assignment.organization_id, Assignment.track_key, Assignment.cycle, WordingRoute.route)
        .join(WordingRoute, WordingRoute.assignment_id == Assignment.id)
        .where(WordingRoute.person_id == person_id, Assignment.undone_at.is_(None))
    )
    return {(row.organization_id, row.track_key, row.cycle): row.route for row in rows}


def list_routes(session: Session, criterion: ColumnElement[bool], today: date) -> list[RouteRow]:
    """Return who is on the way on another route by an assignment that meets `criterion`, by name. One query."""
    rows = session.execute(
        select(
            WordingRoute.person_id,
            PEOPLE.c.name,
            Assignment.organization_id,
            WordingRoute.track_key,
            WordingRoute.language,
            WordingRoute.route,
            WordingRoute.chosen_at,
        )
        .join(Assignment, Assignment.id == WordingRoute.assignment_id)
        .join(PEOPLE, PEOPLE.c.id == WordingRoute.person_id)
        .outerjoin(
            TrackCompletion,
            (TrackCompletion.person_id == Assignment.person_id)
            & (TrackCompletion.track_key == Assignment.track_key)
            & (TrackCompletion.cycle == Assignment.cycle),
        )
        .where(
            criterion,
            Assignment.undone_at.is_(None),
            TrackCompletion.id.is_(None),
            works_there(Assignment.person_id, Assignment.organization_id, today),
        )
        .order_by(PEOPLE.c.search_key, PEOPLE.c.id, WordingRoute.id)
    )
    return [RouteRow(*row) for row in rows]
