"""Words about reports, and about translations at the desk."""

from __future__ import annotations

from collections.abc import Mapping

from lms.content.word_faults import Code, WordFault
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
#: Kinds of objects.
KINDS = {
    "track": _l("Track"),
    "module": _l("Module"),
    "survey": _l("Survey"),
    "framework": _l("Framework"),
    "checklist": _l("Checklist"),
    "certificate": _l("Certificate"),
}
#: Which sentences a list shows.
SHOWS = {
    "all": _l("All"),
    "open": _l("Not approved yet"),
    "missing": _l("Missing"),
    "stale": _l("Of older English"),
    "critical": _l("Quizzes and safety first"),
    "comments": _l("With comments"),
}
#: What may be done with words, and what is said when it was done.
STEPS = {
    "in review": _l("Send to be reviewed"),
    "reviewed": _l("I have reviewed it"),
    "approved": _l("Approve"),
}
TAKEN = {
    "in review": _l("Sent to be reviewed."),
    "reviewed": _l("Noted as reviewed."),
    "approved": _l("Approved."),
}
#: How it is called to take one back.
WITHDRAW = {
    "reviewed": _l("Take the review back"),
    "approved": _l("Take the approval back"),
}
#: What a community reviewer judges, and her marks.
ASPECTS = {
    "accuracy": _l("It says what the English says"),
    "fit": _l("It fits our culture"),
    "readability": _l("It is easy to read"),
}
MARKS = {
    "1": _l("1, not at all"),
    "2": _l("2, a little"),
    "3": _l("3, partly"),
    "4": _l("4, mostly"),
    "5": _l("5, fully"),
}
#: What is wrong with a translation; what the fault is about is added. "numbers" has two sentences of its own.
FAULTY: Mapping[Code, object] = {
    "apostrophe": _l("Please write ʻ, not an apostrophe, in"),
    "blanks": _l("Please leave out the blanks at the ends."),
    "control": _l("Some signs here cannot be kept. Please type the words anew."),
    "html": _l("Please write no HTML, such as <b>."),
    "images": _l("Please put in no pictures."),
    "line_break": _l("Please write it in one line."),
    "link_scheme": _l("A link begins with https://. Please look at this one:"),
    "link_words": _l("A link needs words, such as [words](https://...)."),
    "links": _l("Please keep the same links:"),
    "no_links": _l("Please leave out the links."),
    "no_placeholders": _l("Please leave out what stands in braces."),
    "placeholders": _l("Please keep what stands in braces:"),
}


def faulty(fault: WordFault) -> str:
    """Return what the check finds wrong with a translation, in the reader's language."""
    if fault.code != "numbers":
        return " ".join((str(FAULTY[fault.code]), *fault.values))
    lost, added = fault.values
    said = []
    if lost:
        said.append(_("These numbers of the English are missing: %(numbers)s.", numbers=lost))
    if added:
        said.append(_("These numbers are not in the English: %(numbers)s.", numbers=added))
    return " ".join(said)


def sentence(error: RuleBroken) -> str:
    """Return what the reader should know and do, in her language."""
    if error.code == "too_many_reports":
        return str(_("You have sent many reports since yesterday. Please go on tomorrow."))
    if error.code == "faulty":
        return " ".join(map(faulty, error.values["faults"]))  # type: ignore[call-overload]
    said: dict[str, str] = {
        **_of_desk(),
        "answer_needed": _("Please write to her why the words are right."),
        "decided": _("Somebody else has decided this a moment ago."),
        "own_attempt": _("Your own result is among these. Somebody else has to do this."),
        "unknown_fault": _("Please choose one of those that are offered."),
        "words_needed": _("Please write what is wrong."),
    }
    return said[error.code]


def _of_desk() -> dict[str, str]:
    """Return the sentences of the translators' desk."""
    return {
        "alike": _("Another answer of this question reads so already. Please write them so that they differ."),
        "english_changed": _("The English has changed while you wrote. Please compare your words with it."),
        "marks_needed": _("Please choose a mark from 1 to 5 for each."),
        "no_decision": _("There is nothing to take back here any more."),
        "no_step": _("This has been done already."),
        "overtaken": _("Somebody wrote here a moment ago. Please look at the words again."),
        "own_in_file": _(
            "The files name you as the translator of these words. Somebody else reviews and approves them."
        ),
        "own_review": _("You reviewed these words. Somebody else approves them."),
        "own_words": _("You wrote these words. Somebody else reviews and approves them."),
        "reworded": _("The words have changed while you read. Please read them again before you keep your marks."),
        "review_first": _("Somebody has to review these words before another person approves them."),
        "signs": _("Some signs here cannot be kept. Please type the words anew."),
        "stale": _("These words are of older English. Please write or confirm them first."),
        "still_writing": _("This is a draft. Who wrote it sends it first."),
        "text_needed": _("Please write the translation."),
        "text_too_long": _("This is too long for one sentence."),
        "unsaved": _("You have changed the words and not saved them. Please save them, or put the old ones back."),
        "why_needed": _("Please write why."),
        "why_too_long": _("Please say why in fewer words."),
        "unchanged": _("These words stand there already. To agree with them, use the buttons beneath."),
    }


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
