"""Who proposes corrections of questions, and who decides."""

from __future__ import annotations

from lms.actor import Actor

#: Who proposes, looks and decides.
REGRADERS = ("certifier", "administrator")


def can_propose(actor: Actor) -> bool:
    """Return whether the actor may look at what a correction would do, and propose it: a certifier."""
    return actor.has("certifier")


def can_see(actor: Actor) -> bool:
    """Return whether the actor may see corrections and whom they concern."""
    return actor.has(*REGRADERS)


def can_apply(actor: Actor, proposed_by: int) -> bool:
    """Return whether the actor may be the second person, who has done what another proposed."""
    return actor.has(*REGRADERS) and actor.account_id != proposed_by
