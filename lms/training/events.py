"""Facts that training announces: something from elsewhere counts now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from blinker import Signal

training_recognized = Signal("Training from elsewhere was recognized.")


@dataclass(frozen=True)
class TrainingRecognized:
    """Evidence of these people was recognized towards tracks, in this transaction."""

    person_ids: tuple[int, ...]
    at: datetime
