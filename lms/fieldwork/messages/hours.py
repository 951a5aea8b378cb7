"""Words of the hours ledger: kinds, states, what became of an entry, and why something was refused."""

from __future__ import annotations

from datetime import date

from lms.errors import RuleBroken
from lms.i18n import format_date, format_hours
from lms.i18n import lazy_gettext as _l

KIND_NAMES = {
    "class": _l("Class"),
    "simulation": _l("Simulation"),
    "practicum": _l("Practicum"),
    "supervised": _l("Supervised practice"),
    "work-paid": _l("Paid work"),
    "work-volunteer": _l("Volunteer work"),
}
#: How an entry stands: a kind of `ui.status`, the words for whose it is, and those for staff.
STATES = {
    "sent": ("plain", _l("Waits for your supervisor"), _l("Waits to be countersigned")),
    "countersigned": ("good", _l("Counts"), _l("Countersigned")),
    "returned": ("attention", _l("Came back to you"), _l("Returned to the worker")),
    "disputed": ("plain", _l("Your answer waits for your supervisor"), _l("Answered: please look again")),
    "withdrawn": ("plain", _l("Withdrawn"), _l("Withdrawn")),
    "replaced": ("plain", _l("Corrected by a newer entry"), _l("Corrected by a newer entry")),
}
EVENTS = {
    "entered": _l("Entered"),
    "countersigned": _l("Countersigned"),
    "reopened": _l("Countersignature taken back"),
    "returned": _l("Returned"),
    "disputed": _l("Answered"),
    "withdrawn": _l("Withdrawn"),
    "replaced": _l("Corrected"),
}
CLIENT = _l(
    "Please leave out what could tell who a client is: no phone number, e-mail, date or birthday. "
    "A place and what you did are enough."
)
_SENTENCES = {
    "client-data-host": CLIENT,
    "host-asked": _l("To ask somebody there, choose the place from the list. Other places do not use this system."),
    "host-kind": _l("Only a practicum has another place. Please choose “Practicum” above, or leave this empty."),
    "host-unknown": _l("This organization is not in the list any more. Please choose again."),
    "changed-meanwhile": _l("Something has changed here meanwhile. Please look at the page once more."),
    "client-data-note": CLIENT,
    "client-data-site": CLIENT,
    "client-data-words": CLIENT,
    "competencies-many": _l("Please choose at most three."),
    "competency-unknown": _l("One of these skills is not in the list any more. Please choose again."),
    "day-full": _l("A day holds at most 16 hours in all. There is room for %(left)s more on this day."),
    "hours-ahead": _l("This day has not come yet. Enter hours when they are done."),
    "hours-too-old": _l(
        "You can enter hours of the last %(days)s days. Older ones: give your supervisor your signed paper log."
    ),
    "kind-unknown": _l("Please choose one of the kinds."),
    "minutes-range": _l("Please write how long it was: at least 15 minutes, at most 16 hours."),
    "minutes-step": _l("Please round the time to 5 minutes."),
    "not-employed": _l("You did not work there on %(on)s. Check the day, or choose another organization."),
    "nothing-chosen": _l("Please tick at least one entry."),
    "sent-before": _l("This form was sent before, with other words. Please check the list before you send it again."),
    "sheet-before": _l("The paper log cannot be older than the day of the work."),
    "sheet-date": _l("Please check the year. The paper log cannot be from a day to come, or older than five years."),
    "site-empty": _l("Please write where it was."),
    "time-half": _l("Please give both times, or neither."),
    "time-longer": _l("There is less time between begin and end than you wrote. Please check both."),
    "time-order": _l("The end comes after the beginning. Work past midnight is two entries, one for each day."),
    "too-many": _l("Please countersign at most %(most)s entries at once."),
    "undo-late": _l(
        "This was countersigned too long ago to take it back as one. Return an entry with a reason instead."
    ),
    "words-empty": _l("Please write a sentence."),
    "words-long": _l("This is too long. Please shorten it."),
}


def sentence(error: RuleBroken) -> str:
    """Return what to tell the reader about a refused change: what is wrong, and what to do."""
    values = {key: format_date(value) if isinstance(value, date) else value for key, value in error.values.items()}
    if error.code == "day-full":
        values["left"] = format_hours(int(str(values["left"])))
    return str(_SENTENCES[error.code]) % values
