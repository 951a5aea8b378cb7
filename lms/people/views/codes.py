"""Signing in by a one-time code: for workers, and for whoever must choose a first password now."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import redirect, request, session, url_for
from werkzeug.wrappers import Response

from lms.clock import now
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.i18n import language
from lms.people import queries, rules, service
from lms.people.forms import CodeRequestForm, NewPasswordForm, ProofForm, SignInCodeForm, identifier_of
from lms.people.queries import Candidate
from lms.people.rules import Identifier, Ties
from lms.people.rules.sessions import CODE_LIFE
from lms.people.views.blueprint import bp, config, explained, page, ties_among
from lms.people.views.proof import new_hash, own_words
from lms.people.views.sessions import code_guard, letter_guard
from lms.people.views.sign_in import HOME, Proven, check_password, complete, count_failure, proven_by_password
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
    staff = ties_among(queries.list_candidates(reading(), identifier)).staff
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
    return page("check_code.html", form, contact="" if identifier.kind == "none" else identifier.value)


def _use_code(identifier: Identifier, digits: str) -> None:
    """Use up the code. Raises `RuleBroken` "too_many_tries", or "code_wrong" after counting a wrong guess."""
    guard, key = code_guard(identifier.value), config().secret_key
    if not queries.may_guess(reading(), guard, now()):
        raise RuleBroken("too_many_tries")
    typed = "".join(digits.split())
    if not write(lambda session: service.use_code(session, identifier, typed, secret_key=key, at=now())):
        count_failure(identifier, guard)
        raise RuleBroken("code_wrong")


def _enter_by_code(identifier: Identifier, target: str, *, remember: bool) -> Response:
    """Sign in the one worker for whom the code is enough; else ask for the password too. Raises `RuleBroken`."""
    candidates = queries.list_candidates(reading(), identifier)
    ties = ties_among(candidates)
    only = candidates[0] if len(candidates) == 1 and _stands_alone(candidates[0], ties) else None
    if only and only.account_id not in ties.staff:
        return complete(_proven_by_code(only, identifier, target, remember=remember))
    _remember_step("proven", identifier, target)
    if only and only.password_hash is None:
        return redirect(url_for("people.first_password"))
    return redirect(url_for("people.second_proof", remember="1" if remember else None))


def _stands_alone(found: Candidate, ties: Ties) -> bool:
    return rules.stands_alone(found.contact, sharers=1, has_left=found.account_id in ties.left, at=now())


def _without_password(identifier: Identifier) -> Candidate | None:
    """Return the one owner of a proven contact who has no password yet, and whom its code would let in alone.

    She needs one because others share her number by now, or because she has a staff role.
    """
    candidates = queries.list_candidates(reading(), identifier)
    ties = ties_among(candidates)
    found = [each for each in candidates if each.password_hash is None and _stands_alone(each, ties)]
    return found[0] if len(found) == 1 else None


def _proven_by_code(found: Candidate, identifier: Identifier, target: str, *, remember: bool) -> Proven:
    return Proven(
        account_id=found.account_id,
        session_id=f"{found.account_public_id}:{found.security_stamp}",
        has_second_factor=found.has_second_factor,
        person_id=found.person_id,
        how="code",
        identifier=identifier.value,
        is_hers=True,
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
            found = check_password(identifier, form.password.data, queries.list_candidates(reading(), identifier))
            entry = proven_by_password(found, identifier, remember=remember, target=target, proven_contact=identifier)
            return complete(entry)
    may_choose = _without_password(identifier) is not None
    return page("second_proof.html", form, contact=identifier.value, may_choose=may_choose)


@bp.route("/sign-in/code/new-password", methods=["GET", "POST"])
@public
def first_password() -> Any:
    """Let whoever signed in by codes so far choose the password that she needs from now on, and sign her in."""
    form, proven = NewPasswordForm(), _step("proven")
    found = _without_password(proven[0]) if proven else None
    if proven is None or found is None:
        return redirect(url_for("people.ask_code"))
    if form.validate_on_submit():
        with explained(form):
            return complete(_with_password(found, form.password.data, *proven))
    needed = rules.shortest(has_second_factor=False)
    return page("first_password.html", form, contact=proven[0].value, shortest=needed)


def _with_password(found: Candidate, password: str, identifier: Identifier, target: str) -> Proven:
    """Set the first password, and return its owner as one who has typed it. Raises `RuleBroken`."""
    hashed = new_hash(password, has_second_factor=False, own_words=own_words(found.person_id))
    stamp = write(lambda session: service.set_first_password(session, found.account_id, hashed, at=now()))
    owner = replace(found, password_hash=hashed, security_stamp=stamp)
    return proven_by_password(owner, identifier, target=target, proven_contact=identifier)
