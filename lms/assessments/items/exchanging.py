"""What the `exchange.py` of each type has, and what several of them share.

An `exchange.py` turns an item, as quiz.yml says it, into a question as other programs know it, and back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

from lms.assessments.items.asked import Answer, Asked, Kind, Unfit

#: An item as quiz.yml says it.
Data = Mapping[str, Any]
#: What is named as lost where a format gives single answers a part of the points.
SHARES_LOST = "part of the points for single answers"


@dataclass(frozen=True)
class Exchange:
    """How one type is exchanged. `kinds` are what it can be read from; the first is what is read as it by itself.

    `to_asked` gets an item. `from_asked` returns the item's own fields, `prompt` among them; it gets what stands in
    quiz.yml under the same id, and a list to which it adds what is lost. Both raise `Unfit`.
    """

    kinds: tuple[Kind, ...]
    to_asked: Callable[[Data], Asked]
    from_asked: Callable[[Asked, Data, list[str]], dict[str, Any]]


def choosing_to_asked(item: Data, kind: Kind, right_share: float, wrong_share: float) -> Asked:
    """Return a question with options, whose right ones earn `right_share` percent of the points."""
    options, key = item["options"], item["key"]
    answers = (Answer(each["text"], right_share if each["id"] in key else wrong_share) for each in options)
    return Asked(kind, item["prompt"], tuple(answers), kept={"ids": [each["id"] for each in options]})


def options_of(texts: Sequence[str], noted: object, known: Sequence[Data]) -> list[dict[str, str]]:
    """Return words as options with their ids; `noted` and `known` as for `option_ids`.

    Raise `Unfit` when two of them read alike.
    """
    if len({" ".join(text.casefold().split()).rstrip(".") for text in texts}) < len(texts):
        raise Unfit("two of its answers read alike")
    ids = option_ids(texts, noted, {each["id"]: each["text"] for each in known})
    return [{"id": each, "text": text} for each, text in zip(ids, texts, strict=True)]


def option_ids(texts: Sequence[str], noted: object, known: Mapping[str, str]) -> list[str]:
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
    names = (*ascii_lowercase, *(f"{letter}{n}" for n in range(2, 100) for letter in ascii_lowercase))
    free = (name for name in names if name not in found and name not in known)
    return [each or next(free) for each in found]
