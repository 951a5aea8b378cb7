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
from lms.tracks.rules.judging import (
    Explanation,
    Met,
    Part,
    SetView,
    judge,
    recall,
)
from lms.tracks.rules.progress import (
    ItemProgress,
    ItemState,
    TrackProgress,
    TrackState,
    completion_faults,
    is_binding,
    progress_in,
)
from lms.tracks.rules.record import (
    Credit,
    Moment,
    Proof,
    Record,
    Scope,
    TrackCredit,
    Waived,
)
from lms.tracks.rules.renewing import (
    Renewal,
    RenewalState,
    renewal_of,
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
    "Explanation",
    "ItemProgress",
    "ItemState",
    "Met",
    "Moment",
    "Part",
    "Proof",
    "Record",
    "Renewal",
    "RenewalState",
    "Scope",
    "SetView",
    "Sorting",
    "TrackCredit",
    "TrackProgress",
    "TrackState",
    "Waived",
    "completion_faults",
    "due_fault",
    "due_state",
    "is_binding",
    "is_due_tight",
    "judge",
    "progress_in",
    "realistic_due",
    "recall",
    "renewal_of",
    "sort_people",
]
