"""The page that a department saves once, and that checks codes without a connection."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from typing import Any

from flask import Response
from markupsafe import Markup

from lms.certificates.views import turns
from lms.certificates.views.blueprint import bp, page
from lms.certificates.views.code_keys import issuer_data
from lms.certificates.views.saying import quiet
from lms.clock import local_date, now
from lms.i18n import format_date
from lms.web.access import public
from lms.web.shell import STATIC


@bp.get("/verify/offline.html")
@public
def verify_offline() -> Response:
    """Send the page as one file: keys, script, styles, and what is revoked or replaced by now."""
    turns.take_turn("saved")
    style, script = _asset("styles.css"), _asset("verify-offline.js")
    policy = f"default-src 'none'; base-uri 'none'; script-src {_hash_of(script)}; style-src {_hash_of(style)}"
    values: dict[str, Any] = {"style": Markup(style), "script": Markup(script)}  # noqa: S704 -- our own files
    day = format_date(local_date(now()))
    response = quiet(page("verify_offline.html", policy=policy, data=issuer_data(), day=day, **values))
    response.headers["Content-Disposition"] = 'attachment; filename="check-certificates.html"'
    return response


@lru_cache
def _asset(name: str) -> str:
    """Return a built file, to stand inside the page."""
    manifest: dict[str, str] = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
    return (STATIC / manifest[name]).read_text(encoding="utf-8")


def _hash_of(text: str) -> str:
    """Return how a page's policy names what may stand in it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
