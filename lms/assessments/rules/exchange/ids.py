"""Ids of questions that come from elsewhere: the same for the same file, whenever it is read."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection
from itertools import count

from lms.assessments.items.asked import Asked
from lms.content.shapes import KEY_PATTERN

LONGEST = 60


def item_id(asked: Asked, taken: Collection[str]) -> str:
    """Return the id of a question: the one that it brings, else one made from its name or its words.

    One that is `taken` in the same file gets a number; the id that a question brings never does.
    """
    if is_key(asked.idnumber):
        return asked.idnumber
    if asked.kept:
        return str(asked.kept.get("id"))
    made = asked.name if is_key(asked.name) else _made(asked.idnumber or asked.name or asked.prompt)
    return made if made not in taken else next(name for n in count(2) if (name := f"{made}-{n}") not in taken)


def is_key(text: str) -> bool:
    """Return whether `text` can be an id as it is."""
    return re.fullmatch(KEY_PATTERN, text) is not None and len(text) <= 80


def _made(words: str) -> str:
    """Return an id made from the first words of a text."""
    letters = unicodedata.normalize("NFKD", words).casefold()
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    whole = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    short = whole[:LONGEST].rpartition("-")[0] or whole[:LONGEST] if len(whole) > LONGEST else whole
    if not short:
        short = hashlib.sha256(words.encode()).hexdigest()[:12]
    return short if short.startswith("q-") else f"q-{short}"
