"""Corrections that were decided before an attempt is graded: they apply by themselves in the moment when it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from lms.assessments import queries, rules
from lms.assessments.models import Attempt
from lms.assessments.queries import RegradeRow, Sitting
from lms.assessments.rules import Line
from lms.assessments.service.changes import write_changes
from lms.assessments.specs import QuizSpec
from lms.audit.service import record_many
from lms.content.library import source_of, spec_of
from lms.db import among, take_turns
from lms.people.queries import get_account


def turn_of(module_key: str) -> str:
    """Return the name of the turn that keeps the corrections of a quiz apart from what is graded of it."""
    return f"regrade {module_key}"


def correct_graded(session: Session, graded: Mapping[int, str], *, at: datetime) -> dict[int, bool]:
    """Correct attempts that were graded in this transaction by what was decided about their questions before.

    `graded` is {attempt id: module}. Return {attempt id: whether it passes now} of those whose result changed. A
    correction that is decided meanwhile either waits for this transaction, and finds its attempts, or is found here.
    One query where nothing was corrected.
    """
    modules = set(graded.values())
    take_turns(session, *(turn_of(key) for key in modules), shared=True)
    decided = queries.list_decided(session, modules) if modules else []
    if not decided:
        return {}
    sittings = queries.list_sittings(session, among(session, Attempt.id, list(graded)))
    passed: dict[int, bool] = {}
    for regrade in decided:
        lines = _met(session, regrade, sittings)
        changing = write_changes(session, regrade.id, list(lines.values()), on_grading=True)
        said = {"regrade": regrade.public_id, "on_grading": True}
        subjects = [(each.sat.public_id, {**said, "effect": each.effect}) for each in changing]
        record_many(session, None, "assessments.regraded", "attempt", subjects, at=at)
        passed |= {each.sat.id: each.after.passed for each in changing}
        sittings = [_after(session, regrade, each, lines.get(each.sat.id)) for each in sittings]
    return passed


def _met(session: Session, regrade: RegradeRow, sittings: Iterable[Sitting]) -> dict[int, Line]:
    """Return {attempt id: what a correction does to it}, without those of who decided it: nobody corrects her own."""
    proposal = regrade.proposal
    about = [each for each in sittings if queries.is_in_scope(proposal, each)]
    held = queries.held_versions(session, proposal, about)
    about = [each for each in about if rules.is_decided_for(regrade.versions, held[each.sat.id])]
    by = {get_account(session, each).person_id for each in (regrade.proposed_by, regrade.decided_by) if about and each}
    lines = {each.sat.id: _line(session, regrade, each) for each in about if each.sat.person_id not in by}
    return {attempt_id: line for attempt_id, line in lines.items() if line is not None}


def _line(session: Session, regrade: RegradeRow, sitting: Sitting) -> Line | None:
    quiz = spec_of(QuizSpec, source_of(session, sitting.revision_id))
    return rules.late_line(quiz, sitting.sat, queries.resolved(session, quiz, regrade.proposal.decisions))


def _after(session: Session, regrade: RegradeRow, sitting: Sitting, line: Line | None) -> Sitting:
    """Return an attempt as it stands after a correction."""
    if line is None:
        return sitting
    quiz = spec_of(QuizSpec, source_of(session, sitting.revision_id))
    counting = queries.resolved(session, quiz, regrade.proposal.decisions)
    return replace(sitting, sat=rules.after_line(line, counting))
