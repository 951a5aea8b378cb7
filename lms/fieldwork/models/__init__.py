"""Tables of fieldwork."""

from __future__ import annotations

from lms.fieldwork.models.hours import HoursAct, HoursEntry, HoursEvent
from lms.fieldwork.models.sign_offs import Observation, ObservationDraft, ObservationEvent

__all__ = [
    "HoursAct",
    "HoursEntry",
    "HoursEvent",
    "Observation",
    "ObservationDraft",
    "ObservationEvent",
]
