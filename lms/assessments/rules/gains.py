"""What somebody gained: the same questions before the first lesson and in the quiz."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Gain:
    """Points for the linked questions before and after, of the most that they are worth."""

    before: int
    after: int
    most: int


def gain_of(before: Mapping[str, int], after: Mapping[str, int], worth: Mapping[str, int]) -> Gain | None:
    """Return the gain over the questions that were asked both times; None when there are none worth a point.

    `before` and `after` are {question id: points earned}, `worth` is {question id: points} of the version taken last.
    A question that is worth something else now is another question, and is left out by the caller.
    """
    both = before.keys() & after.keys() & worth.keys()
    most = sum(worth[item_id] for item_id in both)
    if not most:
        return None
    return Gain(sum(before[each] for each in both), sum(after[each] for each in both), most)
