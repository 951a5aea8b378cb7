"""For whom and by when, as the form says it: titles, teams and criteria become the people whom they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import ngettext
from wtforms import SelectMultipleField

from lms.db import reading
from lms.i18n import gettext as _
from lms.ids import PUBLIC_ID_LENGTH
from lms.organizations.policy import supervised_teams
from lms.organizations.queries import (
    Choice,
    Match,
    StaffRow,
    TeamRow,
    count_matching,
    count_titles,
    list_matching,
    list_staff,
    list_teams,
)
from lms.organizations.rules import Criteria
from lms.tracks.forms import MOST_DAYS, AssignForm, FitFields
from lms.tracks.views.picking import Picking
from lms.web.access import get_actor
from lms.web.forms import choices_of

#: Beyond so many job titles, the others are ticked further below.
MOST_TITLES = 8
#: A job title is at most this long, and at most so many values of one kind are kept.
LONGEST_TITLE, MOST_VALUES = 120, 100
#: Whoever can be asked: both have `person_id`, `person_public_id`, `name` and `started_on`.
Candidate = StaffRow | Match


@dataclass(frozen=True)
class Ways:
    """What can be chosen at an organization: job titles with how many people have each, and teams."""

    titles: list[tuple[str, int]]
    teams: list[TeamRow]


def find_ways(organization: Choice) -> Ways:
    """Return what can be chosen at an organization. Two queries."""
    actor = get_actor()
    teams = list_teams(reading(), supervised_teams(actor), actor.today)
    ours = [each for each in teams if each.organization_id == organization.id]
    return Ways(count_titles(reading(), organization.id, actor.today), ours)


def offer(form: AssignForm, ways: Ways, picking: Picking, count: int) -> None:
    """Give the form its choices. `count` people stand in the list that the search finds."""
    everyone = ngettext("The one person in this list", "Everyone in this list (%(num)s people)", count)
    if not picking.search:
        everyone = ngettext("Everyone (%(num)s person)", "Everyone (%(num)s people)", count)
    titles = [(f"title:{title}", _counted(title, number)) for title, number in ways.titles[:MOST_TITLES]]
    teams = [
        (f"team:{each.public_id}", _counted(_("Team %(name)s", name=each.name), each.people))
        for each in ways.teams
        if each.people
    ]
    rest = [
        ("all", everyone),
        ("fit", _("Everyone who fits what I choose below")),
        ("some", _("Only the people I tick")),
    ]
    form.who.choices = choices_of([*titles, *teams, *rest])
    offer_fitting(form, ways)


def offer_fitting(form: FitFields, ways: Ways, titles: Sequence[str] = ()) -> None:
    """Give the form the job titles and teams that there are, and `titles` that nobody has now."""
    known = [*ways.titles, *((title, 0) for title in titles if title not in dict(ways.titles))]
    form.titles.choices = choices_of((title, _counted(title, number)) for title, number in known)
    form.teams.choices = choices_of((each.public_id, _counted(each.name, each.people)) for each in ways.teams)


def _counted(name: str, number: int) -> str:
    return f"{name} ({number})"


def read_criteria(form: AssignForm, picking: Picking) -> Criteria | None:
    """Return whom a standing rule would mean; None where people were chosen one by one, or by a search."""
    who = form.who.data or ""
    if who.startswith("title:"):
        return Criteria(titles=(who.removeprefix("title:")[:LONGEST_TITLE],))
    if who.startswith("team:"):
        return Criteria(teams=(who.removeprefix("team:")[:PUBLIC_ID_LENGTH],))
    if who == "all":
        return None if picking.search else Criteria()
    return fitting(form) if who == "fit" else None


def fitting(form: FitFields) -> Criteria:
    """Return who fits what was chosen."""
    return Criteria(
        titles=tuple(each[:LONGEST_TITLE] for each in form.titles.data or ())[:MOST_VALUES],
        areas=tuple(int(each) for each in _offered(form.areas)),
        languages=_offered(form.languages),
        kinds=_offered(form.kinds),
        teams=tuple(each[:PUBLIC_ID_LENGTH] for each in form.teams.data or ())[:MOST_VALUES],
        since=form.since.data,
        for_days=form.for_days.data if 0 < (form.for_days.data or 0) <= MOST_DAYS else None,
    )


def _offered(field: SelectMultipleField) -> tuple[str, ...]:
    """Return what was ticked of what the field offers: an address may name anything."""
    return tuple(choice.value for choice in field.choices if choice.value in (field.data or ()))


def list_chosen(form: AssignForm, picking: Picking) -> Sequence[Candidate]:
    """Return the staff that was chosen: whom the criteria mean, whom the search finds, or those ticked. One query."""
    day, place = get_actor().today, picking.organization.id
    criteria = read_criteria(form, picking)
    if criteria is not None:
        return list_matching(reading(), place, criteria, day)
    if form.who.data == "all":
        return list_staff(reading(), [place], day, search=picking.search)
    ticked = set(picking.picked)
    return [row for row in list_staff(reading(), [place], day) if row.person_public_id in ticked]


def count_fitting(form: AssignForm, picking: Picking) -> int | None:
    """Return how many people fit what was chosen; None where nothing was, or others are chosen. At most one query."""
    criteria = read_criteria(form, picking) if form.who.data == "fit" else None
    if not criteria or criteria == Criteria():
        return None
    return count_matching(reading(), picking.organization.id, criteria, get_actor().today)


def who_fault(form: AssignForm, picking: Picking) -> str | None:
    """Return why nobody can be asked yet: "who-missing", "nobody-chosen", "fit-missing", or None."""
    who = form.who.data or ""
    if who == "some":
        return None if picking.picked else "nobody-chosen"
    if who == "fit":
        return "fit-missing" if read_criteria(form, picking) == Criteria() else None
    return None if who == "all" or who.startswith(("title:", "team:")) else "who-missing"
