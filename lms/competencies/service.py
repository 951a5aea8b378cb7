"""Changes to competencies: evidence from completed modules, and what it attains."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.clock import local_date
from lms.competencies import queries, rules
from lms.competencies.events import AttainedSkill, CompetencyAttained, competency_attained
from lms.competencies.models import Attainment, Evidence
from lms.competencies.queries import AttainmentRow
from lms.competencies.rules import Gain, Recorded
from lms.competencies.specs import FrameworkSpec
from lms.content.library import Library, source_of, spec_of
from lms.courses import queries as courses
from lms.courses.events import ModuleCredit
from lms.courses.specs import ModuleSpec
from lms.db import insert_once
from lms.differences import Difference
from lms.people.service import lock
from lms.signals import announce

#: (person id, competency, module key, round)
Key = tuple[int, str, str, int]
Gains = Mapping[tuple[int, str], Sequence[Gain]]


def credit_modules(session: Session, library: Library, subjects: Sequence[ModuleCredit]) -> None:
    """Write what completed modules give towards competencies, and what that attains. Set-based, idempotent.

    The caller holds the persons' locks and has recorded the completions.
    """
    modules = {each.module_key: library.spec(ModuleSpec, "module", each.module_key) for each in subjects}
    gains = [
        Gain(each.person_id, credit.competency, each.module_key, each.round, credit.minutes, each.completed_at)
        for each in subjects
        for credit in modules[each.module_key].credits
    ]
    insert_once(session, Evidence, [_evidence(gain) for gain in gains])
    if gains:
        _attain(session, library, {each.person_id for each in subjects})


def _attain(session: Session, library: Library, person_ids: Collection[int]) -> tuple[AttainedSkill, ...]:
    """Record each competency that these persons have reached, at the moment when they did, and return what is new.

    Announces `CompetencyAttained` once for all new rows. Two queries where nothing is new.
    """
    unjudged = queries.list_unjudged(session, person_ids)
    gains = _gains_of(session, {person_id for person_id, _ in unjudged}) if unjudged else {}
    frameworks = _frameworks(library)
    rows = []
    for person_id, competency in unjudged:
        required = rules.required_minutes(frameworks, competency)
        reached_at = rules.crossing(gains.get((person_id, competency), ()), required)
        if reached_at is not None:
            rows.append(_attainment(library, person_id, competency, reached_at))
    new = insert_once(session, Attainment, rows, "person_id", "competency", "attained_at", "attained_on")
    subjects = tuple(AttainedSkill(*each) for each in map(tuple, new))
    if subjects:
        announce(competency_attained, session, CompetencyAttained(subjects))
    return subjects


def recompute(
    session: Session, library: Library, *, at: datetime, person_ids: Collection[int] | None = None
) -> list[Difference]:
    """Write the evidence and attainments that these persons (None: everybody) lack, and return the differences.

    Evidence and attainments that do not follow from completed modules are returned and left to a person.
    """
    # What follows is read before what it follows from: a module that is completed meanwhile makes nothing baseless.
    judged = queries.list_attainments(session, person_ids)
    known = queries.evidence_of_modules(session, person_ids)
    gains = _gains_of(session, person_ids)
    given = {_key(gain): gain for found in gains.values() for gain in found}
    missing = [gain for key, gain in given.items() if key not in known]
    people = {gain.person_id for gain in missing} | _people_due(library, gains, judged)
    lock(session, people)
    rows = [_evidence(gain) for gain in missing]
    lines = [
        f"person {person_id}: module {source_key} had not counted towards {competency}"
        for person_id, competency, source_key in map(
            tuple, insert_once(session, Evidence, rows, "person_id", "competency", "source_key")
        )
    ]
    for skill in _attain(session, library, people):
        key = skill.competency
        record(session, None, "competencies.attainment_mended", "person", skill.person_id, at=at, competency=key)
        lines.append(f"person {skill.person_id}: {skill.competency} was attained and not recorded")
    left = [*_wrong_evidence(given, known), *_wrong_attainments(session, gains, judged)]
    return [*map(Difference, lines), *(Difference(line, mendable=False) for line in left)]


def redate(session: Session, person_ids: Collection[int]) -> int:
    """Let attainments of these people say when all that they have done now reached them; return how many changed.

    For records that were joined: together they may have reached a competency earlier. The caller holds the people.
    """
    gains = _gains_of(session, person_ids)
    reached = [(row, _reached_at(session, gains, row)) for row in queries.list_attainments(session, person_ids)]
    wrong = [(row, at) for row, at in reached if at is not None and at != row.attained_at]
    for row, at in wrong:
        same = (Attainment.person_id == row.person_id) & (Attainment.competency == row.competency)
        session.execute(update(Attainment).where(same).values(attained_at=at, attained_on=local_date(at)))
    return len(wrong)


def _people_due(library: Library, gains: Gains, judged: Iterable[AttainmentRow]) -> set[int]:
    """Return who has reached a competency that is not recorded as attained."""
    frameworks = _frameworks(library)
    known = {(row.person_id, row.competency) for row in judged}
    return {
        person_id
        for (person_id, competency), found in gains.items()
        if (person_id, competency) not in known
        and rules.crossing(found, rules.required_minutes(frameworks, competency)) is not None
    }


def _frameworks(library: Library) -> dict[str, FrameworkSpec]:
    return {key: library.spec(FrameworkSpec, "framework", key) for key in library.keys("framework")}


def _wrong_evidence(given: Mapping[Key, Gain], known: Mapping[Key, Recorded]) -> Iterator[str]:
    """Yield each piece of evidence that differs from what completed modules give."""
    for key, stored in known.items():
        gain = given.get(key)
        fault = rules.evidence_fault(gain, local_date(gain.earned_at) if gain else None, stored)
        if fault is not None:
            person_id, competency, module_key, _ = key
            yield f"person {person_id}: evidence of {module_key} for {competency} {fault}"


def _wrong_attainments(session: Session, gains: Gains, judged: Iterable[AttainmentRow]) -> Iterator[str]:
    """Yield each attainment that completed modules do not reach, or reached at another moment, as its revision asks."""
    for row in judged:
        reached_at = _reached_at(session, gains, row)
        if reached_at is None:
            yield f"person {row.person_id}: {row.competency} is recorded as attained, completed modules do not reach it"
        elif reached_at != row.attained_at:
            yield f"person {row.person_id}: {row.competency} was attained at {reached_at}, not at {row.attained_at}"


def _reached_at(session: Session, gains: Gains, row: AttainmentRow) -> datetime | None:
    """Return when completed modules reached what is recorded as attained, as its revision asks; None if never."""
    framework = spec_of(FrameworkSpec, source_of(session, row.revision_id))
    required = rules.required_minutes({framework.key: framework}, row.competency)
    return rules.crossing(gains.get((row.person_id, row.competency), ()), required)


def _gains_of(session: Session, person_ids: Collection[int] | None) -> Gains:
    """Return {(person id, competency): what each completed module gave}; None means everybody. One query.

    A module gives what the revision says in which it was completed.
    """
    completions = courses.list_completions(session, person_ids)
    modules = {each: spec_of(ModuleSpec, source_of(session, each)) for each in {row.revision_id for row in completions}}
    found: dict[tuple[int, str], list[Gain]] = {}
    for row in completions:
        for credit in modules[row.revision_id].credits:
            gain = Gain(row.person_id, credit.competency, row.module_key, row.round, credit.minutes, row.completed_at)
            found.setdefault((row.person_id, credit.competency), []).append(gain)
    return found


def _key(gain: Gain) -> Key:
    return gain.person_id, gain.competency, gain.source_key, gain.round


def _evidence(gain: Gain) -> dict[str, Any]:
    return {
        "person_id": gain.person_id,
        "competency": gain.competency,
        "source_kind": "module",
        "source_key": gain.source_key,
        "round": gain.round,
        "minutes": gain.minutes,
        "earned_on": local_date(gain.earned_at),
    }


def _attainment(library: Library, person_id: int, competency: str, at: datetime) -> dict[str, Any]:
    framework_key, _ = rules.split(competency)
    return {
        "person_id": person_id,
        "competency": competency,
        "attained_at": at,
        "attained_on": local_date(at),
        "revision_id": library.get("framework", framework_key).revision_id,
    }
