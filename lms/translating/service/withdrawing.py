"""Taking a review or an approval back: the proposal is again what it was before, and the reason is kept."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.content.library import current
from lms.errors import NotFound, RuleBroken
from lms.translating import policy, queries, rules
from lms.translating.models import Proposal, ProposalStep, StepWithdrawal
from lms.translating.queries import Place
from lms.translating.service.proposing import once_for, record_act, take_turn_at

_WITHDRAWALS = cast("Table", StepWithdrawal.__table__)


def withdraw(session: Session, actor: Actor, place: Place, *, why: str, mark: str, client_id: str, at: datetime) -> str:
    """Take back the last decision about what stands at a sentence; return the public id of its proposal.

    `mark` is that of the page: by it the decision is known that she saw. The same form again changes nothing. Raise
    `NotFound` for who may not, and `RuleBroken`: "overtaken" when something else stands there now, "no_decision" where
    there is none to take back, and what `rules.check_why` raises.
    """
    if not policy.can_approve(actor, place.locale):
        raise NotFound("not her language")
    take_turn_at(session, place)
    once = once_for(client_id, actor, place, "withdraw", "")
    if (known := queries.find_withdrawn(session, once)) is not None:
        return known
    seen = queries.get_seen(session, current(session), place)
    step, version = seen.decision, seen.newest
    if mark != seen.decision_mark:
        raise RuleBroken("overtaken")
    if not step or version is None:
        raise RuleBroken("no_decision")
    if not policy.can_withdraw(actor, place.locale, step, is_hers=seen.is_decided_by(actor.person_id)):
        raise NotFound("not hers to take back")
    rules.check_why(why)
    back = select(StepWithdrawal.step_id)
    of = select(ProposalStep.id).join(Proposal, Proposal.id == ProposalStep.proposal_id)
    taken = of.where(Proposal.public_id == version.public_id, ProposalStep.step == step, ProposalStep.id.not_in(back))
    row = {"client_id": once, "step_id": taken.scalar_subquery(), "why": why.strip()}
    session.execute(insert(_WITHDRAWALS).values(**row, withdrawn_by=actor.account_id, withdrawn_at=at))
    record_act(session, actor, "translating.withdrawn", place, version.public_id, at, step=step)
    return version.public_id
