"""Cohorts: one's attendance so far, joining all sessions at once, and making a cohort."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from lms.clock import now
from lms.db import reading, write
from lms.errors import NotFound
from lms.fieldwork.forms.sessions import CohortForm, SignUpForm
from lms.fieldwork.messages.sessions import when, where
from lms.fieldwork.policy import sessions as policies
from lms.fieldwork.queries import attendance as attended
from lms.fieldwork.queries import cohorts as queries
from lms.fieldwork.queries import sessions
from lms.fieldwork.queries.attendance import AttendedRow
from lms.fieldwork.queries.cohorts import CohortRow
from lms.fieldwork.queries.sessions import GroupRow
from lms.fieldwork.rules import attendance as rules
from lms.fieldwork.service import cohorts as service
from lms.fieldwork.views import choosing
from lms.fieldwork.views import session_words as words
from lms.fieldwork.views.blueprint import bp
from lms.fieldwork.views.session_words import Card
from lms.fieldwork.views.shared import explained, page
from lms.i18n import format_hours, language
from lms.i18n import gettext as _
from lms.web.access import get_actor, roles, signed_in
from lms.web.forms import ButtonForm

Page = str | tuple[str, int] | Response


@bp.route("/sessions/cohorts/new", methods=["GET", "POST"])
@roles("trainer", "supervisor")
def new_cohort() -> Page:
    """Make a cohort."""
    actor, form = get_actor(), CohortForm()
    choosing.fill_cohort(form)
    if form.validate_on_submit():
        wanted = {"organization_id": choosing.id_of(form.organization.data), "client_id": form.client_id.data}
        wanted |= {"module_key": form.module.data or None, "track_key": form.track.data or None}
        invited = choosing.ids_of(form.invited.data)
        with explained(form):
            made = write(lambda s: service.add_cohort(s, actor, form.name.data, **wanted, invited=invited, at=now()))
            flash(_("The cohort is there. Plan its sessions now."), "success")
            return redirect(url_for("fieldwork.cohort", public_id=made))
    return page("new_cohort.html", form)


@bp.get("/sessions/cohorts/<public_id>")
@signed_in
def cohort(public_id: str) -> Page:
    """Show the reader the sessions of a cohort, and what of them counts for her so far."""
    return _page(_find(public_id), SignUpForm(formdata=None, language=language()))


@bp.post("/sessions/cohorts/<public_id>/join")
@signed_in
def join(public_id: str) -> Page:
    """Sign the reader up for every session of a cohort that is to come."""
    actor, found, form = get_actor(), _find(public_id), SignUpForm()
    if form.validate_on_submit():
        asked = {"language": form.language.data, "needs_interpreter": form.needs_interpreter.data}
        with explained(form):
            count = write(lambda s: service.join_cohort(s, actor, public_id, **asked, at=now()))
            flash(_told(count), "success")
            return redirect(url_for("fieldwork.cohort", public_id=public_id))
    return _page(found, form)


@bp.post("/sessions/cohorts/<public_id>/leave")
@signed_in
def leave_cohort(public_id: str) -> Response:
    """Let the reader leave a cohort and its sessions to come."""
    actor = get_actor()
    _find(public_id)
    if ButtonForm().validate_on_submit():
        write(lambda s: service.leave_cohort(s, actor, public_id, at=now()))
        flash(_("You left this cohort. What you attended stays in your record."), "success")
    return redirect(url_for("fieldwork.sessions"))


def _told(count: int) -> str:
    return str(
        ngettext("You are signed up for %(num)s session.", "You are signed up for %(num)s sessions.", count)
        if count
        else _("You belong to this cohort now. No session is planned yet.")
    )


def _find(public_id: str) -> CohortRow:
    """Return a cohort that the reader may see: as a member, as one who may join, or as a planner. Or `NotFound`."""
    actor, found = get_actor(), queries.get_cohort(reading(), public_id)
    invited = queries.invited_organizations(reading(), found.id)
    works = {span.organization_id for span in actor.employments if span.covers(actor.today)} | set(actor.supervises)
    if not invited or works & invited or _keeps(found):
        return found
    if queries.list_members(reading(), found.id, [actor.person_id]):
        return found
    raise NotFound


def _keeps(found: CohortRow) -> bool:
    return policies.can_keep(get_actor(), found.organization_id, ())


def _page(found: CohortRow, form: SignUpForm) -> Page:
    actor = get_actor()
    rows = sessions.list_sessions(reading(), sessions.of_cohort(found.id), limit=200)
    mine = {row.group_session_id for row in sessions.list_sign_ups(reading(), [r.id for r in rows], [actor.person_id])}
    came = {row.public_id: row for row in attended.attended_by(reading(), actor.person_id)}
    counted = sum(came[row.public_id].credited_minutes for row in rows if row.public_id in came)
    total = sum(rules.minutes_of(row.starts_at, row.ends_at) for row in rows if row.state != "cancelled")
    return page(
        "cohort.html",
        form,
        cohort=found,
        cards=[_card(row, came.get(row.public_id), is_mine=row.id in mine) for row in rows],
        is_member=bool(queries.list_members(reading(), found.id, [actor.person_id])),
        counted=counted,
        total=total,
        members=queries.list_members(reading(), found.id) if _keeps(found) else None,
        may_plan=policies.can_plan(actor, found.organization_id),
        can_join=any(row.state == "planned" and row.starts_at > now() for row in rows),
    )


def _card(row: GroupRow, came: AttendedRow | None, *, is_mine: bool) -> Card:
    """Return a session of a cohort as the reader stands to it."""
    if came is not None:
        kind = "good" if came.is_full else "now"
        status = _("%(time)s count for you", time=format_hours(came.credited_minutes))
    elif row.state == "cancelled":
        kind, status = "problem", _("Cancelled")
    elif row.state == "closed":
        kind, status = "attention", _("You were not there. Ask how you can make it up.")
    elif is_mine:
        kind, status = "now", _("You are on the list")
    else:
        kind, status = "plain", _("You are not on the list")
    note = _("Language: %(language)s", language=words.language_name(row.language))
    place = where(row.place)
    return Card(row.public_id, row.title, when(row.day, row.starts, row.ends), place, note, kind, status)
