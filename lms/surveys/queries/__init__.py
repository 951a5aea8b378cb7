"""Reads of surveys."""

from __future__ import annotations

from lms.surveys.queries.receipts import (
    ReceiptKey,
    answered_since,
    has_answered,
    list_uneven,
    receipts_of,
    subject_of,
    survey_key_of,
)

__all__ = [
    "ReceiptKey",
    "answered_since",
    "has_answered",
    "list_uneven",
    "receipts_of",
    "subject_of",
    "survey_key_of",
]
