"""Assigning from a file: its rows are judged and kept for a day, looked at once more, then asked in one go."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.clock import local_date
from lms.content.library import current
from lms.db import chunks, insert_once
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.organizations.queries import ids_of_words, list_open_spells, ties_of
from lms.people.queries import holders_of
from lms.people.service import lock
from lms.tracks import queries, rules
from lms.tracks.models import AssignmentUpload, UploadRow
from lms.tracks.rules import Due, FileRow, Known, Meant
from lms.tracks.service.asking import Wish, ask_all, read_asks
from lms.tracks.service.assigning import new_batch, record_batch
from lms.tracks.service.enrolling import complete
from lms.tracks.specs import TrackSpec

#: A file that nobody said yes to, and the rows of one that was done, are forgotten after this.
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """A row to be done: whom which organization asks."""

    person_id: int
    organization_id: int


@dataclass(frozen=True)
class FileSorting:
    """What doing the rows of a file would change: whom they newly ask, who has been asked, who has finished."""

    new: tuple[Asked, ...] = ()
    already: tuple[Asked, ...] = ()
    finished: tuple[Asked, ...] = ()


@dataclass(frozen=True)
class FileDone:
    """What doing a file did. `batches` are public ids, one for each organization that newly asks somebody."""

    batches: tuple[str, ...]
    assigned: int
    already: int
    finished: int


def judging(
    session: Session, organization_ids: Collection[int] | None, track_key: str, *, at: datetime
) -> Callable[[Sequence[FileRow]], list[Meant]]:
    """Return the function that tells whom rows mean among the staff of these organizations (None: of all), or why not.

    Who works elsewhere looks like nobody; where the level of the track is not used, nobody is asked. Three queries,
    and one in that function for each 1,000 contacts. What it
    returns still may name somebody twice (`rules.without_repeats`).
    """
    off = queries.places_without(session, current(session).spec(TrackSpec, "track", track_key).rung)
    spells: dict[int, dict[int, date]] = {}
    people: dict[str, int] = {}
    for each in list_open_spells(session, organization_ids, local_date(at)):
        spells.setdefault(each.person_id, {}).setdefault(each.organization_id, each.started_on)
        people[each.person_public_id] = each.person_id
    places = ids_of_words(session, organization_ids)

    def judge(rows: Sequence[FileRow]) -> list[Meant]:
        holders = holders_of(session, {each for row in rows for each in row.identifiers})
        return rules.without_level(rules.find_meant(rows, Known(holders, people, spells, places)), off)

    return judge


def stage(
    session: Session,
    actor: Actor,
    track_key: str,
    due: Due,
    rows: Sequence[FileRow],
    *,
    client_id: str,
    at: datetime,
) -> str:
    """Keep the rows of a file, judged, for a day, and return the public id under which they wait.

    The same `client_id` again returns the first one. Raises `NotFound` for an unknown track or an actor who
    supervises nobody; `RuleBroken` ("file-empty", "sent-before" for a `client_id` that came with something else, and
    what `rules.due_fault` says).
    """
    lock(session, [actor.person_id])
    places = _places(session, actor, at)
    same = (AssignmentUpload.made_by == actor.account_id) & (AssignmentUpload.client_id == client_id)
    known = session.scalars(select(AssignmentUpload).where(same)).one_or_none()
    if known is not None:
        return _sent_again(session, known, track_key, due, rows)
    current(session).spec(TrackSpec, "track", track_key)
    if (fault := rules.due_fault(due, local_date(at))) is not None:
        raise RuleBroken(fault)
    if not rows:
        raise RuleBroken("file-empty")
    upload = AssignmentUpload(
        track_key=track_key,
        due_kind=due.kind,
        due_on=due.on,
        due_days=due.days,
        due_eased=due.eased,
        made_by=actor.account_id,
        made_at=at,
        client_id=client_id,
    )
    session.add(upload)
    session.flush()
    meant = rules.without_repeats(judging(session, places, track_key, at=at)(rows))
    insert_once(session, UploadRow, [_kept(upload.id, each) for each in meant])
    return upload.public_id


def apply_upload(session: Session, actor: Actor, public_id: str, *, valid_only: bool, at: datetime) -> FileDone:
    """Ask whom a waiting file means, and return what was done. Twice changes nothing the second time.

    Raises `NotFound` unless the actor brought the file and it still waits; `RuleBroken` ("has-faults" when a row
    cannot be done and not only the others are asked for, "changed" when somebody of it does not work there any more,
    or the actor does not answer for her).
    """
    rows = queries.list_upload_rows(session, queries.get_upload(session, actor.account_id, public_id, at - KEPT).id)
    good = [row for row in rows if row.fault is None]
    lock(session, [actor.person_id, *(row.person_id for row in good if row.person_id is not None)])
    held = select(AssignmentUpload).where(AssignmentUpload.public_id == public_id).with_for_update()
    upload = session.execute(held, execution_options={"populate_existing": True}).scalar_one_or_none()
    if upload is None:
        raise NotFound
    if upload.applied_at is not None:
        return FileDone((), 0, 0, 0)
    if len(good) < len(rows) and not valid_only:
        raise RuleBroken("has-faults")
    wanted = [Asked(row.person_id or 0, row.organization_id or 0) for row in good]
    places, due = _places(session, actor, at), _due_of(upload)
    done = ask_rows(session, places, upload.track_key, due, wanted, made_by=actor.account_id, at=at)
    upload.applied_at = at
    return done


def ask_rows(
    session: Session,
    organization_ids: Collection[int] | None,
    track_key: str,
    due: Due,
    wanted: Sequence[Asked],
    *,
    made_by: int | None,
    at: datetime,
) -> FileDone:
    """Ask all of `wanted`, whose rows are locked, at these organizations (None: at any), and return what was done.

    Raises `RuleBroken`: "nobody-chosen", "level-off", "changed" when one does not work there today, and what
    `rules.due_fault` says.
    The number of statements grows with organizations, not with people.
    """
    today, library = local_date(at), current(session)
    track: TrackSpec = library.spec(TrackSpec, "track", track_key)
    if (fault := rules.due_fault(due, today)) is not None:
        raise RuleBroken(fault)
    if not wanted:
        raise RuleBroken("nobody-chosen")
    if not {each.organization_id for each in wanted}.isdisjoint(queries.places_without(session, track.rung)):
        raise RuleBroken("level-off")
    spells = list_open_spells(session, organization_ids, today)
    began = {Asked(each.person_id, each.organization_id): each.started_on for each in reversed(spells)}
    if not began.keys() >= set(wanted):
        raise RuleBroken("changed")
    sorting, minutes = sort_rows(session, track_key, wanted, today), queries.track_minutes(library, track)
    wishes = []
    for place in sorted({each.organization_id for each in sorting.new}):
        batch = new_batch(place, track_key, due, made_by=made_by, client_id=new_client_id(), at=at)
        ours = [each for each in sorting.new if each.organization_id == place]
        dates = {each.person_id: rules.resolve_due(due, began[each], today, minutes) for each in ours}
        wishes.append(Wish(batch, dates))
    session.add_all(wish.batch for wish in wishes)
    session.flush()
    ask_all(session, library, track_key, wishes, at)
    for wish in wishes:
        record_batch(session, wish.batch, list(wish.due_of), at)
    complete(session, library, sorted({each.person_id for each in sorting.new}), at=at)
    batches = tuple(wish.batch.public_id for wish in wishes)
    return FileDone(batches, len(sorting.new), len(sorting.already), len(sorting.finished))


def sort_rows(session: Session, track_key: str, wanted: Sequence[Asked], today: date) -> FileSorting:
    """Return rows by what doing them on the local date `today` would change. As many queries as `sort_for`."""
    once = list(dict.fromkeys(wanted))
    places, people = {each.organization_id for each in once}, {each.person_id for each in once}
    asks = read_asks(session, places, track_key, people, today)
    asked, done = {Asked(*pair) for pair in asks.asked}, asks.finished
    known = [each for each in once if each in asked]
    return FileSorting(
        new=tuple(each for each in once if each not in asked),
        already=tuple(each for each in known if each.person_id not in done),
        finished=tuple(each for each in known if each.person_id in done),
    )


def forget_uploads(session: Session, *, at: datetime) -> int:
    """Delete the files that came more than a day ago, with their rows; return how many. What was asked stays."""
    old = session.scalars(select(AssignmentUpload.id).where(AssignmentUpload.made_at <= at - KEPT)).all()
    for chunk in chunks(old, 500):
        session.execute(delete(UploadRow).where(UploadRow.upload_id.in_(chunk)))
        session.execute(delete(AssignmentUpload).where(AssignmentUpload.id.in_(chunk)))
    return len(old)


def _sent_again(session: Session, upload: AssignmentUpload, track_key: str, due: Due, rows: Sequence[FileRow]) -> str:
    """Return the public id of what the first sending kept; raise `RuleBroken` when this one says something else."""
    kept = [(row.number, row.cells) for row in queries.list_upload_rows(session, upload.id)]
    said = [(row.number, dict(row.cells)) for row in rows]
    if (upload.track_key, _due_of(upload), kept) != (track_key, due, said):
        raise RuleBroken("sent-before")
    return upload.public_id


def _due_of(upload: AssignmentUpload) -> Due:
    return Due(upload.due_kind, upload.due_on, upload.due_days, upload.due_eased)  # type: ignore[arg-type]  # known


def _places(session: Session, actor: Actor, at: datetime) -> tuple[int, ...]:
    """Return the organizations whose staff the actor answers for now; raise `NotFound` when there are none."""
    places = set(ties_of(session, actor.person_id, local_date(at)).supervises) & set(actor.supervises)
    if not places:
        raise NotFound
    return tuple(sorted(places))


def _kept(upload_id: int, meant: Meant) -> dict[str, object]:
    return {
        "upload_id": upload_id,
        "number": meant.row.number,
        "cells": dict(meant.row.cells),
        "person_id": meant.person_id,
        "organization_id": meant.organization_id,
        "began_on": meant.began_on,
        "fault": meant.fault,
    }
