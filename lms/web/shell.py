"""The shell around every page: security headers, error pages, templates' common values, static files."""

from __future__ import annotations

import json
import logging
import secrets
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, g, render_template, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable
from werkzeug.exceptions import NotFound as NotFoundPage
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from lms.config import Config
from lms.db import db
from lms.errors import NotAllowed, NotFound
from lms.web.access import ask_no_more, find_actor

STATIC = Path(__file__).parent / "static"
csrf = CSRFProtect()
bp = Blueprint("web", __name__, template_folder="templates")
log = logging.getLogger(__name__)

#: After how many seconds a reader whom the database failed may try again.
RETRY_AFTER = 5
#: What is left to say when even the page of an error cannot be made.
_BARE_PAGE = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>We will be back soon</title>
<h1>We will be back soon</h1>
<p>What you finished before is safe. Please try again in a few minutes.</p>
"""


def init_app(app: Flask, config: Config) -> None:
    """Give `app` its limits, headers, error pages and static files."""
    https = config.base_url.startswith("https://")
    app.config.update(
        SECRET_KEY=config.secret_key,
        MAX_CONTENT_LENGTH=8 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        MAX_FORM_PARTS=5000,
        SESSION_COOKIE_NAME="__Host-session" if https else "session",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    csrf.init_app(app)
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        asset=_asset_finder(),
        csp_nonce=_nonce,
        is_demo=config.env == "demo",
        help_contact={"name": config.help_name, "phone": config.help_phone, "email": config.help_email},
    )
    app.context_processor(lambda: {"actor": find_actor(), "current_path": request.full_path.rstrip("?")})
    app.after_request(_headers(https=https))
    _register_errors(app)
    STATIC.mkdir(exist_ok=True)
    static = WhiteNoise(
        app.wsgi_app,
        root=STATIC,
        prefix="static/",
        immutable_file_test=_is_hashed,
        add_headers_function=_static_headers(https=https),
    )
    app.wsgi_app = ProxyFix(static, x_for=config.proxies) if config.proxies else static  # type: ignore[method-assign]


def _is_hashed(path: str, url: str) -> bool:  # noqa: ARG001 -- WhiteNoise's own shape
    """Return whether a static file's name carries the hash of its content."""
    return Path(path).name.count(".") >= 2


def _asset_finder() -> Any:
    """Return a function from an asset's plain name to its address, read once from the build's manifest."""
    manifest = STATIC / "manifest.json"
    names: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {}
    return lambda name: f"/static/{names.get(name, name)}"


def _nonce() -> str:
    """Return the nonce that this page's scripts carry."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _headers(*, https: bool) -> Any:
    def set_headers(response: Response) -> Response:
        """Set the security headers of one response."""
        scripts = f"'self' 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else "'self'"
        media, microphone = ("'self' blob:", "(self)") if "records" in g else ("'self'", "()")
        response.headers.setdefault(
            "Content-Security-Policy",
            f"default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self'; connect-src 'self'; "
            f"font-src 'self'; media-src {media}; form-action 'self'; base-uri 'none'; object-src 'none'; "
            "frame-ancestors 'none'",
        )
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = f"camera=(), geolocation=(), microphone={microphone}"
        _guard(response.headers, https=https)
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.add("Cookie")
        return response

    return set_headers


def _guard(headers: Headers, *, https: bool) -> None:
    """Set what pages and static files have in common."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"


def _static_headers(*, https: bool) -> Any:
    def set_headers(headers: Any, path: str, url: str) -> None:  # noqa: ARG001 -- WhiteNoise's own shape
        """Set the security headers of one static file: opened by itself, it may load nothing."""
        headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        _guard(headers, https=https)

    return set_headers


def _register_errors(app: Flask) -> None:
    """Turn every refusal and fault into a page in the reader's language."""
    app.register_error_handler(HTTPException, _page)
    app.register_error_handler(CSRFError, _page)
    for missing in (NotFound, NotAllowed):
        app.register_error_handler(missing, lambda _error: _page(NotFoundPage()))
    app.register_error_handler(Exception, _fault)


def _page(error: HTTPException) -> Any:
    """Return the page of a refusal; that of a fault when making it fails."""
    if error.response is not None:
        return error.response
    code = error.code or 500
    try:
        return render_template("error.html", code=code, request_id=request_id()), code, _when(error)
    except Exception as fault:  # noqa: BLE001 -- a handler that raises would leave the reader without any page
        return _fault(fault)


def _when(error: HTTPException) -> dict[str, str]:
    """Return the header that says after how many seconds to ask again, where a refusal knows it."""
    seconds = getattr(error, "retry_after", None)
    return {"Retry-After": str(seconds)} if isinstance(seconds, int) else {}


def _fault(error: Exception) -> Any:
    """Return the page of a fault. It asks the database nothing, which may be what failed."""
    log.error("request %s failed", request_id(), exc_info=error)
    is_down = isinstance(error, DBAPIError | NoConnectionLeft)
    code = (ServiceUnavailable if is_down else InternalServerError).code
    try:
        ask_no_more()
        db.session.remove()
        html = render_template("error.html", code=code, request_id=request_id())
    except Exception:
        log.exception("request %s has no page either", request_id())
        html = _BARE_PAGE
    return html, code, {"Retry-After": str(RETRY_AFTER)} if is_down else {}


def request_id() -> str:
    """Return the random name of this request, shown on error pages and written to the log."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(6)
    return str(g.request_id)
