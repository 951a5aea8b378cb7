"""What somebody who graded or entered a result is told beside it: that an earlier correction counts in it."""

from __future__ import annotations

from flask import flash

from lms.assessments import messages, queries
from lms.db import reading


def notes_on(attempt_ids: list[int]) -> list[str]:
    """Return a sentence for each of these attempts in which corrections counted when it was graded. One query."""
    made = queries.list_corrections(reading(), attempt_ids=attempt_ids)
    return [messages.counted_for_her(each) for each in queries.list_told(made) if each.on_grading]


def flash_notes(attempt_id: int) -> None:
    """Show those sentences about one attempt on the next page."""
    for note in notes_on([attempt_id]):
        flash(note, "info")
