"""Reads of tracks: how far people are, what was asked of them, and by when."""

from __future__ import annotations

from lms.tracks.queries.assignments import (
    AssignmentRow,
    BatchRow,
    DueCounts,
    asked_of,
    askers_of,
    assignments_of,
    count_assignments,
    count_batches,
    get_batch,
    list_batch_people,
    list_batches,
    own_assignments,
)
from lms.tracks.queries.progress import (
    CompletionRow,
    EnrolmentRow,
    Standing,
    bound_tracks,
    list_completions,
    list_enrolled,
    progress_of,
    read_practice,
    read_specs,
    standing_of,
)
from lms.tracks.queries.waivers import WaiverRow, list_waivers
from lms.tracks.queries.words import (
    TrackCard,
    item_title,
    list_cards,
    module_title,
    track_minutes,
    track_summary,
    track_title,
)
from lms.tracks.rules import ItemProgress, TrackProgress

__all__ = [
    "AssignmentRow",
    "BatchRow",
    "CompletionRow",
    "DueCounts",
    "EnrolmentRow",
    "ItemProgress",
    "Standing",
    "TrackCard",
    "TrackProgress",
    "WaiverRow",
    "asked_of",
    "askers_of",
    "assignments_of",
    "bound_tracks",
    "count_assignments",
    "count_batches",
    "get_batch",
    "item_title",
    "list_batch_people",
    "list_batches",
    "list_cards",
    "list_completions",
    "list_enrolled",
    "list_waivers",
    "module_title",
    "own_assignments",
    "progress_of",
    "read_practice",
    "read_specs",
    "standing_of",
    "track_minutes",
    "track_summary",
    "track_title",
]
