"""Choosing staff for an assignment: one form whose search, pages and ticks work without scripts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from flask import request, url_for

from lms.content.library import Library
from lms.db import reading
from lms.errors import NotFound
from lms.i18n import gettext as _
from lms.i18n import language
from lms.organizations.queries import PAGE_SIZE, Choice, StaffRow, count_staff, list_staff, list_supervised
from lms.tracks import queries, rules
from lms.tracks.forms import AssignForm
from lms.tracks.rules import key_alone
from lms.web.access import get_actor
from lms.web.forms import choices_of

#: A longer address does not travel: gunicorn takes one of 4,094 bytes.
LONGEST_ADDRESS = 3_000
#: The fields that say who fits.
CRITERIA = ("titles", "teams", "areas", "languages", "kinds", "since", "for_days")


@dataclass(frozen=True)
class Picking:
    """What was chosen so far: the organization, the search, the page of the list, and the ticks on all pages."""

    organization: Choice
    organizations: tuple[Choice, ...]
    search: str
    page: int
    picked: tuple[str, ...]

    def address(self, form: AssignForm, page: int | None = None) -> str:
        """Return the address of this state of the page, at its own or another page of the list."""
        return url_for(
            "tracks.assign",
            organization=self.organization.public_id if len(self.organizations) > 1 else None,
            q=self.search or None,
            page=page or self.page,
            track=form.track.data or None,
            due_on=form.due_on.data,
            due_kind=form.due_kind.data or None,
            due_days=form.due_days.data,
            who=form.who.data or None,
            person=self.picked,
            **{name: form[name].data or None for name in CRITERIA},
        )


@dataclass(frozen=True)
class Listed:
    """One page of the staff that the search finds."""

    rows: list[StaffRow]
    count: int
    page: int

    @property
    def pages(self) -> int:
        """Return how many pages the list has."""
        return max(1, -(-self.count // PAGE_SIZE))


def asks_to_find() -> bool:
    """Return whether the form was sent to search: with its button, or with Enter after another name was typed."""
    typed, applied = (" ".join(request.form.get(each, "").split()) for each in ("q", "applied"))
    do = request.form.get("do")
    return do == "find" or (do == "enter" and typed != applied)


def read_picking() -> Picking:
    """Return what the request says was chosen; raise `NotFound` for a stranger's organization. One query."""
    actor, posted = get_actor(), request.method == "POST"
    organizations = tuple(list_supervised(reading(), actor.supervises, actor.today))
    is_search = not posted or asks_to_find()
    search = request.values.get("q" if is_search else "applied", "")
    ticks = request.values.getlist("person")
    if request.form.get("who", "some") == "some":  # back from the preview
        ticks += (request.form.get("chosen") or request.form.get("people", "")).split()
    return Picking(
        organization=find_organization(organizations, request.values.get("organization", "")),
        organizations=organizations,
        search=" ".join(search.split())[:100],
        page=1 if posted and is_search else max(1, request.values.get("page", 1, type=int)),
        picked=tuple(dict.fromkeys(ticks)),
    )


def find_organization(organizations: Iterable[Choice], public_id: str) -> Choice:
    """Return the one of that public id, the first one for an empty id; raise `NotFound`."""
    for organization in organizations:
        if public_id in {"", organization.public_id}:
            return organization
    raise NotFound


def fill_form(library: Library, picking: Picking) -> AssignForm:
    """Return the form with its choices, holding what the request says."""
    form = AssignForm(formdata=request.values)
    form.organization.choices = choices_of((each.public_id, each.name) for each in picking.organizations)
    form.organization.data = picking.organization.public_id
    form.track.choices = choices_of([("", _("Choose a track")), *track_choices(library, [picking.organization.id])])
    form.q.data, form.applied.data = picking.search, picking.search
    if request.form.get("do") == "count":
        form.who.data = "fit"
    elif not form.who.data and picking.picked:
        form.who.data = "some"
    return form


def track_choices(library: Library, organization_ids: Collection[int]) -> list[tuple[str, str]]:
    """Return key and title of every track of a level that one of these organizations uses, then of every module.

    Modules can be asked for alone. One query.
    """
    off = rules.off_everywhere(organization_ids, queries.levels_off(reading(), organization_ids))
    kept = rules.offered(queries.track_levels(library), off)
    unfinished = _("%(track)s (cannot be completed yet)")
    tracks = [
        (card.key, card.title.text if card.can_be_met else unfinished % {"track": card.title.text})
        for card in queries.list_cards(library, language())
        if card.key in kept
    ]
    titles = {key: queries.module_title(library, key, language()).text for key in library.keys("module")}
    alone = sorted((title, key) for key, title in titles.items())
    return [*tracks, *((key_alone(key), _("One module: %(module)s", module=title)) for title, key in alone)]


def list_page(picking: Picking) -> Listed:
    """Return the page of staff that is asked for, the last one when there are fewer. Two queries."""
    day, ids = get_actor().today, [picking.organization.id]
    listed = Listed([], count_staff(reading(), ids, day, search=picking.search), 1)
    page = min(picking.page, listed.pages)
    skip = (page - 1) * PAGE_SIZE
    rows = list_staff(reading(), ids, day, search=picking.search, limit=PAGE_SIZE, offset=skip)
    return Listed(rows, listed.count, page)
