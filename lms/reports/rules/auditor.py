"""The auditor of small groups: an attacker's reasoning about counts that are not shown.

The attacker knows every relation between the counts, and that no hidden count is zero where zeros are shown. Nothing
is counted twice in a sum, so that no overlap can be learned from one. For a small count the auditor looks for other
tables, in whole numbers, that agree with all that is shown; the values that the count takes in them are values that
nobody can rule out. So what it lets pass is proved; what it cannot prove within its patience counts as unsafe.

Two attackers are tried: one who sees only what is published, and one who knows besides which of the hidden counts are
1 to 10 and which are more: hidden for their sake, or because fewer than 11 people made them up.
"""

from __future__ import annotations

from lms.reports.rules.figures import THRESHOLD, Figures, Label, take_apart
from lms.reports.rules.search import PATIENCE, Search, Window

#: How far apart the values must be that a reader cannot rule out for a hidden small count.
WIDTH = 5
#: The same for somebody who knows besides which hidden counts are small: three values.
INSIDER_WIDTH = 2
#: The rank of a zero: nothing is given up later.
ZERO_RANK = 99
#: How many states are looked at where little patience did not help.
MORE_PATIENCE = 4_000
_UNBOUNDED = 10**9

#: A value found possible, and the counts that differ from the truth in the table that shows it.
Witness = tuple[int, frozenset[int]]


class _Attacker:
    """One who reasons about hidden counts: the lowest and the highest value found that she cannot rule out."""

    def __init__(self, truth: list[int], *, is_insider: bool, width: int) -> None:
        self._truth, self.is_insider, self._width = truth, is_insider, width
        self._lowest: list[Witness] = [(value, frozenset()) for value in truth]
        self._highest = list(self._lowest)

    def is_lost(self, number: int) -> bool:
        """Return whether she must leave enough values possible for the count."""
        return self._highest[number][0] - self._lowest[number][0] >= self._width

    def learn(self, changes: dict[int, int], hidden: set[int]) -> None:
        """Note a table that she cannot rule out, by its differences from the truth."""
        changed = frozenset(number for number, by in changes.items() if by)
        for number in changed & hidden:
            witness = (self._truth[number] + changes[number], changed)
            self._lowest[number] = min(self._lowest[number], witness, key=_value)
            self._highest[number] = max(self._highest[number], witness, key=_value)

    def remember(self) -> tuple[list[Witness], list[Witness]]:
        """Return what was found until now, for `recall`."""
        return list(self._lowest), list(self._highest)

    def recall(self, known: tuple[list[Witness], list[Witness]]) -> None:
        """Go back to what was found when as much was hidden as now."""
        self._lowest, self._highest = known

    def forget(self, shown: set[int]) -> None:
        """Rule out every table in which one of these counts differs from the truth."""
        for witnesses in (self._lowest, self._highest):
            for number, (_, changed) in enumerate(witnesses):
                if not shown.isdisjoint(changed):
                    witnesses[number] = (self._truth[number], frozenset())


def _value(witness: Witness) -> int:
    return witness[0]


class Auditor:
    """Holds which counts of some figures are hidden, and what that leaves possible."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self._labels = list(figures.counts)
        self._index = {label: number for number, label in enumerate(self._labels)}
        self._truth = list(figures.counts.values())
        self._small = {number for number, label in enumerate(self._labels) if figures.is_small(label)}
        self._rank = [figures.ranks.get(label) for label in self._labels]
        self._anatomy = take_apart(figures)
        self._hidden = {number for number, label in enumerate(self._labels) if self._is_given(number, label)}
        self._forced = set(self._hidden)
        self._settled: set[int] = set()
        self._excused: set[int] = set()
        self._known_windows: dict[tuple[bool, int], list[Window]] = {}
        #: How many searches were made, and how many states each looks at.
        self.searches, self._patience = 0, PATIENCE
        self._attackers = (
            _Attacker(self._truth, is_insider=True, width=INSIDER_WIDTH),
            _Attacker(self._truth, is_insider=False, width=WIDTH),
        )

    def _is_given(self, number: int, label: Label) -> bool:
        """Return whether a count is hidden from the beginning: it was hidden earlier, or it is small."""
        if label in self._figures.guarded:
            return True
        return label in self._figures.ranks and self._figures.earlier.get(label, number in self._small)

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
            if number in self._small and not self._is_protected(number):
                return self._labels[number]
        return None

    def free(self, stuck: Label, limit: int) -> bool:
        """Hide what makes `stuck` safe, of rank `limit` at most; return whether it could. If not, nothing changes."""
        before = set(self._hidden)
        if self._is_protected(self._index[stuck], limit):
            return True
        self._show(self._hidden - before)
        return False

    def free_patiently(self, stuck: Label) -> bool:
        """Do what `free` does where it could not, with all that may be hidden and much more patience."""
        self._patience = MORE_PATIENCE
        try:
            return self.free(stuck, ZERO_RANK)
        finally:
            self._patience = PATIENCE

    def try_showing(self, label: Label) -> bool:
        """Show `label` again if every small count stays safe; return whether it did."""
        number, known = self._index[label], [attacker.remember() for attacker in self._attackers]
        self._show({number})
        if self.find_unprotected() is None:
            return True
        self._hide({number})
        for attacker, each in zip(self._attackers, known, strict=True):
            attacker.recall(each)
        return False

    def excuse(self, stuck: Label) -> bool:
        """Ask no longer that an insider be lost about `stuck`; return whether that was asked until now."""
        number = self._index[stuck]
        if number in self._excused:
            return False
        self._excused.add(number)
        return True

    def give_up(self, stuck: Label) -> None:
        """Hide all that has to do with `stuck` and is not out already: then nothing new gives it away."""
        related, layer = {self._index[stuck]}, {self._index[stuck]}
        while layer:
            layer = {peer for number in layer for peer in self._anatomy.peers[number]} - related
            related |= layer
        self._hide({number for number in related if self._can_hide(number, ZERO_RANK)})
        self._settled |= related
        self._forced |= related

    def _hide(self, numbers: set[int]) -> None:
        if numbers:
            self._hidden |= numbers
            self._known_windows.clear()

    def _show(self, numbers: set[int]) -> None:
        if numbers:
            self._hidden -= numbers
            self._known_windows.clear()
            for attacker in self._attackers:
                attacker.forget(numbers)

    def _can_hide(self, number: int, limit: int) -> bool:
        """Return whether a shown count may be hidden now: it is newly published, and of rank `limit` at most."""
        rank = self._rank[number]
        if rank is None or number in self._hidden or self._labels[number] in self._figures.earlier:
            return False
        return (rank if self._truth[number] else ZERO_RANK) <= limit

    def _is_protected(self, number: int, limit: int = -1) -> bool:
        """Return whether all attackers are lost about a count, looking for tables that they cannot rule out.

        Counts of rank `limit` or below are hidden on the way where that opens one.
        """
        attackers = self._attackers[1:] if number in self._excused else self._attackers
        return all(self._is_lost(attacker, number, limit) for attacker in attackers)

    def _is_lost(self, attacker: _Attacker, number: int, limit: int) -> bool:
        for step in (1, -1):
            changes: dict[int, int] = {}  # how the other table differs from the truth
            while not attacker.is_lost(number) and self._extend(attacker, number, step, changes, limit):
                pass
        return attacker.is_lost(number)

    def _extend(self, attacker: _Attacker, number: int, step: int, changes: dict[int, int], limit: int) -> bool:
        """Take the other table further, so that `number` moves by `step` as often as it goes; return whether it did."""
        self.searches += 1
        windows = self._windows(attacker, limit)
        further = Search(self._anatomy, windows, changes).run(number, step, self._patience)
        if further is None:
            return False
        self._hide({each for each, by in further.items() if by and self._is_count(each, limit)})
        for _ in range(WIDTH):
            after = {each: changes.get(each, 0) + by for each, by in further.items()}
            if not all(windows[each][0] <= value <= windows[each][1] for each, value in after.items()):
                break
            changes.update(after)
        for other in self._attackers:
            if attacker.is_insider or not other.is_insider:  # what an insider thinks possible, everybody does
                other.learn(changes, self._hidden)
        return True

    def _is_count(self, number: int, limit: int) -> bool:
        return number < len(self._labels) and self._can_hide(number, limit)

    def _windows(self, attacker: _Attacker, limit: int) -> list[Window]:
        """Return how far each count may be from the truth for all that `attacker` knows, counts up to `limit` hidden.

        Behind the counts stand differences between two ways of taking a total apart, which are always zero.
        """
        address = (attacker.is_insider, limit)
        if address not in self._known_windows:
            zeros = {number for number in self._hidden if self._truth[number] == 0}
            windows = [self._window(number, attacker, limit, zeros) for number in range(len(self._labels))]
            windows += [(0, 0)] * (len(self._anatomy.made_of) - len(windows))
            self._known_windows[address] = windows
        return self._known_windows[address]

    def _window(self, number: int, attacker: _Attacker, limit: int, zeros: set[int]) -> Window:
        truth = self._truth[number]
        if self._rank[number] is None:
            return (-truth, _UNBOUNDED)
        if number not in self._hidden and not self._can_hide(number, limit):
            return (0, 0)
        if attacker.is_insider and truth >= THRESHOLD:
            return (THRESHOLD - truth, _UNBOUNDED)
        # where a zero is hidden nearby, this count may be one
        lowest = 0 if number in zeros or not zeros.isdisjoint(self._anatomy.peers[number]) else 1
        return (lowest - truth, THRESHOLD - 1 - truth if attacker.is_insider else _UNBOUNDED)
