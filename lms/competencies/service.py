"""Changes to competencies: evidence from completed modules, and what it attains."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.clock import local_date
from lms.competencies import queries, rules
from lms.competencies.events import AttainedSkill, CompetencyAttained, competency_attained
from lms.competencies.models import Attainment, Evidence
from lms.competencies.rules import Gain
from lms.competencies.specs import FrameworkSpec
from lms.content.library import Library, source_of, spec_of
from lms.courses import queries as courses
from lms.courses.events import ModuleCredit
from lms.courses.specs import ModuleSpec
from lms.db import insert_once
from lms.people.service import lock
from lms.signals import announce


def credit_modules(session: Session, library: Library, subjects: Sequence[ModuleCredit]) -> None:
    """Write what completed modules give towards competencies, and what that attains. Set-based, idempotent.

    The caller holds the persons' locks.
    """
    modules = {each.module_key: library.spec(ModuleSpec, "module", each.module_key) for each in subjects}
    gains = [
        Gain(each.person_id, credit.competency, each.module_key, each.round, credit.minutes, each.completed_at)
        for each in subjects
        for credit in modules[each.module_key].credits
    ]
    insert_once(session, Evidence, [_evidence(gain) for gain in gains])
    attain(session, library, gains, {each.person_id for each in subjects})


def attain(
    session: Session, library: Library, gains: Iterable[Gain], person_ids: Collection[int] | None
) -> tuple[AttainedSkill, ...]:
    """Record each competency of `gains` whose evidence now suffices, and return what is new.

    It counts as attained at the latest of the gains. `person_ids` holds the persons of `gains`, None when that
    is everybody. Announces `CompetencyAttained` once for all new rows.
    """
    moments = rules.latest_moments(gains)
    unjudged = queries.list_unjudged(session, person_ids) if moments else []
    if not unjudged:
        return ()
    minutes = queries.minutes_of(session, person_ids)
    frameworks = {key: library.spec(FrameworkSpec, "framework", key) for key in library.keys("framework")}
    rows = [
        _attainment(library, person_id, competency, moments[person_id, competency])
        for person_id, competency in unjudged
        if (person_id, competency) in moments
        and rules.is_attained(minutes[person_id, competency], rules.required_minutes(frameworks, competency))
    ]
    new = insert_once(session, Attainment, rows, "person_id", "competency", "attained_at", "attained_on")
    subjects = tuple(AttainedSkill(*each) for each in map(tuple, new))
    if subjects:
        announce(competency_attained, session, CompetencyAttained(subjects))
    return subjects


def recompute(session: Session, library: Library, *, at: datetime) -> list[str]:
    """Write the evidence and attainments that were missed, and return one line for each."""
    gains = _gains_of_everybody(session)
    known = queries.recorded_sources(session)
    missing = [gain for gain in gains if (gain.person_id, gain.competency, gain.source_key, gain.round) not in known]
    waiting = [person_id for person_id, _ in queries.list_unjudged(session, None)]
    lock(session, [*(gain.person_id for gain in missing), *waiting])
    rows = [_evidence(gain) for gain in missing]
    lines = [
        f"person {person_id}: module {source_key} had not counted towards {competency}"
        for person_id, competency, source_key in map(
            tuple, insert_once(session, Evidence, rows, "person_id", "competency", "source_key")
        )
    ]
    for skill in attain(session, library, gains, None):
        key = skill.competency
        record(session, None, "competencies.attainment_mended", "person", skill.person_id, at=at, competency=key)
        lines.append(f"person {skill.person_id}: {skill.competency} was attained and not recorded")
    return lines


def _gains_of_everybody(session: Session) -> list[Gain]:
    """Return what every completed module gave, by the revision in which it was completed."""
    completions = courses.list_all_completions(session)
    revisions = {completion.revision_id for _, _, completion in completions}
    modules = {each: spec_of(ModuleSpec, source_of(session, each)) for each in revisions}
    return [
        Gain(person_id, credit.competency, key, completion.round, credit.minutes, completion.completed_at)
        for person_id, key, completion in completions
        for credit in modules[completion.revision_id].credits
    ]


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
