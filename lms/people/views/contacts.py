"""Contacts of the signed-in person: added and confirmed by a code, ended; and the page that asks for one of her own."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, session, url_for
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.clock import now
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.i18n import gettext as _
from lms.people import queries, rules, service
from lms.people.forms import CodeForm, ContactForm
from lms.people.rules import Identifier
from lms.people.views.blueprint import bp, config, explained, page, refuse
from lms.people.views.proof import check_present_password
from lms.people.views.sessions import code_guard, letter_guard
from lms.people.views.sign_in import HOME
from lms.web.access import get_actor, safe_next, signed_in


@bp.route("/account/contacts", methods=["GET", "POST"])
@signed_in
def contacts() -> Any:
    """Show how the person can be reached, and begin to add a way."""
    actor, form = get_actor(), ContactForm()
    account = queries.get_account(reading(), actor.account_id)
    if form.validate_on_submit():
        with explained(form):
            check_present_password(account, form.password.data)
            contact = _contact_of(form.contact.data)
            return redirect(_begin(actor, contact, is_work=form.is_work.data, target=url_for("people.contacts")))
    rows = queries.list_contacts(reading(), actor.person_id)
    return page("contacts.html", form, contacts=rows, has_password=account.password_hash is not None)


def _contact_of(typed: str) -> Identifier:
    """Return the contact that was typed; raise `RuleBroken` "contact_wrong"."""
    contact = rules.normal_identifier(typed)
    if contact is None:
        raise RuleBroken("contact_wrong")
    return contact


def _begin(actor: Actor, contact: Identifier, *, is_work: bool, target: str) -> str:
    """Send a code to a contact and return the page that asks for it. Raises `RuleBroken` "too_many_letters"."""
    return begin_confirmation(contact, is_work=is_work, person_id=actor.person_id, tag=actor.language, target=target)


def begin_confirmation(contact: Identifier, *, is_work: bool, person_id: int, tag: str, target: str = HOME) -> str:
    """Send a code to a contact, note in the session what it is for, and return the page that asks for it."""
    guard = letter_guard(contact.value)
    write(
        lambda session: service.request_contact_code(
            session, contact, person_id=person_id, language=tag, guard=guard, at=now()
        )
    )
    session["new_contact"] = [contact.kind, contact.value, is_work, target]
    return url_for("people.confirm_contact")


@bp.route("/account/contacts/confirm", methods=["GET", "POST"])
@signed_in
def confirm_contact() -> Any:
    """Ask for the code that was sent to a new contact, and keep the contact when it is right."""
    actor, form = get_actor(), CodeForm()
    pending = session.get("new_contact")
    if pending is None:
        return redirect(url_for("people.contacts"))
    if form.validate_on_submit():
        with explained(form):
            if _confirm(actor, pending, form.code.data):
                session.pop("new_contact")
                flash(_("Thank you. We can reach you there now."), "success")
                return redirect(pending[3])
            refuse(form, RuleBroken("code_wrong"))
    return page("confirm_contact.html", form, contact=pending[1], target=pending[3])


def _confirm(actor: Actor, pending: list[Any], digits: str) -> bool:
    kind, value, is_work, _target = pending
    guard, key, typed = code_guard(value), config().secret_key, "".join(digits.split())
    return write(
        lambda session: service.confirm_contact(
            session, actor, Identifier(kind, value), typed, is_work=is_work, secret_key=key, guard=guard, at=now()
        )
    )


@bp.post("/account/contacts/<public_id>/confirm")
@signed_in
def send_contact_code(public_id: str) -> Response:
    """Send a code to a contact that is there already, to confirm it anew."""
    actor = get_actor()
    rows = {row.public_id: row for row in queries.list_contacts(reading(), actor.person_id)}
    if public_id in rows:
        row, form = rows[public_id], CodeForm()
        contact, back = Identifier(row.kind, row.value), url_for("people.contacts")
        with explained(form):
            return redirect(_begin(actor, contact, is_work=row.facts.is_work, target=back))
        flash(form.form_errors[0], "error")
    return redirect(url_for("people.contacts"))


@bp.post("/account/contacts/<public_id>/end")
@signed_in
def end_contact(public_id: str) -> Response:
    """Take a contact away."""
    actor, form = get_actor(), CodeForm()
    with explained(form):
        write(lambda session: service.end_contact(session, actor, public_id, at=now()))
        flash(_("We will not use it any more."), "success")
    for message in form.form_errors:
        flash(message, "error")
    return redirect(url_for("people.contacts"))


@bp.get("/account/own-contact")
@signed_in
def own_contact() -> Any:
    """Ask gently for a contact of her own, when all that we have belong to an employer."""
    return page("own_contact.html", target=safe_next(request.args.get("next"), HOME))
