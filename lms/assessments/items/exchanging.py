"""What the `exchange.py` of each type has, and what several of them share.

An `exchange.py` turns an item, as quiz.yml says it, into a question as other programs know it, and back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

from lms.assessments.items.asked import Answer, Asked, Kind, Unfit

#: An item as quiz.yml says it.
Data = Mapping[str, Any]
#: What is named as lost where a format gives single answers a part of the points.
SHARES_LOST = "part of the points for single answers"
#: The language of words that came from elsewhere.
ENGLISH = "en"


@dataclass(frozen=True)
class Exchange:
    """How one type is exchanged. `kinds` are what it can be read from; the first is what is read as it by itself.

    `to_asked` gets an item. `from_asked` returns the item's own fields where a question is new or says something else
    than before; it gets what was or is there under the same id, and a list to which it adds what is lost. Both raise
    `Unfit`.
    """

    kinds: tuple[Kind, ...]
    to_asked: Callable[[Data], Asked]
    from_asked: Callable[[Asked, Data, list[str]], dict[str, Any]]


def choosing_to_asked(item: Data, kind: Kind, right_share: float, wrong_share: float) -> Asked:
    """Return a question with options, whose right ones earn `right_share` percent of the points."""
    options, key = item["options"], item["key"]
    answers = (Answer(each["text"], right_share if each["id"] in key else wrong_share) for each in options)
    return Asked(kind, item["prompt"], tuple(answers))


def options_of(
    texts: Sequence[str], known: Sequence[Data], *, taken: Iterable[str] = (), secret: bool = False
) -> list[dict[str, str]]:
    """Return words as options with their ids: those of the `known` options with the same words, or in their place.

    What is new gets a free letter that is not `taken`; letters that must not tell the order are `secret`. Raise
    `Unfit` when two options read alike.
    """
    if len({" ".join(text.casefold().split()).rstrip(".") for text in texts}) < len(texts):
        raise Unfit("two of its answers read alike")
    by_text = {each["text"]: each["id"] for each in known}
    found = [by_text.get(text, "") for text in texts]
    if len(known) == len(texts):
        for place, each in enumerate(known):
            if not found[place] and each["id"] not in found:
                found[place] = each["id"]
    used = {*found, *by_text.values(), *taken}
    names = (*ascii_lowercase, *(f"{letter}{n}" for n in range(2, 10) for letter in ascii_lowercase))
    free = [name for name in names if name not in used][: found.count("")]
    places = [place for place, each in enumerate(found) if not each]
    for place, name in zip(
        places, _shuffled(free, [texts[place] for place in places]) if secret else free, strict=True
    ):
        found[place] = name
    return [{"id": each, "text": text} for each, text in zip(found, texts, strict=True)]


def _shuffled(names: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Return names in an order that follows from the words alone, and is not the alphabet's."""
    ranked = sorted(range(len(texts)), key=lambda place: hashlib.sha256(texts[place].encode()).digest())
    made = [names[ranked.index(place)] for place in range(len(texts))]
    return made[::-1] if made == sorted(made) else made


def literal(text: str) -> str:
    """Return an accepted answer as it is typed; raise `Unfit` for one that stands for many, by Moodle's wildcard."""
    if "*" in text.replace("\\*", ""):
        raise Unfit("it accepts any words by the wildcard *")
    return text.replace("\\*", "*")


def all_words(by_language: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the words of all languages, each once."""
    return tuple(dict.fromkeys(word for words in by_language.values() for word in words))


def by_language(words: Sequence[str], known: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return words by the languages in which they were `known`; what is new is English."""
    there = set(all_words(known))
    kept = {tag: [word for word in each if word in words] for tag, each in known.items()}
    kept[ENGLISH] = [*kept.get(ENGLISH, []), *(word for word in words if word not in there)]
    return {tag: kept[tag] for tag in (ENGLISH, *(tag for tag in kept if tag != ENGLISH)) if kept[tag]}


def _none(_item: Data) -> Asked:
    raise Unfit("no other program asks this: an assessor scores it")


def _never(_asked: Asked, _known: Data, _lost: list[str]) -> dict[str, Any]:
    raise Unfit("no other program asks this")


#: Of types that other programs do not have. Files hand them through in notes.
NOTES_ONLY = Exchange((), _none, _never)
