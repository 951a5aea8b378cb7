"""The search for another table: steps of whole people that leave all that is shown as it is, and move one count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

from lms.reports.rules.figures import Anatomy

#: How many states are looked at before the search ends without an answer, and how many ways on from each.
PATIENCE = 120
WAYS = 6

#: From the number of a count to a change of it.
Changes = Mapping[int, int]
#: The lowest and the highest change that a count may have.
Window = tuple[int, int]


@dataclass(frozen=True)
class _State:
    """A table on the way: how atoms and counts were changed, and by how much counts are out of their windows."""

    atoms: dict[int, int]
    changes: dict[int, int]
    wrong: dict[int, int]


class Search:
    """Looks for a table in which one count is further from the truth than in the table that `changes` tells.

    It always goes on from the state that seems nearest to an answer, and mends first what has the fewest atoms.
    """

    def __init__(self, anatomy: Anatomy, windows: Sequence[Window], changes: Changes) -> None:
        self._anatomy = anatomy
        #: By how much each count may still change.
        self._rooms = list(windows)
        for number, done in changes.items():
            low, high = windows[number]
            self._rooms[number] = (low - done, high - done)

    def run(self, number: int, step: int, patience: int = PATIENCE) -> dict[int, int] | None:
        """Return the further changes of all counts with which `number` goes by `step` (1 or -1); None if not found."""
        low, high = self._rooms[number]
        if not low <= step <= high:
            return None
        self._rooms[number] = (1, high) if step > 0 else (low, -1)
        heap = [(0, 0, _State({}, {}, {number: 1}), number, 0)]
        seen: set[frozenset[tuple[int, int]]] = set()
        serial = count(1)
        for _ in range(patience):
            if not heap:
                break
            _, _, before, atom, by = heappop(heap)
            state = self._after(before, atom, by) if by else before
            if not state.wrong:
                return state.changes
            key = frozenset(state.atoms.items())
            if key in seen:
                continue
            seen.add(key)
            for price, atom, by in self._ways_on(state):
                cost = 2 * (sum(state.wrong.values()) + price) + len(state.atoms)
                heappush(heap, (cost, next(serial), state, atom, by))
        return None

    def _ways_on(self, state: _State) -> list[tuple[int, int, int]]:
        """Return the steps that mend the most: how much more is wrong then, the atom, and by how much it changes."""
        number = min(state.wrong, key=lambda each: (len(self._anatomy.made_of[each]), each))
        toward = 1 if state.changes.get(number, 0) < self._rooms[number][0] else -1
        steps = [
            (price, atom, sign * toward)
            for atom, sign in self._anatomy.made_of[number].items()
            if (price := self._price(state, atom, sign * toward)) is not None
        ]
        return sorted(steps)[:WAYS]

    def _price(self, state: _State, atom: int, step: int) -> int | None:
        """Return how much more is wrong when `atom` changes by `step`; None when it cannot, or would go back."""
        low, high = self._rooms[atom]
        if state.atoms.get(atom, 0) * step < 0 or not low <= state.changes.get(atom, 0) + step <= high:
            return None
        price, changes, wrong, rooms = 0, state.changes, state.wrong, self._rooms
        for number, sign in self._anatomy.used_in[atom]:
            change = changes.get(number, 0) + sign * step
            low, high = rooms[number]
            if change < low:
                price += low - change
            elif change > high:
                price += change - high
            if number in wrong:
                price -= wrong[number]
        return price

    def _after(self, state: _State, atom: int, step: int) -> _State:
        atoms, changes, wrong = {**state.atoms}, {**state.changes}, {**state.wrong}
        atoms[atom] = atoms.get(atom, 0) + step
        for number, sign in self._anatomy.used_in[atom]:
            change = changes[number] = changes.get(number, 0) + sign * step
            low, high = self._rooms[number]
            wrong.pop(number, None)
            if not low <= change <= high:
                wrong[number] = max(low - change, change - high)
        return _State(atoms, changes, wrong)
