"""Sentences for what is wrong with an answer."""

from __future__ import annotations

from flask_babel import gettext as _

from lms.errors import RuleBroken
from lms.surveys.rules import TEXT_LIMIT


def sentence(error: RuleBroken) -> str:
    """Return what the reader should know and do, in her language."""
    said: dict[str, str] = {
        "missing": _("Please choose an answer."),
        "too_long": _("Please use at most %(limit)s letters.", limit=TEXT_LIMIT),
        "foreign_answer": _("Something in these answers does not belong to this survey. Load the page again."),
    }
    return said[error.code]
