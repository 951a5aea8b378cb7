"""Administrators' page of who answers for the staff of an organization."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.clock import now
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.i18n import gettext as _
from lms.organizations import messages, queries, service
from lms.organizations.views.blueprint import bp, page
from lms.web.access import get_actor, roles
from lms.web.forms import ButtonForm


@bp.get("/admin/organizations/<public_id>/supervisors")
@roles("administrator")
def supervisors(public_id: str) -> Any:
    """Show who supervises, and find somebody to add: among the own staff, or by name among everybody's."""
    day, search = get_actor().today, request.args.get("q", "")
    row = queries.get_organization(reading(), public_id, day)
    found = queries.list_staff(reading(), None if search.strip() else [row.id], day, search=search, limit=50)
    present = queries.list_supervisors(reading(), row.id, day)
    taken = {each.employment_public_id for each in present}
    found = [each for each in found if each.employment_public_id not in taken]
    return page("supervisors.html", organization=row, supervisors=present, found=found, search=search)


@bp.post("/admin/organizations/<public_id>/supervisors/<employment>/start")
@roles("administrator")
def start_supervision(public_id: str, employment: str) -> Response:
    """Let the holder of an employment answer for the staff, from today on."""
    actor = get_actor()
    if ButtonForm().validate_on_submit():
        try:
            write(lambda session: service.start_supervision(session, actor, employment, public_id, at=now()))
            flash(_("From now on she sees this organization's staff."), "success")
        except RuleBroken as error:
            flash(messages.sentence(error), "error")
    return redirect(url_for("organizations.supervisors", public_id=public_id))


@bp.post("/admin/organizations/<public_id>/supervisors/<employment>/end")
@roles("administrator")
def end_supervision(public_id: str, employment: str) -> Response:
    """End it at once."""
    actor = get_actor()
    if ButtonForm().validate_on_submit():
        write(lambda session: service.end_supervision(session, actor, employment, public_id, at=now()))
        flash(_("She does not see this organization's staff any more."), "success")
    return redirect(url_for("organizations.supervisors", public_id=public_id))
