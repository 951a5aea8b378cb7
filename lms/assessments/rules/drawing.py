"""Which questions an attempt asks, and in which order."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lms.assessments.items import ItemSpec, rules_of
from lms.assessments.specs.quiz import fixed_of

if TYPE_CHECKING:
    from lms.assessments.specs import QuizSpec


@dataclass(frozen=True)
class FormItem:
    """One question of an attempt: the item and its choices and rows, in the order shown."""

    item_id: str
    option_ids: tuple[str, ...]


def draw_form(quiz: QuizSpec, chance: random.Random, turn: int = 0) -> tuple[FormItem, ...]:
    """Return the questions of a new attempt.

    Of fixed forms it is the one whose turn it is. Else critical and linked questions and whole cases are
    asked, and the rest is drawn until `quiz.draw`, or the number of each pool, is reached. Sections keep their
    order, questions stand in random order inside them, and the questions of a case stand together, in their own.
    """
    if quiz.forms:
        asked = [quiz.item(item_id) for item_id in quiz.forms[turn % len(quiz.forms)].items]
        drawn = [item for item in asked if item is not None]
    else:
        drawn = _drawn(quiz, chance)
    return tuple(FormItem(item.id, rules_of(item).draw(item, chance)) for item in _ordered(quiz, drawn, chance))


def linked_form(quiz: QuizSpec, chance: random.Random) -> tuple[FormItem, ...]:
    """Return the questions of the test before the first lesson, in the order of the file."""
    items = [item for item in quiz.questions if item.id in quiz.linked]
    return tuple(FormItem(item.id, rules_of(item).draw(item, chance)) for item in items)


def _drawn(quiz: QuizSpec, chance: random.Random) -> list[ItemSpec]:
    """Return what every attempt asks, and as many of the others as are missing."""
    fixed = fixed_of(quiz.items, quiz.linked)
    if not quiz.pools:
        return _filled(quiz.questions, fixed, quiz.drawn, chance)
    return [
        item
        for pool in quiz.pools
        for item in _filled(_about(quiz.questions, pool.competency), fixed, pool.draw, chance)
    ]


def _about(items: Iterable[ItemSpec], competency: str) -> list[ItemSpec]:
    return [item for item in items if item.competency == competency]


def _filled(items: Sequence[ItemSpec], fixed: set[str], count: int, chance: random.Random) -> list[ItemSpec]:
    """Return `count` of `items`: those that are `fixed`, and a random choice of the others."""
    asked = [item for item in items if item.id in fixed]
    others = [item for item in items if item.id not in fixed]
    return asked + chance.sample(others, count - len(asked))


def _ordered(quiz: QuizSpec, drawn: Sequence[ItemSpec], chance: random.Random) -> list[ItemSpec]:
    """Return `drawn` in the order asked: by section, inside it at random, a case's questions as one."""
    sections = {competency: place for place, each in enumerate(quiz.sections) for competency in each.competencies}
    groups: dict[str, list[ItemSpec]] = {}
    for item in sorted(drawn, key=lambda item: quiz.places[item.id]):
        case = quiz.cases.get(item.id)
        groups.setdefault(case.id if case else item.id, []).append(item)
    mixed = list(groups.values())
    chance.shuffle(mixed)
    mixed.sort(key=lambda group: sections.get(group[0].competency, 0))
    return [item for group in mixed for item in group]
