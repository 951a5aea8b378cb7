"""What letters about hours, sign-offs and sessions still have to tell when they are sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.content.library import current
from lms.errors import NotFound
from lms.fieldwork.queries import Upcoming
from lms.fieldwork.queries.hours import list_returned
from lms.fieldwork.queries.sessions import find_left, find_upcoming
from lms.fieldwork.queries.sign_offs import checklist_title, get_observation, is_of
from lms.notifications.models import Letter
from lms.notifications.queries.items import Cause, Item
from lms.notifications.rules import Title


def list_returned_hours(session: Session, cause: Cause) -> list[Item]:
    """Return the entries that wait for her, without those that an earlier letter told."""
    told = _last_sent(session, cause)
    return [
        Item(
            "hours_returned",
            "",
            row.done_on,
            "fieldwork.own_entry",
            {"public_id": row.public_id},
            values={"minutes": row.minutes, "words": row.words},
        )
        for row in list_returned(session, cause.person_id)
        if told is None or row.returned_at > told
    ]


def _last_sent(session: Session, cause: Cause) -> datetime | None:
    """Return when a letter of this kind left for the same person last. One query."""
    sent = select(func.max(Letter.sent_at)).where(
        Letter.person_id == cause.person_id, Letter.kind == cause.kind, Letter.state == "sent"
    )
    return session.execute(sent).scalar_one()


def list_sign_off(session: Session, cause: Cause) -> list[Item]:
    """Return an observation of her that was not withdrawn."""
    public_id = cause.values["public_id"]
    try:
        row = get_observation(session, is_of(cause.person_id), public_id)
    except NotFound:
        return []
    if row.withdrawn_at is not None:
        return []
    title = Title(checklist_title(current(session), row.checklist_key, cause.language).text)
    address = {"public_id": public_id}
    return [Item("sign_off", title, row.observed_on, "fieldwork.own_sign_off", address, values={"passed": row.passed})]


def list_session(session: Session, cause: Cause) -> list[Item]:
    """Return a session that lies ahead, unless a newer letter tells her of it."""
    find = find_left if cause.kind == "taken_off" else find_upcoming
    row = find(session, cause.person_id, cause.values["session_id"])
    if row is None or row.ends_at <= cause.at or not _STANDS[cause.kind](row):
        return []
    newer = select(Letter.id).where(
        Letter.dedupe_key.startswith(session_prefix(row.group_session_id, cause.person_id)),
        Letter.id > cause.letter_id,
        Letter.state != "dropped",
    )
    return [] if session.execute(newer.limit(1)).first() else [session_item(cause.kind, row)]


_STANDS: dict[str, Callable[[Upcoming], bool]] = {
    "place": lambda row: row.state == "planned" and not row.is_waiting,
    "signed_up": lambda row: row.state == "planned",
    "taken_off": lambda row: row.state == "planned",
    "session_changed": lambda row: row.state == "planned",
    "session_cancelled": lambda row: row.state == "cancelled",
}


def session_prefix(group_session_id: int, person_id: int) -> str:
    """Return how the dedupe keys of all letters about a session to one person begin."""
    return f"session:{group_session_id}:{person_id}:"


def session_item(kind: str, row: Upcoming) -> Item:
    """Return what is told of a session: when and where it is. Where the room is online stands on its page alone."""
    place = {"starts": row.starts, "ends": row.ends, "place": Title(row.place), "is_waiting": row.is_waiting}
    return Item(kind, Title(row.title), row.day, "fieldwork.session", {"public_id": row.public_id}, values=place)
