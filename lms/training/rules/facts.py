"""What training tells other features: what was recognized, and for what it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

#: The kinds of hours, as fieldwork names them: the two stand side by side, so each keeps the list (a test compares).
HOURS_KINDS = ("class", "simulation", "practicum", "supervised", "work-paid", "work-volunteer")


@dataclass(frozen=True)
class Recognized:
    """Training from elsewhere that counts towards tracks: as a module, or as minutes of a kind.

    When she learned it and when it was recognized are two facts. Exactly one of `module_key` and `hours_kind` is set.
    `public_id` is that of the earlier training: its page is `/training/<public_id>`.
    """

    person_id: int
    public_id: str
    module_key: str | None
    #: One of `HOURS_KINDS`.
    hours_kind: str | None
    #: 0 where it counts as a module.
    minutes: int
    competencies: tuple[str, ...]
    learned_on: date
    recognized_on: date
    recognized_at: datetime
