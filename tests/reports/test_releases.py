"""All that viewers can ask about a year, taken together: no filter, total or second grouping gives a count away."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date
from functools import cache

import pytest

from lms.reports.rules import (
    WIDTH,
    Count,
    Fact,
    Field,
    Figures,
    Question,
    ReleaseLabel,
    Sum,
    find_period,
    guarded_report,
    is_due,
    is_small,
    periods_of,
    release,
)
from tests.reports.attacks import knowledge, propagate

TODAY = date(2026, 3, 5)
LANGUAGES = ("en", "es", "to", "sm")
SEEDS = range(5)


def world(seed: int, organizations: int = 7, workers: int = 170, tracks: int = 2) -> tuple[Field, list[Fact]]:
    """Return a year of completions: organizations of very different sizes, some workers at two of them."""
    rnd = random.Random(seed)
    size = [rnd.paretovariate(1.2) for _ in range(organizations)]
    areas = {n: frozenset(rnd.sample(range(1, 9), rnd.choice([1, 1, 2, 3]))) for n in range(organizations)}
    facts = []
    for person in range(workers):
        employers = {rnd.choices(range(organizations), size)[0]}
        if rnd.random() < 0.08:
            employers.add(rnd.randrange(organizations))
        language = rnd.choices(LANGUAGES, [50, 40, 6, 4])[0]
        for track in rnd.sample(range(tracks), min(tracks, rnd.choice([0, 1, 1, 2]))):
            month = rnd.randint(1, 12)
            facts += [Fact(person, f"t{track}", language, month, employer) for employer in employers]
    return Field([f"t{n}" for n in range(tracks)], LANGUAGES, list(range(organizations)), areas), facts


@cache
def year_of(seed: int, workers: int) -> tuple[Count, ...]:
    """Return everything that is released in the course of one year."""
    field, facts = world(seed, workers=workers)
    out: tuple[Count, ...] = ()
    for period in periods_of(2025):
        quarter = period[6:]
        within = [fact for fact in facts if not quarter or (fact.month + 2) // 3 == int(quarter)]
        out += release(field, within, period, () if quarter else out)
    return out


def relations(seed: int, out: tuple[Count, ...]) -> list[Sum]:
    """Return every sum that a reader of all pages knows of, worked out from what the pages are about."""
    field, _ = world(seed)
    parts: dict[tuple[ReleaseLabel, str], list[ReleaseLabel]] = defaultdict(list)
    labels = {count.label for count in out}
    for label in labels:
        period, track, group, key = label
        is_month = len(period) == 7 and "q" not in period
        if is_month:
            parts[ReleaseLabel(f"2025-q{(int(period[5:]) + 2) // 3}", track, "total", ""), "months"].append(label)
            parts[ReleaseLabel("2025", track, "total", ""), "months"].append(label)
        elif "q" in period:
            parts[label._replace(period="2025"), "quarters"].append(label)
        if group in ("organization", "language"):
            parts[ReleaseLabel(period, track, "total", ""), group].append(label)
        if group == "organization":
            for area in field.areas[int(key)]:
                parts[ReleaseLabel(period, track, "area", str(area)), "served"].append(label)
        if track:
            parts[label._replace(track=""), "tracks"].append(label)
    return [Sum(total, tuple(sorted(each))) for (total, _), each in sorted(parts.items()) if total in labels]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("workers", [40, 170, 700])
def test_a_reader_of_every_page_of_a_year_cannot_narrow_a_small_count(seed: int, workers: int) -> None:
    out = year_of(seed, workers)
    counts = {count.label: count.workers for count in out}
    figures = Figures(counts, relations(seed, out), dict.fromkeys(counts, 0))
    hidden = {count.label for count in out if count.is_hidden}
    bounds = propagate(figures, knowledge(figures, hidden))
    assert bounds is not None
    small = [label for label, workers in counts.items() if is_small(workers)]
    assert hidden.issuperset(small)
    assert [(label, bounds[label]) for label in small if bounds[label][1] - bounds[label][0] < WIDTH] == []


def test_that_reader_learns_much_when_each_page_is_guarded_alone() -> None:
    learned = 0
    for seed in SEEDS:
        out = year_of(seed, 170)
        counts = {count.label: count.workers for count in out}
        figures = Figures(counts, relations(seed, out), dict.fromkeys(counts, 0))
        small = {label for label, workers in counts.items() if is_small(workers)}
        bounds = propagate(figures, knowledge(figures, small))
        assert bounds is not None
        learned += sum(bounds[label][1] - bounds[label][0] < WIDTH for label in small)
    assert learned > 15


def test_much_of_a_year_is_still_told() -> None:
    shown = defaultdict(int)
    for seed in SEEDS:
        for count in year_of(seed, 700):
            if count.workers > 10 and count.label.period == "2025" and not count.label.track:
                shown[count.label.group, count.is_hidden] += 1
    assert shown["total", False] == len(SEEDS)
    for group in ("organization", "language", "area"):
        assert shown[group, False] > shown[group, True], group


def test_every_month_and_row_is_there_though_it_be_zero() -> None:
    field = Field(["core"], ["en", "sm"], [5], {5: frozenset({3})})
    out = release(field, [], "2025-q2")
    assert {count.workers for count in out} == {0}
    assert not any(count.is_hidden for count in out)
    assert {count.label.period for count in out} == {"2025-q2", "2025-04", "2025-05", "2025-06"}
    assert ReleaseLabel("2025-q2", "", "organization", "5") in {count.label for count in out}
    assert len([count for count in out if count.label.group == "area"]) == 8


def test_a_person_counts_once_in_a_total_and_once_in_each_row() -> None:
    people = [Fact(person, "core", "en", 4, employer) for person in range(30) for employer in (1, 2)]
    field = Field(["core"], ["en"], [1, 2], {1: frozenset({3}), 2: frozenset({3, 4})})
    out = release(field, people, "2025-q2")
    counts = {count.label[2:]: count.workers for count in out if count.label[:2] == ("2025-q2", "")}
    assert counts["total", ""] == counts["organization", "1"] == counts["organization", "2"] == 30
    assert counts["area", "3"] == counts["area", "4"] == 30
    assert counts["area", "5"] == 0


def test_late_entries_do_not_change_what_is_out() -> None:
    field, facts = world(3)
    quarters = tuple(count for count in year_of(3, 170) if "-q" in count.label.period or len(count.label.period) == 7)
    out = [count for count in quarters if not (len(count.label.period) == 7 and count.label.track)]
    late = [*facts, *(Fact(900 + n, "t0", "es", 2, 1) for n in range(3)), Fact(950, "new", "es", 2, 99)]
    added = release(field, late, "2025", out)
    assert not {count.label for count in added} & {count.label for count in out}
    total = next(count for count in added if count.label == ReleaseLabel("2025", "", "total", ""))
    assert total.workers == len({fact.person_id for fact in late})


def test_a_period_is_due_when_late_entries_had_their_time() -> None:
    assert not is_due("2025-q4", date(2026, 1, 14))
    assert is_due("2025-q4", date(2026, 1, 15))
    assert is_due("2025", date(2026, 1, 15))
    assert is_due("2025-q1", date(2025, 4, 15))
    assert not is_due("2026", TODAY)


def asked(period: str, group: str, track: str = "") -> list[tuple[str, int | None]]:
    found = find_period(period, TODAY)
    assert found is not None
    shown = {count.label: None if count.is_hidden else count.workers for count in year_of(1, 170)}
    report = guarded_report(Question(found, track, group), shown)
    return [] if report is None else [(row.key, row.workers) for row in report.rows]


def test_what_viewers_can_ask() -> None:
    assert [key for key, _ in asked("2025", "organization")] == list("0123456")
    assert [key for key, _ in asked("2025", "area", "t1")] == list("12345678")
    assert [key for key, _ in asked("2025-q2", "language")] == list(LANGUAGES)
    assert [key for key, _ in asked("2025", "track")] == ["t0", "t1"]
    assert [key for key, _ in asked("2025", "track", "t1")] == ["t1"]
    assert len(asked("2025", "month")) == len(asked("2025", "month", "t0")) == 12
    assert [key for key, _ in asked("2025-q2", "month")] == ["2025-04", "2025-05", "2025-06"]


def test_what_viewers_cannot_ask() -> None:
    assert asked("2025-q2", "organization", "t0") == []
    assert asked("2024", "organization") == []
    assert asked("2025", "organization", "unknown") == []


def test_a_guarded_report_says_what_it_hides() -> None:
    shown = {
        ReleaseLabel("2025", "", "total", ""): None,
        ReleaseLabel("2025", "", "organization", "4"): None,
        ReleaseLabel("2025", "", "organization", "5"): 0,
        ReleaseLabel("2025", "", "area", "1"): 20,
    }
    found = find_period("2025", TODAY)
    assert found is not None
    report = guarded_report(Question(found), shown)
    assert report is not None
    assert (report.workers, report.organizations, report.hidden, report.adds_up) == (None, 2, 2, None)
    assert guarded_report(Question(found, group="language"), shown) is None
