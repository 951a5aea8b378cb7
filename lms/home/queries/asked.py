"""What people are asked to do at an organization, for the lists of a team: what it assigned, and what they do again.

A new version may ask who has finished a track, or one of its modules, to do it again by a date. An organization sees
that where it asked the person for the track: it is the date by which its own wish holds again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    FromClause,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    cast,
    exists,
    func,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
)

from lms.content.library import Library
from lms.home.queries.choices import ours
from lms.home.queries.facts import TABLES
from lms.tracks.specs import TrackSpec

_EMPLOYMENTS, _ASSIGNMENTS, _COMPLETIONS = TABLES["employments"], TABLES["assignments"], TABLES["track_completions"]
_EFFECTS, _MODULES, _ENROLMENTS = TABLES["change_effects"], TABLES["module_completions"], TABLES["enrolments"]

#: (track, module): the modules that count in each track.
Parts = Collection[tuple[str, str]]


def parts_of(library: Library) -> list[tuple[str, str]]:
    """Return which modules count in which track, as both are published now."""
    tracks = ((key, library.spec(TrackSpec, "track", key)) for key in library.keys("track"))
    return sorted({(key, module) for key, track in tracks for item in track.items for module in item.modules})


@dataclass(frozen=True)
class _Way:
    """One way in which something is asked of a person at an organization: where from, which rows, which columns."""

    source: FromClause
    criterion: ColumnElement[bool]
    person_id: ColumnElement[int]
    organization_id: ColumnElement[int]
    track_key: ColumnElement[str]
    module_key: ColumnElement[Any]
    cycle: ColumnElement[int]
    due_on: ColumnElement[Any]
    completed_on: ColumnElement[Any]
    id: ColumnElement[int]

    def select(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """Return a select of columns of these rows."""
        return select(*columns).select_from(self.source).where(self.criterion)


def _done_of(asked: Any) -> ColumnElement[bool]:
    done = _COMPLETIONS.c
    return and_(done.person_id == asked.person_id, done.track_key == asked.track_key, done.cycle == asked.cycle)


def _assigned() -> _Way:
    """Return what organizations asked for and did not take back."""
    asked = _ASSIGNMENTS.c
    columns = (asked.person_id, asked.organization_id, asked.track_key, cast(null(), String), asked.cycle)
    source = _ASSIGNMENTS.outerjoin(_COMPLETIONS, _done_of(asked))
    return _Way(source, asked.undone_at.is_(None), *columns, asked.due_on, _COMPLETIONS.c.completed_on, asked.id)


def _renewed() -> _Way:
    """Return tracks that a new version asks people for again, where an organization asked for them before."""
    effect, asked, again, on = _EFFECTS.c, _ASSIGNMENTS.c, _ASSIGNMENTS.alias("again").c, _ENROLMENTS.c
    same = (asked.person_id == effect.person_id) & (asked.track_key == effect.track_key)
    source = _EFFECTS.join(_ASSIGNMENTS, same).outerjoin(_COMPLETIONS, _done_of(effect))
    is_on_it = exists().where(
        on.person_id == effect.person_id,
        on.track_key == effect.track_key,
        on.cycle == effect.cycle,
        on.state != "withdrawn",
    )
    is_asked_anew = exists().where(
        again.person_id == asked.person_id,
        again.organization_id == asked.organization_id,
        again.track_key == effect.track_key,
        again.cycle == effect.cycle,
        again.undone_at.is_(None),
    )
    standing = and_(asked.undone_at.is_(None), effect.deed == "renews", effect.due_on.is_not(None))
    columns = (effect.person_id, asked.organization_id, effect.track_key, cast(null(), String), effect.cycle)
    done = _COMPLETIONS.c.completed_on
    return _Way(source, standing & is_on_it & ~is_asked_anew, *columns, effect.due_on, done, effect.id)


def _repeated() -> _Way:
    """Return modules that a new version asks people to do again, until they have, where their track was asked for."""
    effect, asked, done = _EFFECTS.c, _ASSIGNMENTS.c, _MODULES.c
    counts = tuple_(asked.track_key, effect.module_key).in_(bindparam("parts", expanding=True))
    source = _EFFECTS.join(_ASSIGNMENTS, (asked.person_id == effect.person_id) & counts)
    is_done = exists().where(
        done.person_id == effect.person_id, done.module_key == effect.module_key, done.round >= effect.cycle
    )
    standing = and_(asked.undone_at.is_(None), effect.deed == "repeats", effect.due_on.is_not(None))
    columns = (effect.person_id, asked.organization_id, asked.track_key, effect.module_key, asked.cycle)
    return _Way(source, standing & ~is_done, *columns, effect.due_on, cast(null(), Date), effect.id)


_WAYS = (_assigned(), _renewed(), _repeated())


def _in_state(way: _Way, status: str) -> ColumnElement[bool]:
    """Return the criterion of rows in a state of `tracks.rules.due_state`; "" means in any."""
    due, today, soon = way.due_on, bindparam("today", type_=Date), bindparam("soon", type_=Date)
    is_open = way.completed_on.is_(None)
    states = {
        "late": is_open & (due < today),
        "due-soon": is_open & due.between(today, soon),
        "on-time": is_open & or_(due.is_(None), due > soon),
        "done": ~is_open,
    }
    return states.get(status, true())


def on_track(column: ColumnElement[str], *, by_track: bool) -> ColumnElement[bool]:
    """Return the criterion of the track that is asked for, if one is."""
    return column == bindparam("track", type_=String) if by_track else true()


def is_asked(status: str, *, by_track: bool = False) -> ColumnElement[bool]:
    """Return the criterion of spells at whose organization the person is asked for something in this state."""
    spell = _EMPLOYMENTS.c
    found = (
        way.select(way.id)
        .where(way.person_id == spell.person_id, way.organization_id == spell.organization_id)
        .where(on_track(way.track_key, by_track=by_track), _in_state(way, status))
        .correlate(_EMPLOYMENTS)
        for way in _WAYS
    )
    return or_(*(exists(each) for each in found))


def first_asked(status: str, *, by_track: bool) -> Subquery:
    """Return, of each person at each organization, what stands out, and how much there is."""
    ways = (_rows(way, status, by_track=by_track).where(ours(way.organization_id)) for way in _WAYS)
    asked = union_all(*ways).subquery("asked").c
    group = (asked.person_id, asked.organization_id)
    urgency = (
        asked.completed_on.is_not(None),
        asked.completed_on.desc(),
        asked.due_on.is_(None),
        asked.due_on,
        asked.id,
    )
    ranked = select(
        *group,
        asked.track_key,
        asked.module_key,
        asked.cycle,
        asked.due_on,
        asked.completed_on,
        func.count().over(partition_by=group).label("many"),
        func.row_number().over(partition_by=group, order_by=urgency).label("place"),
    ).subquery()
    return select(ranked).where(ranked.c.place == 1).subquery("first_asked")


def select_asked(places: Collection[tuple[int, int]], *, by_track: bool) -> CompoundSelect[Any]:
    """Return all that is asked: person_id, organization_id, module_key, due_on, completed_on, id, track_key and cycle.

    `places` are pairs of person and organization; binds "parts", and "track" where one is asked for.
    """
    return union_all(
        *(
            _rows(way, "", by_track=by_track).where(tuple_(way.person_id, way.organization_id).in_(list(places)))
            for way in _WAYS
        )
    )


def _rows(way: _Way, status: str, *, by_track: bool) -> Select[Any]:
    """Return the rows of one way in this state; of what is to be done again one for each organization."""
    same = (way.person_id, way.organization_id, way.module_key, way.due_on, way.completed_on, way.id)
    named: list[ColumnElement[Any]] = [column.label(name) for column, name in zip(same, _NAMES, strict=True)]
    firsts: list[ColumnElement[Any]] = [func.min(way.track_key).label("track_key"), func.min(way.cycle).label("cycle")]
    found = way.select(*named, *firsts).where(_in_state(way, status))
    return found.where(on_track(way.track_key, by_track=by_track)).group_by(*same)


_NAMES = ("person_id", "organization_id", "module_key", "due_on", "completed_on", "id")
