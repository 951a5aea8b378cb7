"""How a team stands, for the weekly letter to its supervisor: the same lists that `/team` shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lms.content.library import Library, current
from lms.fieldwork.queries import count_waiting
from lms.fieldwork.queries.ending import SOON, select_ending
from lms.home.queries.asked import parts_of
from lms.home.queries.facts import TABLES
from lms.home.queries.team import Line, count_team, list_lines
from lms.home.rules import TeamFilter
from lms.notifications.queries import News, NewsLine, TeamNews
from lms.notifications.rules import YEARLY
from lms.tracks.queries import module_title, track_title
from lms.training.queries import count_waiting as count_training
from lms.training.queries.yearly import count_short
from lms.training.rules import year_of

#: How many people each part names; the rest stand behind its link.
_NAMED = 5
_WEEK = timedelta(days=7)


def team_news(
    session: Session, organization_ids: Sequence[int], today: date, language: str, reader_id: int
) -> TeamNews:
    """Return how the staff of these organizations stand on the local date `today`. Nine queries.

    Counts beyond one page of a list are those of `/team`; what is due in 7 days is counted on the first page. What
    waits for a yes is counted for the reader, who says it of nothing of her own.
    """
    library = current(session)
    parts = parts_of(library)

    def lines(status: str) -> list[Line]:
        return list_lines(session, organization_ids, TeamFilter(status=status), today, parts=parts)

    def news(key: str, count: int, found: Iterable[tuple[Line, date | None]]) -> News:
        told = tuple(
            NewsLine(line.name, _title(library, line, language), day)
            for line, day in list(found)[:_NAMED]
            if day is not None
        )
        return News(key, count, told)

    counts = count_team(session, organization_ids, TeamFilter(), today, parts=parts)
    due = [(line, line.due_on) for line in lines("due-soon")]
    week = [(line, day) for line, day in due if day is not None and day <= today + _WEEK]
    done = [(line, line.completed_on) for line in lines("done")]
    finished = [(line, day) for line, day in done if day is not None and day > today - _WEEK]
    found = (
        news("late", counts.late, ((line, line.due_on) for line in lines("late"))),
        News("hours", count_waiting(session, organization_ids, today, but_of=reader_id), ()),
        News("training", count_training(session, organization_ids, today, but_of=reader_id), ()),
        News("sign_offs", _count_sign_offs(session, organization_ids, today), ()),
        News("yearly", _count_yearly(session, organization_ids, today, reader_id), ()),
        news("week", len(week), week),
        news("month", counts.due_soon - len(week), due[len(week) :]),
        news("lapsing", counts.lapsing, ((line, line.valid_until) for line in lines("lapsing"))),
        news("finished", len(finished), finished),
    )
    return TeamNews(tuple(part for part in found if part.count))


def _title(library: Library, line: Line, language: str) -> str:
    """Return the title of what stands out: a module that is to be done again, or a track."""
    if line.module_key:
        return module_title(library, line.module_key, language).text
    return track_title(library, line.track_key or "", language).text


def _count_sign_offs(session: Session, organization_ids: Sequence[int], today: date) -> int:
    """Return how many people who work there today have a sign-off that ends soon. One query."""
    ending, spell = select_ending().subquery("ending"), TABLES["employments"].c
    works = (spell.started_on <= today) & or_(spell.ended_on.is_(None), spell.ended_on >= today)
    staff = select(spell.person_id).where(spell.organization_id.in_(organization_ids), works)
    soon = ending.c.falls_on.between(today, today + SOON) & ending.c.person_id.in_(staff)
    return session.execute(select(func.count(ending.c.person_id.distinct())).where(soon)).scalar_one()


def _count_yearly(session: Session, organization_ids: Sequence[int], today: date, reader_id: int) -> int:
    """Return how many people lack hours of the year, once the first of them may be reminded. At most one query."""
    year = year_of(today)
    if year is None or today < year.last + timedelta(days=YEARLY.days[0]):
        return 0
    return count_short(session, organization_ids, today, but_of=reader_id)
