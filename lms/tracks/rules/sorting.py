"""Whom an act of assigning newly asks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Sorting:
    """Whom an assignment would newly ask, who has been asked already, and who has finished what was asked."""

    new: tuple[int, ...]
    already: tuple[int, ...]
    finished: tuple[int, ...]


def sort_people(chosen: Sequence[int], asked: Collection[int], finished: Collection[int]) -> Sorting:
    """Return `chosen` (once each, in their order) sorted by what an assignment would do.

    `asked` holds those whom this organization has asked before, `finished` those who completed the track. Only of
    those whom it asked itself does an organization learn that they finished: of others it asks anew, and what
    they did before counts at once.
    """
    once = tuple(dict.fromkeys(chosen))
    return Sorting(
        new=tuple(each for each in once if each not in asked),
        already=tuple(each for each in once if each in asked and each not in finished),
        finished=tuple(each for each in once if each in asked and each in finished),
    )
