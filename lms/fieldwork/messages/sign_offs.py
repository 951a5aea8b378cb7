"""Words of sign-offs: how an observation stands, and why something was refused."""

from __future__ import annotations

from datetime import date

from lms.errors import RuleBroken
from lms.fieldwork.messages import hours
from lms.fieldwork.queries.sign_offs import ObservationRow
from lms.i18n import LANGUAGES, format_date
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l

#: In which language a visit was held.
LANGUAGE_NAMES = {**dict(LANGUAGES), "other": _l("Another language")}
#: How an observation stands, as the list can be narrowed.
STANDINGS = {
    "good": _l("Signed off"),
    "not-yet": _l("Not yet"),
    "ending": _l("Ends in 30 days"),
    "ended": _l("Ended"),
    "withdrawn": _l("Withdrawn"),
}
_SENTENCES = {
    "answered-before": _l("You have answered already. Your first answer stands beside the sign-off."),
    "changed-meanwhile": _l(
        "You have saved something else in another window meanwhile. What you typed here is kept: send it again, and "
        "it takes the other's place."
    ),
    "checklist-changed": _l("The checklist was changed meanwhile. Please look at every line once more, then sign."),
    "client-data-comment": hours.CLIENT,
    "items-open": _l("Please choose one for every line."),
    "not-entitled": _l(
        "You could not observe her on this day: you did not answer for her at work then, or were not yet a trainer. "
        "Please check the day."
    ),
    "observed-ahead": _l("This day has not come yet."),
    "observed-long-ago": _l("This is more than %(days)s days ago. Please observe again: memory fades."),
}


def sentence(error: RuleBroken) -> str:
    """Return what to tell the reader about a refused change: what is wrong, and what to do."""
    if error.code not in _SENTENCES:
        return hours.sentence(error)
    return str(_SENTENCES[error.code]) % error.values


def state_of(row: ObservationRow, today: date) -> tuple[str, str]:
    """Return how an observation stands today: a kind of `ui.status`, and its words."""
    if row.withdrawn_at is not None:
        return "plain", _("Withdrawn")
    if not row.passed:
        return "now", _("Not yet")
    if row.valid_until is None:
        return "good", _("Signed off")
    until = format_date(row.valid_until)
    if row.valid_until < today:
        return "attention", _("Ended on %(date)s", date=until)
    return "good", _("Signed off until %(date)s", date=until)
