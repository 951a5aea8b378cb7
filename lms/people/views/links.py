"""Invitation, reset and recovery links."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, session, url_for
from flask_babel import gettext as _
from flask_babel import refresh
from werkzeug.wrappers import Response

from lms.clock import now
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.people import queries, rules, service
from lms.people.forms import InvitationForm, NewPasswordForm, ResetRequestForm, identifier_of
from lms.people.queries import OpenLink
from lms.people.rules import Identifier
from lms.people.service import Opened
from lms.people.views.blueprint import bp, config, explained, page
from lms.people.views.contacts import begin_confirmation
from lms.people.views.sessions import forget_device, letter_guard, mark_known, start_session
from lms.people.views.sign_in import HOME, staff_among
from lms.web.access import public


def open_link(token: str, *purposes: str) -> OpenLink | None:
    """Return what the token of a link opens; None when it is forged, used, withdrawn or too old.

    The page comes in the person's language, unless this reader has chosen one.
    """
    public_id = rules.link_of_token(config().secret_key, token)
    link = queries.find_open_link(reading(), public_id, purposes, now()) if public_id else None
    if link is not None and "language" not in session:
        session["language"] = link.language
        refresh()
    return link


def new_hash(password: str, *, has_second_factor: bool, own_words: list[str]) -> str:
    """Return the hash of a new password; raise `RuleBroken` when it is not good enough."""
    fault = rules.password_fault(password, has_second_factor=has_second_factor, own_words=own_words)
    if fault == "password_too_short":
        raise RuleBroken(fault, number=rules.shortest(has_second_factor=has_second_factor))
    if fault == "password_too_long":
        raise RuleBroken(fault, number=rules.LONGEST_PASSWORD)
    if fault:
        raise RuleBroken(fault)
    return rules.hash_password(password)


def own_words(person_id: int, *more: str) -> list[str]:
    """Return what a person's password may not be made of: her name and contacts."""
    contacts = [contact.value for contact in queries.list_contacts(reading(), person_id)]
    return [*queries.names_of(reading(), [person_id]).values(), *contacts, *more]


@bp.route("/invitation/<token>", methods=["GET", "POST"])
@public
def invitation(token: str) -> Any:
    """Let an invited person say who she is and how she will sign in."""
    link = open_link(token, "invitation")
    if link is None:
        return page("dead_link.html")[0], 410
    form = InvitationForm(name=link.name, language=link.language)
    if form.validate_on_submit():
        with explained(form):
            return _accept(link, form)
    return page("invitation.html", form, link=link)


def _accept(link: OpenLink, form: InvitationForm) -> Response:
    """Take the invitation, begin the session, and go on to confirm a contact where that is owed."""
    contact = _contact_of(form.contact.data)
    by_password = form.way.data == "password"
    words = own_words(link.person_id, form.name.data, contact.value if contact else "")
    hashed = new_hash(form.password.data or "", has_second_factor=False, own_words=words) if by_password else None
    opened = write(
        lambda session: service.accept_invitation(
            session,
            link.public_id,
            name=form.name.data,
            language=form.language.data,
            password_hash=hashed,
            contact=contact,
            email_is_work=form.email_is_work.data,
            at=now(),
        )
    )
    return _welcome(link, opened, contact)


def _contact_of(typed: str | None) -> Identifier | None:
    """Return the contact that was typed; raise `RuleBroken` "contact_wrong" for something else."""
    if not (typed or "").strip():
        return None
    found = rules.normal_identifier(typed or "")
    if found is None:
        raise RuleBroken("contact_wrong")
    return found


def _welcome(link: OpenLink, opened: Opened, contact: Identifier | None) -> Response:
    """Begin the session of a new person; a contact that no code has proven yet is confirmed next."""
    start_session(opened.session_id)
    flash(_("Welcome! Your account is ready."), "success")
    owed = [row for row in queries.list_contacts(reading(), link.person_id) if row.facts.confirmed_at is None]
    target = HOME
    if owed:
        newest = Identifier(owed[-1].kind, owed[-1].value)
        target = begin_confirmation(contact or newest, is_work=False, person_id=link.person_id, tag=opened.language)
    response = redirect(target)
    identifier = contact.value if contact else link.contact_value
    if identifier:
        mark_known(response, identifier)
    return response


@bp.route("/reset", methods=["GET", "POST"])
@public
def reset_request() -> Any:
    """Ask for a reset link. The answer is the same whether or not the address is known."""
    form = ResetRequestForm()
    if form.validate_on_submit():
        with explained(form):
            _send_reset(identifier_of(form.identifier.data))
            return page("reset_sent.html")
    return page("reset_request.html", form)


def _send_reset(identifier: Identifier) -> None:
    guard = letter_guard(identifier.value)
    staff = staff_among(queries.list_candidates(reading(), identifier))
    rules.password_matches(None, "")  # covers the difference in time between a known and an unknown address
    write(lambda session: service.request_reset(session, identifier, staff=staff, guard=guard, at=now()))


@bp.route("/reset/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> Any:
    """Set a new password by a reset or recovery link."""
    link = open_link(token, "reset", "recovery")
    if link is None:
        return page("dead_link.html")[0], 410
    form = NewPasswordForm()
    needed = rules.shortest(has_second_factor=link.has_second_factor and link.purpose == "reset")
    if form.validate_on_submit():
        with explained(form):
            _reset(link, form.password.data)
            flash(_("Your new password is set. You can sign in with it now."), "success")
            response = redirect(url_for("people.sign_in"))
            forget_device(response)
            return response
    return page("reset.html", form, link=link, shortest=needed)


def _reset(link: OpenLink, password: str) -> None:
    with_second = link.has_second_factor and link.purpose == "reset"
    hashed = new_hash(password, has_second_factor=with_second, own_words=own_words(link.person_id))
    short, key = len(password) < rules.shortest(has_second_factor=False), config().secret_key
    write(
        lambda session: service.use_reset(
            session, link.public_id, password_hash=hashed, was_short=short, secret_key=key, at=now()
        )
    )
