"""How often a quiz may be tried, and how long to wait between two tries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from lms.errors import RuleBroken

if TYPE_CHECKING:
    from lms.assessments.specs import LimitsSpec


@dataclass(frozen=True)
class Tries:
    """What a person has tried in one round of a quiz: how often, when the last was closed, and what staff gave more."""

    begun: int = 0
    closed_at: datetime | None = None
    granted: int = 0
    granted_at: datetime | None = None


@dataclass(frozen=True)
class Leave:
    """What a person may still do: tries left (None: as many as she likes), and from when the next one is possible.

    `possible_from` is None where no waiting is asked for, or none is left to wait for.
    """

    left: int | None
    possible_from: datetime | None = None


def leave_of(limits: LimitsSpec, tries: Tries) -> Leave:
    """Return what is left after these tries, none of which passed.

    The waiting time counts from when the last try was closed; a try that staff gave since then ends it.
    """
    left = None if limits.attempts is None else max(0, limits.attempts + tries.granted - tries.begun)
    if left == 0 or limits.wait_hours is None or tries.closed_at is None:
        return Leave(left)
    if tries.granted_at is not None and tries.granted_at >= tries.closed_at:
        return Leave(left)
    return Leave(left, tries.closed_at + timedelta(hours=limits.wait_hours))


def check_leave(leave: Leave, at: datetime) -> None:
    """Raise `RuleBroken("attempts_used")` when nothing is left, `RuleBroken("wait", until=instant)` before its time."""
    if leave.left == 0:
        raise RuleBroken("attempts_used")
    if leave.possible_from is not None and at < leave.possible_from:
        raise RuleBroken("wait", until=leave.possible_from)
