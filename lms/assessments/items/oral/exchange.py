"""What is said to an assessor is handed through in notes: other programs cannot ask it."""

from __future__ import annotations

from lms.assessments.items.exchanging import NOTES_ONLY

EXCHANGE = NOTES_ONLY
