"""Sentences for what the rules of tracks refuse, and for what is not recorded yet."""

from __future__ import annotations

from lms.errors import RuleBroken
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l

_SENTENCES = {
    "nobody-chosen": _l("Please choose at least one person."),
    "sent-before": _l("This form was sent before, with other choices. Please look at these once more, then confirm."),
    "due-past": _l("This day has passed. Choose today or a later day."),
    "due-far": _l("This date is more than five years ahead. Please check the year."),
}


def sentence(error: RuleBroken) -> str:
    """Return what to tell the reader about a refused change: what is wrong, and what to do."""
    return str(_SENTENCES[error.code])


def fault_sentence(code: str) -> str:
    """Return what to tell the reader about a due date that cannot be (`rules.due_fault`)."""
    return str(_SENTENCES[code])


def unavailable() -> str:
    """Return the words for what the program does not record yet."""
    return str(_("Not recorded here yet. Nothing is asked of you now."))
