"""Names of periods and rows, the sentence on top of a report, and how it was counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from flask_babel import ngettext

from lms.i18n import LANGUAGES, format_date, format_month, format_names, format_number
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l
from lms.organizations.messages import AREA_NAMES
from lms.reports.policy import ALL, STAFF, Scope
from lms.reports.rules import SETTLING_DAYS, THRESHOLD, Period, Report, find_period

#: Names of languages in themselves, by tag.
_LANGUAGE_NAMES = dict(LANGUAGES)
_TITLES = {"completions": _l("Completions")}
_QUESTIONS = {"completions": _l("Who completed which track: by organization, track, language, area and month.")}
_GROUPS = {
    "organization": _l("Organization"),
    "track": _l("Track"),
    "language": _l("Language of instruction"),
    "area": _l("Service planning area"),
    "month": _l("Month"),
}
_PERIODS = {
    "this-year": _l("This year"),
    "last-year": _l("Last year"),
    "this-quarter": _l("This quarter"),
    "last-quarter": _l("Last quarter"),
    "custom": _l("From one day to another"),
}
#: Why rows may not add up to the total.
_REASONS = {
    "organization": _l("Somebody who worked at two organizations counts in both rows."),
    "area": _l("An organization may serve several areas; then its workers count in each of them."),
    "track": _l("Somebody who completed two tracks counts in both rows."),
    "language": _l("Somebody who completed tracks in two languages counts in both rows."),
    "month": _l("Somebody who completed tracks in two months counts in both rows."),
}


def report_title(name: str) -> str:
    """Return the title of a report."""
    return str(_TITLES[name])


def report_question(name: str) -> str:
    """Return what a report answers."""
    return str(_QUESTIONS[name])


def scope_name(scope: Scope, departments: Sequence[str] = ()) -> str:
    """Return whose completions a scope counts, as a choice; `departments` are the names of those of a program."""
    if scope.kind == ALL:
        return str(_("Everybody"))
    if scope.kind == STAFF:
        return str(_("My own staff"))
    if len(departments) > 1:
        return str(_("Programs that %(departments)s share", departments=format_names(list(departments))))
    return str(_("Programs of %(department)s", department=next(iter(departments), _("my department"))))


def group_name(group: str) -> str:
    """Return what the rows of a report are, as the head of their column."""
    return str(_GROUPS[group])


def period_name(key: str, today: date) -> str:
    """Return the name of a period as a choice: "This year", "2025", "January 2026 to March 2026"."""
    period = None if key in _PERIODS else find_period(key, today)
    if period is None:
        return str(_PERIODS[key])
    return key if period.is_year else _months(period)


def _months(period: Period) -> str:
    # Translators: two months, such as "January 2026 to March 2026"
    return str(_("%(first)s to %(last)s", first=format_month(period.since), last=format_month(period.until)))


def period_phrase(period: Period, today: date) -> str:
    """Return when, as the end of a sentence: "this year", "in 2025", "from 1 March 2026 to 4 April 2026"."""
    if period.is_year and period.since.year == today.year:
        return str(_("this year"))
    if period.is_year:
        return str(_("in %(year)s", year=period.since.year))
    if period.key == "custom":
        return str(_("from %(since)s to %(until)s", since=format_date(period.since), until=format_date(period.until)))
    return str(_("from %(since)s to %(until)s", since=format_month(period.since), until=format_month(period.until)))


def sentence(report: Report, track_title: str | None, today: date) -> str:
    """Return the answer in one sentence: "212 workers of 31 CBOs completed Core training this year."."""
    values = {
        "what": track_title or _("a track"),
        "when": period_phrase(report.question.period, today),
        "where": _organizations(report.organizations, are_cbos=report.are_cbos),
    }
    told = report.number_of(report)
    if told is None:
        # Translators: where: "31 CBOs"; what: a track; when: "this year"
        return str(_("How often workers of %(where)s completed %(what)s %(when)s is not shown.", **values))
    if told == 0:
        return str(_("Nobody completed %(what)s %(when)s.", what=values["what"], when=values["when"]))
    if report.is_guarded:
        return _times(told, values)
    if not report.organizations:
        return str(
            ngettext(
                "%(workers)s worker completed %(what)s %(when)s.",
                "%(workers)s workers completed %(what)s %(when)s.",
                told,
                workers=format_number(told),
                **values,
            )
        )
    return str(
        ngettext(
            # Translators: where: "31 CBOs"; what: a track; when: "this year", "in 2025", "from ... to ..."
            "%(workers)s worker of %(where)s completed %(what)s %(when)s.",
            "%(workers)s workers of %(where)s completed %(what)s %(when)s.",
            told,
            workers=format_number(told),
            **values,
        )
    )


def _times(completions: int, values: Mapping[str, str]) -> str:
    return str(
        ngettext(
            # Translators: where: "31 CBOs"; what: a track; when: "this year", "in 2025", "from ... to ..."
            "Workers of %(where)s completed %(what)s %(completions)s time %(when)s.",
            "Workers of %(where)s completed %(what)s %(completions)s times %(when)s.",
            completions,
            completions=format_number(completions),
            **values,
        )
    )


def _organizations(number: int, *, are_cbos: bool) -> str:
    if are_cbos:
        return str(ngettext("%(num)s CBO", "%(num)s CBOs", number))
    return str(ngettext("%(num)s organization", "%(num)s organizations", number))


def hidden_words() -> str:
    """Return what stands in the place of a number that is hidden."""
    return str(_("not shown"))


@lru_cache(maxsize=10_000)
def count_words(number: int, tag: str, *, are_workers: bool) -> str:  # noqa: ARG001 -- the language of the words
    """Return a number of workers or of completions in words, in the language `tag` in which the page is written."""
    if are_workers:
        return str(ngettext("%(num)s worker", "%(num)s workers", number))
    return str(ngettext("%(num)s completion", "%(num)s completions", number))


def nobody_named(group: str) -> str:
    """Return the name of the row for what has no such category."""
    return str(_("No planning area recorded") if group == "area" else _("No employer recorded on that day"))


def language_name(tag: str) -> str:
    """Return the name of a language in itself, or its tag."""
    return _LANGUAGE_NAMES.get(tag, tag)


def area_name(key: str) -> str:
    """Return the number and name of a service planning area."""
    return str(_("SPA %(number)s, %(name)s", number=key, name=AREA_NAMES[int(key)]))


def month_name(key: str) -> str:
    """Return the name of a month such as "2026-03"."""
    return format_month(date(int(key[:4]), int(key[5:]), 1))


def how_counted(report: Report, scope: Scope) -> list[str]:
    """Return how a report was counted, a sentence each."""
    if report.is_guarded:
        said = [*_each_once(), _who_shares(scope)]
    else:
        said = [_("A worker counts once in the total, however many tracks she completed."), _who_counts(scope)]
    said.append(_adding(report))
    if report.question.group == "language":
        said.append(_("The language is the one in which she learned the last step of the track."))
    return said + (_guarded() if report.is_guarded else [])


def _each_once() -> list[str]:
    return [
        _("Completions are counted, not workers: somebody who completed two tracks counts twice."),
        _("A completion counts for one organization: the one that she had worked for longest on that day."),
    ]


def _who_shares(scope: Scope) -> str:
    if len(scope.ids) > 1:
        return str(_("Organizations count that were under contract with all of these departments in that quarter."))
    return str(_("Organizations count that were under contract with this department alone in that quarter."))


def _who_counts(scope: Scope) -> str:
    if scope.kind == ALL:
        return str(_("Every completion counts. An organization's row counts those who worked there on the day."))
    return str(_("People count who worked for you on the day, with the tracks that your organization assigned."))


def _adding(report: Report) -> str:
    """Return whether the rows add up to the total, and why not."""
    reason = str(_REASONS[report.question.group])
    if report.adds_up:
        return str(_("The rows add up to the total."))
    if report.adds_up is None:
        return str(_("The rows need not add up to the total.") + " " + reason)
    return str(_("The rows do not add up to the total.") + " " + reason)


def _guarded() -> list[str]:
    return [
        _(
            "To protect people in small groups, a number that tells of 1 to %(most)s people is not shown, and neither "
            "is a number from which one of these could be worked out.",
            most=THRESHOLD - 1,
        ),
        _(
            "The figures of a quarter or year are released once, %(days)s days after it ends, and stay as they are.",
            days=SETTLING_DAYS + 1,
        ),
    ]
