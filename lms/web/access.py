"""The gate: every route says who may call it, and a route that says nothing is refused."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import AnonymousUserMixin, UserMixin, current_user
from werkzeug.wrappers import Response

from lms.actor import ROLES, Actor
from lms.errors import NotFound

View = TypeVar("View", bound=Callable[..., Any])
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Access:
    """Who may call a route: anyone, anyone signed in, or holders of one of `roles`."""

    anyone: bool = False
    roles: frozenset[str] = frozenset(ROLES)


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login carries: the actor, and the id that ends when the security stamp changes."""

    def __init__(self, actor: Actor, session_id: str) -> None:
        self.actor = actor
        self.session_id = session_id

    def get_id(self) -> str:
        """Return "account public id:security stamp"."""
        return self.session_id


def public(view: View) -> View:
    """Mark a route that anyone may call, signed in or not."""
    return _mark(view, Access(anyone=True))


def signed_in(view: View) -> View:
    """Mark a route for everyone who is signed in, whatever the role."""
    return _mark(view, Access())


def roles(*names: str) -> Callable[[View], View]:
    """Mark a route for holders of at least one of the roles `names`."""
    unknown = set(names) - set(ROLES)
    if unknown or not names:
        raise ValueError(f"unknown roles: {sorted(unknown)}")
    return lambda view: _mark(view, Access(roles=frozenset(names)))


def _mark(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def access_of(endpoint: str) -> Access | None:
    """Return the mark of a route, or None when it has none."""
    return getattr(current_app.view_functions[endpoint], "access", None)


def find_actor() -> Actor | None:
    """Return who is asking, or None when nobody is signed in."""
    return current_user.actor if current_user.is_authenticated else None


def get_actor() -> Actor:
    """Return who is asking; raise `NotFound` when nobody is signed in."""
    actor = find_actor()
    if actor is None:
        raise NotFound
    return actor


def ask_no_more() -> None:
    """Let whoever is not known yet count as nobody for the rest of this request: finding out would ask the database."""
    if "_login_user" not in g:
        g._login_user = AnonymousUserMixin()  # noqa: SLF001 -- where Flask-Login keeps who it has found


def init_app(app: Flask) -> None:
    """Put the gate before every request of `app`."""
    app.before_request(_refuse_nul)
    app.before_request(_gate)


def _refuse_nul() -> None:
    """Refuse the character NUL, which no text holds and PostgreSQL cannot store: nobody types it."""
    if "\0" in request.path:
        raise NotFound
    files = ((name, file.filename or "") for name, file in request.files.items(multi=True))
    sent = (*request.args.items(multi=True), *request.form.items(multi=True), *files)
    if any("\0" in name or "\0" in value for name, value in sent):
        abort(400)


def _gate() -> Response | None:
    """Refuse what the route's mark does not allow. A refusal looks like a missing page."""
    if request.endpoint is None:
        return None  # no such address: the router answers 404 or 405
    access = access_of(request.endpoint)
    if access is None:
        log.error("the route %s says nothing about who may call it; refused", request.endpoint)
        raise NotFound
    if access.anyone:
        return None
    actor = find_actor()
    if actor is None:
        target = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("people.sign_in", next=target))
    if actor.roles.isdisjoint(access.roles):
        raise NotFound
    return None


def safe_next(target: str | None, default: str) -> str:
    """Return `target` when it is a path on this site, else `default`."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc or any(ord(c) < 32 for c in target) else target
