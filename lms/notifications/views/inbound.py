"""What comes back: text messages (STOP, START, HELP) and refusals that a mail provider reports later.

Machines call these addresses. They show the shared secret of the settings, as a bearer token or as the password of
basic authentication; without it the address looks as if it did not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import jsonify, request
from werkzeug.wrappers import Response

from lms.clock import now
from lms.db import reading, write
from lms.errors import NotFound
from lms.notifications import queries, rules, service
from lms.notifications.views.blueprint import bp, config
from lms.people.rules import normal_email, normal_phone
from lms.web.access import public
from lms.web.shell import csrf

#: The names under which gateways send the number and the words.
_NUMBER, _TEXT = ("from", "From", "sender", "msisdn"), ("text", "Text", "body", "Body", "message")
#: Under which they send their id of a message, and its time.
_ID, _TIME = (
    ("id", "message_id", "messageId", "MessageSid", "SmsSid"),
    ("sent_at", "timestamp", "time", "date", "DateSent"),
)
_LONGEST_TEXT = 1600


@bp.post("/sms/inbound")
@public
@csrf.exempt  # type: ignore[untyped-decorator]
def inbound() -> tuple[Response, int] | Response:
    """Hear a text message, and answer it by one where it asks for something."""
    _check_secret()
    number, text = normal_phone(_sent(_NUMBER)[:40]), _sent(_TEXT)[:_LONGEST_TEXT]
    if number is None:
        return jsonify(error="no phone number"), 400
    mark = rules.mark_of(number, text, _sent(_ID), _sent(_TIME), now())
    heard = write(lambda session: service.hear(session, number, text, mark, at=now()))
    return jsonify(heard=heard)


@bp.post("/mail/bounced")
@public
@csrf.exempt  # type: ignore[untyped-decorator]
def bounced() -> tuple[Response, int] | Response:
    """Note that an address refused a letter for good, as a provider reports it afterwards."""
    _check_secret()
    address, reason = normal_email(_sent(("address", "email", "recipient"))), _sent(("reason", "description"))
    if address is None:
        return jsonify(error="no e-mail address"), 400
    if not queries.knows_address(reading(), address):
        return jsonify(noted=False)  # nothing was ever sent there
    noted = write(lambda session: service.note_bounce(session, "email", address, reason or "bounced", at=now()))
    return jsonify(noted=noted)


def _check_secret() -> None:
    """Raise `NotFound` unless the caller shows the shared secret of the settings."""
    try:
        given = request.authorization
    except ValueError:  # letters beyond ASCII where a password should be
        given = None
    shown = (given.token or given.password or "") if given else ""
    if not rules.is_secret(shown, config().inbound_secret):
        raise NotFound


def _sent(names: tuple[str, ...]) -> str:
    """Return the first of these fields that was sent, as a form or as JSON; "" for none. Half letters are replaced."""
    fields: Mapping[str, Any] = request.form
    if request.is_json:
        fields = _json()
    found = next((str(fields[name]) for name in names if fields.get(name)), "")
    return found.encode(errors="replace").decode()


def _json() -> dict[str, Any]:
    """Return the JSON object that was sent; an empty one for anything else."""
    try:
        body = request.get_json(silent=True)
    except RecursionError:  # lists in lists in lists
        return {}
    return body if isinstance(body, dict) else {}
