"""What `lms doctor` finds: a difference between what is stored and what follows from the rest."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """One difference, told in one line. Not `mendable`: nothing was changed, a person has to look at it."""

    text: str
    mendable: bool = True

    def __str__(self) -> str:
        return self.text
