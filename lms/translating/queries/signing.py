"""Reads of decisions about proposals: whom the files name for them, and which of them were withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, union_all
from sqlalchemy.orm import Session, aliased

from lms.actor import Actor
from lms.clock import local_date
from lms.people.queries import names_of_accounts
from lms.translating.models import Proposal, ProposalStep, StepWithdrawal
from lms.translating.rules import Decision, names_apart


@dataclass(frozen=True)
class Withdrawal:
    """A review or an approval that somebody took back."""

    step: str
    taken_by: int
    taken_at: datetime
    withdrawn_by: int
    withdrawn_at: datetime
    why: str


def list_withdrawals(session: Session, *where: ColumnElement[bool]) -> dict[int, tuple[Withdrawal, ...]]:
    """Return what was withdrawn of these proposals, by their id, in order; `where` is about `Proposal`. One query."""
    step, back = ProposalStep, StepWithdrawal
    columns = (step.step, step.taken_by, step.taken_at, back.withdrawn_by, back.withdrawn_at, back.why)
    rows = (
        select(step.proposal_id, *columns)
        .select_from(step)
        .join(back, back.step_id == step.id)
        .join(Proposal, Proposal.id == step.proposal_id)
        .where(*where)
        .order_by(back.id)
    )
    found: dict[int, tuple[Withdrawal, ...]] = {}
    for row in session.execute(rows):
        found[row[0]] = (*found.get(row[0], ()), Withdrawal(*row[1:]))
    return found


def list_fallen(
    session: Session, locales: Collection[str], names: Mapping[int, str]
) -> dict[tuple[str, str, str], set[tuple[str, str, Decision]]]:
    """Return by kind, key and language of which English which words are no longer decided about so, as files sign it.

    What was taken anew since is left out. One query.
    """
    again, other = aliased(ProposalStep), aliased(StepWithdrawal)
    is_again = (
        select(again.id)
        .where(again.proposal_id == ProposalStep.proposal_id, again.step == ProposalStep.step)
        .where(~select(other.id).where(other.step_id == again.id).exists())
        .exists()
    )
    columns = (Proposal.kind, Proposal.key, Proposal.locale, Proposal.english, Proposal.text)
    rows = (
        select(*columns, ProposalStep.step, ProposalStep.taken_by, ProposalStep.taken_at)
        .select_from(StepWithdrawal)
        .join(ProposalStep, ProposalStep.id == StepWithdrawal.step_id)
        .join(Proposal, Proposal.id == ProposalStep.proposal_id)
        .where(Proposal.locale.in_(sorted(locales)), ~is_again)
    )
    found: dict[tuple[str, str, str], set[tuple[str, str, Decision]]] = {}
    for kind, key, locale, english, text, step, account, at in session.execute(rows):
        decision = Decision(step, names.get(account, ""), local_date(at).isoformat())
        found.setdefault((kind, key, locale), set()).add((english, text, decision))
    return found


def find_withdrawn(session: Session, client_id: str) -> str | None:
    """Return the public id of the proposal of which this form withdrew a step, None for a form that is new."""
    rows = (
        select(Proposal.public_id)
        .join(ProposalStep, ProposalStep.proposal_id == Proposal.id)
        .join(StepWithdrawal, StepWithdrawal.step_id == ProposalStep.id)
    )
    return session.scalar(rows.where(StepWithdrawal.client_id == client_id))


def list_translators(session: Session) -> list[int]:
    """Return the account of everybody who wrote or took a step at the desk, who began first before others. One query.

    Rows are only added, so nobody's place in it changes.
    """
    wrote = select(Proposal.written_by.label("account"), Proposal.written_at.label("at"))
    took = select(ProposalStep.taken_by, ProposalStep.taken_at)
    both = union_all(wrote.where(Proposal.written_by.is_not(None)), took).subquery()
    began = select(both.c.account).group_by(both.c.account)
    return list(session.execute(began.order_by(func.min(both.c.at), both.c.account)).scalars())


def names_in_files(session: Session, also: Collection[int] = ()) -> dict[int, str]:
    """Return by account how the files name everybody who wrote or took a step, and after them `also`. Two queries."""
    people = list(dict.fromkeys([*list_translators(session), *also]))
    known = names_of_accounts(session, people)
    return names_apart({each: known[each] for each in people})


def signs_as(session: Session, actor: Actor, translators: Collection[str]) -> str:
    """Return how the files would name the actor beside these translators, whom they name already.

    Two queries where one of them is called like her, else none.
    """
    hers = _folded(actor.name)
    if not any(_folded(each).startswith(hers) for each in translators if each):
        return actor.name
    return names_in_files(session, [actor.account_id])[actor.account_id]


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def decision_of(state: str, account: int | None, at: datetime | None, names: Mapping[int, str]) -> Decision | None:
    """Return a step as the files sign it; None where nobody took it."""
    if account is None or at is None:
        return None
    return Decision(state, names.get(account, ""), local_date(at).isoformat())
