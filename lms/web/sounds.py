"""Sends a stored sound to the player of a page: in parts where it asks for parts, and once for all."""

from __future__ import annotations

from io import BytesIO
from typing import cast

from flask import current_app, g, send_file
from werkzeug.wrappers import Response

from lms.config import Config
from lms.files import get

#: What stands around a file in a form that sends it, in bytes.
AROUND_SOUND = 256 * 1024


def send_sound(sha256: str, media_type: str, *, is_kept: bool = True) -> Response:
    """Return the sound of this hash, whole or the part that the request names; raise `NotFound` without it.

    The address names the bytes, so that a browser that has them need not ask again. Nobody else may keep them, and
    with `is_kept` false the browser neither.
    """
    config: Config = current_app.config["LMS"]
    content = get(config.data_dir, sha256)
    response = cast("Response", send_file(BytesIO(content), mimetype=media_type, conditional=True, etag=sha256))
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable" if is_kept else "no-store"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def allow_microphone() -> None:
    """Let this one page ask for the microphone, and play what it recorded before it is sent."""
    g.records = True
