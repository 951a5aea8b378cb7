"""Signing in by password, the second step, signing out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import redirect, request, session, url_for
from werkzeug.wrappers import Response

from lms.clock import now
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.people import queries, rules, service
from lms.people.forms import SecondStepForm, SignInForm, identifier_of
from lms.people.queries import Candidate
from lms.people.rules import Guard, Identifier
from lms.people.rules.sessions import CANDIDATES, CHALLENGE_LIFE
from lms.people.views.blueprint import bp, explained, is_staff, page, refuse, ties_among
from lms.people.views.sessions import (
    code_guard,
    device_token,
    forget_device,
    guard_for,
    mark_known,
    new_device,
    random_part,
    remember_device,
    second_guard,
    start_session,
)
from lms.web.access import find_actor, public, safe_next

HOME = "/"


@dataclass(frozen=True)
class Proven:
    """An account whose password or code was right, and how to go on."""

    account_id: int
    session_id: str
    has_second_factor: bool
    person_id: int
    how: str
    identifier: str
    #: Whether she has proven that `identifier` reaches her.
    is_hers: bool
    checked_hash: str | None = None
    proven_contact: Identifier | None = None
    remember: bool = False
    target: str = HOME


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    """Show the sign-in page, or sign in with an e-mail or phone and a password."""
    form = SignInForm(next=request.args.get("next"))
    if form.validate_on_submit():
        with explained(form):
            identifier = identifier_of(form.identifier.data)
            found = check_password(identifier, form.password.data, queries.list_claimants(reading(), identifier))
            return complete(proven_by_password(found, identifier, remember=form.remember.data, target=form.next.data))
    return page("sign_in.html", form)


def check_password(identifier: Identifier, password: str, among: list[Candidate]) -> Candidate:
    """Return that of the accounts `among` which `identifier` means whose password this is.

    A guess counts against each of them apart, so that nobody's own sign-in gives her more guesses at another. A
    refusal takes as long whether there is one account, several or none. Raises `RuleBroken` "too_many_tries", or
    "sign_in_refused" after counting a wrong guess.
    """
    guards = [guard_for(identifier.value, found.account_public_id) for found in among] or [guard_for(identifier.value)]
    allowed = queries.list_open(reading(), guards, now())
    if not allowed:
        raise RuleBroken("too_many_tries")
    tried = [found for found, guard in zip(among, guards, strict=False) if guard in allowed]
    for found in [*tried, *[None] * (CANDIDATES - len(tried))]:
        if rules.password_matches(found.password_hash if found else None, password) and found:
            return _with_new_hash(found, password)
    count_failure(identifier, *allowed)
    raise RuleBroken("sign_in_refused" if len(allowed) == len(guards) else "too_many_tries")


def count_failure(identifier: Identifier, *guards: Guard) -> None:
    """Count one wrong guess at `identifier`. At the hundredth in a row the owner is told, by a reset link."""
    write(lambda session: service.refuse_sign_in(session, identifier, *guards, ties_among=ties_among, at=now()))


def _with_new_hash(found: Candidate, password: str) -> Candidate:
    """Return the candidate, its hash made anew where settings have changed since."""
    old = found.password_hash or ""
    if not rules.needs_new_hash(old):
        return found
    new = rules.hash_password(password)
    kept = write(lambda session: service.renew_hash(session, found.account_id, old=old, new=new))
    return Candidate(**{**found.__dict__, "password_hash": kept})


def proven_by_password(
    found: Candidate,
    identifier: Identifier,
    *,
    remember: bool = False,
    target: str | None = None,
    proven_contact: Identifier | None = None,
) -> Proven:
    """Return an account whose password was right."""
    return Proven(
        account_id=found.account_id,
        session_id=f"{found.account_public_id}:{found.security_stamp}",
        has_second_factor=found.has_second_factor,
        person_id=found.person_id,
        how="password",
        identifier=identifier.value,
        is_hers=found.contact.confirmed_at is not None,
        checked_hash=found.password_hash,
        proven_contact=proven_contact,
        remember=remember,
        target=safe_next(target, HOME),
    )


def complete(proven: Proven) -> Response:
    """Begin the session, or ask for the second step where the account has one. Raises `RuleBroken`."""
    if not proven.has_second_factor:
        return _enter(proven)
    contact = proven.proven_contact
    session.clear()
    session["challenge"] = {
        "session": proven.session_id,
        "person": proven.person_id,
        "how": proven.how,
        "identifier": proven.identifier,
        "hers": proven.is_hers,
        "contact": [contact.kind, contact.value] if contact else None,
        "remember": proven.remember,
        "next": proven.target,
        "at": int(now().timestamp()),
    }
    return redirect(url_for("people.second_step"))


def _enter(proven: Proven) -> Response:
    """Begin the session of somebody who has proven all that is asked for. Raises `RuleBroken`."""
    staff = is_staff(proven.account_id)
    if staff and proven.how == "code":
        raise RuleBroken("sign_in_refused")
    token, device = new_device() if proven.remember and not staff else (None, None)
    account, _, stamp = proven.session_id.partition(":")
    guard = code_guard(proven.identifier) if proven.how == "code" else guard_for(proven.identifier, account)
    opened = write(
        lambda session: service.sign_in(
            session,
            proven.account_id,
            how=proven.how,
            stamp=stamp,
            guard=guard,
            checked_hash=proven.checked_hash,
            proven_contact=proven.proven_contact,
            device=device,
            at=now(),
        )
    )
    start_session(opened.session_id)
    response = redirect(proven.target if staff else _gentle_target(proven))
    if proven.is_hers:
        mark_known(response, proven.identifier, account)
    if token:
        remember_device(response, token)
    return response


def _gentle_target(proven: Proven) -> str:
    """Return where to go: past a page that asks for a contact of her own, when all belong to an employer."""
    contacts = queries.list_contacts(reading(), proven.person_id)
    if rules.needs_personal_contact(contact.facts for contact in contacts):
        return url_for("people.own_contact", next=proven.target)
    return proven.target


@bp.route("/sign-in/second", methods=["GET", "POST"])
@public
def second_step() -> Any:
    """Ask for the code of the authenticator app, or a spare code. Until it is right, nobody is signed in."""
    form, state = SecondStepForm(), session.get("challenge", {})
    account_id = _challenged(state)
    if account_id is None:
        session.pop("challenge", None)
        return redirect(url_for("people.sign_in"))
    if form.validate_on_submit():
        with explained(form):
            if _passes(account_id, state["session"], form.code.data):
                return _enter(_proven_again(account_id, state))
            refuse(form, RuleBroken("second_code_wrong"))
    return page("second_step.html", form)


def _challenged(state: dict[str, Any]) -> int | None:
    """Return the account that has proven a password and owes the second step; None when that is too long ago."""
    if not state or now().timestamp() - state["at"] > CHALLENGE_LIFE.total_seconds():
        return None
    return queries.find_challenged(reading(), state["session"])


def _passes(account_id: int, session_id: str, digits: str) -> bool:
    guard = second_guard(session_id.partition(":")[0])
    return write(lambda session: service.pass_second_factor(session, account_id, digits, guard=guard, at=now()))


def _proven_again(account_id: int, state: dict[str, Any]) -> Proven:
    """Return what was proven before the second step."""
    contact = state["contact"]
    return Proven(
        account_id=account_id,
        session_id=state["session"],
        has_second_factor=True,
        person_id=state["person"],
        how=state["how"],
        identifier=state["identifier"],
        is_hers=state["hers"],
        checked_hash=queries.get_account(reading(), account_id).password_hash,
        proven_contact=Identifier(*contact) if contact else None,
        remember=state["remember"],
        target=state["next"],
    )


@bp.post("/sign-out")
@public
def sign_out() -> Response:
    """End this session, and forget the phone."""
    actor, own, token = find_actor(), random_part(), device_token()
    if actor is not None:
        write(lambda session: service.end_session(session, actor.account_id, own, token, at=now()))
    session.clear()
    if actor is not None:
        session["language"] = actor.language
    response = redirect(url_for("people.sign_in"))
    forget_device(response)
    return response
