"""Places in the published status lists: a random free one for each new edition."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.certificates.models import StatusEntry, StatusList
from lms.certificates.rules.payloads import Place
from lms.certificates.rules.places import LIST_SIZE, fits
from lms.db import insert_once


def draw_places(session: Session, count: int, *, at: datetime) -> list[Place]:
    """Return `count` random free places in the newest list, or in the next one when it is half full.

    Two transactions may draw the same place: the later one is refused by the unique constraint and tried again.
    """
    number = _open_list(session, count, at)
    taken = set(session.scalars(select(StatusEntry.position).where(StatusEntry.list_number == number)))
    return [Place(number, position) for position in _free(taken, count)]


def _open_list(session: Session, count: int, at: datetime) -> int:
    """Return the number of the list that has room for `count` more; open it when there is none."""
    newest = session.scalar(select(func.max(StatusList.number))) or 0
    entries = select(func.count()).select_from(StatusEntry).where(StatusEntry.list_number == newest)
    if newest and fits(session.scalar(entries) or 0, count):
        return newest
    insert_once(session, StatusList, [{"number": newest + 1, "opened_at": at}], "number")
    return newest + 1


def _free(taken: set[int], count: int) -> Iterator[int]:
    """Yield `count` different random positions that are not in `taken`."""
    for _number in range(count):
        position = secrets.randbelow(LIST_SIZE)
        while position in taken:
            position = secrets.randbelow(LIST_SIZE)
        taken.add(position)
        yield position
