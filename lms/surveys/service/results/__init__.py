"""Changes around results: counting, texts put into English, comments, and the loop to a changed lesson."""

from __future__ import annotations

from lms.surveys.service.results.comments import add_comment, answer_comment, mix_comments, see_comment
from lms.surveys.service.results.counting import count_cells
from lms.surveys.service.results.loop import answer_note, decline_note, note_change, note_finding, tell_workers
from lms.surveys.service.results.texts import clear_text, flag_text, pass_on, remove_text, translate_text

__all__ = [
    "add_comment",
    "answer_comment",
    "answer_note",
    "clear_text",
    "count_cells",
    "decline_note",
    "flag_text",
    "mix_comments",
    "note_change",
    "note_finding",
    "pass_on",
    "remove_text",
    "see_comment",
    "tell_workers",
    "translate_text",
]
