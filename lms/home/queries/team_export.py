"""What a file of a team holds beside the lines of its page: job titles, first days, and every track that was asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select, tuple_
from sqlalchemy.orm import Session

from lms.home.queries.asked import Parts, select_asked
from lms.home.queries.facts import TABLES
from lms.home.queries.team import Line, list_lines
from lms.home.rules import PAGE_SIZE, TeamFilter

_SPELLS, _TERMS = TABLES["employments"], TABLES["employment_terms"]


@dataclass(frozen=True)
class AskedTrack:
    """A track that an organization asks a person to do, by when, and when she finished it.

    With a `module_key` it is that module of it, which is to be done again.
    """

    track_key: str
    module_key: str | None
    due_on: date | None
    completed_on: date | None


@dataclass(frozen=True)
class ExportedLine:
    """One person at one organization, with everything that a file tells of her."""

    line: Line
    title: str
    since: date | None
    asked: tuple[AskedTrack, ...]


def read_team(
    session: Session, organization_ids: Sequence[int], wanted: TeamFilter, today: date, *, parts: Parts
) -> Iterator[ExportedLine]:
    """Yield everybody of a team's list in its order, fifty at a time. Three queries for each fifty.

    Of who has left only the spell is told, as on the page.
    """
    page = 1
    while lines := list_lines(session, organization_ids, wanted, today, parts=parts, page=page):
        places = [(line.person_id, line.organization_id) for line in lines]
        titles = _titles(session, places, today)
        asked = {} if wanted.status == "left" else _asked(session, places, wanted, parts)
        for line in lines:
            place = line.person_id, line.organization_id
            title, since = titles.get(place, ("", None))
            yield ExportedLine(line, title, since, tuple(asked.get(place, ())))
        if len(lines) < PAGE_SIZE:
            return
        page += 1


def _titles(
    session: Session, places: Sequence[tuple[int, int]], today: date
) -> dict[tuple[int, int], tuple[str, date | None]]:
    """Return the latest title and first day of each person's latest spell that has begun, by person and place."""
    spell, terms = _SPELLS.c, _TERMS.c
    begun = and_(terms.employment_id == spell.id, terms.since <= today)
    rows = session.execute(
        select(spell.person_id, spell.organization_id, terms.title, spell.started_on)
        .select_from(_SPELLS.join(_TERMS, begun))
        .where(tuple_(spell.person_id, spell.organization_id).in_(places), spell.started_on <= today)
        .order_by(spell.started_on, terms.since)
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def _asked(
    session: Session, places: Sequence[tuple[int, int]], wanted: TeamFilter, parts: Parts
) -> dict[tuple[int, int], list[AskedTrack]]:
    """Return what is asked of each person at each organization, on the track that is wanted or on all."""
    asked = select_asked(places, by_track=bool(wanted.track_key)).subquery("asked").c
    rows = session.execute(
        select(
            asked.person_id,
            asked.organization_id,
            asked.track_key,
            asked.module_key,
            asked.due_on,
            asked.completed_on,
        ).order_by(asked.due_on.is_(None), asked.due_on, asked.track_key, asked.id),
        {"parts": list(parts), "track": wanted.track_key},
    )
    found: dict[tuple[int, int], list[AskedTrack]] = {}
    for row in rows:
        found.setdefault((row[0], row[1]), []).append(AskedTrack(*row[2:]))
    return found
