"""Accepting an invitation: with a password at once, without one after a code has proven a contact."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, session, url_for
from werkzeug.wrappers import Response

from lms.clock import now
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.i18n import gettext as _
from lms.i18n import language
from lms.people import queries, rules, service
from lms.people.forms import CodeForm, InvitationForm
from lms.people.queries import OpenLink
from lms.people.rules import Identifier
from lms.people.service import Opened
from lms.people.views.blueprint import bp, config, explained, is_staff, page, refuse
from lms.people.views.contacts import begin_confirmation
from lms.people.views.links import open_link
from lms.people.views.proof import new_hash, own_words
from lms.people.views.sessions import code_guard, invitation_guard, letter_guard, mark_known, start_session
from lms.people.views.sign_in import HOME
from lms.web.access import public


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
            return _accept(token, link, form)
    return page("invitation.html", form, link=link)


def _accept(token: str, link: OpenLink, form: InvitationForm) -> Response:
    """Take the invitation; without a password, first ask for a code, unless the link itself has proven a contact."""
    contact, by_password = _contact_of(form.contact.data), form.way.data == "password"
    if not by_password:
        _check_worker(link)
        if link.contact_value is None:
            return _ask_code(token, link, form, contact or _written_down(link))
    words = own_words(link.person_id, form.name.data, contact.value if contact else "")
    hashed = new_hash(form.password.data or "", has_second_factor=False, own_words=words) if by_password else None
    opened = write(
        lambda session: service.accept_invitation(
            session,
            link.public_id,
            name=form.name.data,
            language=form.language.data,
            password_hash=hashed,
            stamp=link.security_stamp,
            contact=contact,
            email_is_work=form.email_is_work.data,
            at=now(),
        )
    )
    return _welcome(link, opened, contact)


def _check_worker(link: OpenLink) -> None:
    """Raise `RuleBroken` "password_needed" for somebody with a staff role: codes are for workers."""
    if is_staff(link.account_id):
        raise RuleBroken("password_needed")


def _contact_of(typed: str | None) -> Identifier | None:
    """Return the contact that was typed; raise `RuleBroken` "contact_wrong" for something else."""
    if not (typed or "").strip():
        return None
    found = rules.normal_identifier(typed or "")
    if found is None:
        raise RuleBroken("contact_wrong")
    return found


def _written_down(link: OpenLink) -> Identifier:
    """Return the contact that was written down when she was invited; raise `RuleBroken` "contact_needed"."""
    contacts = queries.list_contacts(reading(), link.person_id)
    if not contacts:
        raise RuleBroken("contact_needed")
    return Identifier(contacts[-1].kind, contacts[-1].value)


def _ask_code(token: str, link: OpenLink, form: InvitationForm, contact: Identifier) -> Response:
    """Send a code to the contact by which she wants to sign in; what she wrote waits in the session until it is right.

    The answer is the same whoever else has the contact. Raises `RuleBroken` as a name does, or "too_many_letters".
    """
    name, tag = service.kept_name(form.name.data), language()
    guard, also = letter_guard(contact.value), invitation_guard(link.public_id)
    write(
        lambda session: service.request_contact_code(
            session, contact, person_id=link.person_id, language=tag, guard=guard, also=also, at=now()
        )
    )
    session["accepting"] = [link.public_id, name, form.language.data, contact.kind, contact.value]
    return redirect(url_for("people.invitation_code", token=token))


@bp.route("/invitation/<token>/code", methods=["GET", "POST"])
@public
def invitation_code(token: str) -> Any:
    """Ask for the code that was sent to the contact of a new person, and take the invitation when it is right."""
    link, waiting, form = open_link(token, "invitation"), session.get("accepting"), CodeForm()
    if link is None:
        return page("dead_link.html")[0], 410
    if waiting is None or waiting[0] != link.public_id:
        return redirect(url_for("people.invitation", token=token))
    if form.validate_on_submit():
        with explained(form):
            opened = _accept_by_code(link, waiting, form.code.data)
            if opened is not None:
                return _welcome(link, opened, None)
            refuse(form, RuleBroken("code_wrong"))
    return page("invitation_code.html", form, contact=waiting[4], token=token)


def _accept_by_code(link: OpenLink, waiting: list[str], digits: str) -> Opened | None:
    """Take the invitation when the code is right. Raises `RuleBroken`, also when she has a staff role by now."""
    _check_worker(link)
    _public_id, name, tag, kind, value = waiting
    guard, key, typed = code_guard(value), config().secret_key, "".join(digits.split())
    return write(
        lambda session: service.accept_by_code(
            session,
            link.public_id,
            typed,
            name=name,
            language=tag,
            contact=Identifier(kind, value),
            stamp=link.security_stamp,
            secret_key=key,
            guard=guard,
            at=now(),
        )
    )


def _welcome(link: OpenLink, opened: Opened, claimed: Identifier | None) -> Response:
    """Begin the session of a new person; a contact that no code has proven yet is confirmed next."""
    start_session(opened.session_id)
    flash(_("Welcome! Your account is ready."), "success")
    rows = queries.list_contacts(reading(), link.person_id)
    owed = [Identifier(row.kind, row.value) for row in rows if row.facts.confirmed_at is None]
    newest = owed[-1] if owed else None
    response = redirect(_next_page(link, opened, claimed if claimed in owed else newest))
    if link.contact_value:
        mark_known(response, link.contact_value, opened.session_id.partition(":")[0])
    return response


def _next_page(link: OpenLink, opened: Opened, owed: Identifier | None) -> str:
    """Return the page that asks for the code of a contact that is owed; home when there is none, or no more letters."""
    if owed is None:
        return HOME
    try:
        return begin_confirmation(owed, is_work=False, person_id=link.person_id, tag=opened.language)
    except RuleBroken:
        return HOME
