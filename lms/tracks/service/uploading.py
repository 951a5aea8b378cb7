"""Assigning from a file: its rows are judged and kept for a day, looked at once more, then asked in one go."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.clock import local_date
from lms.content.library import current
from lms.db import chunks, insert_once
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.organizations.queries import ids_of_words, list_open_spells, ties_of
from lms.people.queries import get_account, holders_of
from lms.people.service import lock
from lms.tracks import queries, rules
from lms.tracks.models import AssignmentUpload, UploadRow
from lms.tracks.queries import UploadLine
from lms.tracks.rules import Asked, Due, FileRow, Known, Meant, NextCycle, Routes
from lms.tracks.service.asking import Wish, ask_all, dates_of, read_asks
from lms.tracks.service.assigning import NO_ROUTES, new_batch, record_batch
from lms.tracks.service.enrolling import complete
from lms.tracks.service.wording import choose_routes, keep_routes
from lms.tracks.specs import TrackSpec

#: A file that nobody said yes to, and the rows of one that was done, are forgotten after this.
KEPT = timedelta(days=1)
#: A file of more rows is judged in parts of so many: some tenths of a second each, so that nobody waits long.
AT_ONCE = 500
PART = 2000


@dataclass(frozen=True)
class FileSorting:
    """What doing the rows of a file would change: whom they newly ask, who has been asked, who has finished."""

    new: tuple[Asked, ...] = ()
    already: tuple[Asked, ...] = ()
    finished: tuple[Asked, ...] = ()
    #: Which of the new ones would be asked to renew what they completed, by person.
    renewals: Mapping[int, NextCycle] = field(default_factory=dict)


@dataclass(frozen=True)
class FileDone:
    """What doing a file did. `batches` are public ids, one for each organization that newly asks somebody."""

    batches: tuple[str, ...]
    assigned: int
    already: int
    finished: int


class Judging:
    """Tells whom rows mean among the staff of some organizations (None: of all), or why not.

    Who works elsewhere looks like nobody; where the level of the track is not used, nobody is asked. By their names
    only the staff of named organizations is found. Three queries, one more where a name stands for somebody, and one
    for each 1,000 contacts. What it returns may still name somebody twice (`rules.without_repeats`).
    """

    def __init__(
        self, session: Session, organization_ids: Collection[int] | None, track_key: str, *, at: datetime
    ) -> None:
        self._session, self._by_name = session, organization_ids is not None
        self._off = queries.places_without(session, current(session).spec(TrackSpec, "track", track_key).rung)
        spells: dict[int, dict[int, date]] = {}
        people: dict[str, int] = {}
        for each in list_open_spells(session, organization_ids, local_date(at)):
            spells.setdefault(each.person_id, {}).setdefault(each.organization_id, each.started_on)
            people[each.person_public_id] = each.person_id
        self._known = Known({}, people, spells, ids_of_words(session, organization_ids))

    def __call__(self, rows: Sequence[FileRow], chosen: Mapping[int, str] | None = None) -> list[Meant]:
        """Return whom rows mean. `chosen` says by number, with her public id, who of those that were offered."""
        if self._by_name and not self._known.names and any(row.name for row in rows):
            names = queries.name_keys(self._session, self._known.spells.keys())
            self._known = replace(self._known, names=names, words=rules.words_of(names))
        holders = holders_of(self._session, {each for row in rows for each in row.identifiers})
        people = {number: self._known.people.get(public_id, 0) for number, public_id in (chosen or {}).items()}
        return rules.without_level(rules.find_meant(rows, replace(self._known, holders=holders), people), self._off)


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
    """Keep the rows of a file for a day, and return the public id under which they wait.

    A short one is judged at once, of a longer one every part by `read_part`.
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
        read_at=at if len(rows) <= AT_ONCE else None,
    )
    session.add(upload)
    session.flush()
    if upload.read_at is not None:
        meant = rules.without_repeats(Judging(session, places, track_key, at=at)(rows))
    else:
        meant = [Meant(row, rules.UNREAD) for row in rows]
    insert_once(session, UploadRow, [_kept(upload.id, each) for each in meant])
    return upload.public_id


def read_part(session: Session, public_id: str, *, at: datetime) -> int:
    """Judge the next rows of a long file (`PART`), and return how many are left; 0 too for one that is read, or gone.

    The same holds for one whose track is gone. Rows are judged by what whoever brought it answers for now. By two at
    once each row is judged once.
    """
    upload = _held(session, public_id)
    if upload is None or upload.read_at is not None or current(session).find("track", upload.track_key) is None:
        return 0
    part = queries.list_unread(session, upload.id, PART)
    rows = [rules.read_row(row.number, row.cells) for row in part]
    places = ties_of(session, get_account(session, upload.made_by or 0).person_id, local_date(at)).supervises
    earlier = queries.list_meant(session, upload.id)
    meant = rules.without_repeats(Judging(session, places, upload.track_key, at=at)(rows), earlier)
    ids = {row.number: row.id for row in part}
    changes = [{"id": ids[each.row.number], **_judged(each)} for each in meant]
    session.execute(update(UploadRow), changes)
    total, judged = queries.count_rows(session, upload.id)
    if judged == total:
        upload.read_at = at
    return total - judged


def offered_for(
    session: Session, actor: Actor, track_key: str, lines: Sequence[UploadLine], *, at: datetime
) -> dict[int, list[int]]:
    """Return by the number of its row who may be meant where that was asked, the likeliest first."""
    asked = [rules.read_row(line.number, line.cells) for line in lines if line.fault == "which-person"]
    found = Judging(session, _places(session, actor, at), track_key, at=at)(asked) if asked else []
    return {each.row.number: list(each.offered) for each in found}


def answer_upload(session: Session, actor: Actor, public_id: str, answers: Mapping[int, str], *, at: datetime) -> int:
    """Note who is meant by rows of a waiting file, by number and her public id; return how many are settled now.

    Only those who were offered count. Raises `NotFound` unless the actor brought the file and it still waits.
    """
    lock(session, [actor.person_id])
    upload = _own(session, actor, public_id, at)
    if upload.applied_at is not None:
        return 0
    lines = [line for line in queries.list_upload_rows(session, upload.id) if line.fault == "which-person"]
    rows = [rules.read_row(line.number, line.cells) for line in lines if line.number in answers]
    found = Judging(session, _places(session, actor, at), upload.track_key, at=at)(rows, answers)
    meant = rules.without_repeats(found, queries.list_meant(session, upload.id))
    ids = {line.number: line.id for line in lines}
    settled = [each for each in meant if each.fault != "which-person"]
    if settled:
        session.execute(update(UploadRow), [{"id": ids[each.row.number], **_judged(each)} for each in settled])
    return len(settled)


def move_upload(session: Session, actor: Actor, public_id: str, due: Due, *, at: datetime) -> None:
    """Let a waiting file ask by another date; one that was done stays as it is.

    Raises `NotFound` unless the actor brought it, and what `rules.due_fault` says as `RuleBroken`.
    """
    lock(session, [actor.person_id])
    upload = _own(session, actor, public_id, at)
    if (fault := rules.due_fault(due, local_date(at))) is not None:
        raise RuleBroken(fault)
    if upload.applied_at is None:
        upload.due_kind, upload.due_on, upload.due_days, upload.due_eased = due.kind, due.on, due.days, due.eased


def apply_upload(
    session: Session, actor: Actor, public_id: str, *, valid_only: bool, at: datetime, routes: Routes = NO_ROUTES
) -> FileDone:
    """Ask whom a waiting file means, and return what was done. Twice changes nothing the second time.

    Raises `NotFound` unless the actor brought the file and it still waits; `RuleBroken` ("still-reading" while rows
    wait to be judged, "has-faults" when a row cannot be done and not only the others are asked for, "changed" when
    somebody of it does not work there any more, or the actor does not answer for her).
    """
    rows = queries.list_upload_rows(session, queries.get_upload(session, actor.account_id, public_id, at - KEPT).id)
    good = [row for row in rows if row.fault is None]
    lock(session, [actor.person_id, *(row.person_id for row in good if row.person_id is not None)])
    upload = _held(session, public_id)
    if upload is None:
        raise NotFound
    if upload.applied_at is not None:
        return FileDone((), 0, 0, 0)
    if upload.read_at is None:
        raise RuleBroken("still-reading")
    if len(good) < len(rows) and not valid_only:
        raise RuleBroken("has-faults")
    wanted = [Asked(row.person_id or 0, row.organization_id or 0) for row in good]
    places, due = _places(session, actor, at), _due_of(upload)
    done = ask_rows(session, places, upload.track_key, due, wanted, made_by=actor.account_id, at=at, routes=routes)
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
    routes: Routes = NO_ROUTES,
) -> FileDone:
    """Ask all of `wanted`, whose rows are locked, at these organizations (None: at any), and return what was done.

    `routes` is as of `assign`. Raises `RuleBroken`: "nobody-chosen", "wording-undecided", "level-off", "changed" when
    one does not work there today, and what `rules.due_fault` says.
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
    sorting = sort_rows(session, track_key, wanted, today)
    routing = choose_routes(session, library, track_key, list({each.person_id for each in sorting.new}), routes)
    new = [each for each in sorting.new if each.person_id not in routing.out]
    if routing.out and not new:
        raise RuleBroken("nobody-chosen")
    wishes = []
    for place in sorted({each.organization_id for each in new}):
        batch = new_batch(place, track_key, due, made_by=made_by, client_id=new_client_id(), at=at)
        ours = {each.person_id: began[each] for each in new if each.organization_id == place}
        wishes.append(Wish(batch, dates_of(session, library, track_key, due, ours, at)))
    session.add_all(wish.batch for wish in wishes)
    session.flush()
    ask_all(session, library, track_key, wishes, at)
    keep_routes(session, [wish.batch.id for wish in wishes], routing.routes, by=made_by, at=at)
    for wish in wishes:
        record_batch(session, wish.batch, list(wish.due_of), at)
    complete(session, library, sorted({each.person_id for each in new}), at=at)
    batches = tuple(wish.batch.public_id for wish in wishes)
    return FileDone(batches, len(new), len(sorting.already), len(sorting.finished))


def sort_rows(session: Session, track_key: str, wanted: Sequence[Asked], today: date) -> FileSorting:
    """Return rows by what doing them on the local date `today` would change. As many queries as `sort_for`."""
    once = list(dict.fromkeys(wanted))
    places, people = {each.organization_id for each in once}, {each.person_id for each in once}
    asks = read_asks(session, places, track_key, people, today)
    asked, done = {Asked(*pair) for pair in asks.asked}, asks.finished
    new, known = [each for each in once if each not in asked], [each for each in once if each in asked]
    return FileSorting(
        new=tuple(new),
        already=tuple(each for each in known if each.person_id not in done),
        finished=tuple(each for each in known if each.person_id in done),
        renewals={each.person_id: asks.renewals[each.person_id] for each in new if each.person_id in asks.renewals},
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


def _held(session: Session, public_id: str) -> AssignmentUpload | None:
    """Return a file that nobody else changes until the transaction ends; None where it was forgotten."""
    held = select(AssignmentUpload).where(AssignmentUpload.public_id == public_id).with_for_update()
    return session.execute(held, execution_options={"populate_existing": True}).scalar_one_or_none()


def _own(session: Session, actor: Actor, public_id: str, at: datetime) -> AssignmentUpload:
    """Return a file that the actor brought in the last day, held; raise `NotFound`."""
    queries.get_upload(session, actor.account_id, public_id, at - KEPT)
    upload = _held(session, public_id)
    if upload is None:
        raise NotFound
    return upload


def _kept(upload_id: int, meant: Meant) -> dict[str, object]:
    return {"upload_id": upload_id, "number": meant.row.number, "cells": dict(meant.row.cells), **_judged(meant)}


def _judged(meant: Meant) -> dict[str, object]:
    return {
        "person_id": meant.person_id,
        "organization_id": meant.organization_id,
        "began_on": meant.began_on,
        "fault": meant.fault,
    }
