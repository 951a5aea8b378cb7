"""The account of the signed-in person: name, password, devices, sign out everywhere."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.clock import now
from lms.db import reading, write
from lms.i18n import gettext as _
from lms.people import queries, rules, service
from lms.people.forms import ChangePasswordForm, NameForm
from lms.people.queries import AccountFacts
from lms.people.service import Opened
from lms.people.views.blueprint import bp, explained, page
from lms.people.views.proof import check_present_password, new_hash, own_words
from lms.people.views.sessions import device_token, forget_device, start_session
from lms.web.access import get_actor, signed_in
from lms.web.forms import ButtonForm


@bp.get("/account")
@signed_in
def account() -> Any:
    """Show everything about the person's own account."""
    actor, at = get_actor(), now()
    contacts = queries.list_contacts(reading(), actor.person_id)
    token = device_token()
    return page(
        "account.html",
        account=queries.get_account(reading(), actor.account_id),
        contacts=contacts,
        needs_own=rules.needs_personal_contact(contact.facts for contact in contacts) and not actor.is_staff,
        devices=queries.list_devices(reading(), actor.account_id, at),
        this_device=rules.token_hash(token) if token else "",
    )


@bp.route("/account/name", methods=["GET", "POST"])
@signed_in
def name() -> Any:
    """Let the person write her name as she wants it."""
    actor = get_actor()
    form = NameForm(name=actor.name)
    if form.validate_on_submit():
        with explained(form):
            write(lambda session: service.rename(session, actor, form.name.data, at=now()))
            flash(_("Your name is saved."), "success")
            return redirect(url_for("people.account"))
    return page("name.html", form)


@bp.route("/account/password", methods=["GET", "POST"])
@signed_in
def password() -> Any:
    """Change the password, or set a first one. Every other session ends."""
    actor, form = get_actor(), ChangePasswordForm()
    facts = queries.get_account(reading(), actor.account_id)
    if form.validate_on_submit():
        with explained(form):
            check_present_password(facts, form.present.data)
            start_session(_set_password(actor, facts, form.password.data).session_id)
            flash(_("Your new password is set. All other phones and computers are signed out."), "success")
            return redirect(url_for("people.account"))
    needed = rules.shortest(has_second_factor=facts.has_second_factor)
    return page("password.html", form, has_password=facts.password_hash is not None, shortest=needed)


def _set_password(actor: Actor, facts: AccountFacts, typed: str) -> Opened:
    hashed = new_hash(typed, has_second_factor=facts.has_second_factor, own_words=own_words(actor.person_id))
    short, token = rules.is_short(typed), device_token()
    return write(
        lambda session: service.set_password(
            session,
            actor,
            checked_hash=facts.password_hash,
            new_hash=hashed,
            was_short=short,
            keep_device=token,
            at=now(),
        )
    )


@bp.post("/account/listening/<any(first, beside):choice>")
@signed_in
def listening(choice: str) -> Response:
    """Keep whether readings stand first, with the text folded beneath, or beside the text."""
    actor, listens = get_actor(), choice == "first"
    if ButtonForm().validate_on_submit():
        write(lambda session: service.set_listening(session, actor, listens=listens, at=now()))
        flash(_("Saved."), "success")
    return redirect(url_for("people.account"))


@bp.post("/account/devices/<public_id>/end")
@signed_in
def end_device(public_id: str) -> Response:
    """Forget a phone; what is open on it ends."""
    actor = get_actor()
    opened = write(lambda session: service.end_device(session, actor, public_id, at=now()))
    start_session(opened.session_id)
    flash(_("That phone is signed out."), "success")
    return redirect(url_for("people.account"))


@bp.post("/account/sign-out-everywhere")
@signed_in
def sign_out_everywhere() -> Response:
    """End every other session and forget every phone."""
    actor = get_actor()
    opened = write(lambda session: service.sign_out_everywhere(session, actor, at=now()))
    start_session(opened.session_id)
    flash(_("You are signed out everywhere but here."), "success")
    response = redirect(url_for("people.account"))
    forget_device(response)
    return response
