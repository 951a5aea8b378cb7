"""Readers of two languages side by side, at each score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

#: Scores are joined over so many points at most: further apart readers do not know as much as each other.
REACH = 2


class Stratum(NamedTuple):
    """Right and wrong answers to one question at one score, of English readers and of the others."""

    reference_right: int
    reference_wrong: int
    focal_right: int
    focal_wrong: int

    @property
    def reference(self) -> int:
        """Return how many English readers there are."""
        return self.reference_right + self.reference_wrong

    @property
    def focal(self) -> int:
        """Return how many readers of the other language there are."""
        return self.focal_right + self.focal_wrong

    @property
    def total(self) -> int:
        """Return how many readers there are."""
        return sum(self)

    @property
    def right(self) -> int:
        """Return how many answered right."""
        return self.reference_right + self.focal_right

    def joined(self, other: Stratum) -> Stratum:
        """Return the readers of both."""
        return Stratum(*(a + b for a, b in zip(self, other, strict=True)))


_NOBODY = Stratum(0, 0, 0, 0)


def strata(at: Mapping[int, Stratum]) -> tuple[Stratum, ...]:
    """Return the readers by score, the lowest first, so that both languages stand in every stratum.

    Scores are kept apart as far as can be. One at which a language has nobody is joined with the next ones, up to
    two points on, until it has; what then still has nobody to compare with is left out.
    """
    found: list[tuple[int, Stratum]] = []
    since, open_one = 0, _NOBODY
    for score in sorted(at):
        if not open_one.total or score - since > REACH:
            since, open_one = score, _NOBODY
        open_one = open_one.joined(at[score])
        if open_one.reference and open_one.focal:
            found.append((score, open_one))
            open_one = _NOBODY
    if open_one.total and found and max(at) - found[-1][0] <= REACH:
        found[-1] = (found[-1][0], found[-1][1].joined(open_one))
    return tuple(each for _, each in found)


def counted(scored: Iterable[tuple[int, bool, bool]]) -> dict[int, Stratum]:
    """Return the readers at each score, from (score, reads the other language, answered right)."""
    cells: dict[int, list[int]] = {}
    for score, is_focal, right in scored:
        cells.setdefault(score, [0, 0, 0, 0])[2 * is_focal + (not right)] += 1
    return {score: Stratum(*each) for score, each in cells.items()}
