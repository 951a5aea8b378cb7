"""What the record of other features says about a worker who is to be certified: the one seam to their tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Integer, String, column, select, table
from sqlalchemy.orm import Session

from lms.assessments import queries as assessments
from lms.clock import local_date
from lms.competencies import queries as competencies
from lms.content.library import source_of, spec_of
from lms.courses import queries as courses
from lms.courses.specs import ModuleSpec
from lms.db import chunks
from lms.tracks import queries as tracks
from lms.tracks.events import TrackDone

#: The columns of people that lists here are searched and sorted by. Foreign keys name tables, and so do these joins.
PEOPLE = table(
    "people",
    column("id", Integer),
    column("public_id", String),
    column("name", String),
    column("search_key", String),
    column("language", String),
    column("is_demonstration", Boolean),
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
    #: The items that a module met.
    counted: tuple[Counted, ...]
    #: All that was counted, as the track's row keeps it: hours, sign-offs and what was waived too.
    entries: tuple[Mapping[str, Any], ...] = ()
    #: The local date on which she was put on the track, or did the first of what was counted.
    started_on: date | None = None
    #: The local dates of all rounds of the track up to this one, in order.
    rounds: tuple[date, ...] = ()


@dataclass(frozen=True)
class Basis:
    """What the record holds for one completion: minutes for each competency in order, and those of all modules.

    `languages` are those of instruction, joined: "to+en" where a module was in Tongan with English beneath, or one in
    Tongan and another in English. It is proven when every item that was counted has its credit, and every credit the
    evidence that it gives.
    """

    minutes: Mapping[str, int]
    whole: int
    languages: str
    is_proven: bool


@dataclass(frozen=True)
class Credit:
    """A completed module: minutes credited, the language of instruction, and how the quiz was passed."""

    completed_on: date
    minutes: int
    language: str
    attempts: int
    percent: int | None
    #: How the answers that passed were entered, where that was not by herself on this site.
    entry: assessments.EntryRow | None = None


def holders_of(session: Session, person_ids: Iterable[int]) -> dict[int, Holder]:
    """Return the people of `person_ids` by id. One query."""
    columns = (PEOPLE.c.id, PEOPLE.c.public_id, PEOPLE.c.name, PEOPLE.c.language, PEOPLE.c.is_demonstration)
    rows = session.execute(select(*columns).where(PEOPLE.c.id.in_(set(person_ids)))).all()
    return {row.id: Holder(*row) for row in rows}


def completions_of(session: Session, keys: Collection[Key]) -> dict[Key, Completion]:
    """Return the completions of these persons, tracks and cycles. One query."""
    rows = tracks.list_completions(session, {key[0] for key in keys}, {key[1] for key in keys})
    rounds: dict[tuple[int, str], dict[int, date]] = {}
    for row in rows:
        rounds.setdefault((row.person_id, row.track_key), {})[row.cycle] = row.completed_on
    return {key: _completion(row, rounds[key[:2]]) for row in rows if (key := _key(row)) in keys}


def _key(row: tracks.CompletionRow) -> Key:
    return (row.person_id, row.track_key, row.cycle)


def _completion(row: tracks.CompletionRow, rounds: Mapping[int, date]) -> Completion:
    days = tuple(rounds[cycle] for cycle in sorted(rounds) if cycle <= row.cycle)
    facts = (row.completed_on, row.revision_id, row.language, _counted(row.counted), tuple(row.counted))
    began = [date.fromisoformat(each["completed_on"]) for each in row.counted]
    began += [local_date(row.enrolled_at)] if row.enrolled_at else []
    started_on = min(began, default=row.completed_on)
    return Completion(_key(row), *facts, started_on=min(started_on, row.completed_on), rounds=days)


def list_completed(session: Session) -> list[TrackDone]:
    """Return every track completion there is."""
    return [
        TrackDone(
            row.person_id, row.track_key, row.cycle, row.completed_at, row.completed_on, row.language, row.revision_id
        )
        for row in tracks.list_completions(session, None)
    ]


def _counted(entries: list[dict[str, Any]]) -> tuple[Counted, ...]:
    return tuple(
        Counted(each["item"], each["module"], each["round"], date.fromisoformat(each["completed_on"]))
        for each in entries
        if each.get("kind", "module") == "module"
    )


def bases_of(session: Session, completions: Collection[Completion]) -> dict[Key, Basis]:
    """Return what the record holds for each completion. Two queries for 500 people."""
    people = sorted({completion.key[0] for completion in completions})
    given: dict[tuple[int, str, int], list[competencies.Proof]] = {}
    credited: dict[tuple[int, str, int], courses.CompletionRow] = {}
    for chunk in chunks(people, 500):
        for person_id, proofs in competencies.evidence_of(session, chunk).items():
            for proof in proofs:
                if proof.source_kind == "module":
                    given.setdefault((person_id, proof.source_key, proof.round), []).append(proof)
        for row in courses.list_completions(session, chunk):
            credited[row.person_id, row.module_key, row.round] = row
    return {each.key: _basis(session, each, given, credited) for each in completions}


def _basis(
    session: Session,
    completion: Completion,
    given: Mapping[tuple[int, str, int], list[competencies.Proof]],
    credited: Mapping[tuple[int, str, int], courses.CompletionRow],
) -> Basis:
    minutes: dict[str, int] = {}
    whole, is_proven = 0, True
    languages: dict[str, None] = {}
    for counted in completion.counted:
        address = (completion.key[0], counted.module_key, counted.round)
        proofs, credit = given.get(address, []), credited.get(address)
        for proof in proofs:
            minutes[proof.competency] = minutes.get(proof.competency, 0) + proof.minutes
        whole += credit.minutes if credit else 0
        languages |= dict.fromkeys(credit.language.split("+") if credit else ())
        is_proven = is_proven and credit is not None and _promised(session, credit) <= {p.competency for p in proofs}
    return Basis(minutes, whole, "+".join(languages) or completion.language, is_proven)


def _promised(session: Session, credit: courses.CompletionRow) -> set[str]:
    """Return the competencies that a completed module counts towards, as it said when it was completed."""
    return {each.competency for each in spec_of(ModuleSpec, source_of(session, credit.revision_id)).credits}


def credits_of(session: Session, person_id: int) -> dict[tuple[str, int], Credit]:
    """Return a person's completed modules by module and round, with what the quiz shows. Three queries at most."""
    tries: dict[tuple[str, int], list[assessments.AttemptRow]] = {}
    for attempt in assessments.list_submitted(session, [person_id]):
        tries.setdefault((attempt.module_key, attempt.round), []).append(attempt)
    passed = {address: each.id for address, rows in tries.items() for each in rows if each.passed and each.entered_by}
    entries = assessments.entries_of(session, passed.values()) if passed else {}
    found = {}
    for row in courses.list_completions(session, [person_id]):
        attempts = tries.get((row.module_key, row.round), [])
        percent = max((each.percent or 0 for each in attempts if each.passed), default=None)
        entry = entries.get(passed.get((row.module_key, row.round), 0))
        facts = (row.completed_on, row.minutes, row.language, len(attempts), percent, entry)
        found[row.module_key, row.round] = Credit(*facts)
    return found
