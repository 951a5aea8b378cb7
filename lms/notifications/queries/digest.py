"""What a supervisor's weekly letter says: how her team stands today, as her page of the team would show it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.notifications.models import LetterChoice
from lms.organizations.queries.supervising import list_supervising


@dataclass(frozen=True)
class NewsLine:
    """One person of a team with the track and the date that stand out. `track` is in the reader's language."""

    name: str
    track: str
    day: date


@dataclass(frozen=True)
class News:
    """One part of a digest: how many people it concerns, and the first of them.

    `key` is "late", "week" (due in 7 days), "month" (due in 30, but not in 7), "lapsing" or "finished"; of "hours" and
    "training", which wait for a yes, the entries are counted, and nobody is named; nor of "sign_offs", people with one
    that ends in 30 days, and "yearly", people who lack hours of training of the year.
    """

    key: str
    count: int
    lines: tuple[NewsLine, ...]


@dataclass(frozen=True)
class TeamNews:
    """How a team stands: the parts that are not empty, the most urgent first."""

    parts: tuple[News, ...]


#: Asked of the floor above, which shows the same at `/team`: session, organizations, date, language, and who reads
#: (her own hours wait for somebody else).
TeamNewsOf = Callable[[Session, Sequence[int], date, str, int], TeamNews]


def list_readers(session: Session, today: date) -> list[int]:
    """Return who supervises somebody's staff on the local date `today` and wants to hear of it weekly. Two queries."""
    unwanted = set(session.scalars(select(LetterChoice.person_id).where(LetterChoice.wants_digest.is_(False))))
    return [person_id for person_id in list_supervising(session, today) if person_id not in unwanted]
