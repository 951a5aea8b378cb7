"""What letters about new versions, waivers and renewals still have to tell when they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.clock import local_date
from lms.content.library import Library, current
from lms.courses.queries import completions_of
from lms.notifications.queries.items import Cause, Item
from lms.notifications.rules import Title
from lms.tracks import queries as tracks
from lms.tracks.queries.changes import active_cycles
from lms.tracks.queries.waivers import is_granted


def list_changes(session: Session, cause: Cause) -> list[Item]:
    """Return what of the changes of one publication still concerns her, the earliest date first."""
    library, on = current(session), active_cycles(session, cause.person_id)
    done = {(row.track_key, row.cycle) for row in tracks.list_completions(session, [cause.person_id])}
    credits_ = completions_of(session, [cause.person_id])
    items = []
    for said in cause.values["changes"]:
        key, cycle, is_track = said["key"], said["cycle"], said["kind"] == "track"
        if library.find(said["kind"], key) is None:
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


def _title(cause: Cause, library: Library, key: str, *, is_track: bool) -> Title:
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


def list_waiver(session: Session, cause: Cause) -> list[Item]:
    """Return a track of which she is spared a part, or is not any more."""
    key, granted = cause.values["track_key"], cause.values["is_granted"]
    is_on_it = key in active_cycles(session, cause.person_id)
    if not is_on_it or current(session).find("track", key) is None:
        return []
    if is_granted(session, cause.values["waiver_id"]) is not granted:
        return []
    title = Title(tracks.track_title(current(session), key, cause.language).text)
    return [Item("waiver", title, cause.today, "tracks.why", {"key": key}, values={"is_granted": granted})]


def list_cycle(session: Session, cause: Cause) -> list[Item]:
    """Return a track that she may renew now and has not finished."""
    key = cause.values["track_key"]
    is_renewing = active_cycles(session, cause.person_id).get(key, 1) > 1
    if not is_renewing or current(session).find("track", key) is None:
        return []
    title = Title(tracks.track_title(current(session), key, cause.language).text)
    return [Item("cycle", title, cause.today, "tracks.show", {"key": key})]
