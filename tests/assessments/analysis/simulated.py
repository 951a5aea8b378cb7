"""Simulated quizzes with one unfair question, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from lms.assessments.rules.analysis import ItemKey, Response, Sheet

ITEMS = 20
KEYS = tuple(ItemKey(f"q{number:02}", "v1") for number in range(ITEMS))
#: Right (a) and wrong (b) answers by language; in Tongan they were read in the wording "words-1".
ANSWERS = {
    (language, right): Response(float(right), right, ("a" if right else "b",), wording)
    for language, wording in (("en", ""), ("to", "words-1"))
    for right in (True, False)
}


@dataclass(frozen=True)
class Simulated:
    """English and Tongan answers, and the question that is one logit harder, or easier, in Tongan."""

    english: list[Sheet]
    tongan: list[Sheet]
    planted: ItemKey


@dataclass(frozen=True)
class Setup:
    """How readers and questions are made: logits throughout, knowledge with a standard deviation of one."""

    english: int = 500
    tongan: int = 500
    shift: float = 1.0
    #: How much less Tongan readers know on the whole: no question is unfair by that.
    gap: float = 0.0
    difficulty: tuple[float, float] = (-1.5, 1.5)
    slope: tuple[float, float] = (1.0, 1.0)
    #: How many of the questions each reader is asked.
    drawn: int = ITEMS


def simulate(seed: int, setup: Setup = Setup()) -> Simulated:
    """Return one quiz of 20 questions, answered by chance as the Rasch model says (with a slope where asked for)."""
    chance = random.Random(seed)
    difficulties = [chance.uniform(*setup.difficulty) for _ in KEYS]
    slopes = [chance.uniform(*setup.slope) for _ in KEYS]
    planted, sign = chance.randrange(ITEMS), chance.choice((1, -1))

    def sheet(language: str, knows: float) -> Sheet:
        asked: Sequence[int] = range(ITEMS)
        if setup.drawn < ITEMS:
            asked = chance.sample(range(ITEMS), setup.drawn)
        given = {}
        for number in asked:
            extra = sign * setup.shift if language != "en" and number == planted else 0.0
            right = chance.random() < 1 / (1 + exp(extra - slopes[number] * (knows - difficulties[number])))
            given[KEYS[number]] = ANSWERS[language, right]
        return Sheet(language, given, "quiz", 600)

    english = [sheet("en", chance.gauss(0, 1)) for _ in range(setup.english)]
    tongan = [sheet("to", chance.gauss(-setup.gap, 1)) for _ in range(setup.tongan)]
    return Simulated(english, tongan, KEYS[planted])
