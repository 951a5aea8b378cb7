"""A supervisor assigns a track: choose track and staff, look once more, confirm."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from lms.clock import local_date, now
from lms.content.library import Library, current
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import format_date, language
from lms.i18n import gettext as _
from lms.ids import new_client_id
from lms.organizations.queries import Choice, StaffRow, list_staff, list_supervised
from lms.tracks import messages, queries, rules, service
from lms.tracks.forms import AssignForm, ConfirmForm
from lms.tracks.messages.wording import OWN_ROUTE_CHOICES, ROUTE_CHOICES, demand_words
from lms.tracks.rules import Asked, Due, Routes
from lms.tracks.service import Foresight
from lms.tracks.specs import TrackSpec
from lms.tracks.views.blueprint import bp
from lms.tracks.views.choosing import Candidate, count_fitting, find_ways, list_chosen, offer, read_criteria, who_fault
from lms.tracks.views.foreseeing import as_file, comfortable, told
from lms.tracks.views.picking import (
    CRITERIA,
    LONGEST_ADDRESS,
    Picking,
    asks_to_find,
    fill_form,
    find_organization,
    list_page,
    read_picking,
)
from lms.tracks.views.routing import list_blocked, read_routes
from lms.web.access import get_actor, roles

Page = str | tuple[str, int] | Response


@bp.route("/team/assign", methods=["GET", "POST"])
@roles("supervisor")
def assign() -> Page:
    """Choose a track and staff. Searching and turning pages keeps the ticks; "look", and Enter, lead to the preview."""
    library, picking = current(reading()), read_picking()
    form = fill_form(library, picking)
    moves = asks_to_find() or request.form.get("do") in {"back", "count"} or "page" in request.form
    if moves and len(address := picking.address(form)) <= LONGEST_ADDRESS:
        return redirect(address)
    _ease(library, form)
    if not moves and form.validate_on_submit() and (chosen := _chosen(form, picking)):
        return preview_page(library, _first_look(form), picking.organization, chosen, form)
    return _pick(library, form, picking)


@bp.post("/team/assign/confirm")
@roles("supervisor")
def confirm() -> Page:
    """Do exactly what the preview showed; a second tap finds it done. "ease" moves dates that leave too little time."""
    form = ConfirmForm()
    library, organization = current(reading()), own_organization(form.organization.data or "")
    chosen = own_staff(organization, form)
    if request.form.get("do") == "ease":
        _ease_all(form, organization, chosen)
    elif form.validate_on_submit():
        try:
            return redirect(url_for("tracks.batch", public_id=_assign(form, organization)))
        except RuleBroken as error:
            refuse(form, error)
    return preview_page(library, form, organization, chosen, again(library))


@bp.post("/team/assign/plan.csv")
@roles("supervisor")
def plan() -> Page:
    """Send what the preview shows as a table."""
    form = ConfirmForm()
    organization = own_organization(form.organization.data or "")
    return as_file(_foresee(form, organization, own_staff(organization, form)))


def _chosen(form: AssignForm, picking: Picking) -> Sequence[Candidate]:
    """Return who was chosen; nobody, with the reason in the form, where none can be asked."""
    fault = who_fault(form, picking)
    chosen = [] if fault else list_chosen(form, picking)
    if not chosen:
        empty = "nobody-chosen" if form.who.data == "some" else "nobody-fits"
        form.who.errors = [messages.fault_sentence(fault or empty)]
    return chosen


def _ease(library: Library, form: AssignForm) -> None:
    """Take the first comfortable day instead of one that has passed, where that was asked for."""
    day = comfortable(library, form.track.data, get_actor().today)
    if request.form.get("do") == "ease" and day is not None:
        form.move_to(day)


def _ease_all(form: ConfirmForm, organization: Choice, chosen: Sequence[Candidate]) -> None:
    if form.due_kind.data:
        form.eased.data = "1"
    else:
        form.move_to(_foresee(form, organization, chosen).comfortable)


def _first_look(form: AssignForm) -> ConfirmForm:
    known = {"track": form.track.data, "due_on": form.due_on.data}
    return ConfirmForm(formdata=None, **known, due_kind=form.due_kind.data or "", due_days=form.due_days.data)


def again(library: Library) -> AssignForm:
    """Return the form that led to the preview, as the preview sends it along."""
    return fill_form(library, read_picking())


def refuse(form: ConfirmForm, error: RuleBroken) -> None:
    """Say above the form why it was refused; what is confirmed next is another act."""
    form.form_errors.append(messages.sentence(error))
    form.client_id.data = new_client_id()


def _assign(form: ConfirmForm, organization: Choice) -> str:
    """Assign, and return the public id of what was done."""
    actor, wish = get_actor(), form.wish()
    staff = own_staff(organization, form, "people")
    people, routes = [row.person_id for row in staff], routes_of(staff)
    return write(
        lambda session: service.assign(
            session,
            actor,
            organization.id,
            form.track.data,
            people,
            due_on=wish,
            client_id=form.client_id.data,
            at=now(),
            routes=routes,
        )
    ).batch_public_id


def own_organization(public_id: str) -> Choice:
    """Return an organization whose staff the reader supervises; raise `NotFound`."""
    actor = get_actor()
    if not public_id:
        raise NotFound
    return find_organization(list_supervised(reading(), actor.supervises, actor.today), public_id)


def own_staff(organization: Choice, form: ConfirmForm, name: str = "chosen") -> list[StaffRow]:
    """Return the staff whom a field of the preview names; raise `NotFound` when one does not work there today."""
    public_ids = (form[name].data or form.people.data or "").split()
    staff = {row.person_public_id: row for row in list_staff(reading(), [organization.id], get_actor().today)}
    if not staff.keys() >= set(public_ids):
        raise NotFound
    return [staff[each] for each in dict.fromkeys(public_ids)]


def _pick(library: Library, form: AssignForm, picking: Picking) -> tuple[str, int]:
    """Show the form with the page of staff that is asked for."""
    listed = list_page(picking)
    offer(form, find_ways(picking.organization), picking, listed.count)
    shown = {row.person_public_id for row in listed.rows}
    day = comfortable(library, form.track.data, get_actor().today)
    html = render_template(
        "tracks/assign.html",
        form=form,
        picking=picking,
        listed=listed,
        elsewhere=[each for each in picking.picked if each not in shown],
        realistic=day if form.due_on.errors else None,
        fits=any(form[name].data for name in CRITERIA),
        fitting=count_fitting(form, picking),
        demand=_demand(library),
    )
    return html, 400 if form.errors else 200


def _demand(library: Library) -> str | Markup:
    """Return which tracks ask for approved words, "" where none does."""
    keys = queries.asking_now(reading(), library)
    return demand_words(library, keys) if keys else ""


def preview_page(
    library: Library, form: ConfirmForm, organization: Choice, chosen: Sequence[Candidate], asked: AssignForm
) -> Page:
    """Show who would be newly asked, who has done all of it, who has been asked before, and who has finished.

    `asked` is the form that chose them: it goes along, so that going back finds it, and so that it can be a rule.
    """
    track: TrackSpec = library.spec(TrackSpec, "track", form.track.data)
    people = {row.person_id: row for row in chosen}
    foresight = _foresee(form, organization, chosen)
    form.organization.data = organization.public_id
    form.people.data = " ".join(people[each.person_id].person_public_id for each in foresight.sorting.new)
    form.chosen.data = " ".join(row.person_public_id for row in people.values())
    names = {person_id: row.name for person_id, row in people.items()}
    html = render_template(
        "tracks/preview.html",
        form=form,
        asked=asked,
        criteria_fields=CRITERIA,
        may_stand=read_criteria(asked, read_picking()) is not None,
        organization=organization,
        title=queries.track_title(library, track.key, language()),
        can_be_met=track.can_be_met,
        is_renewed=track.renewal is not None,
        last=last_words(form.standing_due(), queries.track_work(library, track.key).days),
        blocked=list_blocked(library, track.key, [each.person_id for each in foresight.sorting.new]),
        routes=ROUTE_CHOICES,
        own_routes=OWN_ROUTE_CHOICES,
        **told(foresight, form.wish(), names, {organization.id: organization.name}),
    )
    return html, 400 if form.errors else 200


def routes_of(staff: Sequence[StaffRow]) -> Routes:
    """Return what the form says of those who are blocked."""
    return read_routes({row.person_public_id: row.person_id for row in staff})


def _foresee(form: ConfirmForm, organization: Choice, chosen: Sequence[Candidate]) -> Foresight:
    """Return what asking those who were chosen of the organization's staff would lead to; raise `NotFound`."""
    began = {Asked(row.person_id, organization.id): row.started_on for row in chosen}
    track_key, at = form.track.data or "", now()
    sorting = service.sort_rows(reading(), track_key, list(began), local_date(at))
    return service.foresee(reading(), track_key, form.wish(), sorting, began, at=at)


def last_words(due: Due, days: int) -> str:
    """Return what a standing rule's date is to whoever comes later, "" where it leaves everybody the time."""
    last = rules.last_comfortable(due, days)
    if last is None:
        return _("These are too few days for everybody who comes later. The first comfortable date counts for them.")
    if last == date.max:
        return ""
    return _("Whoever is asked after %(date)s gets the first comfortable date instead.", date=format_date(last))
