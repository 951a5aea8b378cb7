"""Links that set a new password: asked for, and used."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, session, url_for
from flask_babel import refresh

from lms.clock import now
from lms.db import reading, write
from lms.i18n import gettext as _
from lms.people import queries, rules, service
from lms.people.forms import NewPasswordForm, ResetRequestForm, identifier_of
from lms.people.queries import OpenLink
from lms.people.rules import Identifier
from lms.people.views.blueprint import bp, config, explained, page, ties_among
from lms.people.views.proof import new_hash, own_words
from lms.people.views.sessions import forget_device, letter_guard
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
    ties = ties_among(queries.list_claimants(reading(), identifier))
    rules.password_matches(None, "")  # covers the difference in time between a known and an unknown address
    write(lambda session: service.request_reset(session, identifier, ties=ties, guard=guard, at=now()))


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
    short, key = rules.is_short(password), config().secret_key
    write(
        lambda session: service.use_reset(
            session, link.public_id, password_hash=hashed, was_short=short, secret_key=key, at=now()
        )
    )
