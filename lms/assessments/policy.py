"""Who reads what answers tell of quizzes, and who may correct questions after they were answered."""

from __future__ import annotations

from lms.actor import Actor
from lms.assessments.rules.languages import ENGLISH

#: Who also sees what was chosen and which option is right.
KEEPERS = ("certifier", "analyst", "trainer", "administrator")
READERS = (*KEEPERS, "translator")


def sees_keys(actor: Actor) -> bool:
    """Return whether the actor sees options, with the right ones: not who is a translator alone."""
    return actor.has(*KEEPERS)


def sees_language(actor: Actor, locale: str) -> bool:
    """Return whether the actor sees the figures of a language: a translator sees her own, beside English."""
    return sees_keys(actor) or locale == ENGLISH or locale in actor.translates


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
