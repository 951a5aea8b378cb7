"""Who reads what of surveys: figures, free texts, comments; who puts texts into English; who closes the loop.

Nobody who supervises staff reads a word of anybody's, whatever other roles she holds: it may be of her own staff.
"""

from __future__ import annotations

from lms.actor import Actor
from lms.errors import NotFound
from lms.surveys.rules.texts import FreeText

#: The consortium's staff: they read figures, texts and comments, and see to what is changed.
READERS = ("certifier", "analyst", "trainer", "administrator")
#: They decide what becomes of a text that a reader put aside.
JUDGES = ("certifier", "administrator")
#: Everybody who can have work on the page of texts.
CLEARERS = ("translator", *JUDGES)


def can_read_words(actor: Actor) -> bool:
    """Return whether the actor reads free texts and comments."""
    return actor.has(*READERS) and not actor.supervises


def require_words(actor: Actor) -> None:
    """Raise `NotFound` for who does not read free texts and comments."""
    if not can_read_words(actor):
        raise NotFound


def languages_to_clear(actor: Actor) -> frozenset[str]:
    """Return the languages whose texts the actor puts into English; the same as a filter of texts."""
    return actor.translates if actor.has("translator") and not actor.supervises else frozenset()


def can_judge(actor: Actor) -> bool:
    """Return whether the actor decides about texts that were put aside."""
    return actor.has(*JUDGES) and not actor.supervises


def can_translate(actor: Actor, text: FreeText) -> bool:
    """Return whether the actor may put this text into English."""
    return text.is_for(languages_to_clear(actor))
