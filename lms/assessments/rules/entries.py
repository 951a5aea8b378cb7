"""Results that somebody enters for a worker: from which sheet, of which day, and when a second person is needed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from lms.actor import Actor, Span
from lms.errors import RuleBroken

#: How the answers of an attempt came.
SOURCES = ("online", "paper", "oral")
#: Those that somebody else enters.
ENTERED = SOURCES[1:]
#: What became of an entry: counted at once, compared with the sheet by a second person, or rejected by her.
OUTCOMES = ("direct", "confirmed", "rejected")
#: Who helped with the language while an assessor listened. Nobody of the family interprets a test.
INTERPRETERS = ("none", "professional", "bilingual")
LONGEST_WORDS = 1000
NUMBER_LENGTH = 8


def sheet_number(typed: str) -> str:
    """Return the number of a sheet as it is kept, out of what was typed: without spaces and dashes, in small letters.

    Signs that are read for each other are one: o is 0, i and l are 1 (Crockford's base 32).
    """
    plain = "".join(sign for sign in typed.casefold() if sign.isalnum())
    return plain.translate(str.maketrans("oil", "011"))


def shown_number(number: str) -> str:
    """Return the number of a sheet as it is printed: two groups of four capitals."""
    return f"{number[:4]}-{number[4:]}".upper()


def check_taken(taken_on: date, made_on: date, today: date) -> None:
    """Raise `RuleBroken` ("taken_ahead", "taken_before_sheet") for a day on which nobody can have filled the sheet."""
    if taken_on > today:
        raise RuleBroken("taken_ahead")
    if taken_on < made_on:
        raise RuleBroken("taken_before_sheet")


def place_of(actor: Actor, spans: Iterable[Span]) -> int | None:
    """Return the organization for whose staff the actor answers and at which a person with these spells works today.

    None: she is not staff of hers. Whoever enters a result for her own staff needs the sheet and a second person,
    whatever else she is.
    """
    ours = {span.organization_id for span in spans if span.covers(actor.today)} & set(actor.supervises)
    return min(ours, default=None)


def check_words(words: str) -> str:
    """Return the words of a reason or a note, trimmed; raise `RuleBroken` ("words_empty", "words_long")."""
    words = words.strip()
    if not words:
        raise RuleBroken("words_empty")
    return check_note(words)


def check_note(words: str) -> str:
    """Return words that may be empty, trimmed; raise `RuleBroken("words_long")`."""
    words = words.strip()
    if len(words) > LONGEST_WORDS:
        raise RuleBroken("words_long")
    return words
