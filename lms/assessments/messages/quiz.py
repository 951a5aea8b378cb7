"""Sentences for what the rules of quizzes refuse."""

from __future__ import annotations

from lms.errors import RuleBroken
from lms.i18n import gettext as _


def sentence(error: RuleBroken) -> str:
    """Return what the reader should know and do, in her language."""
    said: dict[str, str] = {
        "already_handed_in": _(
            "You handed in this quiz before, with other answers. The first ones count. This is your result."
        ),
        "attempt_waits": _("A trainer will look at your answers. Until then you cannot begin anew."),
        "entry_waits": _("Your answers from paper are being compared. Until then you cannot begin anew."),
        "already_passed": _("You have passed this quiz. You do not need to take it again."),
        "changed_elsewhere": _(
            "You have this quiz open in another window, and saved other answers there. "
            "Please look at the marked questions, then send again."
        ),
        "foreign_answer": _("Something in these answers does not belong to this quiz. Load the page again."),
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
