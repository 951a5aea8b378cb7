"""Choosing the language, on its own or while a form is open."""

from __future__ import annotations

from dataclasses import replace

from flask import g, redirect, request, session
from flask_babel import refresh
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.clock import now
from lms.db import write
from lms.errors import NotFound
from lms.i18n import TAGS
from lms.people import service
from lms.people.views.blueprint import bp
from lms.people.views.sign_in import HOME
from lms.web.access import find_actor, public, safe_next


@bp.post("/language/<tag>")
@public
def language(tag: str) -> Response:
    """Keep the language `tag` for this reader, and return to the page she came from."""
    if tag not in TAGS:
        raise NotFound
    _choose(tag)
    return redirect(safe_next(request.form.get("next"), HOME))


@bp.before_app_request
def switch_language() -> None:
    """Turn a press on a language button inside an open form into the same form in that language.

    Runs after the check of the form's token and after the gate. The form is not acted on (`lms.web.forms`).
    """
    tag = request.form.get("_language") if request.method == "POST" else None
    if tag in TAGS:
        _choose(str(tag))
        g.switching_language = True


def _choose(tag: str) -> None:
    """Keep the language with the person, or in the session of somebody who is not signed in."""
    actor = find_actor()
    session["language"] = tag
    if actor is not None:
        write(lambda session: service.set_language(session, actor, tag, at=now()))
        current_user.actor = replace(actor, language=tag)
    refresh()
