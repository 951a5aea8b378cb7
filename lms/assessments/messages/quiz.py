"""Sentences for what the rules of quizzes refuse, and words for what makes them fair."""

from __future__ import annotations

from datetime import datetime

from flask_babel.speaklater import LazyString

from lms.assessments.rules import Fair
from lms.clock import wall, zone
from lms.errors import RuleBroken
from lms.i18n import format_clock, format_instant
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l

#: What a person may choose herself, and what staff may give, in percent of the time that others have.
OWN_TIMES: dict[int, LazyString] = {
    100: _l("The usual time"),
    125: _l("A quarter more"),
    150: _l("Half as much again"),
}
STAFF_TIMES: dict[int, LazyString] = OWN_TIMES | {
    200: _l("Twice the time"),
    300: _l("Three times the time"),
    500: _l("Five times the time"),
    1000: _l("Ten times the time"),
}
REASON_NAMES: dict[str, LazyString] = {
    "agreed": _l("Agreed with her"),
    "letter": _l("A letter was shown, and given back"),
    "passing": _l("For a passing time"),
    "other": _l("Another reason"),
}


def sentence(error: RuleBroken) -> str:
    """Return what the reader should know and do, in her language."""
    said: dict[str, str] = {
        "already_handed_in": _(
            "You handed in this quiz before, with other answers. The first ones count. This is your result."
        ),
        "attempts_used": _("No more tries are left for this quiz. Please talk to your trainer, who can give you one."),
        "attempt_waits": _("A trainer will look at your answers. Until then you cannot begin anew."),
        "entry_waits": _("Your answers from paper are being compared. Until then you cannot begin anew."),
        "already_passed": _("You have passed this quiz. You do not need to take it again."),
        "changed_elsewhere": _(
            "You have this quiz open in another window, and saved other answers there. "
            "Please look at the marked questions, then send again."
        ),
        "foreign_answer": _("Something in these answers does not belong to this quiz. Load the page again."),
        "lessons_begun": _("You have begun this module. These questions are for before the first lesson."),
        "pretest_changed": _("The questions have changed since this page was opened. Please open them again."),
        "pretest_taken": _("You have answered these questions. They come again in the quiz."),
        "quiz_begun": _("You have begun the quiz of this module. These questions are for before the first lesson."),
        "given_dates": _("The last day must not be before the first."),
        "given_reason": _("Please choose why. What it is about her health is not asked, and not kept."),
        "given_time": _("Please choose one of these times."),
        "no_more_time": _("You have got more time already. Please go back, and hand in your answers in time."),
        "not_needed": _("She can try this quiz now. Nothing more is needed."),
        "own_time": _("Please choose one of these times."),
        "prerequisite": _("Another module comes first. The page of this module says which."),
        "same_key_other_answers": _(
            "These answers were sent before, and they have changed since. The first ones count. "
            "Open the quiz again to see your result."
        ),
    }
    if error.code == "wait":
        return wait_words(error.values["until"])
    return said[error.code]


def wait_words(until: object) -> str:
    """Return from when the next attempt is possible, in local time."""
    if not isinstance(until, datetime):
        raise TypeError(f"not an instant: {until!r}")
    return _("You can try this quiz again from %(when)s.", when=format_instant(until))


def clock_words(at: datetime) -> str:
    """Return the time of day at an instant, as clocks here show it."""
    return format_clock(wall(at, zone()).time())


def fair_words(fair: Fair) -> list[str]:
    """Return what counts for a person, in words to her; nothing when all is as for others."""
    found = [_("English stands beneath every question.")] if fair.bilingual else []
    found += [_("You would rather listen than read.")] if fair.audio else []
    if fair.percent > 100:
        found.append(_("You have %(percent)s percent of the usual time.", percent=fair.percent))
    found += [_("You may ask for more time as often as you need.")] if fair.often else []
    found += [_("Somebody reads the questions to you and writes your answers down.")] if fair.oral else []
    return found


def lacking(code: str) -> str:
    """Return what is still missing in an answer, by the code of its type's rules."""
    said: dict[str, str] = {
        "choice": _("Please choose an answer."),
        "gaps": _("Please fill in every blank."),
        "number": _("Please write a number, such as 2.5."),
        "pairs": _("Please choose one for each line."),
        "places": _("Please give every step a place."),
        "same_place": _("Two steps have the same place. Give each step a place of its own."),
        "unit": _("Please choose the unit too."),
        "words": _("Please write your answer."),
    }
    return said[code]


def own_words() -> dict[str, tuple[str, str]]:
    """Return {choice: (the word in the reader's language, in English)} of choices whose words are the program's."""
    return {"true": (_("True"), "True"), "false": (_("False"), "False")}
