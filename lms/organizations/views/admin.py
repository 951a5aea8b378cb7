"""Administrators' pages of organizations: finding one, its facts, creating and changing it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for

from lms.clock import now
from lms.db import reading, write
from lms.i18n import gettext as _
from lms.organizations import messages, queries, service
from lms.organizations.forms import FactsForm, NewOrganizationForm
from lms.organizations.queries import PAGE_SIZE, OrganizationRow, Places
from lms.organizations.service import Facts
from lms.organizations.views.blueprint import bp, explained, page
from lms.web.access import get_actor, roles
from lms.web.forms import page_of


@bp.get("/admin/organizations")
@roles("administrator")
def organizations() -> Any:
    """List organizations, narrowed by name, key and kind."""
    search, kind = request.args.get("q", ""), request.args.get("kind", "")
    count = queries.count_organizations(reading(), search=search, kind=kind)
    number, pages = page_of(count, PAGE_SIZE)
    skip = (number - 1) * PAGE_SIZE
    rows = queries.list_organizations(
        reading(), get_actor().today, search=search, kind=kind, limit=PAGE_SIZE, offset=skip
    )
    areas = {key: each.areas for key, each in queries.places_of(reading(), [row.id for row in rows]).items()}
    return page("list.html", rows=rows, areas=areas, count=count, number=number, pages=pages, messages=messages)


@bp.get("/admin/organizations/<public_id>")
@roles("administrator")
def organization(public_id: str) -> Any:
    """Show one organization: facts, places, contracts, who supervises."""
    row, places = _found(public_id)
    return page(
        "organization.html",
        organization=row,
        places=places,
        contracts=queries.list_contracts(reading(), row.id),
        supervisors=queries.list_supervisors(reading(), row.id, get_actor().today),
        messages=messages,
    )


@bp.route("/admin/organizations/new", methods=["GET", "POST"])
@roles("administrator")
def new() -> Any:
    """Create an organization."""
    actor, form = get_actor(), NewOrganizationForm()
    if form.validate_on_submit():
        with explained(form):
            facts, key, kind = _facts(form), form.key.data or "", form.kind.data
            made = write(lambda s: service.create_organization(s, actor, facts, key=key, kind=kind, at=now()))
            flash(_("The organization is there."), "success")
            return redirect(url_for("organizations.organization", public_id=made))
    return page("edit.html", form, organization=None)


@bp.route("/admin/organizations/<public_id>/edit", methods=["GET", "POST"])
@roles("administrator")
def edit(public_id: str) -> Any:
    """Change an organization's facts."""
    actor, (row, places) = get_actor(), _found(public_id)
    form = FactsForm(data=_data(row, places))
    if form.validate_on_submit():
        with explained(form):
            facts = _facts(form)
            write(lambda session: service.change_organization(session, actor, public_id, facts, at=now()))
            flash(_("Saved."), "success")
            return redirect(url_for("organizations.organization", public_id=public_id))
    return page("edit.html", form, organization=row)


def _found(public_id: str) -> tuple[OrganizationRow, Places]:
    """Return an organization and its places; raise `NotFound`. Two queries."""
    row = queries.get_organization(reading(), public_id, get_actor().today)
    return row, queries.places_of(reading(), [row.id]).get(row.id, Places())


def _data(row: OrganizationRow, places: Places) -> dict[str, Any]:
    year = max((year for _spa, year in places.areas), default=2022)
    return {
        "name": row.name,
        "areas": list(places.areas_of(year)),
        "boundary_year": year,
        "geographies": list(places.geographies),
        "populations": list(places.populations),
        "closed_on": row.closed_on,
    }


def _facts(form: FactsForm) -> Facts:
    return Facts(
        name=form.name.data,
        areas=frozenset(form.areas.data or ()),
        boundary_year=form.boundary_year.data,
        geographies=frozenset(form.geographies.data or ()),
        populations=frozenset(form.populations.data or ()),
        closed_on=form.closed_on.data,
    )
