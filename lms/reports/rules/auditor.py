"""The auditor of small groups: an attacker's reasoning about counts that are not shown.

It knows every relation between the counts, every overlap (how many people a sum counts more than once), and of each
hidden count whether it is small (from 1 to 10) or large. For a small count it looks for other tables, in whole
people, that agree with all that is shown; the values that the count takes in them are values that nobody can rule
out. So what it lets pass is proved; what it cannot prove within its patience counts as unsafe.

Counts that are the total of no sum are atoms; every other count is a sum of atoms, less a constant overlap. A table
is told by how the atoms differ from the truth.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

THRESHOLD = 11
#: A hidden small count must be able to take values this far apart, all that is shown being equal.
WIDTH = 5
#: The rank of a zero: nothing is given up later.
ZERO_RANK = 99
_UNBOUNDED = 10**9
#: How many states the auditor looks at in search of one other table, and how many ways on from each.
_PATIENCE = 120
_WAYS = 6

Label = Hashable
#: A value found possible, and the counts that differ from the truth in the table that shows it.
Witness = tuple[int, frozenset[int]]


@dataclass(frozen=True)
class Sum:
    """A relation between counts: `total` counts whom `parts` count, who may be in several of them."""

    total: Label
    parts: tuple[Label, ...]


@dataclass(frozen=True)
class Figures:
    """Counts of people that are published together, with the relations between them.

    `ranks` holds what is published: the higher the rank, the later a count is given up. A count without a rank is
    never published; it is there because an attacker can reason about it. `earlier` are counts that readers have
    seen already: True for hidden, False for shown; neither can change.
    """

    counts: Mapping[Label, int]
    sums: Sequence[Sum]
    ranks: Mapping[Label, int]
    earlier: Mapping[Label, bool] = field(default_factory=dict)


def is_small(count: int) -> bool:
    """Return whether `count` is one that readers of aggregates may never learn: 1 to 10 people."""
    return 0 < count < THRESHOLD


@dataclass
class _State:
    """A table on the way to another one: how atoms and limits differ from the truth."""

    atoms: dict[int, int]
    shifts: dict[int, int]


class Auditor:
    """Holds which counts are hidden, and the lowest and the highest value found possible for each of them."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self._labels = list(figures.counts)
        self._index = {label: number for number, label in enumerate(self._labels)}
        self._truth = list(figures.counts.values())
        self._rank = [figures.ranks.get(label) for label in self._labels]
        self._sums_of: dict[int, list[int]] = {}
        self._members: list[list[int]] = []
        #: What each count, and beyond them each second way of taking a total apart, consists of: atoms with signs.
        self._atoms_in = self._take_apart()
        self._limits_on = self._turn_round()
        self._hidden: set[int] = set()
        self._settled: set[int] = set()
        self._lowest: list[Witness] = [(value, frozenset()) for value in self._truth]
        self._highest = list(self._lowest)
        for number, label in enumerate(self._labels):
            if self._rank[number] is not None and figures.earlier.get(label, is_small(self._truth[number])):
                self._hidden.add(number)
        self._forced = set(self._hidden)
