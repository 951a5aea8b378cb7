"""Which questions an attempt asks, and in which order."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lms.assessments.specs import ItemSpec, QuizSpec


@dataclass(frozen=True)
class FormItem:
    """One question of an attempt: the item and its options, in the order shown."""

    item_id: str
    option_ids: tuple[str, ...]


def draw_form(quiz: QuizSpec, chance: random.Random) -> tuple[FormItem, ...]:
    """Return the questions of a new attempt, in a random order.

    Every critical item is asked; the rest is drawn until `quiz.draw` is reached. Options are shuffled,
    except true and false, which stay in that order.
    """
    critical = [item for item in quiz.items if item.critical]
    others = [item for item in quiz.items if not item.critical]
    drawn = critical + chance.sample(others, quiz.drawn - len(critical))
    chance.shuffle(drawn)
    return tuple(FormItem(item.id, _shuffled_options(item, chance)) for item in drawn)


def _shuffled_options(item: ItemSpec, chance: random.Random) -> tuple[str, ...]:
    option_ids = list(item.choices)
    if item.type != "true-false":
        chance.shuffle(option_ids)
    return tuple(option_ids)
