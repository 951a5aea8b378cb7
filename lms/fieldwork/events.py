"""Facts that fieldwork announces: more of some people's fieldwork counts than before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from blinker import Signal

fieldwork_credited = Signal("Hours, attendance or sign-offs of workers count now.")


@dataclass(frozen=True)
class FieldworkCredited:
    """Hours were countersigned, attendance was closed or a skill was signed off, in this transaction."""

    person_ids: tuple[int, ...]
    at: datetime


hours_returned = Signal("A supervisor returned hours to a worker.")
observation_signed = Signal("Somebody signed what she saw of a worker.")


@dataclass(frozen=True)
class ReturnedEntry:
    """One entry that was returned, with why."""

    entry_id: int
    public_id: str
    person_id: int
    organization_id: int
    words: str


@dataclass(frozen=True)
class HoursReturned:
    """Entries were returned to their workers, in this transaction."""

    entries: tuple[ReturnedEntry, ...]
    at: datetime


@dataclass(frozen=True)
class ObservationSigned:
    """An observation was signed, passed or not."""

    observation_id: int
    public_id: str
    person_id: int
    checklist_key: str
    passed: bool
    at: datetime
