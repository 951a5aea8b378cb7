"""What fieldwork tells other features: minutes that count, and sign-offs that stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

#: Kinds of hours. "class" and "simulation" are taught; the others are practice.
HOURS_KINDS = ("class", "simulation", "practicum", "supervised", "work-paid", "work-volunteer")


@dataclass(frozen=True)
class CreditedMinutes:
    """Minutes of one person on one local date that count: countersigned hours, or attendance at a session.

    `competencies` are keys such as "chw-core/outreach". Minutes count whole for their kind; for one competency they
    count by an equal share of those named.
    """

    person_id: int
    kind: str
    competencies: tuple[str, ...]
    minutes: int
    done_on: date
    #: When they began to count: countersigned, or the attendance was closed.
    credited_at: datetime


@dataclass(frozen=True)
class Crediting:
    """What is about to count: minutes, and (person id, module, language) of who would have finished its lessons."""

    minutes: tuple[CreditedMinutes, ...] = ()
    taught: tuple[tuple[int, str, str], ...] = ()


@dataclass(frozen=True)
class Ahead:
    """What people would complete, each with her id in words; `hidden` more is not the reader's to know by name."""

    told: tuple[tuple[int, str], ...] = ()
    hidden: int = 0


@dataclass(frozen=True)
class SignedOff:
    """One person passed an observation checklist. `valid_until` is its last day, None for no end."""

    person_id: int
    checklist_key: str
    passed_on: date
    passed_at: datetime
    valid_until: date | None
    #: Whether the observer neither supervises nor is supervised by her.
    is_independent: bool
