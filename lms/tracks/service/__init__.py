"""Changes to tracks: assigning and taking back, enrolling, and noticing that a track is complete."""

from __future__ import annotations

from lms.tracks.service.assigning import BatchSummary, Undone, assign, preview, undo_batch
from lms.tracks.service.enrolling import enrol, enrol_self, open_cycle, refresh
from lms.tracks.service.mending import recompute
from lms.tracks.service.waiving import waive, withdraw_waiver

__all__ = [
    "BatchSummary",
    "Undone",
    "assign",
    "enrol",
    "enrol_self",
    "open_cycle",
    "preview",
    "recompute",
    "refresh",
    "undo_batch",
    "waive",
    "withdraw_waiver",
]
