"""Approved wording: which tracks ask for it, since when and by whom, in which languages it is missing, and routes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.content.cache import Cache
from lms.content.library import Library
from lms.courses.specs import told_in
from lms.db import among
from lms.i18n import TAGS
from lms.organizations.queries import PEOPLE, works_there
from lms.tracks.models import Assignment, Enrolment, WordingDemand, WordingRoute
from lms.tracks.rules import Gap, Gaps, gap_of, is_alone, key_alone
from lms.tracks.specs import TrackSpec

_LOCALES = tuple(tag for tag in TAGS if tag != "en")
#: Each in a tuple: what is None would be built anew every time.
_gaps: Cache[tuple[Gap | None]] = Cache(2_000)


@dataclass(frozen=True)
class DemandRow:
    """Somebody asked for approved wording on a track, or took that back."""

    track_key: str
    is_asked: bool
    set_by: int
    set_at: datetime


@dataclass(frozen=True)
class RouteRow:
    """Somebody learns a track that asks for approved words, which her language has not got.

    `organization_id` asks her for it; None where nobody does. Without a `route` none was chosen: she was on the way
    before the track asked, or before she learned in this language.
    """

    person_id: int
    name: str
    organization_id: int | None
    track_key: str
    language: str
    route: str | None


def asks_for_approved(session: Session, track_key: str) -> bool:
    """Return whether a track asks for approved wording now; without a row it does not. One query."""
    newest = select(WordingDemand.is_asked).where(WordingDemand.track_key == track_key)
    return bool(session.scalar(newest.order_by(WordingDemand.id.desc()).limit(1)))


def asking_now(session: Session, library: Library) -> list[str]:
    """Return the published tracks that ask for approved wording now. One query."""
    found = (key for key, is_asked in _newest_demands(session).items() if is_asked)
    return sorted(key for key in found if library.find("track", key) is not None)


def demands_on(session: Session, library: Library, track_key: str) -> tuple[str, ...]:
    """Return the tracks that ask for approved wording of who is to do this one; itself, where it asks. One query.

    A module that is asked for alone counts in every track that holds it, and its quiz certifies there: so what any of
    these tracks asks for is asked of it too, and nobody is led around it.
    """
    asking = asking_now(session, library)
    if not is_alone(track_key) or library.find("track", track_key) is None:
        return tuple(key for key in asking if key == track_key)
    own = set(_modules_of(library, track_key))
    return tuple(key for key in asking if own & set(_modules_of(library, key)))


def demands_on_module(session: Session, library: Library, person_id: int, module_key: str) -> tuple[str, ...]:
    """Return the tracks that hold a module, ask for approved wording, and that a person is on. At most two queries.

    Who is asked for the module alone is on the way of all of them.
    """
    asking = [key for key in asking_now(session, library) if module_key in _modules_of(library, key)]
    if not asking:
        return ()
    on_way = select(Enrolment.track_key).where(
        Enrolment.person_id == person_id,
        Enrolment.state == "active",
        Enrolment.track_key.in_([*asking, key_alone(module_key)]),
    )
    found = set(session.scalars(on_way))
    return tuple(sorted(asking if key_alone(module_key) in found else found))


def _newest_demands(session: Session) -> dict[str, bool]:
    """Return whether each track of which something was set asks for approved wording now. One query."""
    found: dict[str, bool] = {}
    for row in list_demands(session):
        found.setdefault(row.track_key, row.is_asked)
    return found


def list_demands(session: Session, track_key: str | None = None) -> list[DemandRow]:
    """Return what was set for a track, or for all of them, the newest first. One query."""
    columns = select(WordingDemand.track_key, WordingDemand.is_asked, WordingDemand.set_by, WordingDemand.set_at)
    found = columns if track_key is None else columns.where(WordingDemand.track_key == track_key)
    return [DemandRow(*row) for row in session.execute(found.order_by(WordingDemand.id.desc()))]


def unworded(session: Session, library: Library) -> dict[str, tuple[str, ...]]:
    """Return the languages without approved words of each track that asks for them now. One query.

    Also of its modules where they are asked for alone (`demands_on`).
    """
    keys = asking_now(session, library)
    alone = [key_alone(module) for key in keys for module in _modules_of(library, key)]
    return {key: tuple(gaps_of(library, key)) for key in dict.fromkeys([*keys, *alone])}


def gaps_of(library: Library, track_key: str) -> Gaps:
    """Return what the modules of a track have not approved, by language. No query: it is counted once a revision."""
    if library.find("track", track_key) is None:
        return {}
    keys = _modules_of(library, track_key)
    found = {locale: tuple(_open(library, keys, locale)) for locale in _LOCALES}
    return {locale: gaps for locale, gaps in found.items() if gaps}


def _modules_of(library: Library, track_key: str) -> list[str]:
    """Return the modules of a track, in its order."""
    track = library.spec(TrackSpec, "track", track_key)
    return list(dict.fromkeys(item.module for way in track.ways for item in way.items if item.module))


def _open(library: Library, module_keys: Collection[str], locale: str) -> Iterator[Gap]:
    for key in module_keys:
        source = library.find("module", key)
        if source is None:
            continue
        words = library.words("module", key, locale)
        address = (key, source.sha256, locale, words.sha256)
        (gap,) = _gaps.get(
            address,
            lambda key=key, source=source, words=words: (  # type: ignore[misc]
                gap_of(key, (words.text(at, each.english).state for at, each in told_in(source))),
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


def routes_asked(session: Session, library: Library, person_id: int) -> dict[tuple[int, str, int], str]:
    """Return {(organization id, track, cycle): route} of what a person learns on another route now. Two queries.

    What no longer asks for approved words, or has them in her language, she learns like everybody.
    """
    rows = session.execute(
        select(
            Assignment.organization_id, Assignment.track_key, Assignment.cycle, WordingRoute.route, PEOPLE.c.language
        )
        .join(WordingRoute, WordingRoute.assignment_id == Assignment.id)
        .join(PEOPLE, PEOPLE.c.id == Assignment.person_id)
        .where(WordingRoute.person_id == person_id, Assignment.undone_at.is_(None))
    ).all()
    open_ = unworded(session, library) if rows else {}
    return {
        (row.organization_id, row.track_key, row.cycle): row.route
        for row in rows
        if row.language in open_.get(row.track_key, ())
    }


def reads_english(session: Session, library: Library, person_id: int, module_key: str, locale: str) -> bool:
    """Return whether a person learns a module with English beneath it, for want of approved words in `locale`.

    One query; one more for who is on the way on such a route.
    """
    on_way = select(Enrolment.track_key).where(
        Enrolment.person_id == person_id, Enrolment.state == "active", _newest_route() == "both"
    )
    keys = session.scalars(on_way).all()
    open_ = unworded(session, library) if keys else {}
    return any(locale in open_.get(key, ()) and module_key in _modules_of(library, key) for key in keys)


def count_unworded(session: Session, library: Library, criterion: ColumnElement[bool], today: date) -> tuple[int, int]:
    """Return how many rows `list_unworded` has in all, and how many people. Two queries."""
    found = _select_unworded(session, library, criterion, today).subquery()
    row = session.execute(select(func.count(), func.count(found.c.person_id.distinct())).select_from(found)).one()
    return row[0], row[1]


def list_unworded(
    session: Session, library: Library, criterion: ColumnElement[bool], today: date, *, limit: int, offset: int = 0
) -> list[RouteRow]:
    """Return who is on the way without approved words where the track asks for them, by name. Two queries.

    Of who is asked by an employer there is a row for each, if it meets `criterion` (of `Assignment`).
    """
    rows = _select_unworded(session, library, criterion, today).order_by(
        PEOPLE.c.search_key, PEOPLE.c.id, Enrolment.id, Assignment.id
    )
    return [RouteRow(*row) for row in session.execute(rows.limit(limit).offset(offset))]


def _select_unworded(session: Session, library: Library, criterion: ColumnElement[bool], today: date) -> Select[Any]:
    asked = (
        (Assignment.person_id == Enrolment.person_id)
        & (Assignment.track_key == Enrolment.track_key)
        & (Assignment.cycle == Enrolment.cycle)
        & Assignment.undone_at.is_(None)
        & works_there(Assignment.person_id, Assignment.organization_id, today)
    )
    lacking = [
        (Enrolment.track_key == key) & PEOPLE.c.language.in_(locales)
        for key, locales in unworded(session, library).items()
    ]
    columns = (Enrolment.person_id, PEOPLE.c.name, Assignment.organization_id, Enrolment.track_key, PEOPLE.c.language)
    return (
        select(*columns, _newest_route().label("route"))
        .select_from(Enrolment)
        .join(PEOPLE, PEOPLE.c.id == Enrolment.person_id)
        .outerjoin(Assignment, asked)
        .where(Enrolment.state == "active", PEOPLE.c.merged_into_id.is_(None), or_(false(), *lacking), criterion)
    )


def _newest_route() -> ScalarSelect[Any]:
    """Return the route of an enrolment's person and track as `route_of` finds it."""
    asked = aliased(Assignment)
    return (
        select(WordingRoute.route)
        .outerjoin(asked, asked.id == WordingRoute.assignment_id)
        .where(
            WordingRoute.person_id == Enrolment.person_id,
            WordingRoute.track_key == Enrolment.track_key,
            asked.undone_at.is_(None),
        )
        .order_by(WordingRoute.id.desc())
        .limit(1)
        .correlate(Enrolment)
        .scalar_subquery()
    )
