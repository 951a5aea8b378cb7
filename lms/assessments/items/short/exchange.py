"""Short answers as others know them: the words of all languages, each with its share of the points."""

from __future__ import annotations

from typing import Any

from lms.assessments.items.asked import Answer, Asked, Unfit
from lms.assessments.items.exchanging import SHARES_LOST, Data, Exchange, all_words, by_language, literal


def to_asked(item: Data) -> Asked:
    """Return the question; words that are nearly right earn their share."""
    answers = [Answer(word, 100) for word in all_words(item["accepted"])]
    partly = item.get("partly")
    answers += [Answer(word, partly["share"]) for word in all_words(partly["words"])] if partly else []
    return Asked("short", item["prompt"], tuple(answers))


def from_asked(asked: Asked, known: Data, lost: list[str]) -> dict[str, Any]:
    """Return prompt and words by language; raise `Unfit` without right words, and for Moodle's wildcard."""
    words = [(literal(each.text), each.share) for each in asked.answers if each.share > 0]
    right = list(dict.fromkeys(text for text, share in words if share >= 100))
    if not right:
        raise Unfit("no words earn every point")
    partly = {text: share for text, share in words if share < 100 and text not in right}
    if len(set(partly.values())) > 1 or any(share != int(share) for share in partly.values()):
        lost.append(SHARES_LOST)
    known_partly = (known.get("partly") or {}).get("words", {})
    some = (
        {"share": max(1, int(max(partly.values()))), "words": by_language([*partly], known_partly)} if partly else None
    )
    return {"prompt": asked.prompt, "accepted": by_language(right, known.get("accepted", {})), "partly": some}


EXCHANGE = Exchange(("short",), to_asked, from_asked)
