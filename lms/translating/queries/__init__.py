"""Reads of translations: passages as readers see them, reports, and how far each language is."""

from __future__ import annotations

from lms.translating.queries.board import Line, list_board, list_parts, parts_of
from lms.translating.queries.listening import audio_shares
from lms.translating.queries.passages import Passage, Piece, find_asked, find_passage, passage_of
from lms.translating.queries.progress import LOCALES, Progress, choices_of, count_progress, know_spec, sentences_of
from lms.translating.queries.proposals import (
    Place,
    Seen,
    Told,
    critical_of,
    english_at,
    filed,
    filed_of,
    find_proposal,
    get_seen,
    list_open,
    list_to_take,
    signed,
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
from lms.translating.queries.sentences import (
    Waiting,
    around_in_queue,
    glossary_of,
    list_queue,
    list_sentences,
    neighbours,
)
from lms.translating.queries.signing import Withdrawal, find_withdrawn, list_fallen, names_in_files, signs_as

__all__ = [
    "LOCALES",
    "Line",
    "Passage",
    "Piece",
    "Place",
    "Progress",
    "Rating",
    "ReportRow",
    "Seen",
    "Told",
    "Waiting",
    "Withdrawal",
    "around_in_queue",
    "audio_shares",
    "choices_of",
    "count_open",
    "count_progress",
    "count_recent",
    "critical_of",
    "english_at",
    "filed",
    "filed_of",
    "find_asked",
    "find_passage",
    "find_proposal",
    "find_sent",
    "find_withdrawn",
    "get_report",
    "get_seen",
    "glossary_of",
    "is_kept",
    "know_spec",
    "list_board",
    "list_fallen",
    "list_open",
    "list_own",
    "list_parts",
    "list_queue",
    "list_ratings",
    "list_reports",
    "list_sentences",
    "list_to_take",
    "names_in_files",
    "neighbours",
    "parts_of",
    "passage_of",
    "sentences_of",
    "signed",
    "signs_as",
    "source_at",
    "wording_of",
]
