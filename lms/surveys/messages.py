"""Sentences for what is wrong with an answer."""

from __future__ import annotations

from lms.errors import RuleBroken
from lms.i18n import gettext as _
from lms.surveys.rules import TEXT_LIMIT


def sentence(error: RuleBroken) -> str:
    """Return what the reader should know and do, in her language."""
    said: dict[str, str] = {
        "earlier_steps": _("Please do the other steps of this module first. Then tell us what you think."),
        "missing": _("Please choose an answer."),
        "too_long": _("Please use at most %(limit)s letters.", limit=TEXT_LIMIT),
        "foreign_answer": _("Something in these answers does not belong to this survey. Load the page again."),
    }
    return said[error.code]
