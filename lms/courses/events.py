"""Facts that courses announces: modules were completed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from blinker import Signal

module_completed = Signal("Workers completed modules.")


@dataclass(frozen=True)
class ModuleCredit:
    """One person's completion of a module in a round: minutes credited, when, and her language of instruction."""

    person_id: int
    module_key: str
    round: int
    minutes: int
    completed_at: datetime
    completed_on: date
    language: str


@dataclass(frozen=True)
class ModuleCompleted:
    """These modules were completed, in this transaction."""

    subjects: tuple[ModuleCredit, ...]
