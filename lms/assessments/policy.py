"""Who reads what answers tell of quizzes."""

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
