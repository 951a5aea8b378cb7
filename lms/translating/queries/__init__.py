"""Reads of translations: passages as readers see them, reports, and how far each language is."""

from __future__ import annotations

from lms.translating.queries.passages import Passage, Piece, find_asked, find_passage, passage_of
from lms.translating.queries.progress import Progress, count_progress, know_spec, sentences_of
from lms.translating.queries.proposals import (
    Place,
    Seen,
    Told,
    critical_of,
    filed_of,
    find_proposal,
    get_seen,
    list_newest,
    newest_versions,
    source_at,
)
from lms.translating.queries.ratings import Rating, list_ratings, wording_of
from lms.translating.queries.reports import (
    ReportRow,
    count_open,
    count_recent,
    find_sent,
    get_report,
    is_kept,
    list_own,
    list_reports,
)

__all__ = [
    "Passage",
    "Piece",
    "Place",
    "Progress",
    "Rating",
    "ReportRow",
    "Seen",
    "Told",
    "count_open",
    "count_progress",
    "count_recent",
    "critical_of",
    "filed_of",
    "find_asked",
    "find_passage",
    "find_proposal",
    "find_sent",
    "get_report",
    "get_seen",
    "is_kept",
    "know_spec",
    "list_newest",
    "list_own",
    "list_ratings",
    "list_reports",
    "newest_versions",
    "passage_of",
    "sentences_of",
    "source_at",
    "wording_of",
]
