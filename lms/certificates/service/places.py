"""Places in the published status lists: a random free one for each new edition."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.certificates.models import StatusEntry, StatusList
from lms.certificates.rules.payloads import Place
from lms.certificates.rules.places import LIST_SIZE, fits
from lms.db import insert_once

#: How many places one query asks about.
_ASKED = 1000


def draw_places(session: Session, count: int, *, at: datetime) -> list[Place]:
    """Return `count` random free places in the newest list, or in the next one when it is half full.

    Only what was drawn is looked up, and what is taken is drawn again: at most every second one, on average. Two
    transactions may draw the same place: the later one is refused by the unique constraint and tried again.
    """
    number = _open_list(session, count, at) if count else 0
    found: dict[int, None] = {}
    while len(found) < count:
        drawn = _drawn(count - len(found), found)
        taken = _taken(session, number, drawn)
        found |= dict.fromkeys(each for each in drawn if each not in taken)
    return [Place(number, position) for position in found]


def _drawn(count: int, found: Collection[int]) -> list[int]:
    """Return `count` different random positions that are not among those that were `found`."""
    drawn: dict[int, None] = {}
    while len(drawn) < count:
        position = secrets.randbelow(LIST_SIZE)
        if position not in found:
            drawn[position] = None
    return list(drawn)


def _taken(session: Session, number: int, positions: Sequence[int]) -> set[int]:
    """Return those of these positions that a list has given away."""
    found: set[int] = set()
    statement = select(StatusEntry.position).where(StatusEntry.list_number == number)
    for start in range(0, len(positions), _ASKED):
        some = positions[start : start + _ASKED]
        found.update(session.scalars(statement.where(StatusEntry.position.in_(some))))
    return found


def _open_list(session: Session, count: int, at: datetime) -> int:
    """Return the number of the list that has room for `count` more; open it when there is none."""
    newest = session.scalar(select(func.max(StatusList.number))) or 0
    entries = select(func.count()).select_from(StatusEntry).where(StatusEntry.list_number == newest)
    if newest and fits(session.scalar(entries) or 0, count):
        return newest
    insert_once(session, StatusList, [{"number": newest + 1, "opened_at": at}], "number")
    return newest + 1
