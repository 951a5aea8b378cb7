"""Rules of training from elsewhere: what was recognized, and for what it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Recognized:
    """Training from elsewhere that counts towards tracks: as a module, or as minutes of a kind.

    When she learned it and when it was recognized are two facts. Exactly one of `module_key` and `hours_kind` is set.
    """

    person_id: int
    public_id: str
    module_key: str | None
    #: One of `lms.fieldwork.rules.HOURS_KINDS`.
    hours_kind: str | None
    minutes: int
    competencies: tuple[str, ...]
    learned_on: date
    recognized_on: date
    recognized_at: datetime
