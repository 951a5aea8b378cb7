"""Sentences for what the rules of quizzes refuse."""

from __future__ import annotations

from lms.assessments.rules import Amendment
from lms.errors import RuleBroken
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l


def sentence(error: RuleBroken) -> str:
    """Return what the reader should know and do, in her language."""
    said: dict[str, str] = {
        "already_handed_in": _(
            "You handed in this quiz before, with other answers. The first ones count. This is your result."
        ),
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
        "prerequisite": _("Another module comes first. The page of this module says which."),
        "same_key_other_answers": _(
            "These answers were sent before, and they have changed since. The first ones count. "
            "Open the quiz again to see your result."
        ),
    }
    return said[error.code]


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


def decided(decision: Amendment, choice: str) -> str:
    """Return what was decided about a question, in words; `choice` are the words of the accepted one."""
    said: dict[str, str] = {
        "everyone": _("Right for everyone"),
        "drop": _("Counts for nobody"),
        "accept": _("%(choice)s is right too", choice=choice),
        "version": _("The key of another version counts"),
    }
    return said[decision.how]
