"""Whom an act of assigning newly asks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True)
class Asked:
    """Whom which organization asks."""

    person_id: int
    organization_id: int


#: "done" has all of it already, and completes it at once; "already" was asked before; "finished" finished what was.
Outcome = Literal["asked", "done", "already", "finished"]


@dataclass(frozen=True)
class PlanLine:
    """What asking means for one person: where it `applies` an application opens; `beyond` are tracks completed, too."""

    asked: Asked
    outcome: Outcome
    due_on: date | None = None
    is_early: bool = False
    applies: bool = False
    beyond: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sorting:
    """Whom an assignment would newly ask, who has been asked already, and who has finished what was asked."""

    new: tuple[int, ...]
    already: tuple[int, ...]
    finished: tuple[int, ...]


def sort_people(chosen: Sequence[int], asked: Collection[int], finished: Collection[int]) -> Sorting:
    """Return `chosen` (once each, in their order) sorted by what an assignment would do.

    `asked` holds those whom this organization has asked before, `finished` those who completed the track. Only those
    whom it asked itself have finished what it asked for: others it asks anew, and what they did before counts at once.
    """
    once = tuple(dict.fromkeys(chosen))
    return Sorting(
        new=tuple(each for each in once if each not in asked),
        already=tuple(each for each in once if each in asked and each not in finished),
        finished=tuple(each for each in once if each in asked and each in finished),
    )
