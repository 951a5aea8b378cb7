"""Supervisors' pages of teams: which there are, who is in them, making and ending one."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.clock import now
from lms.db import reading, write
from lms.i18n import gettext as _
from lms.ids import new_client_id
from lms.organizations import policy, queries, service
from lms.organizations.forms import NewTeamForm, TeamForm
from lms.organizations.queries import Choice, TeamRow
from lms.organizations.views.blueprint import bp, explained, page
from lms.web.access import get_actor, roles
from lms.web.forms import Form, choices_of


@bp.route("/team/teams", methods=["GET", "POST"])
@roles("supervisor")
def teams() -> Any:
    """List the reader's teams, and make one."""
    actor = get_actor()
    choices = queries.list_supervised(reading(), actor.supervises, actor.today)
    form = NewTeamForm()
    form.organization.choices = choices_of((each.public_id, each.name) for each in choices)
    if form.validate_on_submit():
        with explained(form):
            return redirect(url_for("organizations.team", public_id=_make(form, choices)))
        form.client_id.data = new_client_id()  # what is sent next is another team
    rows = queries.list_teams(reading(), policy.supervised_teams(actor), actor.today)
    return page("teams.html", form, rows=rows, choices=choices)


def _make(form: NewTeamForm, choices: list[Choice]) -> str:
    """Make the team and return its public id. The form lets none but the reader's organizations pass."""
    actor, name, key = get_actor(), form.name.data, form.client_id.data
    place = next(each.id for each in choices if each.public_id == form.organization.data)
    return write(lambda session: service.make_team(session, actor, place, name, client_id=key, at=now()))


@bp.route("/team/teams/<public_id>", methods=["GET", "POST"])
@roles("supervisor")
def team(public_id: str) -> Any:
    """Show a team's name and people, and change them."""
    actor, row = get_actor(), _own_team(public_id)
    form = TeamForm(name=row.name)
    if form.validate_on_submit():
        with explained(form):
            name, ticked = form.name.data, request.form.getlist("person")
            shown = request.form.get("shown", "").split()
            people = {"employments": ticked, "shown": shown}
            write(lambda session: service.change_team(session, actor, public_id, name, **people, at=now()))
            flash(_("Saved."), "success")
            return redirect(url_for("organizations.team", public_id=public_id))
    staff = queries.list_staff(reading(), [row.organization_id], actor.today)
    ticks = request.form.getlist("person") if form.is_submitted() else queries.list_members(reading(), row.id)
    return page("team.html", form, team=row, staff=staff, ticks=ticks)


@bp.post("/team/teams/<public_id>/end")
@roles("supervisor")
def end_team(public_id: str) -> Response:
    """End a team; what was asked of its people stays."""
    actor = get_actor()
    if Form().validate_on_submit():
        write(lambda session: service.end_team(session, actor, public_id, at=now()))
        flash(_("The team is ended. What was asked of its people stays."), "success")
    return redirect(url_for("organizations.teams"))


def _own_team(public_id: str) -> TeamRow:
    """Return a team that the reader may change; raise `NotFound`."""
    actor = get_actor()
    return queries.get_team(reading(), policy.supervised_teams(actor), public_id, actor.today)
