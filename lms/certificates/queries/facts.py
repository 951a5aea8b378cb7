"""What the record of other features says about a worker who is to be certified: the one seam to their tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Date, Integer, String, column, select, table
from sqlalchemy.orm import Session

from lms.competencies import queries as competencies
from lms.db import UtcDateTime, chunks
from lms.tracks import queries as tracks
from lms.tracks.events import TrackDone

#: Foreign keys name tables, and so do these reads.
PEOPLE = table(
    "people",
    column("id", Integer),
    column("public_id", String),
    column("name", String),
    column("search_key", String),
    column("language", String),
    column("is_demonstration", Boolean),
)
_CREDITS = table(
    "module_completions",
    column("person_id", Integer),
    column("module_key", String),
    column("round", Integer),
    column("completed_on", Date),
    column("minutes", Integer),
    column("language", String),
)
_ATTEMPTS = table(
    "attempts",
    column("person_id", Integer),
    column("module_key", String),
    column("round", Integer),
    column("number", Integer),
    column("percent", Integer),
    column("passed", Boolean),
)
_ASSIGNMENTS = table(
    "assignments",
    column("person_id", Integer),
    column("organization_id", Integer),
    column("track_key", String),
    column("undone_at", UtcDateTime),
)

#: Person, track and cycle: what is certified.
Key = tuple[int, str, int]


@dataclass(frozen=True)
class Holder:
    """The person whose name stands on a certificate, as her record says today."""

    person_id: int
    public_id: str
    name: str
    language: str
    is_demonstration: bool


@dataclass(frozen=True)
class Counted:
    """One item of the track, and the credit that met it."""

    item: str
    module_key: str
    round: int
    completed_on: date


@dataclass(frozen=True)
class Completion:
    """The dated fact that a track was completed, and what was counted."""

    key: Key
    completed_on: date
    revision_id: int
    language: str
    counted: tuple[Counted, ...]


@dataclass(frozen=True)
class Credit:
    """A completed module: minutes credited, the language of instruction, and how the quiz was passed."""

    completed_on: date
    minutes: int
    language: str
    attempts: int
    percent: int | None


def holders_of(session: Session, person_ids: Iterable[int]) -> dict[int, Holder]:
    """Return the people of `person_ids` by id. One query."""
    columns = (PEOPLE.c.id, PEOPLE.c.public_id, PEOPLE.c.name, PEOPLE.c.language, PEOPLE.c.is_demonstration)
    rows = session.execute(select(*columns).where(PEOPLE.c.id.in_(set(person_ids)))).all()
    return {row.id: Holder(*row) for row in rows}


def completions_of(session: Session, keys: Collection[Key]) -> dict[Key, Completion]:
    """Return the completions of these persons, tracks and cycles. One query."""
    rows = tracks.list_completions(session, {key[0] for key in keys}, {key[1] for key in keys})
    found = ((each.person_id, each.track_key, each.cycle) for each in rows)
    return {
        key: Completion(key, row.completed_on, row.revision_id, row.language, _counted(row.counted))
        for key, row in zip(found, rows, strict=True)
        if key in keys
    }


def list_completed(session: Session) -> list[TrackDone]:
    """Return every track completion there is."""
    return [
        TrackDone(row.person_id, row.track_key, row.cycle, row.completed_at, row.completed_on, row.language)
        for row in tracks.list_completions(session, None)
    ]


def _counted(entries: list[dict[str, Any]]) -> tuple[Counted, ...]:
    return tuple(
        Counted(each["item"], each["module"], each["round"], date.fromisoformat(each["completed_on"]))
        for each in entries
    )


def minutes_of(session: Session, completions: Collection[Completion]) -> dict[Key, dict[str, int]]:
    """Return, for each completion, the minutes that its credits gave to each competency, in order. One query."""
    evidence = competencies.evidence_of(session, {completion.key[0] for completion in completions})
    return {each.key: _minutes(each, evidence.get(each.key[0], ())) for each in completions}


def _minutes(completion: Completion, proofs: Iterable[competencies.Proof]) -> dict[str, int]:
    given: dict[tuple[str, int], list[competencies.Proof]] = {}
    for proof in proofs:
        if proof.source_kind == "module":
            given.setdefault((proof.source_key, proof.round), []).append(proof)
    minutes: dict[str, int] = {}
    for counted in completion.counted:
        for proof in given.get((counted.module_key, counted.round), ()):
            minutes[proof.competency] = minutes.get(proof.competency, 0) + proof.minutes
    return minutes


def credits_of(session: Session, person_id: int) -> dict[tuple[str, int], Credit]:
    """Return a person's completed modules by module and round, with what the quiz shows. Two queries."""
    tries: dict[tuple[str, int], list[Any]] = {}
    attempts = select(_ATTEMPTS).where(_ATTEMPTS.c.person_id == person_id, _ATTEMPTS.c.passed.is_not(None))
    for row in session.execute(attempts.order_by(_ATTEMPTS.c.number)):
        tries.setdefault((row.module_key, row.round), []).append(row)
    found = {}
    for row in session.execute(select(_CREDITS).where(_CREDITS.c.person_id == person_id)):
        rows = tries.get((row.module_key, row.round), [])
        percent = max((each.percent for each in rows if each.passed), default=None)
        found[row.module_key, row.round] = Credit(row.completed_on, row.minutes, row.language, len(rows), percent)
    return found


def class_minutes_of(session: Session, completions: Collection[Completion]) -> dict[Key, int]:
    """Return, for each completion, the minutes of all the modules that it counted. One query for 500 people."""
    credited: dict[tuple[int, str, int], int] = {}
    for people in chunks(sorted({completion.key[0] for completion in completions}), 500):
        for row in session.execute(select(_CREDITS).where(_CREDITS.c.person_id.in_(people))):
            credited[row.person_id, row.module_key, row.round] = row.minutes
    return {
        completion.key: sum(credited.get((completion.key[0], c.module_key, c.round), 0) for c in completion.counted)
        for completion in completions
    }


def assigners_of(session: Session, person_id: int, track_key: str) -> set[int]:
    """Return the organizations that have asked this person to do this track, and not taken it back."""
    rows = session.scalars(
        select(_ASSIGNMENTS.c.organization_id).where(
            _ASSIGNMENTS.c.person_id == person_id,
            _ASSIGNMENTS.c.track_key == track_key,
            _ASSIGNMENTS.c.undone_at.is_(None),
        )
    )
    return set(rows)
