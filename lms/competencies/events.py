"""Facts that competencies announces: competencies were attained."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from blinker import Signal

competency_attained = Signal("Workers attained competencies.")


@dataclass(frozen=True)
class AttainedSkill:
    """One person reached what the framework asks of a competency ("framework/competency")."""

    person_id: int
    competency: str
    attained_at: datetime
    attained_on: date


@dataclass(frozen=True)
class CompetencyAttained:
    """These competencies were attained, in this transaction."""

    subjects: tuple[AttainedSkill, ...]
