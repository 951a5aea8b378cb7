"""Facts that training announces: something from elsewhere counts now, or somebody should hear of a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from blinker import Signal

training_recognized = Signal("Training from elsewhere was recognized.")
training_judged = Signal("Somebody decided about a worker's earlier training.")
training_shared = Signal("A worker asks her supervising provider to accept earlier training.")


@dataclass(frozen=True)
class TrainingRecognized:
    """Evidence of these people was recognized towards tracks, in this transaction."""

    person_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True)
class TrainingJudged:
    """One earlier training of a person was judged. Its page is `/training/<public_id>`.

    `outcome`: "recognized", "ask", "refuse" or "revoked" towards tracks; "accepted" or "declined" for yearly hours.
    """

    person_id: int
    public_id: str
    outcome: str
    reason_code: str | None
    at: datetime


@dataclass(frozen=True)
class TrainingShared:
    """A person asks this organization, her supervising provider, to accept earlier training for her yearly hours."""

    person_id: int
    public_id: str
    organization_id: int
    at: datetime
