"""Doing to people exactly what a plan said, in the transaction that publishes new versions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.content.library import Library
from lms.courses.service import open_rounds
from lms.db import among, chunks, insert_once
from lms.errors import RuleBroken
from lms.people.service import lock
from lms.signals import announce
from lms.tracks.events import Changed, ContentChanged, content_changed
from lms.tracks.models import ChangeEffect, ContentChange, Enrolment
from lms.tracks.queries import versions as queries
from lms.tracks.queries.versions import Versions, Wanted
from lms.tracks.rules.versions import Change, Choices, Deed, Effect, Fault, Plan, people_of
from lms.tracks.service.enrolling import complete
from lms.tracks.service.renewing import open_cycles


def plan_held(
    session: Session, old: Library, new: Library, wanted: Wanted, *, content: str, at: datetime
) -> tuple[Plan, tuple[Fault, ...]]:
    """Return what `queries.plan_of` does, with everybody whom it concerns held until the transaction ends."""
    versions = Versions(old, new, queries.list_changes(old, new), {}, at)
    held: set[int] = set()
    while missing := set(queries.list_concerned(session, versions)) - held:
        lock(session, missing)
        held |= missing
    return queries.plan_of(session, old, new, wanted, content=content, at=at)


def apply_plan(
    session: Session, library: Library, plan: Plan, publication_id: int, *, by: int | None, at: datetime
) -> None:
    """Do what `plan` says, to those whom `plan_held` has locked, once `library` is published.

    Raises `RuleBroken("not-as-planned")` when anything else would come of it; then nothing is published either.
    """
    effects = plan.effects
    _move(session, library, [each for each in effects if each.deed == "moves"])
    _renew(session, library, [each for each in effects if each.deed == "renews"], by, at)
    _repeat(session, library, [each for each in effects if each.deed == "repeats"], at)
    gaining = [each for each in effects if each.completes]
    added = sum(complete(session, library, ids, at=at) for ids in chunks(people_of(gaining), queries.TOGETHER))
    _expect(added, len(gaining))
    _keep(session, plan, publication_id, by, at)
    told = tuple(_subject(each) for each in effects if each.is_told)
    if told:
        announce(content_changed, session, ContentChanged(told, at))


def _expect(done: object, planned: object) -> None:
    if done != planned:
        raise RuleBroken("not-as-planned")


def _by_track(effects: Iterable[Effect]) -> dict[str, list[Effect]]:
    found: dict[str, list[Effect]] = {}
    for each in effects:
        found.setdefault(each.key, []).append(each)
    return found


def _move(session: Session, library: Library, effects: Sequence[Effect]) -> None:
    """Let the new version bind people who are on a track."""
    for key, own in _by_track(effects).items():
        revision_id = library.get("track", key).revision_id
        these = update(Enrolment).where(
            among(session, Enrolment.person_id, people_of(own)),
            Enrolment.track_key == key,
            Enrolment.state == "active",
        )
        moved = these.values(revision_id=revision_id).returning(Enrolment.id)
        found = session.scalars(moved.execution_options(synchronize_session=False)).all()
        _expect(len(found), len(own))


def _renew(session: Session, library: Library, effects: Sequence[Effect], by: int | None, at: datetime) -> None:
    """Open the next cycle for people who have finished a track."""
    for key, own in _by_track(effects).items():
        opened: set[int] = set()
        for ids in chunks(people_of(own), queries.TOGETHER):
            opened |= open_cycles(session, library, ids, key, at=at, by=by, is_early=True)
        _expect(sorted(opened), people_of(own))


def _repeat(session: Session, library: Library, effects: Sequence[Effect], at: datetime) -> None:
    """Open the next round of modules for people who have finished a track that asks for them."""
    opened = []
    for chunk in chunks(effects, queries.TOGETHER):
        opened += open_rounds(session, library, {(each.person_id, each.key) for each in chunk}, at=at)
    _expect(sorted(opened), sorted((each.person_id, each.key, each.cycle) for each in effects))


def _keep(session: Session, plan: Plan, publication_id: int, by: int | None, at: datetime) -> None:
    """Write down what was chosen and what was done, and log it."""
    made = {"publication_id": publication_id, "mark": plan.mark, "made_by": by, "made_at": at}
    for change, choices in plan.changes:
        counts = plan.counts_of(change)
        said = {"kind": change.kind, "key": change.key, **asdict(choices), "counts": counts}
        session.execute(
            insert(ContentChange).values(**made, **said, differences=[asdict(x) for x in change.differences])
        )
        _log(session, plan, change, choices, by, at)
    rows = [
        {
            "publication_id": publication_id,
            "person_id": each.person_id,
            "track_key": each.key if each.kind == "track" else "",
            "module_key": each.key if each.kind == "module" else "",
            "cycle": each.cycle,
            "deed": each.deed,
            "done_before": each.was.done,
            "total_before": each.was.total,
            "done_after": each.becomes.done,
            "total_after": each.becomes.total,
            "completes": each.completes,
            "applies": each.applies,
            "due_on": each.due_on,
            "made_at": at,
        }
        for each in plan.effects
    ]
    insert_once(session, ChangeEffect, rows)


def _log(session: Session, plan: Plan, change: Change, choices: Choices, by: int | None, at: datetime) -> None:
    record(
        session,
        by,
        "content.changed",
        change.kind,
        change.key,
        at=at,
        plan=plan.mark,
        counts=plan.counts_of(change),
        **asdict(choices),
    )


def _subject(effect: Effect) -> Changed:
    deed: Deed = effect.deed
    return Changed(effect.person_id, effect.kind, effect.key, effect.cycle, deed, effect.completes, effect.due_on)
