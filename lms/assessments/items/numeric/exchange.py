"""Numbers as others know them: a value and how far off one may be."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lms.assessments.items.asked import Answer, Asked, Unfit
from lms.assessments.items.exchanging import Data, Exchange, options_of
from lms.assessments.items.numeric.spec import RangeSpec


def to_asked(item: Data) -> Asked:
    """Return the question; every range is a number with a tolerance around it."""
    answers = (_answer(RangeSpec.read(each)) for each in item["accepted"])
    units = tuple((each["text"], float(each.get("factor", 1))) for each in item.get("units", ()))
    return Asked("number", item["prompt"], tuple(answers), units=units)


def _answer(accepted: RangeSpec) -> Answer:
    least, most = accepted.bounds
    middle = (least + most) / 2 if accepted.value is None else accepted.value
    return Answer(f"{middle.normalize():f}", accepted.share, float((most - least) / 2))


def from_asked(asked: Asked, known: Data, lost: list[str]) -> dict[str, Any]:
    """Return prompt, accepted numbers and units; raise `Unfit` when no number earns every point."""
    answers = sorted((each for each in asked.answers if each.share > 0), key=lambda each: -each.share)
    if not answers or answers[0].share < 100:
        raise Unfit("no number earns every point")
    if any(each.text == "*" for each in answers):
        raise Unfit("it accepts any number")
    if any(each.share != int(each.share) for each in answers):
        lost.append("parts of a percent of the points")
    fields = {"prompt": asked.prompt, "accepted": [_range(each) for each in answers]}
    if asked.units is None:
        return fields
    options = options_of([text for text, _ in asked.units], known.get("units", ()))
    factors = [{} if factor == 1 else {"factor": _plain(factor)} for _, factor in asked.units]
    units = [{**option, **factor} for option, factor in zip(options, factors, strict=True)]
    return {**fields, "units": units or None}


def _range(answer: Answer) -> dict[str, Any]:
    """Return a number as quiz.yml says it."""
    said: dict[str, Any] = {"value": _plain(float(Decimal(answer.text)))}
    if answer.tolerance:
        said["tolerance"] = _plain(answer.tolerance)
    if answer.share < 100:
        said["share"] = max(1, int(answer.share))
    return said


def _plain(number: float) -> int | float:
    """Return a whole number as one."""
    return int(number) if number == int(number) else round(number, 9)


EXCHANGE = Exchange(("number",), to_asked, from_asked)
