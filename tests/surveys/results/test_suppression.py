"""No figure, filter, difference of two filters or of two days tells about fewer than 11 people.

The attacker reads every page on every day. Whatever she adds and subtracts, cells that were on exactly the same pages
stay together: so what she can work out at most are sums over such classes. Each of them must be of enough people.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import pytest

from lms.surveys.rules.results import Part, showable

SEEDS = range(220)
GROUP = 11
QUESTIONS = ("all-answer", "some-answer", "few-answer")


class Labels(NamedTuple):
    """What a cell says of itself; None was given up."""

    subject: str | None
    version: int | None
    language: str | None


@dataclass(frozen=True)
class Cell:
    """Sheets that were released together, and how many answered each question."""

    batch: str
    labels: Labels
    sheets: int
    #: How many modules they are about; nobody but the machine knows.
    subjects: int
    answered: dict[str, int]


def nights(seed: int) -> list[list[Cell]]:
    """Return the cells of several nights, each of 11 people or more for each subject in it."""
    rnd, found = random.Random(seed), []
    for night in range(rnd.randint(2, 7)):
        cells = []
        for number in range(rnd.randint(1, 6)):
            labels = Labels(
                rnd.choice(["module:a", "module:b", None]),
                rnd.choice([1, 2, None]),
                rnd.choice(["en", "es", "sm", None]),
            )
            subjects = rnd.randint(1, 4) if labels.subject is None else 1
            sheets = GROUP * subjects + int(rnd.expovariate(1 / 6))
            share = {"all-answer": 1.0, "some-answer": rnd.random(), "few-answer": rnd.random() / 6}
            answered = {key: sum(rnd.random() < each for _ in range(sheets)) for key, each in share.items()}
            cells.append(Cell(f"{night}-{number}", labels, sheets, subjects, answered))
        found.append(cells)
    return found


FILTERS = tuple(product(["module:a", "module:b", ""], [1, 2, 0], ["en", "es", "sm", ""]))


def pages(seed: int, rule: Callable[..., frozenset[str]]) -> dict[str, list[frozenset[str]]]:
    """Return for each question the cells whose sum stands on each page, of every filter after every night."""
    waiting: dict[tuple[Labels, str], list[Part]] = defaultdict(list)
    shown: dict[str, dict[str, Labels]] = {question: {} for question in QUESTIONS}
    found: dict[str, list[frozenset[str]]] = {question: [] for question in QUESTIONS}
    for cells in nights(seed):
        for cell in cells:
            for question, number in cell.answered.items():
                if number:
                    waiting[cell.labels, question].append(Part(cell.batch, number, cell.sheets))
        for (labels, question), parts in waiting.items():
            out = rule(parts, GROUP, is_pooled=labels.subject is None)
            shown[question] |= dict.fromkeys(out, labels)
            waiting[labels, question] = [part for part in parts if part.batch not in out]
        for question, filters in product(
            QUESTIONS, product(["module:a", "module:b", ""], [1, 2, 0], ["en", "es", "sm", ""])
        ):
            inside = {
                batch
                for batch, labels in shown[question].items()
                if all(wanted in ("", 0, own) for wanted, own in zip(filters, labels, strict=True))
            }
            found[question].append(frozenset(inside))
    return found


def people(cells: list[Cell], question: str) -> float:
    """Return how many people at least gave these answers: nobody answers twice about one subject."""
    if len({cell.labels for cell in cells}) == 1 and cells[0].labels.subject is not None:
        return sum(cell.answered[question] for cell in cells)
    alone = max(cell.answered[question] / cell.subjects for cell in cells)
    return max(alone, sum(cell.answered[question] for cell in cells) / sum(cell.subjects for cell in cells))


def told_apart(seed: int, rule: Callable[..., frozenset[str]]) -> list[tuple[str, int, float]]:
    """Return each class that can be told apart: its question, how many answers, and of how many people at least."""
    cells = {cell.batch: cell for each in nights(seed) for cell in each}
    found = []
    for question, lists in pages(seed, rule).items():
        classes: dict[tuple[bool, ...], list[Cell]] = defaultdict(list)
        for batch in frozenset().union(*lists):
            classes[tuple(batch in each for each in lists)].append(cells[batch])
        for together in classes.values():
            answers = sum(cell.answered[question] for cell in together)
            found.append((question, answers, people(together, question)))
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_what_an_attacker_can_tell_apart_is_of_enough_people(seed: int) -> None:
    assert [each for each in told_apart(seed, showable) if min(each[1:]) < GROUP] == []


def test_something_is_shown() -> None:
    told = [each for seed in SEEDS for each in told_apart(seed, showable)]
    assert len(told) > 2_000
    assert sum(question != "all-answer" for question, _, _ in told) > 700


def careless(parts: Iterable[Part], group: int, *, is_pooled: bool) -> frozenset[str]:
    """Show a question as soon as its whole total is enough, and then whatever comes: the planted fault."""
    parts = tuple(parts)
    is_enough = is_pooled or sum(part.sheets for part in parts) >= group
    return frozenset(part.batch for part in parts) if is_enough else frozenset()


def test_the_attacker_finds_small_groups_where_totals_alone_are_looked_at() -> None:
    caught = sum(any(answers < GROUP for _, answers, _ in told_apart(seed, careless)) for seed in SEEDS)
    assert caught > 150
