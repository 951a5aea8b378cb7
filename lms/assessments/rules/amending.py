"""What a reviewed correction makes of the answers to one question whose wording or key was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from lms.assessments.items import Answer, Grade, ItemSpec, rules_of

How = Literal["everyone", "drop", "accept", "version"]
#: Types where another choice can be accepted: choices are ticked, and nothing else.
CHOSEN_FROM = frozenset({"single", "multiple", "true-false"})


@dataclass(frozen=True)
class Amendment:
    """One decision about one question.

    "everyone": whoever was asked has it right. "drop": it counts for nobody. "accept": the choice `value` is right
    too. "version": the key of `later` counts, the same question as the revision `value` has it.
    """

    item_id: str
    how: How
    value: str = ""
    later: ItemSpec | None = None


#: Nothing was corrected.
NONE: Mapping[str, Amendment] = MappingProxyType({})


def acceptable(item: ItemSpec) -> tuple[str, ...]:
    """Return the choices that could be accepted too: those that are not right yet; none for types without choices."""
    if item.type not in CHOSEN_FROM:
        return ()
    right = rules_of(item).perfect(item, "en")
    return tuple(each for each in item.choices if each not in right)


def is_replaceable(item: ItemSpec, later: ItemSpec) -> bool:
    """Return whether answers to `item` can be graded by the key of `later`: the same question with another key."""
    same = item.type == later.type and item.points == later.points
    return same and set(item.choices) == set(later.choices) and set(item.rows) == set(later.rows)


def amended(item: ItemSpec, answer: Answer, grade: Grade | None, amendment: Amendment | None) -> Grade | None:
    """Return what the answer earns by the correction; `grade` is what it earns without one.

    "drop" is for who adds up the points. An answer that waits for an assessor goes on waiting, unless everyone is
    right.
    """
    if amendment is None:
        return grade
    full = Grade(item.points, correct=True)
    if amendment.how == "everyone":
        return full
    if amendment.how == "accept":
        return _best(grade, _accepted(item, answer, amendment.value, full))
    if amendment.how == "version" and amendment.later is not None:
        return rules_of(amendment.later).grade(amendment.later, answer) or grade
    return grade


def _accepted(item: ItemSpec, answer: Answer, value: str, full: Grade) -> Grade | None:
    """Return what the answer earns once the choice `value` is right too; None where it was not chosen.

    Of several choices it may be ticked or left: what the others earn by themselves.
    """
    if value not in answer:
        return None
    if item.type == "multiple":
        return rules_of(item).grade(item, tuple(each for each in answer if each != value))
    return full


def _best(*grades: Grade | None) -> Grade | None:
    known = [each for each in grades if each is not None]
    return max(known, key=lambda each: (each.points, each.correct), default=None)
