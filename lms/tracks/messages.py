"""Sentences for what the rules of tracks refuse; whom a rule means, by when and why, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lms.errors import RuleBroken
from lms.i18n import LANGUAGES, format_date, ngettext
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l
from lms.organizations.messages import EMPLOYMENT_NAMES, area_name
from lms.organizations.rules import Criteria
from lms.tracks.rules import Due

_SENTENCES = {
    "nobody-chosen": _l("Please choose at least one person."),
    "sent-before": _l("This form was sent before, with other choices. Please look at these once more, then confirm."),
    "due-past": _l("This day has passed. Choose today or a later day."),
    "due-far": _l("This date is more than five years ahead. Please check the year."),
    "who-missing": _l("Please choose for whom."),
    "fit-missing": _l("Please choose below who fits."),
    "nobody-fits": _l("Nobody who works here fits this."),
    "due-missing": _l("Please choose the last day."),
    "days-missing": _l("Please write how many days."),
    "changed": _l("Somebody joined, left or was asked meanwhile. Please look once more, then confirm."),
    "has-faults": _l("Some rows cannot be done. Mend them in your file, or go on with the others."),
    "file-empty": _l("There is nobody in it. Write one person in each line."),
    "file-unread": _l(
        "This file cannot be read. Save it as CSV (UTF-8) or as an Excel workbook, with at most 20,000 rows."
    ),
    "file-unclear": _l("We cannot tell who is meant. Name the columns in the first line: email, phone or person."),
}
#: Why a row of a file cannot be done (`rules.find_meant`).
_ROWS = {
    "bad-email": _l("This is no e-mail address."),
    "bad-phone": _l("This is no phone number. Write ten digits, or + and the country code."),
    "nobody-named": _l("Nobody is named here. Write an e-mail address, a phone number or a person’s id."),
    "not-found": _l("Nobody on your staff has this. Look for a slip, or add the person to your staff first."),
    "differ": _l("E-mail, phone and id belong to different people."),
    "shared": _l("Several people share this. Add what only she has, such as her e-mail address."),
    "which-organization": _l("She works at several organizations. Write which one asks her."),
    "no-organization": _l("There is no such organization. Write its name or its short key."),
    "works-elsewhere": _l("She does not work at this organization today."),
    "named-twice": _l("She stands in an earlier row already."),
}


def sentence(error: RuleBroken) -> str:
    """Return what to tell the reader about a refused change: what is wrong, and what to do."""
    return str(_SENTENCES[error.code])


def fault_sentence(code: str) -> str:
    """Return what to tell the reader about a due date that cannot be (`rules.due_fault`)."""
    return str(_SENTENCES[code])


def row_sentence(code: str) -> str:
    """Return why a row of a file cannot be done, and what to do."""
    return str(_ROWS[code])


def due_words(due: Due) -> str:
    """Return how a due date is found."""
    if due.kind == "asked":
        return str(ngettext("%(num)s day after it is assigned", "%(num)s days after it is assigned", due.days or 0))
    if due.kind == "employed":
        days = due.days or 0
        return str(ngettext("%(num)s day after the employment began", "%(num)s days after the employment began", days))
    return format_date(due.on) if due.on else _("No date")


def criteria_words(criteria: Criteria, teams: Mapping[str, str]) -> str:
    """Return whom criteria mean. `teams` names each team by its public id."""
    return " · ".join(_parts(criteria, teams)) or _("Everyone who works here")


def _parts(criteria: Criteria, teams: Mapping[str, str]) -> Iterator[str]:
    own_names = dict(LANGUAGES)
    for label, values in (
        (_("Job title"), criteria.titles),
        (_("Team"), [teams[each] for each in criteria.teams if each in teams]),
        (_("Area where she works"), [area_name(spa) for spa in criteria.areas]),
        (_("Language"), [own_names[tag] for tag in criteria.languages]),
        (_("Kind of employment"), [str(EMPLOYMENT_NAMES[kind]) for kind in criteria.kinds]),
    ):
        if values:
            yield f"{label}: {', '.join(values)}"
    if criteria.since:
        yield _("Began on %(date)s or later", date=format_date(criteria.since))
    if criteria.for_days:
        days = criteria.for_days
        yield ngettext("Has worked here for %(num)s day", "Has worked here for %(num)s days", days)


def reason_words(criteria: Criteria, teams: Mapping[str, str]) -> str:
    """Return why a standing rule asks somebody, said to her and to her supervisor alike."""
    if criteria == Criteria(titles=criteria.titles) and len(criteria.titles) == 1:
        return _("Asked because of the job title %(title)s.", title=criteria.titles[0])
    return _("Asked by a standing rule: %(whom)s.", whom=criteria_words(criteria, teams))


def unavailable() -> str:
    """Return the words for what the program does not record yet."""
    return str(_("Not recorded here yet. Nothing is asked of you now."))
