"""Words about reports and states of translations."""

from __future__ import annotations

from lms.errors import RuleBroken
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l
from lms.i18n import ngettext

#: What can be wrong with a wording, in the order of the form.
FAULTS = {
    "no-sense": _l("I do not understand it"),
    "other-meaning": _l("It means something else than the English"),
    "disrespectful": _l("It is not respectful"),
    "misspelled": _l("It is misspelled"),
    "two-right": _l("Two answers are right"),
    "other": _l("Something else"),
}
#: Where a report stands.
STATES = {
    "new": _l("Waiting for an answer"),
    "confirmed": _l("You were right"),
    "not-wrong": _l("It stays as it is"),
}
#: The same for staff.
STAFF_STATES = {"new": _l("Open"), "confirmed": _l("Confirmed"), "not-wrong": _l("Not wrong")}
#: States of a sentence.
SENTENCES = {
    "missing": _l("Missing"),
    "stale": _l("Of older English"),
    "draft": _l("Draft"),
    "in review": _l("In review"),
    "reviewed": _l("Reviewed"),
    "approved": _l("Approved"),
}


def sentence(error: RuleBroken) -> str:
    """Return what the reader should know and do, in her language."""
    if error.code == "too_many_reports":
        return str(_("You have sent many reports since yesterday. Please go on tomorrow."))
    said: dict[str, str] = {
        "answer_needed": _("Please write to her why the words are right."),
        "decided": _("Somebody else has decided this a moment ago."),
        "own_attempt": _("Your own result is among these. Somebody else has to do this."),
        "unknown_fault": _("Please choose one of those that are offered."),
        "words_needed": _("Please write what is wrong."),
    }
    return said[error.code]


def given_back(restored: int) -> str:
    """Return how many attempts were given back, in words; nothing for none."""
    if not restored:
        return ""
    return str(
        ngettext("%(num)s attempt does not count any more.", "%(num)s attempts do not count any more.", restored)
    )


def fairness(tongue: str, *, is_easier: bool) -> str:
    """Return how readers of a language answer a question at equal knowledge, and what to do."""
    if is_easier:
        return _(
            "Readers of %(language)s who know as much get this right more often. "
            "Ask a translator whether the words give the answer away, and whether the English is too hard.",
            language=tongue,
        )
    return _(
        "Readers of %(language)s who know as much get this right less often. Ask a translator to look at the words.",
        language=tongue,
    )
