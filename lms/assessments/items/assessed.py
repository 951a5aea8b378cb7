"""What practical and oral questions share: an assessor watches or listens, and scores a rubric."""

from __future__ import annotations

import random
from collections.abc import Sequence

from lms.assessments.items.kinds import Answer
from lms.assessments.items.rubrics import RubricItemSpec, RubricSpec
from lms.errors import RuleBroken


class AssessedSpec(RubricItemSpec):
    """A question that is answered in front of an assessor. The worker reads what is looked at: the criteria."""

    rubric: RubricSpec


def draw(item: AssessedSpec, chance: random.Random) -> tuple[str, ...]:  # noqa: ARG001 -- as every type's
    """Return what will be looked at, in the order of the file."""
    return item.rows


def check(item: AssessedSpec, shown: Sequence[str], sent: Sequence[str]) -> Answer:  # noqa: ARG001 -- as every type's
    """Return (); nothing can be sent."""
    if sent:
        raise RuleBroken("foreign_answer")
    return ()


def lacks(item: AssessedSpec, answer: Answer) -> None:
    """Return None: nothing is to be written."""


def grade(item: AssessedSpec, answer: Answer) -> None:
    """Return None: an assessor decides."""


def perfect(item: AssessedSpec, locale: str) -> Answer:  # noqa: ARG001 -- as every type's
    """Return (): what is done in front of an assessor is not written here."""
    return ()


def tally(item: AssessedSpec, answer: Answer) -> tuple[str, ...]:  # noqa: ARG001 -- as every type's
    """Return (): the answer says nothing, the assessor's score does."""
    return ()
