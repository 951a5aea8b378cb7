"""Reads of corrections: who is touched by one, what would happen, and what was done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments import rules
from lms.assessments.models import Attempt, Regrade
from lms.assessments.queries.amendments import resolved
from lms.assessments.queries.sitting import Sitting, held_versions, list_sittings
from lms.assessments.rules import Amendment, Line
from lms.assessments.rules import proposals as wanted
from lms.assessments.rules.deciding import Held
from lms.assessments.rules.proposals import Proposal
from lms.assessments.specs import QuizSpec
from lms.content.library import source_of, spec_of
from lms.errors import NotFound, RuleBroken


@dataclass(frozen=True)
class Plan:
    """What a correction does to every attempt that it is about, and what tells this plan from another.

    `held` says which versions of the questions decided about each attempt holds, by its id; `emptied` of how many
    nothing worth a point would be left: these stay as they are, and have no line.
    """

    lines: tuple[Line, ...]
    mark: str
    held: Mapping[int, Held]
    emptied: int = 0


@dataclass(frozen=True)
class Missed:
    """How many results an applied correction would change now, and of how many nothing worth a point would be left."""

    touched: int = 0
    emptied: int = 0


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
    #: For which versions of its questions it was decided.
    versions: Mapping[str, Sequence[str]]


def read_plan(session: Session, proposal: Proposal) -> Plan:
    """Return what would happen. Raises `RuleBroken("nothing_left")` when nothing worth a point is left of any attempt.

    Three queries, one more for each 500 attempts, and one for each revision that the process has not read.
    """
    found = list_sittings(session, *_about(proposal), of=proposal)
    judged = [_judge(session, each, proposal.decisions, proposal.taken) for each in found]
    ordered = tuple(rules.by_effect([line for line in judged if line is not None]))
    if found and not ordered:
        raise RuleBroken("nothing_left")
    mark = rules.mark_of(proposal.decisions, ordered, proposal.taken)
    return Plan(ordered, mark, held_versions(session, proposal, found), len(found) - len(ordered))


def read_missed(session: Session, regrade: RegradeRow) -> Missed:
    """Return what an applied correction has left to do, each attempt by the decisions taken for what it holds.

    As many queries as `read_plan`.
    """
    proposal = regrade.proposal
    found = list_sittings(session, *_about(proposal), of=proposal)
    held = held_versions(session, proposal, found)
    meant = [rules.decided_for(regrade.versions, held[each.sat.id], proposal.decisions) for each in found]
    judged = [_judge(session, each, some, proposal.taken) for each, some in zip(found, meant, strict=True) if some]
    return Missed(sum(line is not None and rules.is_touched(line) for line in judged), judged.count(None))


def _judge(
    session: Session, sitting: Sitting, decisions: Collection[Amendment], taken: Mapping[str, str]
) -> Line | None:
    """Return what decisions make of an attempt; None where nothing worth a point would be left of it."""
    quiz = spec_of(QuizSpec, source_of(session, sitting.revision_id))
    try:
        return rules.judge(quiz, sitting.sat, resolved(session, quiz, decisions), taken)
    except RuleBroken:
        return None


def concerned_ids(session: Session, proposal: Proposal) -> list[int]:
    """Return the ids of all who handed in an attempt that the correction may be about. One query."""
    rows = select(Attempt.person_id).where(*_about(proposal)).distinct()
    return list(session.execute(rows).scalars())


def _about(proposal: Proposal) -> list[Any]:
    about = [Attempt.module_key == proposal.module_key, Attempt.passed.is_not(None)]
    return about + ([Attempt.revision_id == proposal.revision_id] if proposal.revision_id else [])


def get_regrade(session: Session, public_id: str) -> RegradeRow:
    """Return one correction; raise `NotFound`."""
    row = session.execute(select(Regrade).where(Regrade.public_id == public_id)).scalar_one_or_none()
    if row is None:
        raise NotFound("no such correction")
    return _regrade(row)


def list_decided(session: Session, module_keys: Collection[str]) -> list[RegradeRow]:
    """Return the applied corrections of these modules that say for which versions, in that order. One query."""
    applied = select(Regrade).where(Regrade.module_key.in_(module_keys), Regrade.state == "applied")
    rows = session.execute(applied.order_by(Regrade.decided_at, Regrade.id)).scalars()
    return [_regrade(row) for row in rows if row.versions]


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
        row.versions,
    )
