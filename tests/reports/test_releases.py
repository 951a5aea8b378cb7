"""All that viewers can ask about a year, taken together: no filter, total or second grouping gives a count away."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from lms.reports.rules import (
    WIDTH,
    Cell,
    Count,
    Field,
    Figures,
    Program,
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
from tests.reports.attacks import knowledge, propagate, told

TODAY = date(2026, 3, 5)
LANGUAGES = ("en", "es", "to", "sm")
SEEDS = range(5)


def quarter_of(cell: Cell) -> str:
    return f"2025-q{(int(cell.month[5:]) + 2) // 3}"


@cache
def world(seed: int, workers: int = 170, organizations: int = 7, tracks: int = 2) -> Field:
    """Return a year of completions: organizations of very different sizes, one of them from April on."""
    rnd = random.Random(seed)
    size = [rnd.paretovariate(1.2) for _ in range(organizations)]
    areas = {n: frozenset(rnd.sample(range(1, 9), rnd.choice([1, 1, 2, 3]))) for n in range(organizations)}
    programs: dict[str, Program] = {f"2025-q{n}": dict(areas) for n in (1, 2, 3, 4)}
    programs["2025-q1"] = {number: each for number, each in areas.items() if number != 3}
    cells: dict[Cell, list[int]] = defaultdict(list)
    for worker in range(workers):
        employer = rnd.choices(range(organizations), size)[0]
        language = rnd.choices(LANGUAGES, [50, 40, 6, 4])[0]
        for track in rnd.sample(range(tracks), min(tracks, rnd.choice([0, 1, 1, 2]))):
            cell = Cell(employer, f"t{track}", language, f"2025-{rnd.randint(1, 12):02}")
            if employer in programs[quarter_of(cell)]:
                cells[cell].append(worker)
    return Field([f"t{n}" for n in range(tracks)], LANGUAGES, programs, cells)


def whom(field: Field, label: ReleaseLabel) -> set[int]:
    """Return whom a count tells of, looked up cell by cell."""
    period, track, group, key = label

    def counts(cell: Cell) -> bool:
        of = {
            "total": {""},
            "organization": {str(cell.organization_id)},
            "language": {cell.language},
            "area": {str(area) for area in field.program[quarter_of(cell)][cell.organization_id]},
        }
        return key in of[group] and track in ("", cell.track) and period in (cell.month, quarter_of(cell), "2025")

    return {person for cell, people in field.cells.items() if counts(cell) for person in people}


def within(field: Field, quarter: str) -> Field:
    """Return what is known when a quarter closes."""
    cells = {cell: people for cell, people in field.cells.items() if quarter_of(cell) == quarter}
    return replace(field, program={quarter: field.program[quarter]}, cells=cells)


@cache
def year_of(seed: int, workers: int) -> tuple[Count, ...]:
    """Return everything that is released in the course of one year."""
    field, out = world(seed, workers), ()
    for period in periods_of(2025):
        out += release(within(field, period) if "q" in period else field, period, () if "q" in period else out)
    return out


def relations(field: Field, out: tuple[Count, ...]) -> list[Sum]:
    """Return every sum that a reader of all pages knows of, worked out from what the pages are about."""
    parts: dict[tuple[ReleaseLabel, str], list[ReleaseLabel]] = defaultdict(list)
    labels = {count.label for count in out}
    for label in labels:
        period, track, group, key = label
        if len(period) == 7 and "q" not in period:
            parts[ReleaseLabel(f"2025-q{(int(period[5:]) + 2) // 3}", track, "total", ""), "months"].append(label)
            parts[ReleaseLabel("2025", track, "total", ""), "months"].append(label)
        elif "q" in period:
            parts[label._replace(period="2025"), "quarters"].append(label)
        if group in ("organization", "language"):
            parts[ReleaseLabel(period, track, "total", ""), group].append(label)
        if group == "organization":
            for area in field.program["2025-q4"][int(key)]:
                parts[ReleaseLabel(period, track, "area", str(area)), "served"].append(label)
        if track:
            parts[label._replace(track=""), "tracks"].append(label)
    return [Sum(total, tuple(sorted(each))) for (total, _), each in sorted(parts.items()) if total in labels]


def figures_of(seed: int, out: tuple[Count, ...]) -> Figures:
    counts = {count.label: count.completions for count in out}
    return Figures(counts, relations(world(seed), out), dict.fromkeys(counts, 0))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("workers", [40, 170, 700])
def test_a_reader_of_every_page_of_a_year_cannot_narrow_a_small_count(seed: int, workers: int) -> None:
    out = year_of(seed, workers)
    figures = figures_of(seed, out)
    hidden = {count.label for count in out if count.is_hidden}
    bounds = propagate(figures, knowledge(figures, hidden))
    assert bounds is not None
    small = [
        label for label, number in figures.counts.items() if number and len(whom(world(seed, workers), label)) < 11
    ]
    assert {label for label, number in figures.counts.items() if is_small(number)} <= set(small)
    assert hidden.issuperset(small)
    assert [(label, bounds[label]) for label in small if bounds[label][1] - bounds[label][0] < WIDTH] == []


def test_fewer_than_eleven_people_stay_hidden_however_much_they_did() -> None:
    """Six Samoan speakers completed four tracks each, among many others: 24 completions, and still six people."""
    tracks, month = ["a", "b", "c", "d"], "2025-05"
    cells = {Cell(1, track, "sm", month): range(6) for track in tracks}
    cells |= {Cell(1, track, "en", month): range(100, 140) for track in tracks}
    cells |= {Cell(2, track, "es", month): range(200, 230) for track in tracks}
    field = Field(tracks, LANGUAGES, {"2025-q2": {1: frozenset({3}), 2: frozenset({3, 4})}}, cells)
    shown = {count.label: count.completions for count in release(field, "2025-q2") if not count.is_hidden}
    samoan, total = ReleaseLabel("2025-q2", "", "language", "sm"), ReleaseLabel("2025-q2", "", "total", "")
    assert len(whom(field, samoan)) == 6
    assert samoan not in shown
    assert shown[total] == 24 + 160 + 120
    languages = [shown.get(total._replace(group="language", key=key)) for key in LANGUAGES]
    assert languages.count(None) >= 2, "one more is hidden, or the total would tell"
    alone = replace(field, cells={cell: [0] * len(people) for cell, people in cells.items()})
    assert [count for count in release(alone, "2025-q2") if count.completions and not count.is_hidden] == []


@pytest.mark.parametrize("workers", [40, 170, 700])
def test_nothing_small_is_left_when_what_is_shown_is_taken_from_a_total(workers: int) -> None:
    for seed in SEEDS:
        out = year_of(seed, workers)
        hidden = {count.label for count in out if count.is_hidden}
        assert [rest for rest in told(figures_of(seed, out), hidden) if is_small(abs(rest))] == []


def test_that_reader_learns_much_when_each_page_is_guarded_alone() -> None:
    learned = rests = 0
    for seed in SEEDS:
        figures = figures_of(seed, year_of(seed, 170))
        small = {label for label, number in figures.counts.items() if is_small(number)}
        bounds = propagate(figures, knowledge(figures, small))
        assert bounds is not None
        learned += sum(bounds[label][1] - bounds[label][0] < WIDTH for label in small)
        rests += sum(is_small(rest) for rest in told(figures, small))
    assert learned > 15
    assert rests > 15


def test_of_workers_that_reader_would_learn_who_is_in_two_rows() -> None:
    """Two organizations of 40 and 26 with one worker in both; tracks of 40 and 30 that five did both."""
    for rows, total, overlap in (((40, 26), 65, 1), ((40, 30), 65, 5)):
        figures = Figures(
            {"a": rows[0], "b": rows[1], "all": total}, [Sum("all", ("a", "b"))], {"a": 0, "b": 0, "all": 1}
        )
        assert told(figures, set()) == [-overlap]


def test_a_completion_counts_once_in_every_total() -> None:
    """So whatever is shown of a family, its rows and totals differ by what is hidden alone."""
    for seed in SEEDS:
        figures = figures_of(seed, year_of(seed, 170))
        assert set(told(figures, set())) == {0}


def test_much_of_a_year_is_still_told() -> None:
    shown: Counter[tuple[str, bool]] = Counter()
    for seed in SEEDS:
        for count in year_of(seed, 700):
            if count.completions > 10 and count.label.period == "2025" and not count.label.track:
                shown[count.label.group, count.is_hidden] += 1
    assert shown["total", False] == len(SEEDS)
    for group in ("organization", "language", "area"):
        assert shown[group, False] > shown[group, True], group


def test_every_month_and_row_is_there_though_it_be_zero() -> None:
    field = Field(["core"], ["en", "sm"], {"2025-q2": {5: frozenset({3})}}, {})
    out = release(field, "2025-q2")
    assert {count.completions for count in out} == {0}
    assert not any(count.is_hidden for count in out)
    assert {count.label.period for count in out} == {"2025-q2", "2025-04", "2025-05", "2025-06"}
    assert ReleaseLabel("2025-q2", "", "organization", "5") in {count.label for count in out}
    assert len([count for count in out if count.label.group == "area"]) == 8


def test_completions_count_in_every_area_that_their_organization_serves() -> None:
    cells = {Cell(1, "core", "en", "2025-04"): range(20), Cell(2, "core", "es", "2025-05"): range(30)}
    areas = {"2025-q2": {1: frozenset({3}), 2: frozenset({3, 4})}}
    out = release(Field(["core"], ["en", "es"], areas, cells), "2025-q2")
    counts = {count.label[2:]: count.completions for count in out if count.label[:2] == ("2025-q2", "")}
    assert (counts["total", ""], counts["organization", "1"], counts["organization", "2"]) == (50, 20, 30)
    assert (counts["area", "3"], counts["area", "4"], counts["area", "5"]) == (50, 30, 0)
    assert (counts["language", "en"], counts["language", "es"]) == (20, 30)


def test_a_year_adds_only_what_is_not_out() -> None:
    quarters = [count for count in year_of(3, 170) if count.label.period != "2025"]
    quarters = [count for count in quarters if "q" in count.label.period or not count.label.track]
    added = release(world(3, 170), "2025", quarters)
    assert not {count.label for count in added} & {count.label for count in quarters}
    assert ReleaseLabel("2025-02", "t0", "total", "") in {count.label for count in added}
    total = next(count for count in added if count.label == ReleaseLabel("2025", "", "total", ""))
    assert total.completions == sum(len(people) for people in world(3, 170).cells.values())


def test_a_period_is_due_when_late_entries_had_their_time() -> None:
    assert not is_due("2025-q4", date(2026, 1, 14))
    assert is_due("2025-q4", date(2026, 1, 15))
    assert is_due("2025", date(2026, 1, 15))
    assert is_due("2025-q1", date(2025, 4, 15))
    assert not is_due("2026", TODAY)


def asked(period: str, group: str, track: str = "") -> list[tuple[str, int | None]]:
    found = find_period(period, TODAY)
    assert found is not None
    shown = {count.label: None if count.is_hidden else count.completions for count in year_of(1, 170)}
    report = guarded_report(Question(found, track, group), shown)
    return [] if report is None else [(row.key, row.completions) for row in report.rows]


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
    assert (report.completions, report.organizations, report.hidden, report.adds_up) == (None, 2, 2, True)
    by_area = guarded_report(Question(found, group="area"), shown)
    assert by_area is not None
    assert by_area.adds_up is None
    assert guarded_report(Question(found, group="language"), shown) is None
