"""Counts that are published together, the relations between them, and what they consist of.

Counts that are the total of no sum are atoms. Every other count is a sum of atoms: nothing is counted twice in it. So a
whole set of figures is told by its atoms, and another set by how its atoms differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

THRESHOLD = 11

#: What names a count: any hashable value.
Label = Any


@dataclass(frozen=True)
class Sum:
    """A relation between counts: `total` counts what `parts` count, each of it once."""

    total: Label
    parts: tuple[Label, ...]


@dataclass(frozen=True)
class Figures:
    """Counts that are published together, with all relations between them.

    `ranks` holds what is published: the higher the rank, the later a count is given up. A count without a rank is
    never published; it is there because an attacker can reason about it, and those in `guarded` must not be worked
    out. `earlier` are counts that readers have seen already: True for hidden, False for shown; neither can change.
    `few` are counts that are large, and yet tell of fewer than 11 people.
    """

    counts: Mapping[Label, int]
    sums: Sequence[Sum]
    ranks: Mapping[Label, int]
    earlier: Mapping[Label, bool] = field(default_factory=dict)
    guarded: frozenset[Label] = frozenset()
    few: frozenset[Label] = frozenset()

    def is_small(self, label: Label) -> bool:
        """Return whether a count tells of 1 to 10 people, however often each of them counts."""
        return is_small(self.counts[label]) or label in self.few


@dataclass(frozen=True)
class Anatomy:
    """What figures consist of, by number.

    `made_of` holds for each count its atoms with signs; behind the counts it holds each second way of taking a total
    apart, less the first: sums of atoms that can never change. `used_in` is the same seen from the atoms. `peers`
    holds for each count those that share a sum with it.
    """

    made_of: Sequence[Mapping[int, int]]
    used_in: Mapping[int, Sequence[tuple[int, int]]]
    peers: Sequence[frozenset[int]]


def is_small(count: int) -> bool:
    """Return whether `count` is one that readers of aggregates may never learn: 1 to 10 people."""
    return 0 < count < THRESHOLD


def take_apart(figures: Figures) -> Anatomy:
    """Return what `figures` consist of. No count may be a part of itself, however indirectly."""
    index = {label: number for number, label in enumerate(figures.counts)}
    sums = [(index[each.total], [index[part] for part in each.parts]) for each in figures.sums]
    ways: dict[int, list[list[int]]] = defaultdict(list)
    peers: list[set[int]] = [set() for _ in index]
    for total, parts in sums:
        ways[total].append(parts)
        for member in (total, *parts):
            peers[member].update((total, *parts))
    atoms: dict[int, dict[int, int]] = {}
    made_of = [_atoms_of(number, ways, atoms) for number in index.values()]
    for total, (_, *others) in ways.items():
        differences = (_less(_add(atoms[part] for part in parts), atoms[total]) for parts in others)
        made_of += [difference for difference in differences if difference]
    used_in: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, signs in enumerate(made_of):
        for atom, sign in signs.items():
            used_in[atom].append((number, sign))
    return Anatomy(made_of, used_in, [frozenset(each) for each in peers])


def _atoms_of(number: int, ways: Mapping[int, list[list[int]]], known: dict[int, dict[int, int]]) -> dict[int, int]:
    """Return the atoms of one count by the first way of taking it apart, and remember them in `known`."""
    if number not in known:
        first = ways[number][0] if number in ways else None
        known[number] = {number: 1} if first is None else _add(_atoms_of(part, ways, known) for part in first)
    return known[number]


def _add(vectors: Iterable[Mapping[int, int]]) -> dict[int, int]:
    total: dict[int, int] = defaultdict(int)
    for vector in vectors:
        for atom, sign in vector.items():
            total[atom] += sign
    return dict(total)


def _less(one: Mapping[int, int], other: Mapping[int, int]) -> dict[int, int]:
    difference = {atom: one.get(atom, 0) - other.get(atom, 0) for atom in {*one, *other}}
    return {atom: sign for atom, sign in sorted(difference.items()) if sign}
