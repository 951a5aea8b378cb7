"""Single choice as others know it: Moodle's multichoice with one answer."""

from __future__ import annotations

from typing import Any

from lms.assessments.items.asked import Asked, Unfit
from lms.assessments.items.choosing import FEWEST, MOST
from lms.assessments.items.exchanging import SHARES_LOST, Data, Exchange, choosing_to_asked, options_of


def to_asked(item: Data) -> Asked:
    """Return the question; the right option earns all points."""
    return choosing_to_asked(item, "choice", 100, 0)


def from_asked(asked: Asked, known: Data, lost: list[str]) -> dict[str, Any]:
    """Return prompt, options and key; raise `Unfit` unless one option of a few is right."""
    if not FEWEST <= len(asked.answers) <= MOST:
        raise Unfit(f"needs {FEWEST} to {MOST} options, not {len(asked.answers)}")
    right = [place for place, answer in enumerate(asked.answers) if answer.share >= 100]
    if len(right) != 1:
        raise Unfit(f"needs one right answer, not {len(right)}")
    if any(answer.share not in {0, 100} for answer in asked.answers):
        lost.append(SHARES_LOST)
    texts = [answer.text for answer in asked.answers]
    options = options_of(texts, known.get("options", ()))
    return {"prompt": asked.prompt, "options": options, "key": [options[right[0]]["id"]]}


EXCHANGE = Exchange(("choice",), to_asked, from_asked)
