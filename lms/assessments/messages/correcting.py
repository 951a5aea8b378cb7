"""Sentences for who corrects a quiz."""

from __future__ import annotations

from lms.assessments.queries import Correction
from lms.assessments.rules import Amendment
from lms.errors import RuleBroken
from lms.i18n import format_date
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l


def correcting(error: RuleBroken) -> str:
    """Return what somebody who corrects a quiz should know and do."""
    said: dict[str, str] = {
        "decided": _("Somebody else has decided this a moment ago."),
        "moved": _("Something has changed since. Please look at it again."),
        "not_losing": _("Something has changed since. Please look at it again."),
        "nothing_changes": _("This changes nobody's result."),
        "nothing_left": _("Nothing worth a point would be left of a quiz."),
        "own_attempt": _("Your own result is among these. Somebody else has to do this."),
        "reason_needed": _("Please give a reason."),
        "unknown_decision": _("Please choose one of those that are offered."),
    }
    return said[error.code]


#: What becomes of an attempt.
EFFECTS = {
    "loses": _l("Pass taken away"),
    "kept": _l("Pass kept"),
    "gains": _l("Passes now"),
    "worse": _l("Fewer points"),
    "better": _l("More points"),
    "same": _l("No change"),
}
#: Of what was done, those that are counted apart: they were handed in or graded after it was decided.
COUNTED = {**EFFECTS, "on_grading": _l("Corrected when handed in")}
#: States of a correction.
STATES = {"proposed": _l("Waits for a second person"), "applied": _l("Done"), "refused": _l("Refused")}
HEADERS = (
    _l("Name"),
    _l("Round"),
    _l("Attempt"),
    _l("Language"),
    _l("Points before"),
    _l("Percent before"),
    _l("Points after"),
    _l("Percent after"),
    _l("Effect"),
)


def counted_for_her(made: Correction) -> str:
    """Return to who works with a worker that a correction counts in the result that has just come, or several do."""
    said: dict[str, str | int] = {
        "date": format_date(made.on),
        "before": made.before.percent,
        "after": made.after.percent,
        "reason": made.reason,
    }
    if made.times > 1:
        return _(
            "This quiz was corrected %(times)s times, last on %(date)s. Without that her result would be %(before)s "
            "percent. Now it is %(after)s percent. %(reason)s",
            times=made.times,
            **said,
        )
    return _(
        "A question of this quiz was corrected on %(date)s. Without that her result would be %(before)s percent. "
        "Now it is %(after)s percent. %(reason)s",
        **said,
    )


def decided(decision: Amendment, choice: str) -> str:
    """Return what was decided about a question, in words; `choice` are the words of the accepted one."""
    said: dict[str, str] = {
        "everyone": _("Right for everyone"),
        "drop": _("Counts for nobody"),
        "accept": _("“%(choice)s” is right too", choice=choice),
        "version": _("The key of another version counts"),
    }
    return said[decision.how]
