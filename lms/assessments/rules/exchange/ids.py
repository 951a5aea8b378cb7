"""Ids of questions and options that come from elsewhere: the same for the same file, whenever it is read."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from itertools import count
from string import ascii_lowercase

from lms.assessments.rules.exchange.asked import Asked
from lms.content.shapes import KEY_PATTERN

LONGEST = 60


def item_id(asked: Asked, taken: Collection[str]) -> str:
    """Return the id of a question: the one that it brings, else one made from its name or its words.

    One that is `taken` in the same file gets a number; the id that a question brings never does.
    """
    if is_key(asked.idnumber):
        return asked.idnumber
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


def option_ids(
    texts: Sequence[str], noted: object, known: Mapping[str, str], style: str = ascii_lowercase
) -> list[str]:
    """Return an id for each option: that of the `known` option {id: text} with the same words, else the one noted.

    `noted` are the ids that the file tells in the same order, if it does. What is left gets a free letter, or the id
    that stood in its place.
    """
    places = [each if isinstance(each, str) else "" for each in noted] if isinstance(noted, list) else []
    places = places if len(places) == len(texts) else [*known][: len(texts)] if len(known) == len(texts) else []
    by_text = {text: each for each, text in known.items()}
    found = [by_text.pop(text, "") for text in texts]
    for place, each in enumerate(places):
        if not found[place] and each not in found:
            found[place] = each
    names = (*style, *(f"{letter}{n}" for n in range(2, 100) for letter in style))
    free = (name for name in names if name not in found and name not in known)
    return [each or next(free) for each in found]
