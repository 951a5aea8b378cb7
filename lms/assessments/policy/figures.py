"""Who reads figures of quizzes, and in which languages."""

from __future__ import annotations

from lms.actor import Actor
from lms.assessments.rules.languages import ENGLISH

#: Who also sees what was chosen and which option is right.
KEY_READERS = ("certifier", "analyst", "trainer", "administrator")
READERS = (*KEY_READERS, "translator")


def sees_keys(actor: Actor) -> bool:
    """Return whether the actor sees options, with the right ones: not who is a translator alone."""
    return actor.has(*KEY_READERS)


def sees_language(actor: Actor, locale: str) -> bool:
    """Return whether the actor sees the figures of a language: a translator sees her own, beside English."""
    return sees_keys(actor) or locale == ENGLISH or locale in actor.translates
