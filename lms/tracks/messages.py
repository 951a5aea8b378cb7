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
    "due-missing": _l("Please choose the last day."),
    "days-missing": _l("Please write how many days."),
    "changed": _l("Somebody joined, left or was asked meanwhile. Please look once more, then confirm."),
    "has-faults": _l("Some rows cannot be done. Mend them in your file, or go on with the others."),
    "file-empty": _l("There is nobody in it. Write one person in each line."),
    "file-unread": _l("This file cannot be read. Save it as CSV (UTF-8) or as an Excel workbook, and try again."),
    "file-unclear": _l("We cannot tell who is meant. Name the columns in the first line: email, phone or person."),
    "file-long": _l("This is too much at once. A file may have 20,000 rows and 5 MB."),
}
#: Why a row of a file cannot be done (`rules.find_meant`).
_ROWS = {
    "bad-email": _l("This is no e-mail address."),
    "bad-phone": _l("This is no phone number. Write ten digits, or + and the country code."),
    "nobody-named": _l("Nobody is named here. Write an e-mail address, a phone number or a person’s id."),
    "not-found": _l("Nobody on your staff has this. Look for a slip, or add the person to your staff first."),
    "differ": _l("E-mail, phone and id belong to different people."),
    "shared": _l("Several people share this. Add what only she has, such as her e-mail address."),
    "which-organization": _l("She works at several organizations. Write which one asks her."),
    "no-organization": _l("There is no such organization. Write its name or its short key."),
    "works-elsewhere": _l("She does not work at this organization today."),
    "named-twice": _l("She stands in an earlier row already."),
}


def sentence(error: RuleBroken) -> str:
    """Return what to tell the reader about a refused change: what is wrong, and what to do."""
    return str(_SENTENCES[error.code])


def fault_sentence(code: str) -> str:
    """Return what to tell the reader about a due date that cannot be (`rules.due_fault`)."""
    return str(_SENTENCES[code])


def row_sentence(code: str) -> str:
    """Return why a row of a file cannot be done, and what to do."""
    return str(_ROWS[code])


def unavailable() -> str:
    """Return the words for what the program does not record yet."""
    return str(_("Not recorded here yet. Nothing is asked of you now."))
