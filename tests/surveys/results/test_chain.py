"""From waiting answers to pages, over a year: whoever reads all of them every night tells no small group apart.

People answer in few and in many languages; cells are made by the rules of releasing, counted by those of results. The
test knows who answered what, and looks at each set of answers that differs on some page of some night.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import product
from typing import NamedTuple

import pytest

from lms.surveys.rules import SHEETS, Cell, Labels, Waiting, part
from lms.surveys.rules.results import Part, showable

SEEDS = range(200)
GROUP = 11
MODULES, LANGUAGES, VERSIONS = ("module:a", "module:b", "module:c"), ("en", "es", "to", "sm"), (1, 2)
MONTHS = [date(2026, month, 1) for month in range(1, 13)]


class Told(NamedTuple):
    """What pages can be narrowed by."""

    subject: str | None
    version: int | None
    language: str | None


@dataclass(frozen=True)
class Answer:
    """Who answered, and whether she answered the question that many leave open."""

    person: int
    is_open_left: bool


def year(seed: int) -> list[list[Waiting]]:
    """Return the answers of each month. Every person answers once about each module that she does."""
    rnd = random.Random(seed)
    weights = [rnd.random() ** 3 for _ in LANGUAGES]
    months: list[list[Waiting]] = [[] for _ in MONTHS]
    left_open = rnd.random()
    for person in range(rnd.randint(20, 160)):
        language = rnd.choices(LANGUAGES, weights)[0]
        for module in rnd.sample(MODULES, rnd.randint(1, 3)):
            number = rnd.randrange(len(MONTHS))
            labels = Labels("feedback", module, 1, 1, VERSIONS[number > 6], language)
            content = Answer(person, rnd.random() < left_open)
            months[number].append(Waiting(labels, MONTHS[number], GROUP, content))
    return months


def released(seed: int) -> list[list[Cell]]:
    """Return the cells of each month."""
    left: list[Waiting] = []
    found = []
    for today, fresh in zip(MONTHS, year(seed), strict=True):
        cells, left = part([*left, *fresh], SHEETS, today)
        found.append(cells)
    return found


@cache
def seen(seed: int, *, is_careless: bool = False) -> list[set[int]]:
    """Return the people behind each set of answers to the open question that can be told apart."""
    shown: dict[str, tuple[Told, Cell]] = {}
    waiting: dict[Told, list[Part]] = defaultdict(list)
    cells: dict[str, Cell] = {}
    pages: list[frozenset[str]] = []
    for month, fresh in enumerate(released(seed)):
        for number, cell in enumerate(fresh):
            batch, labels = f"{month}-{number}", cell.labels
            cells[batch] = cell
            told = Told(labels.subject, labels.subject_revision, labels.language)
            waiting[told].append(Part(batch, len(_answered(cell)), len(cell.rows)))
        for told, parts in waiting.items():
            own = [each for each in parts if each.answered]
            out = {each.batch for each in own} if is_careless else showable(own, GROUP, is_pooled=told.subject is None)
            shown |= {batch: (told, cells[batch]) for batch in out}
            waiting[told] = [each for each in parts if each.batch not in out]
        for filters in product((*MODULES, ""), (*VERSIONS, 0), (*LANGUAGES, "")):
            inside = (
                b for b, (told, _) in shown.items() if all(w in ("", 0, t) for w, t in zip(filters, told, strict=True))
            )
            pages.append(frozenset(inside))
    classes: dict[tuple[bool, ...], set[int]] = defaultdict(set)
    for batch, (_told, cell) in shown.items():
        classes[tuple(batch in page for page in pages)] |= {row.content.person for row in _answered(cell)}
    return list(classes.values())


def _is_on(filters: tuple[object, ...], told: Told) -> bool:
    return all(wanted in ("", 0, own) for wanted, own in zip(filters, told, strict=True))


def _answered(cell: Cell) -> list[Waiting]:
    return [row for row in cell.rows if not row.content.is_open_left]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_set_of_answers_that_can_be_told_apart_is_of_11_people(seed: int) -> None:
    assert [len(people) for people in seen(seed) if len(people) < GROUP] == []


def test_there_is_something_to_see_and_the_planted_fault_is_found() -> None:
    assert sum(len(seen(seed)) for seed in SEEDS) > 500
    caught = sum(any(len(people) < GROUP for people in seen(seed, is_careless=True)) for seed in SEEDS)
    assert caught > 120, caught
