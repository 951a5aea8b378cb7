"""Session cookies, remembered phones and known devices."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from flask import request, session
from werkzeug.wrappers import Response

from lms.clock import now
from lms.db import reading
from lms.ids import new_public_id
from lms.people import queries, rules
from lms.people.rules import Guard
from lms.people.rules.sessions import DEVICE_LIFE
from lms.people.service import NewDevice
from lms.people.views.blueprint import config

_KNOWN_LIFE = timedelta(days=365)


def start_session(session_id: str) -> None:
    """Begin a new session: nothing of the one before stays."""
    session.clear()
    session["_user_id"] = session_id
    session["since"] = session["seen"] = int(now().timestamp())


def resume_session(session_id: str) -> None:
    """Begin a session on a remembered phone. Pages that are still open there keep their form tokens."""
    token = session.get("csrf_token")
    start_session(f"{session_id}:{new_public_id()}")
    if token:
        session["csrf_token"] = token


def keep_session(*, is_staff: bool, at: datetime) -> bool:
    """Return whether the session of this request still lives, and note its use at most once a minute."""
    stamp = int(at.timestamp())
    if "since" not in session:
        session["since"] = session["seen"] = stamp
    since, seen = (datetime.fromtimestamp(session[key], UTC) for key in ("since", "seen"))
    if not rules.session_lives(since=since, seen=seen, at=at, is_staff=is_staff):
        return False
    if rules.needs_touch(seen=seen, at=at):
        session["seen"] = stamp
    return True


def drop_session() -> None:
    """Forget who was signed in; language and form tokens stay."""
    for key in ("_user_id", "since", "seen"):
        session.pop(key, None)


def remembered_session_id() -> str | None:
    """Return "account public id:stamp" of the owner of this phone, when it is remembered."""
    token = device_token()
    return queries.find_device_session(reading(), token, now()) if token else None


def random_part() -> str:
    """Return the part of this session's id that is its own, or nothing."""
    return (*str(session.get("_user_id", "")).split(":"), "", "")[2]


def _cookie(name: str) -> str:
    return f"__Host-{name}" if config().base_url.startswith("https://") else name


def _set_cookie(response: Response, name: str, value: str, life: timedelta) -> None:
    secure = config().base_url.startswith("https://")
    response.set_cookie(
        _cookie(name), value, max_age=int(life.total_seconds()), httponly=True, samesite="Lax", secure=secure
    )


def device_token() -> str | None:
    """Return the token of a remembered phone that this request carries."""
    return request.cookies.get(_cookie("device"))


def new_device() -> tuple[str, NewDevice]:
    """Return the token for a phone's cookie, and what the database keeps of it."""
    token = secrets.token_urlsafe(32)
    return token, NewDevice(rules.token_hash(token), rules.device_label(request.user_agent.string))


def remember_device(response: Response, token: str) -> None:
    """Give the phone the cookie by which it is remembered."""
    _set_cookie(response, "device", token, DEVICE_LIFE)


def forget_device(response: Response) -> None:
    """Take the cookie away by which the phone is remembered."""
    secure = config().base_url.startswith("https://")
    response.delete_cookie(_cookie("device"), httponly=True, samesite="Lax", secure=secure)


def mark_known(response: Response, identifier: str, account_public_id: str) -> None:
    """Note on the device that the owner of an account signed in on it by a contact that she has proven.

    Strangers' guesses at this account by this contact do not lock the device out.
    """
    nonce = secrets.token_hex(16)
    _set_cookie(response, "known", nonce + _known_mark(nonce, identifier, account_public_id), _KNOWN_LIFE)


def _known_mark(nonce: str, identifier: str, account_public_id: str) -> str:
    return rules.bucket(config().secret_key, "known", f"{nonce}:{account_public_id}:{identifier}")


def guard_for(identifier: str, account_public_id: str = "") -> Guard:
    """Return where wrong passwords of an account that `identifier` may mean are counted; "" where it means none.

    On a device that is known for both they count apart from everybody else's.
    """
    cookie, key = request.cookies.get(_cookie("known"), ""), config().secret_key
    nonce, mark = cookie[:32], cookie[32:]
    own = rules.guess_bucket(key, identifier, account_public_id)
    if secrets.compare_digest(mark.encode(), _known_mark(nonce, identifier, account_public_id).encode()):
        own = rules.bucket(key, "device", f"{nonce}:{account_public_id}:{identifier}")
    return Guard(own, _place("address"))


def code_guard(identifier: str) -> Guard:
    """Return where wrong codes that prove `identifier` are counted."""
    return _guard("code", identifier, "address")


def letter_guard(identifier: str) -> Guard:
    """Return where messages to `identifier` are counted."""
    return _guard("letter", identifier, "letter address")


def invitation_guard(link_public_id: str) -> Guard:
    """Return where messages that an invitation asks for are counted, wherever they go."""
    return Guard(rules.bucket(config().secret_key, "letter link", link_public_id))


def second_guard(account_public_id: str) -> Guard:
    """Return where wrong codes of a second factor are counted."""
    return _guard("second", account_public_id, "address")


def _guard(kind: str, value: str, place: str) -> Guard:
    return Guard(rules.bucket(config().secret_key, kind, value), _place(place))


def _place(kind: str) -> str:
    return rules.bucket(config().secret_key, kind, rules.address_group(request.remote_addr))
