"""What she learned elsewhere, and what was recognized of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from lms.home.queries.export.shapes import own_rows, rows_below


def of_elsewhere() -> dict[str, Select[Any]]:
    """Return the sections of training from elsewhere, by name."""
    parent, about = "earlier_trainings", {"training": "title"}
    worth = ("module_key", "hours_kind", "minutes", "competencies", "learned_on")
    entry = ("title", "kind", "issuer", "from_on", "learned_on", "minutes", "module_key", "hours_kind", "competencies")
    told = ("language", "note", "reference", "state", "sent_at", "recorded_on", "recorded_at")
    file = ("name", "sha256", "media_type", "size", "added_at", "removed_at")
    share = ("asked_at", "outcome", "settled_on", "minutes", "reason_code", "note")
    review = ("round", "outcome", *worth, "reason_code", "note", "decided_at")
    taken = ("reason_code", "note", "requested_at", "settled_at", "confirmed")
    return {
        "earlier_trainings": own_rows(parent, *entry, *told, place=parent),
        "training_files": rows_below(parent, "training_files", "training_id", *file, **about),
        "training_shares": rows_below(
            parent, "training_shares", "training_id", *share, place="training_shares", **about
        ),
        "training_reviews": rows_below(parent, "training_reviews", "training_id", *review, **about),
        "training_replies": rows_below(
            parent, "training_replies", "training_id", "text", "is_appeal", "written_at", **about
        ),
        "recognitions": own_rows("recognitions", *worth, "recognized_on", "recognized_at", "withdrawn_at"),
        "recognition_withdrawals": rows_below("recognitions", "recognition_withdrawals", "recognition_id", *taken),
    }
