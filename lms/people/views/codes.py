"""Signing in by a one-time code: for workers only."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, session, url_for
from werkzeug.wrappers import Response

from lms.clock import now
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.i18n import language
from lms.people import queries, rules, service
from lms.people.forms import CodeRequestForm, ProofForm, SignInCodeForm, identifier_of
from lms.people.queries import Candidate
from lms.people.rules import Identifier
from lms.people.rules.sessions import CODE_LIFE
from lms.people.views.blueprint import bp, config, explained, page
from lms.people.views.sessions import guard_for, letter_guard
from lms.people.views.sign_in import (
    HOME,
    Proven,
    check_password,
    complete,
    count_failure,
    proven_by_password,
    staff_among,
)
from lms.web.access import public, safe_next


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
def ask_code() -> Any:
    """Ask where to send a code, and send it. The answer is the same whoever has the number."""
    form = CodeRequestForm(next=request.args.get("next"))
    if form.validate_on_submit():
        with explained(form):
            identifier = identifier_of(form.identifier.data)
            _send_code(identifier)
            _remember_step("asked", identifier, safe_next(form.next.data, HOME))
            return redirect(url_for("people.check_code"))
    return page("ask_code.html", form)


def _send_code(identifier: Identifier) -> None:
    """Make a code; it goes out only to a worker's contact. Raises `RuleBroken` "too_many_letters"."""
    guard, tag = letter_guard(identifier.value), language()
    staff = staff_among(queries.list_candidates(reading(), identifier))
    rules.password_matches(None, "")  # covers the difference in time between a known and an unknown number
    write(
        lambda session: service.request_sign_in_code(
            session, identifier, staff=staff, guard=guard, language=tag, at=now()
        )
    )


def _remember_step(step: str, identifier: Identifier, target: str) -> None:
    """Note in the session for which contact a code was asked for, or proven."""
    session.pop("asked", None)
    session.pop("proven", None)
    session[step] = [identifier.kind, identifier.value, target, int(now().timestamp())]


def _step(step: str) -> tuple[Identifier, str] | None:
    """Return the contact and the page to go to of a step that is not too long ago."""
    kind, value, target, at = session.get(step) or ("", "", "", 0)
    lives = now().timestamp() - at <= CODE_LIFE.total_seconds()
    return (Identifier(kind, value), target) if lives else None


@bp.route("/sign-in/code/check", methods=["GET", "POST"])
@public
def check_code() -> Any:
    """Ask for the six digits, and sign in when they are right and enough."""
    form = SignInCodeForm()
    asked = _step("asked")
    if asked is None:
        return redirect(url_for("people.ask_code"))
    identifier, target = asked
    if form.validate_on_submit():
        with explained(form):
            _use_code(identifier, form.code.data)
            return _enter_by_code(identifier, target, remember=form.remember.data)
    return page("check_code.html", form, contact=identifier.value)


def _use_code(identifier: Identifier, digits: str) -> None:
    """Use up the code. Raises `RuleBroken` "too_many_tries", or "code_wrong" after counting a wrong guess."""
    guard, key = guard_for(identifier.value), config().secret_key
    if not queries.may_guess(reading(), guard, now()):
        raise RuleBroken("too_many_tries")
    typed = "".join(digits.split())
    if not write(lambda session: service.use_code(session, identifier, typed, secret_key=key, at=now())):
        count_failure(identifier, guard)
        raise RuleBroken("code_wrong")


def _enter_by_code(identifier: Identifier, target: str, *, remember: bool) -> Response:
    """Sign in the one worker for whom the code is enough; else ask for the password too. Raises `RuleBroken`."""
    candidates = queries.list_candidates(reading(), identifier)
    staff = staff_among(candidates)
    workers = [found for found in candidates if found.account_id not in staff]
    if len(candidates) == 1 and workers and _stands_alone(workers[0]):
        return complete(_proven_by_code(workers[0], identifier, target, remember=remember))
    _remember_step("proven", identifier, target)
    return redirect(url_for("people.second_proof", remember="1" if remember else None))


def _stands_alone(found: Candidate) -> bool:
    return rules.stands_alone(found.contact, sharers=1, at=now())


def _proven_by_code(found: Candidate, identifier: Identifier, target: str, *, remember: bool) -> Proven:
    return Proven(
        account_id=found.account_id,
        session_id=f"{found.account_public_id}:{found.security_stamp}",
        has_second_factor=found.has_second_factor,
        person_id=found.person_id,
        how="code",
        identifier=identifier.value,
        proven_contact=identifier,
        remember=remember,
        target=target,
    )


@bp.route("/sign-in/code/password", methods=["GET", "POST"])
@public
def second_proof() -> Any:
    """Ask for the password beside a code: the number is shared, or was not confirmed for a long time."""
    form = ProofForm()
    proven = _step("proven")
    if proven is None:
        return redirect(url_for("people.ask_code"))
    identifier, target = proven
    remember = request.args.get("remember") == "1"
    if form.validate_on_submit():
        with explained(form):
            found = check_password(identifier, form.password.data)
            entry = proven_by_password(found, identifier, remember=remember, target=target, proven_contact=identifier)
            return complete(entry)
    return page("second_proof.html", form, contact=identifier.value)
