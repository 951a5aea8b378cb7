"""Matching as others know it. What stands on the right alone is what distracts."""

from __future__ import annotations

from typing import Any

from lms.assessments.items.asked import Asked, Unfit
from lms.assessments.items.exchanging import Data, Exchange, options_of


def to_asked(item: Data) -> Asked:
    """Return the question: each on the left with its right one, then what is left over on the right."""
    right = {each["id"]: each["text"] for each in item["right"]}
    pairs = [(each["text"], right[item["key"][each["id"]]]) for each in item["left"]]
    pairs += [("", text) for name, text in right.items() if name not in item["key"].values()]
    return Asked("match", item["prompt"], pairs=tuple(pairs))


def from_asked(asked: Asked, known: Data, _lost: list[str]) -> dict[str, Any]:
    """Return prompt, left, right and key, with ids that do not tell the pairs."""
    pairs = [(left, right) for left, right in asked.pairs if left]
    if len(pairs) < 2:
        raise Unfit("needs two pairs at least")
    there = known.get("right", ())
    left = options_of([each for each, _ in pairs], known.get("left", ()), taken=[each["id"] for each in there])
    texts = list(dict.fromkeys(right for _, right in asked.pairs))
    right = options_of(texts, there, taken=[each["id"] for each in left], secret=True)
    right.sort(key=lambda each: each["id"])
    by_text = {each["text"]: each["id"] for each in right}
    key = {each["id"]: by_text[text] for each, (_, text) in zip(left, pairs, strict=True)}
    return {"prompt": asked.prompt, "left": left, "right": right, "key": key}


EXCHANGE = Exchange(("match",), to_asked, from_asked)
