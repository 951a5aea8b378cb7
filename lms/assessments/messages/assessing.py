"""Sentences for assessors, and for those who enter results."""

from __future__ import annotations

from lms.errors import RuleBroken
from lms.i18n import LANGUAGES
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l
from lms.uploads import LARGEST_FILE
from lms.web.uploads import file_sentences

#: Each language as it calls itself.
LANGUAGE_NAMES = dict(LANGUAGES)
SOURCE_NAMES = {"online": _l("On this site"), "paper": _l("On paper"), "oral": _l("By word of mouth")}
INTERPRETER_NAMES = {
    "none": _l("Nobody: we spoke or wrote the same language"),
    "bilingual": _l("Nobody: I speak both languages"),
    "professional": _l("A trained interpreter"),
}


def assessing_sentence(error: RuleBroken) -> str:
    """Return what an assessor, or who enters a result, should know and do."""
    said = {**_of_scores(), **_of_sheets(), **_of_quizzes(), **file_sentences(LARGEST_FILE // 1024 // 1024)}
    return said[error.code]


def _of_scores() -> dict[str, str]:
    return {
        "consent_needed": _("Did she agree to the interpreter? Without that, score it another time."),
        "rubric_open": _("Please choose one for every line."),
        "rubric_unknown": _("Something here does not belong to this quiz. Load the page again."),
        "scored_before": _("You have scored this before. Your first scores stand."),
        "scored_meanwhile": _("Somebody else has scored this meanwhile. Nothing of yours was kept."),
        "words_empty": _("Please write a few words."),
        "words_long": _("Please write less: at most 1000 letters."),
    }


def _of_sheets() -> dict[str, str]:
    return {
        "answer_open": _("Please choose one."),
        "answered_before": _("Somebody has decided this already."),
        "objected": _("She says that this is not right. That is answered first."),
        "objected_before": _("You have said this already. It is answered here."),
        "foreign_answer": _("Something in these answers does not belong to this quiz. Load the page again."),
        "sent_before": _("This form was sent before, with other answers. The first ones count."),
        "settled_before": _("Somebody has decided this already."),
        "sheet_missing": _("Please add a photo or a scan of the sheet. A second person compares it."),
        "sheet_of_another": _("This sheet was made for somebody else."),
        "sheet_unknown": _("There is no sheet with this number. Please look once more."),
        "sheet_used": _("Her answers on this sheet were entered before."),
        "taken_ahead": _("This day is still to come."),
        "taken_before_sheet": _("The sheet was made after this day. Please look once more."),
    }


def _of_quizzes() -> dict[str, str]:
    return {
        "already_passed": _("She has passed this quiz already."),
        "attempt_open": _("She has begun this quiz on the site. Ask her to hand it in first."),
        "attempt_waits": _("A trainer has to look at her last answers first."),
        "attempts_used": _("No more tries are left for her. A trainer can give her one."),
        "entry_waits": _("Answers of hers wait already for a second person to compare them."),
        "prerequisite": _("She has to finish another module first."),
        "wait": _("She has to wait some time before her next try."),
    }
