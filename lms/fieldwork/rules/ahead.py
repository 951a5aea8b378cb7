"""What follows once fieldwork counts, said beforehand."""

from __future__ import annotations

from dataclasses import dataclass

from lms.fieldwork.rules.once import Spent


@dataclass(frozen=True)
class Crediting:
    """What is about to count: minutes, and (person id, module, language) of who would have finished its lessons.

    The minutes are whole: what of them counts already at the same time is cut when all is counted (`once`).
    """

    spent: tuple[Spent, ...] = ()
    taught: tuple[tuple[int, str, str], ...] = ()


@dataclass(frozen=True)
class Ahead:
    """What people would complete, each with her id in words; `hidden` more is not the reader's to know by name."""

    told: tuple[tuple[int, str], ...] = ()
    hidden: int = 0
