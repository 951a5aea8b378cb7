"""Setting up the second step: a code from an authenticator app."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.actor import Actor
from lms.clock import now
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import gettext as _
from lms.people import queries, rules, service
from lms.people.forms import CodeForm, ProofForm
from lms.people.rules import Guard
from lms.people.views.blueprint import bp, config, explained, page
from lms.people.views.proof import check_present_password
from lms.people.views.sessions import second_guard, start_session
from lms.web.access import get_actor, signed_in
from lms.web.qr import svg_answer


@bp.route("/account/second-step", methods=["GET", "POST"])
@signed_in
def second_factor() -> Any:
    """Show the state of the second step, and begin to set it up after the password was typed again."""
    actor, form = get_actor(), ProofForm()
    facts = queries.get_account(reading(), actor.account_id)
    if form.validate_on_submit():
        with explained(form):
            check_present_password(facts, form.password.data)
            write(
                lambda session: service.begin_second_factor(session, actor, checked_hash=facts.password_hash, at=now())
            )
            return redirect(url_for("people.second_factor_setup"))
    return page("second_factor.html", form, account=facts)


@bp.route("/account/second-step/setup", methods=["GET", "POST"])
@signed_in
def second_factor_setup() -> Any:
    """Show the QR code for the app, and turn the second step on by a first right code."""
    actor, form = get_actor(), CodeForm()
    facts = queries.get_account(reading(), actor.account_id)
    if shown := _shown_codes():
        return page("spare_codes.html", codes=shown)
    if facts.second_factor_secret is None or facts.has_second_factor:
        return redirect(url_for("people.second_factor"))
    if form.validate_on_submit():
        with explained(form):
            codes = _turn_on(actor, second_guard(facts.public_id), form.code.data)
            return page("spare_codes.html", codes=codes)
    return page("second_factor_setup.html", form, secret=facts.second_factor_secret)


def _shown_codes() -> list[str]:
    """Return the spare codes that stand on the reader's page, when she pressed a language button there.

    They are kept as hashes alone, so that only her page can bring them back.
    """
    return request.form.getlist("spare") if g.get("switching_language") else []


def _turn_on(actor: Actor, guard: Guard, digits: str) -> tuple[str, ...]:
    """Confirm the second step by a first right code, and return the spare codes, to be shown this once.

    Raises `RuleBroken` "second_code_wrong".
    """
    codes = rules.new_spare_codes()
    opened = write(
        lambda session: service.confirm_second_factor(session, actor, digits, spare_codes=codes, guard=guard, at=now())
    )
    if opened is None:
        raise RuleBroken("second_code_wrong")
    start_session(opened.session_id)
    return codes


@bp.get("/account/second-step/setup.svg")
@signed_in
def second_factor_image() -> Response:
    """Return the QR code that an authenticator app reads, while it is being set up."""
    facts = queries.get_account(reading(), get_actor().account_id)
    if facts.second_factor_secret is None or facts.has_second_factor:
        raise NotFound
    host = config().base_url.partition("://")[2]
    return svg_answer(rules.setup_address(facts.second_factor_secret, facts.name, host))


@bp.route("/account/second-step/end", methods=["GET", "POST"])
@signed_in
def end_second_factor() -> Any:
    """Turn the second step off after the password was typed again."""
    actor, form = get_actor(), ProofForm()
    facts = queries.get_account(reading(), actor.account_id)
    if form.validate_on_submit():
        with explained(form):
            check_present_password(facts, form.password.data)
            _turn_off(actor, facts.password_hash, form.password.data)
            flash(_("The second step is off."), "success")
            return redirect(url_for("people.account"))
    return page("second_factor_end.html", form)


def _turn_off(actor: Actor, checked_hash: str | None, password: str) -> None:
    """End the second step. Raises `RuleBroken` "password_must_grow" while the password is too short alone."""
    short = rules.is_short(password)
    opened = write(
        lambda session: service.end_second_factor(session, actor, checked_hash=checked_hash, is_short=short, at=now())
    )
    start_session(opened.session_id)
