"""Administrators' pages: finding people, inviting them, giving and ending roles, closing accounts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.clock import now
from lms.db import reading, write
from lms.i18n import LANGUAGES
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l
from lms.people import queries, rules, service
from lms.people.forms import EmptyForm, PersonForm, RoleForm
from lms.people.queries import PersonRow
from lms.people.queries.directory import PAGE
from lms.people.views.blueprint import bp, explained, page, roof
from lms.web.access import get_actor, roles
from lms.web.forms import choices_of, page_of

ROLE_NAMES = {
    "trainer": _l("Trainer"),
    "translator": _l("Translator"),
    "certifier": _l("Certifier"),
    "analyst": _l("Analyst"),
    "viewer": _l("Viewer (totals only)"),
    "administrator": _l("Administrator"),
    "supervisor": _l("Supervisor"),
    "worker": _l("Worker"),
}


@dataclass(frozen=True)
class Department:
    """A department that a viewer may read."""

    organization_id: int
    public_id: str
    name: str


def departments() -> list[Department]:
    """Return the departments that a viewer may read."""
    return [Department(*row) for row in roof().departments()]


@bp.get("/admin/people")
@roles("administrator")
def people() -> Any:
    """Find people by name or contact."""
    text = request.args.get("q", "")
    count = queries.count_people(reading(), text)
    number, pages = page_of(count, PAGE)
    rows = queries.list_people(reading(), text, number)
    return page("people.html", rows=rows, text=text, count=count, number=number, pages=pages, role_names=ROLE_NAMES)


@bp.route("/admin/people/new", methods=["GET", "POST"])
@roles("administrator")
def new_person() -> Any:
    """Invite a person."""
    actor, form = get_actor(), PersonForm()
    if form.validate_on_submit():
        with explained(form):
            link = _invite(form, actor)
            return redirect(url_for("people.print_invitation", public_id=link))
    return page("new_person.html", form)


def _invite(form: PersonForm, actor: Actor) -> str:
    """Invite whom the form describes, and return the link's public id."""
    return write(
        lambda session: service.invite(
            session,
            actor,
            name=form.name.data,
            language=form.language.data,
            email=form.email.data,
            phone=form.phone.data,
            is_work=form.is_work.data,
            by_text=form.by_text.data,
            at=now(),
        )
    ).link_public_id


@bp.route("/admin/people/<public_id>", methods=["GET", "POST"])
@roles("administrator")
def person(public_id: str) -> Any:
    """Show one person's account and roles, and give her a role."""
    actor, row = get_actor(), queries.get_person(reading(), public_id)
    places = departments()
    form = _role_form(places)
    if form.validate_on_submit():
        with explained(form):
            _grant(form, actor, row, places)
            flash(_("The role is given. The person signs in again to use it."), "success")
            return redirect(url_for("people.person", public_id=public_id))
    return _person_page(row, form, places)


def _role_form(places: list[Department]) -> RoleForm:
    form = RoleForm()
    nothing = ("", "–")
    form.role.choices = choices_of([nothing, *((role, ROLE_NAMES[role]) for role in rules.GRANTED_ROLES)])
    form.language.choices = choices_of([nothing, *LANGUAGES])
    form.department.choices = choices_of([nothing, *((place.public_id, place.name) for place in places)])
    return form


def _grant(form: RoleForm, actor: Actor, row: PersonRow, places: list[Department]) -> None:
    chosen = [place.organization_id for place in places if place.public_id == form.department.data]
    write(
        lambda session: service.grant_role(
            session,
            actor,
            row.public_id,
            form.role.data,
            language=form.language.data or None,
            organization_id=chosen[0] if chosen else None,
            at=now(),
        )
    )


def _person_page(row: PersonRow, form: RoleForm, places: list[Department]) -> tuple[str, int]:
    return page(
        "person.html",
        form,
        person=row,
        contacts=queries.list_contacts(reading(), row.person_id),
        grants=queries.list_grants(reading(), row.account_id),
        departments={place.organization_id: place.name for place in places},
        role_names=ROLE_NAMES,
        language_names=dict(LANGUAGES),
        is_self=row.account_id == get_actor().account_id,
    )


def _change(public_id: str, change: Callable[[Session], None], done: str) -> Response:
    """Make one change to a person's account, say how it went, and return to her page."""
    form = EmptyForm()
    with explained(form):
        write(change)
        flash(done, "success")
    for message in form.form_errors:
        flash(message, "error")
    return redirect(url_for("people.person", public_id=public_id))


@bp.post("/admin/people/<public_id>/roles/<grant_id>/end")
@roles("administrator")
def end_role(public_id: str, grant_id: str) -> Response:
    """End a role."""
    actor = get_actor()
    return _change(
        public_id,
        lambda session: service.end_role(session, actor, public_id, grant_id, at=now()),
        _("The role has ended."),
    )


@bp.post("/admin/people/<public_id>/disable")
@roles("administrator")
def disable(public_id: str) -> Response:
    """Close an account."""
    actor = get_actor()
    return _change(
        public_id,
        lambda session: service.disable_account(session, actor, public_id, at=now()),
        _("The account is closed. The training record stays."),
    )


@bp.post("/admin/people/<public_id>/enable")
@roles("administrator")
def enable(public_id: str) -> Response:
    """Open a closed account."""
    actor = get_actor()
    return _change(
        public_id,
        lambda session: service.enable_account(session, actor, public_id, at=now()),
        _("The account is open again."),
    )


@bp.post("/admin/people/<public_id>/remove-second-step")
@roles("administrator")
def remove_second_factor(public_id: str) -> Response:
    """Take away a lost second step."""
    actor = get_actor()
    return _change(
        public_id,
        lambda session: service.remove_second_factor(session, actor, public_id, at=now()),
        _("The second step is off. A link to set a new password is on its way."),
    )
