"""Rules of tracks: what counts and comes next, what a due date means, whom an assignment asks."""

from __future__ import annotations

from lms.tracks.rules.due import (
    LATEST_DUE_DAYS,
    MINUTES_A_DAY,
    SOON_DAYS,
    SPARE_DAYS,
    DueState,
    due_fault,
    due_state,
    is_due_tight,
    realistic_due,
)
from lms.tracks.rules.progress import (
    Credit,
    ItemProgress,
    ItemState,
    Met,
    TrackProgress,
    TrackState,
    best_credits,
    completion_faults,
    find_met,
    is_binding,
    progress_in,
)
from lms.tracks.rules.sorting import (
    Sorting,
    sort_people,
)

__all__ = [
    "LATEST_DUE_DAYS",
    "MINUTES_A_DAY",
    "SOON_DAYS",
    "SPARE_DAYS",
    "Credit",
    "DueState",
    "ItemProgress",
    "ItemState",
    "Met",
    "Sorting",
    "TrackProgress",
    "TrackState",
    "best_credits",
    "completion_faults",
    "due_fault",
    "due_state",
    "find_met",
    "is_binding",
    "is_due_tight",
    "progress_in",
    "realistic_due",
    "sort_people",
]
