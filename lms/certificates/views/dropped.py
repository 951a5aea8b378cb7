"""The check of a file that somebody sends: read, answered and forgotten; it is never stored."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for

from lms.certificates.views import turns
from lms.certificates.views.blueprint import bp
from lms.web.access import public
from lms.web.shell import csrf


@bp.route("/verify/file", methods=["GET", "POST"])
@public
@csrf.exempt  # type: ignore[untyped-decorator]  # it changes nothing and acts for nobody; a program has no other proof
def verify_file() -> Any:
    """Say what a PDF or JSON file is worth."""
    if request.method == "GET":
        return redirect(url_for("certificates.verify_form"))
    turns.take_turn("file")
    raise NotImplementedError
