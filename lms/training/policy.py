"""Who may see, change and judge earlier training; beside each check the same as a row filter where lists need one.

It is hers. Reviewers (certifiers) see what was sent to them, never their own. An organization sees what it entered
while she works there, and afterwards what lies in her span; a supervising provider sees what she shares with it for her
yearly hours, and keeps what it accepted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, false

from lms.actor import Actor, Span
from lms.organizations.rules import may_see
from lms.training.models import EarlierTraining

#: Staff of the consortium who may enter earlier training for anybody, and bring tables of it.
CONSORTIUM = ("certifier", "administrator")


@dataclass(frozen=True)
class Ties:
    """What ties one earlier training to people and organizations."""

    person_id: int
    is_sent: bool
    entered_by: int | None
    organization_id: int | None
    recorded_on: date
    #: Supervising providers that she asked and still has, and those that accepted.
    asked: frozenset[int] = field(default_factory=frozenset)
    accepted: frozenset[int] = field(default_factory=frozenset)


def is_hers(actor: Actor, ties: Ties) -> bool:
    """Return whether it is the actor's own."""
    return ties.person_id == actor.person_id


def can_review(actor: Actor, ties: Ties) -> bool:
    """Return whether the actor may see it as a reviewer: a certifier, never her own, and only what was sent."""
    return actor.has("certifier") and not is_hers(actor, ties) and ties.is_sent


def reviewable(actor: Actor) -> ColumnElement[bool]:
    """Return the criterion of what `can_review` lets the actor see."""
    if not actor.has("certifier"):
        return false()
    return (EarlierTraining.person_id != actor.person_id) & EarlierTraining.sent_at.is_not(None)


def can_judge(actor: Actor, entered_by: int | None, has_appealed: bool, said_no: Collection[int]) -> bool:
    """Return whether it is for this reviewer: not what she entered, and after an appeal not where she said no."""
    return entered_by != actor.account_id and not (has_appealed and actor.account_id in said_no)


def can_enter_for(actor: Actor, person_id: int, spans: Iterable[Span]) -> int | None:
    """Return whether the actor may enter earlier training for somebody else, and for which organization.

    The organization's id: a supervisor of somebody who works there today. 0: staff of the consortium. None: she may
    not. `spans` are the person's spells.
    """
    if person_id == actor.person_id:
        return None
    works_at = {span.organization_id for span in spans if span.covers(actor.today)}
    if ours := sorted(works_at & set(actor.supervises)):
        return ours[0]
    return 0 if actor.has(*CONSORTIUM) else None


def can_bring_tables(actor: Actor) -> bool:
    """Return whether the actor may bring tables of many people's earlier training, and look at those of others."""
    return actor.has(*CONSORTIUM)


def can_change(actor: Actor, ties: Ties, spans: Iterable[Span]) -> bool:
    """Return whether the actor may add to it and send it: it is hers, or she entered it and may still enter for her."""
    if is_hers(actor, ties):
        return True
    return ties.entered_by == actor.account_id and can_enter_for(actor, ties.person_id, spans) is not None


def can_oversee(actor: Actor, ties: Ties, spans: Iterable[Span]) -> bool:
    """Return whether the actor may read it as staff who entered it, or for an organization that did or was asked."""
    if is_hers(actor, ties):
        return False
    spans = tuple(spans)
    if not (ties.asked | ties.accepted).isdisjoint(actor.supervises) or can_change(actor, ties, spans):
        return True
    if ties.organization_id is None or ties.organization_id not in actor.supervises:
        return False
    return may_see(spans, ties.organization_id, actor.today, recorded_on=ties.recorded_on)


def can_accept(actor: Actor, person_id: int, provider_id: int, providers: Collection[int]) -> bool:
    """Return whether the actor decides for a supervising provider about somebody's yearly hours, never her own.

    `providers` are the supervising providers of the person today.
    """
    return person_id != actor.person_id and provider_id in actor.supervises and provider_id in providers


def can_confirm(actor: Actor, person_id: int, requested_by: int) -> bool:
    """Return whether the actor may be the second person who takes a recognition back."""
    allowed = actor.has("certifier") and person_id != actor.person_id
    return allowed and requested_by != actor.account_id
