"""Rules of surveys: what an answer may hold, and how many answers it takes before any of them is shown."""

from __future__ import annotations

from lms.surveys.rules.answers import (
    MINIMUM_GROUP,
    SCALE,
    TEXT_LIMIT,
    Checked,
    check_answers,
    first_of_month,
    tidy,
)

__all__ = [
    "MINIMUM_GROUP",
    "SCALE",
    "TEXT_LIMIT",
    "Checked",
    "check_answers",
    "first_of_month",
    "tidy",
]
