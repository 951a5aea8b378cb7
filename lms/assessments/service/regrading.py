"""Correcting questions after they were answered: one person proposes what she looked at, another has it done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments import policy, queries, rules
from lms.assessments.events import (
    NamedAttempt,
    QuizPass,
    QuizPassed,
    ResultsCorrected,
    quiz_passed,
    results_corrected,
)
from lms.assessments.models import Regrade
from lms.assessments.queries import Plan, RegradeRow
from lms.assessments.rules import Line
from lms.assessments.rules import proposals as wanted
from lms.assessments.rules.deciding import gathered
from lms.assessments.rules.proposals import Proposal
from lms.assessments.service.changes import write_changes
from lms.assessments.service.correcting import turn_of
from lms.audit.service import record, record_many
from lms.db import take_turns
from lms.errors import NotAllowed, RuleBroken
from lms.ids import new_public_id
from lms.people.service import lock
from lms.signals import announce

_REGRADES = cast("Table", Regrade.__table__)


def propose_regrade(
    session: Session, actor: Actor, proposal: Proposal, *, reason: str, mark: str, client_id: str, at: datetime
) -> str:
    """Keep a correction that was looked at, and return its public id; the same form again changes nothing.

    `mark` is that of the plan that was looked at, in which every pass is kept; those of `proposal.taken` are taken.
    Raise `NotAllowed`; `RuleBroken("moved")` when the plan is not the one of `mark` any more, "reason_needed" without
    a reason, and what `check_plan` raises.
    """
    if not policy.can_propose(actor):
        raise NotAllowed
    before = select(Regrade.public_id).where(Regrade.proposed_by == actor.account_id, Regrade.client_id == client_id)
    if (known := session.execute(before).scalar_one_or_none()) is not None:
        return known
    if not reason.strip():
        raise RuleBroken("reason_needed")
    plan = queries.read_plan(session, replace(proposal, taken={}))
    if plan.mark != mark:
        raise RuleBroken("moved")
    plan = queries.read_plan(session, proposal) if proposal.taken else plan
    wanted.check_plan(plan.lines, proposal.taken, actor.person_id)
    row = {
        "public_id": new_public_id(),
        "client_id": client_id,
        "module_key": proposal.module_key,
        "locale": proposal.locale,
        "revision_id": proposal.revision_id,
        "decisions": wanted.stored(proposal.decisions),
        "taken": [{"attempt": key, "reason": why} for key, why in sorted(proposal.taken.items())],
        "reason": reason.strip(),
        "mark": plan.mark,
        "proposed_by": actor.account_id,
        "proposed_at": at,
    }
    session.execute(insert(_REGRADES).values(**row))
    _log(
        session, actor, "assessments.regrade_proposed", row["public_id"], at, module=proposal.module_key, mark=plan.mark
    )
    return str(row["public_id"])


def apply_regrade(session: Session, actor: Actor, public_id: str, *, at: datetime) -> int:
    """Do exactly what was proposed, and return how many attempts changed.

    Raise `NotFound`; `NotAllowed` for who proposed it; `RuleBroken("decided")` when it was decided, "moved" when
    something would now happen that nobody looked at, and what `check_plan` raises. In few statements.
    """
    regrade = queries.get_regrade(session, public_id)
    if not policy.can_apply(actor, regrade.proposed_by):
        raise NotAllowed
    # A former record may have kept an attempt of its own; its result is corrected where it stands.
    lock(session, queries.concerned_ids(session, regrade.proposal), also_joined=True)
    take_turns(session, turn_of(regrade.proposal.module_key))
    _decide(session, actor, regrade, "applied", at)
    plan = queries.read_plan(session, regrade.proposal)
    if plan.mark != regrade.mark:
        raise RuleBroken("moved")
    wanted.check_plan(plan.lines, regrade.proposal.taken, actor.person_id)
    met = [line for line in plan.lines if rules.is_touched(line) or line.effect == "kept"]
    _keep_versions(session, regrade.id, plan, met)
    had = _passed_before(session, regrade.proposal, met)
    changing = write_changes(session, regrade.id, met)
    _log(session, actor, "assessments.regrade_applied", public_id, at, attempts=len(changing))
    subjects = [(each.sat.public_id, {"regrade": public_id, "effect": each.effect}) for each in changing]
    record_many(session, actor.account_id, "assessments.regraded", "attempt", subjects, at=at)
    told = tuple(_named(regrade.proposal, each) for each in changing if each.before != each.after)
    announce(results_corrected, session, ResultsCorrected(told, public_id, at))
    if passes := tuple(_pass(regrade.proposal, line) for line in rules.newly_passed(changing, had)):
        announce(quiz_passed, session, QuizPassed(passes, is_late=True))
    return len(changing)


def refuse_regrade(session: Session, actor: Actor, public_id: str, *, note: str, at: datetime) -> None:
    """Refuse a correction, with the reason; who proposed it may take it back so.

    Raise `NotFound`, `NotAllowed`, `RuleBroken("reason_needed")` or `RuleBroken("decided")`.
    """
    if not policy.can_see(actor):
        raise NotAllowed
    regrade = queries.get_regrade(session, public_id)
    if not note.strip():
        raise RuleBroken("reason_needed")
    _decide(session, actor, regrade, "refused", at, note=note.strip())
    _log(session, actor, "assessments.regrade_refused", public_id, at)


def _decide(session: Session, actor: Actor, regrade: RegradeRow, state: str, at: datetime, note: str = "") -> None:
    """Give a correction its one decision."""
    decided = {"state": state, "decided_by": actor.account_id, "decided_at": at, "note": note}
    is_open = update(_REGRADES).where(_REGRADES.c.id == regrade.id, _REGRADES.c.state == "proposed")
    if not session.execute(is_open.values(**decided).returning(_REGRADES.c.id)).all():
        raise RuleBroken("decided")


def _keep_versions(session: Session, regrade_id: int, plan: Plan, met: Sequence[Line]) -> None:
    """Keep which versions of its questions a correction was decided for: those of the attempts that it meets."""
    versions = gathered(plan.held[line.sat.id] for line in met)
    session.execute(update(_REGRADES).where(_REGRADES.c.id == regrade_id).values(versions=versions))


def _log(session: Session, actor: Actor, action: str, public_id: object, at: datetime, **more: str | int) -> None:
    record(session, actor.account_id, action, "regrade", public_id, at=at, organization_id=None, **more)


def _passed_before(session: Session, proposal: Proposal, changing: Sequence[Line]) -> set[tuple[int, int]]:
    """Return (person id, round) of those touched who have passed the quiz."""
    ids = {line.sat.person_id for line in changing}
    passes = queries.passes_of(session, ids, [proposal.module_key])
    return {(person_id, number) for person_id, _, number in passes}


def _pass(proposal: Proposal, line: Line) -> QuizPass:
    """Return the pass at the instant at which the attempt was handed in."""
    sat = line.sat
    return QuizPass(sat.person_id, proposal.module_key, sat.round, sat.language, sat.submitted_at)


def _named(proposal: Proposal, line: Line) -> NamedAttempt:
    return NamedAttempt(line.sat.person_id, line.sat.public_id, proposal.module_key)
