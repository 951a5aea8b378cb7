"""The auditor of small groups: an attacker's reasoning about counts that are not shown.

It knows every relation between the counts, every overlap (how many people a sum counts more than once), and of each
hidden count whether it is small (from 1 to 10) or large. For a small count it looks for other tables, in whole
people, that agree with all that is shown; the values that the count takes in them are values that nobody can rule
out. So what it lets pass is proved; what it cannot prove within its patience counts as unsafe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from heapq import heappop, heappush

from lms.reports.rules.figures import THRESHOLD, Anatomy, Figures, Label, is_small, take_apart

#: A hidden small count must be able to take values this far apart, all that is shown being equal.
WIDTH = 5
#: The rank of a zero: nothing is given up later.
ZERO_RANK = 99
_UNBOUNDED = 10**9
#: How many states the auditor looks at in search of one other table, and how many ways on from each.
_PATIENCE = 150
_WAYS = 6

#: A value found possible, and the counts that differ from the truth in the table that shows it.
Witness = tuple[int, frozenset[int]]


class Auditor:
    """Holds which counts are hidden, and the lowest and the highest value found possible for each of them."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self._labels = list(figures.counts)
        self._index = {label: number for number, label in enumerate(self._labels)}
        self._truth = list(figures.counts.values())
        self._rank = [figures.ranks.get(label) for label in self._labels]
        self._anatomy = take_apart(figures)
        self._settled: set[int] = set()
        self._lowest: list[Witness] = [(value, frozenset()) for value in self._truth]
        self._highest = list(self._lowest)
        self._hidden = {number for number, label in enumerate(self._labels) if self._is_given(number, label)}
        self._forced = set(self._hidden)

    def _is_given(self, number: int, label: Label) -> bool:
        """Return whether a count is hidden from the beginning: it was hidden earlier, or it is small."""
        return label in self._figures.ranks and self._figures.earlier.get(label, is_small(self._truth[number]))

    @property
    def hidden(self) -> frozenset[Label]:
        """The labels that are hidden now."""
        return frozenset(self._labels[number] for number in self._hidden)

    def worth(self, label: Label) -> tuple[int, int, str]:
        """Return how much readers want this count: its rank, then its size."""
        return (self._figures.ranks[label], self._figures.counts[label], str(label))

    def complements(self) -> list[Label]:
        """Return the counts that are hidden for the sake of others."""
        return [self._labels[number] for number in self._hidden - self._forced]

    def find_unprotected(self) -> Label | None:
        """Return a hidden small count that is not proved safe, or None when all are."""
        for number in sorted(self._hidden - self._settled):
            if is_small(self._truth[number]) and not self._is_protected(number):
                return self._labels[number]
        return None

    def free(self, stuck: Label, limit: int) -> bool:
        """Hide what makes `stuck` safe, of rank `limit` at most; return whether it could. If not, nothing changes."""
        before = set(self._hidden)
        if self._is_protected(self._index[stuck], limit):
            return True
        self._show(self._hidden - before)
        return False

    def try_showing(self, label: Label) -> bool:
        """Show `label` again if every small count stays safe; return whether it did."""
        number = self._index[label]
        self._show({number})
        if self.find_unprotected() is None:
            return True
        self._hidden.add(number)
        return False

    def give_up(self, stuck: Label) -> None:
        """Hide all that has to do with `stuck` and is not out already: then nothing new gives it away."""
        related, layer = {self._index[stuck]}, {self._index[stuck]}
        while layer:
            layer = {peer for number in layer for peer in self._anatomy.peers[number]} - related
            related |= layer
        self._hidden |= {number for number in related if self._can_hide(number, ZERO_RANK)}
        self._settled |= related
        self._forced |= related

    def _show(self, numbers: set[int]) -> None:
        """Show counts again, and forget all that was found possible while they were hidden."""
        self._hidden -= numbers
        for witnesses in (self._lowest, self._highest):
            for number, (_, changed) in enumerate(witnesses):
                if not numbers.isdisjoint(changed):
                    witnesses[number] = (self._truth[number], frozenset())

    def _can_hide(self, number: int, limit: int) -> bool:
        """Return whether a shown count may be hidden now: it is newly published, and of rank `limit` at most."""
        rank = self._rank[number]
        if rank is None or number in self._hidden or self._labels[number] in self._figures.earlier:
            return False
        return (rank if self._truth[number] else ZERO_RANK) <= limit

    def _is_protected(self, number: int, limit: int = -1) -> bool:
        """Return whether `number` can take values far enough apart, looking for tables that show it.

        Counts of rank `limit` or below are hidden on the way where that opens one.
        """
        for step in (1, -1):
            shifts: dict[int, int] = {}  # how the other table differs from the truth
            while not self._is_wide(number) and self._extend(number, step, shifts, limit):
                pass
        return self._is_wide(number)

    def _is_wide(self, number: int) -> bool:
        return self._highest[number][0] - self._lowest[number][0] >= WIDTH

    def _extend(self, number: int, step: int, shifts: dict[int, int], limit: int) -> bool:
        """Move `number` further by `step`, others making up for it, as often as it goes; return whether it went."""
        move = Search(self._anatomy, lambda other: self._window(other, limit), shifts).run(number, step)
        if move is None:
            return False
        self._hidden |= {other for other in move if other < len(self._labels) and self._can_hide(other, limit)}
        for _ in range(WIDTH):
            if not all(self._allows(other, shifts.get(other, 0) + by) for other, by in move.items()):
                break
            for other, by in move.items():
                shifts[other] = shifts.get(other, 0) + by
        changed = frozenset(other for other, by in shifts.items() if by)
        for other in changed & self._hidden:
            value = self._truth[other] + shifts[other]
            self._lowest[other] = min(self._lowest[other], (value, changed), key=_value)
            self._highest[other] = max(self._highest[other], (value, changed), key=_value)
        return True

    def _allows(self, number: int, shift: int) -> bool:
        low, high = self._window(number, -1)
        return low <= shift <= high

    def _window(self, number: int, limit: int) -> tuple[int, int]:
        """Return how far a count may be from the truth, for all that an attacker knows of it."""
        if number >= len(self._labels):
            return (0, 0)  # the difference between two ways of taking the same total apart
        truth = self._truth[number]
        if self._rank[number] is None:
            return (-truth, _UNBOUNDED)
        if number not in self._hidden and not self._can_hide(number, limit):
            return (0, 0)
        if truth >= THRESHOLD:
            return (THRESHOLD - truth, _UNBOUNDED)
        zero_is_possible = truth == 0 or any(not self._truth[peer] for peer in self._anatomy.peers[number] & self._hidden)
        return ((0 if zero_is_possible else 1) - truth, THRESHOLD - 1 - truth)


def _value(witness: Witness) -> int:
    return witness[0]


class Search:
    """A search for a set of steps of atoms that keeps every count within its window and moves one of them.

    It goes on from the state in which the least is out of its window, mending what consists of the fewest atoms first.
    """

    def __init__(
        self, anatomy: Anatomy, window: Callable[[int], tuple[int, int]], shifts: Mapping[int, int]
    ) -> None:
        self._anatomy, self._shifts = anatomy, shifts
        self._window = window
        self._known: dict[int, tuple[int, int]] = {}

    def run(self, number: int, step: int) -> dict[int, int] | None:
        """Return by how much counts change when `number` moves by `step`; None when nothing is found in time."""
        low, high = self._window(number)
        wanted = self._shifts.get(number, 0) + step
        if not low <= wanted <= high:
            return None
        self._known[number] = (wanted, high) if step > 0 else (low, wanted)
        heap = [(0, 0, {}, {number: 1})]
        seen = set()
        serial = 0
        for _ in range(_PATIENCE):
            if not heap:
                return None
            _, _, atoms, wrong = heappop(heap)
            if not wrong:
                return self._sum_up(atoms)
            for atom, by in self._ways(atoms, wrong):
                after = {**atoms, atom: atoms.get(atom, 0) + by}
                key = frozenset(after.items())
                if key in seen:
                    continue
                seen.add(key)
                change = self._sum_up(after)
                left = {n: off for n, c in change.items() if (off := self._off(n, c))}
                if (off := self._off(number, change.get(number, 0))): left[number] = off
                serial += 1
                heappush(heap, (2 * sum(left.values()) + len(after), serial, after, left))
        return None

    def _sum_up(self, atoms):
        change = {}
        for atom, by in atoms.items():
            for n, sign in self._anatomy.used_in[atom]:
                c = change.pop(n, 0) + by * sign
                if c: change[n] = c
        return change

    def _off(self, n, change):
        if n not in self._known: self._known[n] = self._window(n)
        low, high = self._known[n]
        at = self._shifts.get(n, 0) + change
        return low - at if at < low else max(at - high, 0)

    def _ways(self, atoms, wrong):
        n = min(wrong, key=lambda n: (len(self._anatomy.made_of[n]), n))
        change = self._sum_up(atoms)
        low, high = self._known[n]
        toward = 1 if self._shifts.get(n, 0) + change.get(n, 0) < low else -1
        found = []
        for atom, sign in self._anatomy.made_of[n].items():
            by = toward * sign
            if atoms.get(atom, 0) * by < 0: continue
            if self._off(atom, change.get(atom, 0) + by): continue
            cost = 0
            for m, s in self._anatomy.used_in[atom]:
                c = change.get(m, 0)
                cost += self._off(m, c + s * by) - self._off(m, c)
            found.append((cost, atom, by))
        found.sort()
        return [(atom, by) for _, atom, by in found[:_WAYS]]
