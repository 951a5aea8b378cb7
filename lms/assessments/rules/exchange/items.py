"""How each type of item becomes a question for other programs, and comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lms.assessments.rules.exchange.asked import Answer, Asked, Kind, Unfit
from lms.assessments.rules.exchange.gift_answers import SHARES_LOST
from lms.assessments.rules.exchange.ids import option_ids

#: An item as quiz.yml says it.
Data = Mapping[str, Any]


@dataclass(frozen=True)
class Exchange:
    """One type of item. `from_asked` returns its fields, given the item of that id that is there, and notes losses."""

    kinds: tuple[Kind, ...]
    to_asked: Callable[[Data], Asked]
    from_asked: Callable[[Asked, Data, list[str]], dict[str, Any]]


def _choice_to(kind: Kind) -> Callable[[Data], Asked]:
    def to_asked(item: Data) -> Asked:
        right = set(item["key"])
        each, other = (100.0, 0.0) if kind == "choice" else (100 / len(right), -100 / len(right))
        answers = tuple(Answer(option["text"], each if option["id"] in right else other) for option in item["options"])
        return Asked(kind, item["prompt"], answers, kept={"ids": [option["id"] for option in item["options"]]})

    return to_asked


def _options(asked: Asked, known: Data) -> list[dict[str, str]]:
    """Return the options with their ids."""
    if not 3 <= len(asked.answers) <= 5:
        raise Unfit(f"needs 3 to 5 options, not {len(asked.answers)}")
    texts = [answer.text for answer in asked.answers]
    there = {option["id"]: option["text"] for option in known.get("options", ())}
    ids = option_ids(texts, asked.kept.get("ids"), there)
    return [{"id": each, "text": text} for each, text in zip(ids, texts, strict=True)]


def _single_from(asked: Asked, known: Data, lost: list[str]) -> dict[str, Any]:
    options = _options(asked, known)
    right = [option["id"] for option, answer in zip(options, asked.answers, strict=True) if answer.share >= 100]
    if len(right) != 1:
        raise Unfit(f"needs one right answer, not {len(right)}")
    if any(0 < answer.share < 100 or answer.share < 0 for answer in asked.answers):
        lost.append(SHARES_LOST)
    return {"prompt": asked.prompt, "options": options, "key": right}


def _multiple_from(asked: Asked, known: Data, lost: list[str]) -> dict[str, Any]:
    options = _options(asked, known)
    right = [option["id"] for option, answer in zip(options, asked.answers, strict=True) if answer.share > 0]
    if not 0 < len(right) < len(options):
        raise Unfit("needs an option that is right and one that is not")
    earned = {round(answer.share, 3) for answer in asked.answers if answer.share > 0}
    if len(earned) > 1:
        lost.append(SHARES_LOST)
    return {"prompt": asked.prompt, "options": options, "key": right}


def _truth_to(item: Data) -> Asked:
    said = item["key"] if not isinstance(item["key"], list) else item["key"][0]
    return Asked("truth", item["prompt"], (Answer(str(said).lower(), 100),))


def _truth_from(asked: Asked, _known: Data, _lost: list[str]) -> dict[str, Any]:
    return {"prompt": asked.prompt, "key": asked.answers[0].text == "true"}


EXCHANGES: Mapping[str, Exchange] = {
    "single": Exchange(("choice",), _choice_to("choice"), _single_from),
    "multiple": Exchange(("choices",), _choice_to("choices"), _multiple_from),
    "true-false": Exchange(("truth",), _truth_to, _truth_from),
}
