"""What a holder's link shows: her whole certificate, for whoever has the link, and nothing of any other."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from lms.certificates import queries
from lms.certificates.queries import Known
from lms.certificates.rules.checks import Check
from lms.certificates.rules.links import TOKEN_LENGTH, hash_of
from lms.certificates.rules.public import NAMED, OPEN
from lms.certificates.views import turns
from lms.certificates.views.blueprint import bp, page
from lms.certificates.views.files import send
from lms.certificates.views.saying import facts_of, quiet, told_of, told_refused, wants
from lms.clock import local_date, now
from lms.db import reading
from lms.errors import NotFound
from lms.web.access import find_actor, public


@bp.get("/verify/shared/<token>")
@public
def shared(token: str) -> Any:
    """Show a whole certificate to whoever has the link."""
    turns.take_turn("single")
    found = _find(token)
    if found is None:
        return _nothing()
    link_id, known = found
    state = known.state_of(known.shown, local_date(now()))
    answer = (jsonify(_facts(known, state)), 200) if wants("application/json") else _page(known, state, token)
    actor = find_actor()
    if actor is None or actor.person_id != known.person_id:
        turns.count("shared", {Check(known.award_id, state): 1}, link_id=link_id)
    return quiet(answer)


def _facts(known: Known, state: str) -> dict[str, Any]:
    facts = facts_of(known, known.shown, state)
    if state not in NAMED:
        return facts
    own = {name: known.shown.payload[name] for name in ("name", "language_of_instruction")}
    return facts | own | {"payload_sha256": known.shown.sha256}


def _page(known: Known, state: str, token: str) -> tuple[str, int]:
    shown = known.shown
    return page(
        "shared.html",
        known=known,
        shown=shown,
        payload=shown.payload,
        told=told_of(known, shown, state),
        named=state in NAMED,
        token=token if state in OPEN else "",
    )


@bp.get("/verify/shared/<token>/certificate.<any(pdf, json):kind>")
@public
def shared_file(token: str, kind: str) -> Response:
    """Send a file of the certificate to whoever has the link, while the certificate counts or has ended in peace."""
    turns.take_turn("single")
    found = _find(token)
    if found is None:
        turns.wait_like_others()
        raise NotFound
    _link, known = found
    if known.state_of(known.shown, local_date(now())) not in OPEN:
        raise NotFound
    sent = send(known, kind)
    return quiet((sent, sent.status_code))


def _find(token: str) -> tuple[int, Known] | None:
    """Return the link of a token and its certificate; None of one that ended, was withdrawn or never was."""
    return queries.find_shared(reading(), hash_of(token), now()) if len(token) == TOKEN_LENGTH else None


def _nothing() -> Response:
    """Say to whoever was sent a link whom to ask, the same of one that ended, was withdrawn or never was."""
    turns.wait_like_others()
    if wants("application/json"):
        raise NotFound
    return quiet(page("verify_unknown.html", told=told_refused("ended"), serial="", status=404))
