"""A supervisor assigns a track: choose track and staff, look once more, confirm."""

from __future__ import annotations

from datetime import date

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.clock import now
from lms.content.library import Library, current
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import language
from lms.ids import new_client_id
from lms.organizations.queries import Choice, StaffRow, list_staff, list_supervised
from lms.tracks import messages, queries, rules, service
from lms.tracks.forms import AssignForm, ConfirmForm
from lms.tracks.specs import TrackSpec
from lms.tracks.views.blueprint import bp
from lms.tracks.views.picking import (
    Picking,
    fill_form,
    find_organization,
    list_chosen,
    list_page,
    read_picking,
    who_choices,
)
from lms.web.access import get_actor, roles

Page = str | tuple[str, int] | Response


@bp.route("/team/assign", methods=["GET", "POST"])
@roles("supervisor")
def assign() -> Page:
    """Choose a track and staff. Searching and turning pages keeps the ticks; "look" leads to the preview."""
    library, picking = current(reading()), read_picking()
    form = fill_form(library, picking)
    moves = request.form.get("do") in {"find", "back"} or "page" in request.form
    if moves and picking.fits_address:
        return redirect(picking.address(form))
    if moves or not form.validate_on_submit():
        return _pick(form, picking)
    chosen = list_chosen(picking, form.who.data)
    if not chosen:
        form.form_errors.append(messages.fault_sentence("nobody-chosen"))
        return _pick(form, picking)
    seen = ConfirmForm(formdata=None, track=form.track.data, due_on=form.due_on.data)
    return _preview(library, seen, picking.organization, chosen)


@bp.post("/team/assign/confirm")
@roles("supervisor")
def confirm() -> Page:
    """Do exactly what the preview showed; a second tap finds it done."""
    form = ConfirmForm()
    organization = _own_organization(form.organization.data or "")
    chosen = _own_staff(organization, (form.people.data or "").split())
    if form.validate_on_submit():
        try:
            return redirect(url_for("tracks.batch", public_id=_assign(form, organization, chosen)))
        except RuleBroken as error:
            form.form_errors.append(messages.sentence(error))
            form.client_id.data = new_client_id()  # what is confirmed next is another act
    return _preview(current(reading()), form, organization, chosen)


def _assign(form: ConfirmForm, organization: Choice, chosen: list[StaffRow]) -> str:
    """Assign, and return the public id of what was done."""
    actor, people = get_actor(), [row.person_id for row in chosen]
    return write(
        lambda session: service.assign(
            session,
            actor,
            organization.id,
            form.track.data,
            people,
            due_on=form.due_on.data,
            client_id=form.client_id.data,
            at=now(),
        )
    ).batch_public_id


def _own_organization(public_id: str) -> Choice:
    """Return an organization whose staff the reader supervises; raise `NotFound`."""
    actor = get_actor()
    if not public_id:
        raise NotFound
    return find_organization(list_supervised(reading(), actor.supervises, actor.today), public_id)


def _own_staff(organization: Choice, public_ids: list[str]) -> list[StaffRow]:
    """Return the staff of these public ids; raise `NotFound` when one does not work there today."""
    staff = {row.person_public_id: row for row in list_staff(reading(), [organization.id], get_actor().today)}
    if not staff.keys() >= set(public_ids):
        raise NotFound
    return [staff[each] for each in dict.fromkeys(public_ids)]


def _pick(form: AssignForm, picking: Picking) -> tuple[str, int]:
    """Show the form with the page of staff that is asked for."""
    listed = list_page(picking)
    form.who.choices = who_choices(listed.count)
    shown = {row.person_public_id for row in listed.rows}
    html = render_template(
        "tracks/assign.html",
        form=form,
        picking=picking,
        listed=listed,
        elsewhere=[each for each in picking.picked if each not in shown],
    )
    return html, 400 if form.errors else 200


def _preview(library: Library, form: ConfirmForm, organization: Choice, chosen: list[StaffRow]) -> Page:
    """Show who would be newly asked, who has been asked before, and who has finished."""
    actor = get_actor()
    track: TrackSpec = library.spec(TrackSpec, "track", form.track.data)
    people = {row.person_id: row for row in chosen}
    sorting = service.preview(reading(), actor, organization.id, track.key, list(people), at=now())
    form.organization.data = organization.public_id
    form.people.data = " ".join(people[each].person_public_id for each in sorting.new)
    html = render_template(
        "tracks/preview.html",
        form=form,
        organization=organization,
        title=queries.track_title(library, track.key, language()),
        can_be_met=track.can_be_met,
        new=[people[each] for each in sorting.new],
        already=[people[each] for each in sorting.already],
        finished=[people[each] for each in sorting.finished],
        **_dates(form.due_on.data, queries.track_minutes(library, track), actor.today),
    )
    return html, 400 if form.errors else 200


def _dates(due_on: date | None, minutes: int, today: date) -> dict[str, object]:
    """Return what the preview says of the due date: whether it is tight, and which date would be comfortable."""
    return {
        "due_on": due_on,
        "minutes": minutes,
        "is_tight": rules.is_due_early(due_on, today, minutes),
        "days": (due_on - today).days + 1 if due_on else None,
        "realistic": rules.realistic_due(minutes, today),
    }
