"""Sentences of training from elsewhere: why something was refused, what reasons, kinds, states and steps are called."""

from __future__ import annotations

from lms.errors import RowProblem, RuleBroken
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l
from lms.organizations import messages as organizations
from lms.organizations.rules import TableProblem
from lms.web.uploads import file_sentences

KIND_NAMES = {
    "course": _l("A course or class"),
    "certificate": _l("A certificate or license"),
    "experience-paid": _l("Paid work"),
    "experience-volunteer": _l("Volunteer work"),
    "other": _l("Something else"),
}
HOURS_NAMES = {
    "class": _l("class"),
    "simulation": _l("simulation"),
    "practicum": _l("practicum"),
    "supervised": _l("supervised practice"),
    "work-paid": _l("paid work"),
    "work-volunteer": _l("volunteer work"),
}
STATE_NAMES = {
    "draft": _l("Not sent yet"),
    "waiting": _l("Being looked at"),
    "asked": _l("Question sent"),
    "refused": _l("Not recognized"),
    "appealed": _l("Looked at again"),
    "recognized": _l("Recognized"),
    "revoked": _l("No longer recognized"),
    "withdrawn": _l("Withdrawn"),
}
#: The same said to the worker herself.
STATE_NAMES_OWN = {
    **STATE_NAMES,
    "waiting": _l("Two people look at it"),
    "asked": _l("There is a question for you"),
    "refused": _l("Not recognized. You can answer."),
    "appealed": _l("Other people look at it"),
}
#: Which mark stands beside a state.
MARKS = {
    "draft": "attention", "waiting": "now", "asked": "attention", "refused": "problem", "appealed": "now",
    "recognized": "good", "revoked": "problem", "withdrawn": "plain",
}  # fmt: skip
STEP_NAMES = {
    "accept": _l("A reviewer says yes"),
    "ask": _l("Question"),
    "refuse": _l("Not recognized"),
    "answer": _l("Answer of the worker"),
    "appeal": _l("Appeal of the worker"),
    "recognized": _l("Recognized by two reviewers"),
    "revoked": _l("Recognition taken back by two people"),
}
_REASONS = {
    "proof-unclear": _l("The photo or file cannot be read, or does not show it"),
    "dates-unclear": _l("Some dates do not fit together"),
    "hours-unclear": _l("It is not clear how many hours it took"),
    "identity-unclear": _l("It is not clear that it is about the person named"),
    "not-equivalent": _l("It does not teach what our training teaches"),
    "proof-missing": _l("There is no proof of it"),
    "not-hers": _l("It was done by another person"),
    "duplicate": _l("The same is recorded already"),
    "proof-false": _l("The proof was false"),
    "by-mistake": _l("It was recognized by mistake"),
    "not-related": _l("It does not belong to this work"),
    "another-year": _l("It belongs to another year"),
    "other": _l("Another reason"),
}


#: The columns of a table of earlier records, as our own files head them: `rules.tables` knows them by these names.
COLUMN_NAMES = {
    "person": _l("Person"),
    "email": _l("E-mail"),
    "phone": _l("Phone"),
    "title": _l("Title"),
    "issuer": _l("Given by"),
    "learned_on": _l("Last day"),
    "from": _l("First day"),
    "until": _l("Until"),
    "hours": _l("Hours"),
    "kind": _l("Kind"),
    "module": _l("Module"),
    "competencies": _l("Skills"),
    "language": _l("Language"),
    "reference": _l("Reference number"),
    "recognized_by": _l("Recognized by"),
    "note": _l("Note"),
    "reason": _l("Reason"),
}
#: What is wrong with a row of such a table, where the form of one entry does not say it in the same words.
_OF_ROWS = {
    "contact_wrong": _l("“%(typed)s” is not complete, or not one that exists. Please check it."),
    "competency_not_known": _l("We do not know “%(typed)s”. Please use these: %(known)s."),
    "competency_unknown": _l("One of the skills is not known. Please check them."),
    "date_wrong": _l("“%(typed)s” is not a date. Please write it like 2026-07-31 or 7/31/2026."),
    "hours_wrong": _l("“%(typed)s” is not a number. Please write it like 40 or 7.5."),
    "kind_not_known": _l("We do not know “%(typed)s”. Please use one of these: %(known)s."),
    "language_unknown": _l("Please write en, es, to or sm."),
    "last_day_missing": _l("Please write the last day, like 2026-07-31."),
    "line_too_long": _l("The title, and who gave it, may have at most %(most)s letters."),
    "nobody_named": _l("Please write who it is: her number, e-mail or phone."),
    "person_not_found": _l("We know nobody by “%(typed)s”. Please check it with her."),
    "person_shared": _l("Several people share “%(typed)s”. Please name her by another column."),
    "record_full": _l("She has %(most)s entries already, and no more are kept."),
    "reference_taken": _l("“%(typed)s” is recorded already, with other words or days. Please check it."),
    "role_lost": _l("Whoever brought this table may not record it any more. Please bring it yourself."),
}


def problem(found: RowProblem) -> str:
    """Return what is wrong with a table, or with a row of it and in which column, in the reader's language."""
    if not isinstance(found, TableProblem) or found.code not in (*_OF_ROWS, *_of_telling("", "")):
        return organizations.problem(found, COLUMN_NAMES)
    words = _OF_ROWS.get(found.code)
    said = str(words) % found.values if words else sentence(RuleBroken(found.code, **found.values))
    column = str(found.values.get("column", ""))
    return f"{COLUMN_NAMES[column]}: {said}" if column else said


def reason(code: str | None) -> str:
    """Return what the code of a reason means; "" for none."""
    return str(_REASONS[code]) if code in _REASONS else ""


def sentence(error: RuleBroken) -> str:
    """Return what the reader should know and do."""
    values = error.values
    most = values.get("most", "")
    return {**_of_telling(most, values.get("hours", "")), **_of_files(most), **_of_judging(most)}[error.code]


def _of_telling(most: object, hours: object) -> dict[str, str]:
    return {
        "title_empty": _("Please write what it was."),
        "issuer_empty": _("Please write who gave it."),
        "line_too_long": _("Please write at most %(most)s letters.", most=most),
        "note_too_long": _("Please write at most %(most)s letters.", most=most),
        "reference_too_long": _("Please write at most %(most)s letters.", most=most),
        "kind_unknown": _("Please choose one of those that are offered."),
        "module_unknown": _("Please choose one of those that are offered."),
        "competency_unknown": _("Please choose one of those that are offered."),
        "language_unknown": _("Please choose one of those that are offered."),
        "day_to_come": _("This day has not been yet. Please write a day in the past."),
        "day_long_ago": _("Please look at the year once more."),
        "days_turned": _("The first day is after the last day. Please look at both."),
        "hours_format": _("Please write the hours as a number, such as 40 or 7.5."),
        "hours_range": _("Please write how many hours it took, at most %(most)s.", most=most),
        "hours_more_than_days": _(
            "That is more than %(hours)s hours a day between these two days. Please look at both.", hours=hours
        ),
        "entries_full": _("There are %(most)s entries already. Please ask the help desk.", most=most),
        "too_many_entries": _("You added many today. Please go on tomorrow."),
        "sent_before": _("This form was sent before, with other words. Please load the page again."),
        "sent_already": _("Somebody looks at it already. You can withdraw it and add it anew."),
        "person_unknown": _("We find nobody, or several people, with this. Please look at it once more."),
    }


def _of_files(most: object) -> dict[str, str]:
    return {
        **file_sentences(most),
        "table_missing": _("Please choose a table."),
        "table_empty": _("There are no rows in this table. Below the names of the columns each row is one training."),
        "rows_faulty": _("Some rows cannot be recorded. Mend the table, or leave them out."),
        "files_full": _("There are %(most)s files already. Please send it with these.", most=most),
        "files_not_now": _("Files cannot be added now, because somebody looks at it already."),
        "too_many_files": _("You sent many files in the last hour. Please wait a little."),
    }


def _of_judging(most: object) -> dict[str, str]:
    return {
        "outcome_unknown": _("Please choose what you decide."),
        "worth_missing": _("Please choose a module, or a kind of hours and their number."),
        "reason_needed": _("Please choose a reason."),
        "note_needed": _("Please write a few words about the reason."),
        "answer_empty": _("Please write your answer."),
        "answer_too_long": _("Please write at most %(most)s letters.", most=most),
        "already_recognized": _("Two reviewers have recognized it already."),
        "withdrawn_by_her": _("It was withdrawn."),
        "waits_for_worker": _("This waits for the worker's answer."),
        "second_person_needed": _("Another person must confirm this."),
        "another_reviewer": _("You entered it, or said no to it before, so another reviewer decides."),
        "already_appealed": _("You have asked other people once already. Please ask the help desk."),
        "nothing_to_answer": _("There is nothing to answer here now."),
        "changed_meanwhile": _("Something was decided or answered since you opened this page. Please read it first."),
        "recognized_stays": _("It is recognized. If that is wrong, please ask the help desk."),
        "accepted_stays": _("It counts for your yearly hours, so it stays."),
        "nothing_to_withdraw": _("There is nothing to withdraw here now."),
        "nothing_recognized": _("Nothing is recognized here now."),
        "another_request_waits": _("Another request to take it back waits already."),
        "hours_needed": _("Please write first how many hours it took."),
        "settled_already": _("This was decided already."),
        "more_than_told": _("Please count at most the hours that were told."),
    }
