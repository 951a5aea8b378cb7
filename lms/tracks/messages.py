"""Sentences for what the rules of tracks refuse, and for what they say of dates."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.errors import RuleBroken

_SENTENCES = {
    "nobody-chosen": _l("Please choose at least one person."),
    "due-past": _l("This day has passed. Choose today or a later day."),
    "due-far": _l("This date is more than five years ahead. Please check the year."),
}
_STATES = {
    "late": _l("Late"),
    "due-soon": _l("Due soon"),
    "on-time": _l("On time"),
    "done": _l("Done"),
}
#: The kind of `ui.status` for each state.
STATE_KINDS = {"late": "problem", "due-soon": "attention", "on-time": "plain", "done": "good"}


def sentence(error: RuleBroken) -> str:
    """Return what to tell the reader about a refused change: what is wrong, and what to do."""
    return str(_SENTENCES[error.code])


def fault_sentence(code: str) -> str:
    """Return what to tell the reader about a due date that cannot be (`rules.due_fault`)."""
    return str(_SENTENCES[code])


def state_name(state: str) -> str:
    """Return the words for how an assignment stands (`rules.due_state`)."""
    return str(_STATES[state])


def unavailable() -> str:
    """Return the words for what the program does not record yet."""
    return str(_("Not recorded here yet. Nothing is asked of you now."))
