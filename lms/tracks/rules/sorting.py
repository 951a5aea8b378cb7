"""Whom an act of assigning newly asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from lms.tracks.rules.renewing import NextCycle


@dataclass(frozen=True)
class Sorting:
    """Whom an assignment would newly ask, who has been asked already, and who has finished what was asked.

    `renewals` says, by person, which of the new ones would be asked to renew what the organization asked before.
    """

    new: tuple[int, ...]
    already: tuple[int, ...]
    finished: tuple[int, ...]
    renewals: Mapping[int, NextCycle] = field(default_factory=dict)


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
