"""No count from 1 to 10 can be worked out, by attackers who know every sum."""

from __future__ import annotations

import random
from functools import cache

import pytest

from lms.reports.rules import WIDTH, Figures, Sum, grid, hidden_counts, is_small, suppression
from tests.reports.attacks import knowledge, possible_range, propagate

SEEDS = range(200)


@cache
def guarded(seed: int) -> tuple[Figures, frozenset[object]]:
    """Return a random table and what is hidden in it."""
    figures = random_table(seed)
    return figures, hidden_counts(figures)


def random_table(seed: int) -> Figures:
    """Return a table with totals, its counts small and large, some of them zero."""
    rnd = random.Random(seed)
    rows, columns = rnd.randint(2, 4), rnd.randint(2, 4)
    mean = rnd.choice([3, 8, 20, 60])
    names = [f"r{n}" for n in range(rows)], [f"c{n}" for n in range(columns)]
    counts = {
        (row, column): int(rnd.expovariate(1 / mean)) if rnd.random() < 0.8 else 0
        for row in names[0]
        for column in names[1]
    }
    return grid(*names, counts)


def small(figures: Figures) -> list[object]:
    return [label for label, count in figures.counts.items() if is_small(count)]


@pytest.mark.parametrize("seed", SEEDS)
def test_an_attacker_who_enumerates_tables_cannot_narrow_a_small_count(seed: int) -> None:
    figures, hidden = guarded(seed)
    assert hidden.issuperset(small(figures))
    known = knowledge(figures, hidden)
    for label in small(figures):
        low, high = possible_range(figures, known, label, WIDTH)
        assert high - low >= WIDTH, (label, low, high)


def test_the_attacker_works_when_only_small_counts_are_hidden() -> None:
    exact = narrow = cells = 0
    for seed in SEEDS:
        figures = random_table(seed)
        bounds = propagate(figures, knowledge(figures, small(figures)))
        assert bounds is not None
        widths = [bounds[label][1] - bounds[label][0] for label in small(figures)]
        cells += len(widths)
        exact += widths.count(0)
        narrow += sum(width < WIDTH for width in widths)
    assert cells > 900
    assert exact > 50
    assert narrow > exact


def test_hiding_is_moderate() -> None:
    tables = [random_table(seed) for seed in SEEDS]
    hidden = [hidden_counts(figures) for figures in tables]
    lost_totals = sum(
        ("", "") in gone and not is_small(figures.counts["", ""]) for figures, gone in zip(tables, hidden, strict=True)
    )
    lost_zeros = sum(figures.counts[label] == 0 for figures, gone in zip(tables, hidden, strict=True) for label in gone)
    assert lost_totals <= 16
    assert lost_zeros <= 5
    assert sum(map(len, hidden)) <= 1.6 * sum(len(small(figures)) for figures in tables)


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    assert hidden_counts(grid("ab", "cd", {("a", "c"): 11, ("a", "d"): 0, ("b", "c"): 40, ("b", "d"): 12})) == set()


def one_row(*counts: int) -> Figures:
    labels = [f"cell {number}" for number in range(len(counts))]
    every = {**dict(zip(labels, counts, strict=True)), "total": sum(counts)}
    return Figures(every, [Sum("total", tuple(labels))], {**dict.fromkeys(labels, 0), "total": 1})


@pytest.mark.parametrize("counts", [(10, 14, 10, 10, 0, 0, 0, 30), (10, 14, 9, 17, 0, 0, 0, 30), (1, 11), (1, 40, 50)])
def test_the_guidelines_examples(counts: tuple[int, ...]) -> None:
    figures = one_row(*counts)
    hidden = hidden_counts(figures)
    assert len(hidden) > len(small(figures))
    assert not any(figures.counts[label] == 0 for label in hidden)


def test_a_lone_small_count_takes_its_total_along_only_when_it_must() -> None:
    assert hidden_counts(one_row(4, 20, 30)) == {"cell 0", "cell 1"}
    assert hidden_counts(one_row(4, 20)) == {"cell 0", "cell 1"}
    assert hidden_counts(one_row(12, 0, 4)) == {"cell 2", "cell 0"}
    assert hidden_counts(one_row(1, 11)) == {"cell 0", "total"}
    assert hidden_counts(one_row(4)) == {"cell 0", "total"}


def test_what_was_shown_stays_shown_and_what_was_hidden_stays_hidden() -> None:
    figures = one_row(4, 20, 30)
    first = hidden_counts(figures)
    earlier = {label: label in first for label in figures.counts}
    every = {**figures.counts, "extra": 6, "more": 40, "all": 100}
    ranks = {**figures.ranks, "extra": 0, "more": 0, "all": 2}
    later = Figures(every, [*figures.sums, Sum("all", ("total", "extra", "more"))], ranks, earlier)
    hidden = hidden_counts(later)
    assert {label for label in figures.counts if label in hidden} == first
    assert "extra" in hidden
    assert hidden & {"more", "all"}


def test_where_nothing_helps_nothing_new_is_shown() -> None:
    counts = {"part": 6, "whole": 6, "other": 30, "zero": 0, "far": 50}
    sums = [Sum("whole", ("part",)), Sum("other", ("part", "zero"))]
    figures = Figures(counts, sums, dict.fromkeys(counts, 0), {"whole": False})
    assert hidden_counts(figures) == {"part", "other", "zero"}


def test_counts_that_nobody_publishes_help_the_attacker_as_much_as_they_do() -> None:
    counts = {"beneath": 7, "shown": 20, "small": 7, "rest": 13}
    sums = [Sum("small", ("beneath",)), Sum("shown", ("beneath", "rest"))]
    hidden = hidden_counts(Figures(counts, sums, {"shown": 1, "small": 0, "rest": 0}))
    assert hidden == {"small", "rest"}


def test_large_figures_are_not_polished_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    polished = sum(len(guarded(seed)[1]) for seed in range(40))
    monkeypatch.setattr(suppression, "MOST_SEARCHES", 0)
    rough = sum(len(hidden_counts(random_table(seed))) for seed in range(40))
    assert rough > polished
