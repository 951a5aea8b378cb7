"""Multiple response as others know it: Moodle's multichoice with several answers, each worth a part of the points."""

from __future__ import annotations

from typing import Any

from lms.assessments.items.asked import Asked, Unfit
from lms.assessments.items.choosing import FEWEST, MOST
from lms.assessments.items.exchanging import SHARES_LOST, Data, Exchange, choosing_to_asked, options_of


def to_asked(item: Data) -> Asked:
    """Return the question; each right option earns its part of the points, and each wrong one costs as much."""
    share = 100 / len(item["key"])
    return choosing_to_asked(item, "choices", share, -share)


def from_asked(asked: Asked, known: Data, lost: list[str]) -> dict[str, Any]:
    """Return prompt, options and key; raise `Unfit` unless some options of a few are right, and not all."""
    if not FEWEST <= len(asked.answers) <= MOST:
        raise Unfit(f"needs {FEWEST} to {MOST} options, not {len(asked.answers)}")
    right = [place for place, answer in enumerate(asked.answers) if answer.share > 0]
    if not 0 < len(right) < len(asked.answers):
        raise Unfit("needs an option that is right and one that is not")
    if len({round(asked.answers[place].share, 3) for place in right}) > 1:
        lost.append(SHARES_LOST)
    texts = [answer.text for answer in asked.answers]
    options = options_of(texts, known.get("options", ()))
    return {"prompt": asked.prompt, "options": options, "key": [options[place]["id"] for place in right]}


EXCHANGE = Exchange(("choices",), to_asked, from_asked)
