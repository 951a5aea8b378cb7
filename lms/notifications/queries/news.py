"""What a letter about a fact still has to tell when it is sent: each kind asks the feature that knows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.clock import local_date
from lms.content.library import current
from lms.courses.queries import completions_of
from lms.errors import NotFound
from lms.fieldwork.queries import Upcoming
from lms.fieldwork.queries.hours import list_returned
from lms.fieldwork.queries.sessions import find_upcoming
from lms.fieldwork.queries.sign_offs import checklist_title, get_observation, is_of
from lms.notifications.models import Letter
from lms.notifications.rules import NoLongerTrue, Title
from lms.organizations import queries as organizations
from lms.tracks import queries as tracks
from lms.tracks.queries.changes import active_cycles
from lms.tracks.queries.waivers import is_granted
from lms.training import queries as training


@dataclass(frozen=True)
class Item:
    """One thing that a letter is about: its kind, title and date, where it is done, and what its sentences need."""

    kind: str
    title: str
    day: date
    endpoint: str
    address: Mapping[str, str]
    is_over: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Cause:
    """A letter about a fact, as it was written, with its reader's language, and the moment of sending."""

    letter_id: int
    kind: str
    person_id: int
    values: Mapping[str, Any]
    language: str
    at: datetime
    today: date


def _returned_hours(session: Session, cause: Cause) -> list[Item]:
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


def _sign_off(session: Session, cause: Cause) -> list[Item]:
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


def _session(session: Session, cause: Cause) -> list[Item]:
    """Return a session that lies ahead, unless a newer letter tells her of it."""
    row = find_upcoming(session, cause.person_id, cause.values["session_id"])
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


#: In which state earlier training is after what was decided about it towards tracks.
_JUDGED = {"recognized": "recognized", "ask": "asked", "refuse": "refused", "revoked": "revoked"}


def _training(session: Session, cause: Cause) -> list[Item]:
    """Return an earlier training about which this decision still stands."""
    outcome, public_id = cause.values["outcome"], cause.values["public_id"]
    try:
        row = training.get_row(session, public_id)
    except NotFound:
        return []
    if outcome in _JUDGED:
        stands = row.state == _JUDGED[outcome]
    else:
        shares = training.list_shares(session, [row.training_id])
        stands = bool(shares) and shares[-1].outcome == outcome
    if row.person_id != cause.person_id or not stands:
        return []
    address, said = {"public_id": public_id}, {"outcome": outcome}
    return [Item("training", Title(row.told.title), row.told.learned_on, "training.show", address, values=said)]


def _waiting_training(session: Session, cause: Cause) -> list[Item]:
    """Return how many earlier trainings wait for the yes of an organization that she answers for."""
    place = cause.values["organization_id"]
    if place not in organizations.ties_of(session, cause.person_id, cause.today).supervises:
        return []
    count = training.count_waiting(session, [place], cause.today, but_of=cause.person_id)
    title = Title(organizations.names_of(session, [place])[place])
    item = Item("training_waits", title, cause.today, "training.team", {}, values={"count": count})
    return [item] if count else []


def _changes(session: Session, cause: Cause) -> list[Item]:
    """Return what of the changes of one publication still concerns her, the earliest date first."""
    library, on = current(session), active_cycles(session, cause.person_id)
    done = {(row.track_key, row.cycle) for row in tracks.list_completions(session, [cause.person_id])}
    credits_ = completions_of(session, [cause.person_id])
    items = []
    for said in cause.values["changes"]:
        key, cycle, is_track = said["key"], said["cycle"], said["kind"] == "track"
        if key not in library.keys(said["kind"]):
            continue
        if not is_track:
            credit = credits_.get((cause.person_id, key))
            stands = credit is None or credit.round < cycle
        elif said["completes"]:
            stands = (key, cycle) in done
        else:
            stands = on.get(key) == cycle
        if stands:
            items.append(_change(cause, said, is_track=is_track, title=_title(cause, library, key, is_track=is_track)))
    return sorted(items, key=lambda item: (item.day, item.title))


def _title(cause: Cause, library: Any, key: str, *, is_track: bool) -> Title:
    found = tracks.track_title if is_track else tracks.module_title
    return Title(found(library, key, cause.language).text)


def _change(cause: Cause, said: Mapping[str, Any], *, is_track: bool, title: Title) -> Item:
    deed = "completes" if said["completes"] else said["deed"]
    day = (
        date.fromisoformat(said["due_on"]) if said["due_on"] else local_date(datetime.fromisoformat(cause.values["at"]))
    )
    endpoint = "tracks.show" if is_track else "courses.module"
    address = {"key": said["key"]} if is_track else {"module_key": said["key"]}
    return Item("change", title, day, endpoint, address, is_over=day < cause.today, values={"deed": deed})


def _waiver(session: Session, cause: Cause) -> list[Item]:
    """Return a track of which she is spared a part, or is not any more."""
    key, granted = cause.values["track_key"], cause.values["is_granted"]
    is_on_it = key in active_cycles(session, cause.person_id)
    if not is_on_it or key not in current(session).keys("track"):
        return []
    if is_granted(session, cause.values["waiver_id"]) is not granted:
        return []
    title = Title(tracks.track_title(current(session), key, cause.language).text)
    return [Item("waiver", title, cause.today, "tracks.why", {"key": key}, values={"is_granted": granted})]


def _cycle(session: Session, cause: Cause) -> list[Item]:
    """Return a track that she may renew now and has not finished."""
    key = cause.values["track_key"]
    is_renewing = active_cycles(session, cause.person_id).get(key, 1) > 1
    if not is_renewing or key not in current(session).keys("track"):
        return []
    title = Title(tracks.track_title(current(session), key, cause.language).text)
    return [Item("cycle", title, cause.today, "tracks.show", {"key": key})]


NEWS: dict[str, Callable[[Session, Cause], list[Item]]] = {
    "hours_returned": _returned_hours,
    "sign_off": _sign_off,
    "place": _session,
    "session_changed": _session,
    "session_cancelled": _session,
    "training": _training,
    "training_waits": _waiting_training,
    "change": _changes,
    "waiver": _waiver,
    "cycle": _cycle,
}


def list_news(session: Session, cause: Cause) -> list[Item]:
    """Return what a letter about a fact still has to tell; raise `NoLongerTrue` when that is nothing."""
    items = NEWS[cause.kind](session, cause)
    if not items:
        raise NoLongerTrue("it was taken back, is over, or another letter tells it")
    return items
