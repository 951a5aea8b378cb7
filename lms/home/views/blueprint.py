"""The blueprint of the gathering pages, and the way from the front door to the reader's own home."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from lms.home import rules
from lms.web.access import find_actor, public

bp = Blueprint("home", __name__, template_folder="../templates")


@bp.get("/")
@public
def index() -> Response:
    """Lead to the home of the reader's strongest role, or to the sign-in page."""
    actor = find_actor()
    return redirect(url_for(rules.home_of(actor.roles) if actor else "people.sign_in"))
