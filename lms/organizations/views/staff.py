"""Supervisors' pages of employment: who works here, beginning, changing and ending."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.clock import now
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import gettext as _
from lms.organizations import messages, policy, queries, service
from lms.organizations.forms import ChangeTermsForm, EndForm, StartForm, TermsForm
from lms.organizations.queries import PAGE_SIZE, Choice, EmploymentDetail, SupervisorRow
from lms.organizations.service import Newcomer, Started, Terms
from lms.organizations.views.blueprint import bp, explained, page
from lms.people.queries import ContactRow, list_contacts
from lms.people.rules import needs_personal_contact
from lms.web.access import get_actor, roles
from lms.web.forms import choices_of, page_of


@bp.get("/team/staff")
@roles("supervisor", "administrator")
def staff() -> Any:
    """List who works at one organization, with what can be changed."""
    actor, choices, search = get_actor(), manageable(), request.args.get("q", "")
    organization = choose(choices, request.args.get("organization", ""))
    ids, day = [organization.id], actor.today
    count = queries.count_staff(reading(), ids, day, search=search)
    number, pages = page_of(count, PAGE_SIZE)
    skip = (number - 1) * PAGE_SIZE
    rows = queries.list_staff(reading(), ids, day, search=search, limit=PAGE_SIZE, offset=skip)
    place = {"organization": organization, "choices": choices, "search": search, "own_id": actor.public_id}
    place["stands_in"] = _stands_in(organization)
    return page("staff.html", None, rows=rows, count=count, number=number, pages=pages, **place)


def _stands_in(organization: Choice) -> SupervisorRow | None:
    """Return for whom, and until when, the reader stands in at an organization; None when she does not. One query."""
    actor = get_actor()
    supervisors = queries.list_supervisors(reading(), organization.id, actor.today)
    own = (each for each in supervisors if each.person_public_id == actor.public_id and each.stands_in_for)
    return next(own, None)


@bp.route("/team/staff/new", methods=["GET", "POST"])
@roles("supervisor", "administrator")
def start_staff() -> Any:
    """Begin somebody's employment: her record is found, or she is invited."""
    choices = manageable()
    organization = choose(choices, request.values.get("organization", ""))
    form = _start_form(choices, organization)
    if form.validate_on_submit():
        with explained(form):
            return _welcomed(_welcome(form, organization), organization)
    return page("start.html", form, organization=organization, choices=choices)


def _start_form(choices: Sequence[Choice], organization: Choice) -> StartForm:
    form = StartForm(started_on=get_actor().today, organization=organization.public_id)
    form.organization.choices = choices_of((each.public_id, each.name) for each in choices)
    fill_terms(form)
    return form


def _welcome(form: StartForm, organization: Choice) -> Started:
    """Begin the employment; a question about who it is opens the field for the answer."""
    actor, terms = get_actor(), terms_of(form)
    newcomer = Newcomer(
        name=form.name.data,
        language=form.language.data,
        email=form.email.data or None,
        phone=form.phone.data or None,
        is_work=form.is_work.data,
        by_text=form.by_text.data,
        answer=form.same.data or "",
    )
    started_on, client_id = form.started_on.data, form.client_id.data
    try:
        return write(
            lambda session: service.welcome_person(
                session,
                actor,
                organization.id,
                newcomer,
                started_on=started_on,
                terms=terms,
                client_id=client_id,
                at=now(),
            )
        )
    except RuleBroken as error:
        form.asks = error.code in {"alike-contact", "alike-name", "alike-shared", "unclear-person"}
        raise


def _welcomed(started: Started, organization: Choice) -> Response:
    if started.link_public_id:
        flash(_("She works here now. Here is her invitation."), "success")
        return redirect(url_for("people.print_invitation", public_id=started.link_public_id))
    flash(_("She works here now, and keeps her record."), "success")
    return redirect(url_for("organizations.staff", organization=organization.public_id))


@bp.route("/team/staff/<public_id>/terms", methods=["GET", "POST"])
@roles("supervisor", "administrator")
def terms(public_id: str) -> Any:
    """Change title, hours and kind of work from a day on."""
    actor, row = get_actor(), own_employment(public_id)
    form = ChangeTermsForm(data=terms_data(row))
    fill_terms(form, row.supervising_provider_id)
    if form.validate_on_submit():
        with explained(form):
            new_terms, since = terms_of(form), form.since.data
            write(lambda s: service.change_terms(s, actor, public_id, new_terms, since=since, at=now()))
            flash(_("Saved."), "success")
            return redirect(url_for("organizations.staff", organization=row.organization_public_id))
    return page("terms.html", form, employment=row)


@bp.route("/team/staff/<public_id>/end", methods=["GET", "POST"])
@roles("supervisor", "administrator")
def end_staff(public_id: str) -> Any:
    """End somebody's employment, with a reason; first look whether she keeps a way to sign in."""
    actor, row = get_actor(), own_employment(public_id)
    form = EndForm(ended_on=row.ended_on or actor.today, reason=row.end_reason)
    if form.validate_on_submit():
        with explained(form):
            last, reason = form.ended_on.data, form.reason.data
            write(lambda s: service.end_employment(s, actor, public_id, ended_on=last, reason=reason, at=now()))
            flash(_("The employment is ended. Her record, her sign-in and her certificates stay hers."), "success")
            return redirect(url_for("organizations.staff", organization=row.organization_public_id))
    contacts = list_contacts(reading(), row.person_id)
    return page(
        "end.html", form, employment=row, needs_own=_needs_own(contacts), is_self=row.person_id == actor.person_id
    )


def _needs_own(contacts: Sequence[ContactRow]) -> bool:
    """Return whether she would lose her way in with a work e-mail."""
    return needs_personal_contact(contact.facts for contact in contacts)


def manageable() -> list[Choice]:
    """Return the organizations whose staff the reader manages; raise `NotFound` when there is none. One query."""
    actor = get_actor()
    choices = queries.list_choices(reading(), policy.manageable_organizations(actor), actor.today)
    if not choices:
        raise NotFound
    return choices


def choose(choices: Sequence[Choice], public_id: str) -> Choice:
    """Return the organization of that public id, the first one for none; raise `NotFound` for a stranger's."""
    for choice in choices:
        if public_id in {"", choice.public_id}:
            return choice
    raise NotFound


def own_employment(public_id: str) -> EmploymentDetail:
    """Return an employment that the reader may change; raise `NotFound`. One query."""
    actor: Actor = get_actor()
    row = queries.get_employment(reading(), public_id, actor.today)
    if not policy.can_manage_staff(actor, row.organization_id):
        raise NotFound
    if not policy.can_change_spell(actor, row.ended_on, actor.today):
        raise NotFound
    return row


def fill_terms(form: TermsForm, provider_id: int | None = None) -> None:
    """Give the form its choices of areas and supervising providers. One query."""
    areas = [("", _("Not given")), *((str(n), messages.area_name(n)) for n in messages.AREA_NAMES)]
    form.work_area.choices = choices_of(areas)
    form.providers = queries.list_every(reading())
    providers = [("", _("None")), *((each.public_id, each.name) for each in form.providers)]
    form.supervising_provider.choices = choices_of(providers)
    if not form.is_submitted():
        known = {each.id: each.public_id for each in form.providers}
        form.supervising_provider.data = known.get(provider_id or 0, "")


def terms_of(form: TermsForm) -> Terms:
    """Return the terms that a form tells."""
    known = {each.public_id: each.id for each in form.providers}
    return Terms(
        title=form.title.data,
        hours_per_week=form.hours_per_week.data,
        kind=form.kind.data,
        supervising_provider_id=known.get(form.supervising_provider.data),
        work_area=int(form.work_area.data) if form.work_area.data else None,
    )


def _plain(hours: Decimal | None) -> Decimal | None:
    """Return hours as people write them: 20, not 20.00."""
    return hours and Decimal(f"{hours:.2f}".rstrip("0").rstrip("."))


def terms_data(row: EmploymentDetail) -> dict[str, Any]:
    """Return what a form of terms shows first: those of today."""
    return {
        "title": row.title,
        "hours_per_week": _plain(row.hours_per_week),
        "kind": row.kind,
        "work_area": str(row.work_area or ""),
        "since": get_actor().today,
    }
