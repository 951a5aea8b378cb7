"""Reads of corrections: who is touched by one, what would happen, and what was done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments import rules
from lms.assessments.models import Attempt, Regrade, RegradeChange
from lms.assessments.queries.attempts import Answer, answers_of
from lms.assessments.queries.scores import scores_of
from lms.assessments.rules import Amendment, FormItem, Line, Sat, Standing
from lms.assessments.rules import proposals as wanted
from lms.assessments.rules.proposals import Proposal
from lms.assessments.specs import QuizSpec
from lms.content.library import source_of, spec_of
from lms.db import chunks
from lms.errors import NotFound


@dataclass(frozen=True)
class Plan:
    """What a correction does to every attempt that it is about, and what tells this plan from another."""

    lines: tuple[Line, ...]
    mark: str


@dataclass(frozen=True)
class RegradeRow:
    """One correction as it is kept."""

    id: int
    public_id: str
    proposal: Proposal
    reason: str
    mark: str
    state: str
    proposed_by: int
    proposed_at: datetime
    decided_by: int | None
    decided_at: datetime | None
    note: str


def read_plan(session: Session, proposal: Proposal) -> Plan:
    """Return what would happen. Raises `RuleBroken("nothing_left")` when nothing worth a point is left of an attempt.

    Three queries, one more for each 500 attempts, and one for each revision that the process has not read.
    """
    found = _list_sat(session, proposal)
    lines = []
    for revision_id, sat in found:
        quiz = spec_of(QuizSpec, source_of(session, revision_id))
        lines.append(rules.judge(quiz, sat, resolved(session, quiz, proposal.decisions), proposal.taken))
    ordered = tuple(rules.by_effect(lines))
    return Plan(ordered, rules.mark_of(proposal.decisions, ordered, proposal.taken))


def resolved(session: Session, quiz: QuizSpec, decisions: Collection[Amendment]) -> dict[str, Amendment]:
    """Return the decisions that concern `quiz`, by question; a later key only where the answers fit it."""
    found = {}
    for each in decisions:
        item = quiz.item(each.item_id)
        if item is not None and each.how == "version":
            later = spec_of(QuizSpec, source_of(session, int(each.value))).item(each.item_id)
            if later is not None and rules.is_replaceable(item, later):
                found[each.item_id] = Amendment(each.item_id, each.how, each.value, later)
        elif item is not None:
            found[each.item_id] = each
    return found


def concerned_ids(session: Session, proposal: Proposal) -> list[int]:
    """Return the ids of all who handed in an attempt that the correction may be about. One query."""
    rows = select(Attempt.person_id).where(*_about(proposal)).distinct()
    return list(session.execute(rows).scalars())


def _about(proposal: Proposal) -> list[Any]:
    about = [Attempt.module_key == proposal.module_key, Attempt.passed.is_not(None)]
    return about + ([Attempt.revision_id == proposal.revision_id] if proposal.revision_id else [])


def _list_sat(session: Session, proposal: Proposal) -> list[tuple[int, Sat]]:
    """Return the graded attempts that ask one of the questions, in the language, each with its revision."""
    columns = (
        Attempt.id,
        Attempt.public_id,
        Attempt.person_id,
        Attempt.round,
        Attempt.number,
        Attempt.shown_language,
        Attempt.submitted_at,
        Attempt.form,
        Attempt.revision_id,
        Attempt.points,
        Attempt.max_points,
        Attempt.percent,
        Attempt.passed,
    )
    rows = [
        row
        for row in session.execute(select(*columns).where(*_about(proposal)).order_by(Attempt.id))
        if proposal.locale in (None, rules.own_language(row.shown_language))
        and not proposal.item_ids.isdisjoint(entry["item"] for entry in row.form)
    ]
    ids = [row.id for row in rows]
    given = {key: each for part in chunks(ids, 500) for key, each in answers_of(session, part).items()}
    scored = {key: each for part in chunks(ids, 500) for key, each in scores_of(session, part).items()}
    counting = amendments_of(session, ids)
    return [
        (
            row.revision_id,
            _sat(session, row, given.get(row.id, {}), counting.get(row.id, ()), scored.get(row.id, {})),
        )
        for row in rows
    ]


def _sat(
    session: Session,
    row: Any,
    given: Mapping[str, Answer],
    counting: Sequence[Amendment],
    scored: Mapping[str, rules.Grade],
) -> Sat:
    quiz = spec_of(QuizSpec, source_of(session, row.revision_id))
    return Sat(
        id=row.id,
        public_id=row.public_id,
        person_id=row.person_id,
        round=row.round,
        number=row.number,
        language=rules.own_language(row.shown_language),
        submitted_at=row.submitted_at,
        form=tuple(FormItem(entry["item"], tuple(entry["options"])) for entry in row.form),
        chosen={key: each.chosen for key, each in given.items() if each.chosen},
        grades={**scored}
        | {
            key: rules.Grade(each.points, correct=bool(each.correct))
            for key, each in given.items()
            if each.points is not None
        },
        stands=Standing(row.points, row.max_points, row.percent, row.passed),
        amendments=resolved(session, quiz, counting),
    )


def amendments_of(session: Session, attempt_ids: Collection[int]) -> dict[int, tuple[Amendment, ...]]:
    """Return {attempt id: the decisions that count for it}; the last about a question counts. One query each 500."""
    found: dict[int, dict[str, Amendment]] = {}
    for part in chunks(list(attempt_ids), 500):
        rows = (
            select(RegradeChange.attempt_id, Regrade.decisions)
            .join(Regrade, Regrade.id == RegradeChange.regrade_id)
            .where(RegradeChange.attempt_id.in_(part), RegradeChange.effect != "kept")
            .order_by(Regrade.id)
        )
        for attempt_id, decisions in session.execute(rows):
            own = found.setdefault(attempt_id, {})
            own.update((each.item_id, each) for each in wanted.read(decisions))
    return {key: tuple(each.values()) for key, each in found.items()}


def get_regrade(session: Session, public_id: str) -> RegradeRow:
    """Return one correction; raise `NotFound`."""
    row = session.execute(select(Regrade).where(Regrade.public_id == public_id)).scalar_one_or_none()
    if row is None:
        raise NotFound("no such correction")
    return _regrade(row)


def list_regrades(session: Session, limit: int = 50) -> list[RegradeRow]:
    """Return corrections, those that wait first, then the newest."""
    rows = select(Regrade).order_by(Regrade.state != "proposed", Regrade.id.desc()).limit(limit)
    return [_regrade(row) for row in session.execute(rows).scalars()]


def _regrade(row: Regrade) -> RegradeRow:
    taken = {each["attempt"]: each["reason"] for each in row.taken}
    return RegradeRow(
        row.id,
        row.public_id,
        Proposal(row.module_key, wanted.read(row.decisions), row.locale, row.revision_id, taken),
        row.reason,
        row.mark,
        row.state,
        row.proposed_by,
        row.proposed_at,
        row.decided_by,
        row.decided_at,
        row.note,
    )
