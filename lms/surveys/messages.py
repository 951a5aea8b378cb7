"""Sentences for what is wrong with an answer."""

from __future__ import annotations

from lms.errors import RuleBroken
from lms.i18n import format_number
from lms.i18n import gettext as _
from lms.surveys.rules import TEXT_LIMIT
from lms.surveys.specs import QuestionSpec


def sentence(error: RuleBroken) -> str:
    """Return what the reader should know and do, in her language."""
    said: dict[str, str] = {
        "earlier_steps": _("Please do the other steps of this module first. Then tell us what you think."),
        "foreign_answer": _("Something in these answers does not belong to this survey. Load the page again."),
    }
    return said[error.code]


def fault(question: QuestionSpec, code: str) -> str:
    """Return what is wrong with the answer to a question, in the reader's language."""
    if code == "missing":
        return _("Please write an answer.") if question.type in {"number", "text"} else _("Please choose an answer.")
    said: dict[str, str] = {
        "missing_rows": _("Please choose an answer in every row."),
        "too_long": _("Please use at most %(limit)s letters.", limit=TEXT_LIMIT),
        "not_a_number": _("Please write a number, such as 12."),
        "not_whole": _("Please write a whole number, such as 12."),
        "out_of_range": _(
            "Please write a number from %(least)s to %(most)s.",
            least=format_number(question.least or 0),
            most=format_number(question.most or 0),
        ),
    }
    return said[code]


def skip_label() -> str:
    """Return what a choice says by which a question is left open."""
    return _("Does not apply, or I would rather skip this")
