"""Administrators' pages of letters: the outbox, another try for what failed, and how long text messages are."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.clock import now
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.i18n import LANGUAGES
from lms.i18n import gettext as _
from lms.notifications import messages, queries, service
from lms.notifications.models import STATES
from lms.notifications.queries import KINDS, PAGE_SIZE
from lms.notifications.views.blueprint import bp, config, page
from lms.web.access import get_actor, roles
from lms.web.forms import page_of


@bp.get("/admin/letters")
@roles("administrator")
def outbox() -> Any:
    """List letters, the newest first, narrowed by state and kind."""
    state, kind = (_known(request.args.get(name, ""), all_) for name, all_ in (("state", STATES), ("kind", KINDS)))
    counts = queries.count_outbox(reading(), kind=kind)
    number, pages = page_of(counts[state] if state else sum(counts.values()), PAGE_SIZE)
    return page(
        "outbox.html",
        rows=queries.list_outbox(reading(), state=state, kind=kind, page=number),
        counts=[(n, messages.STATE_NAMES[each], url_for(".outbox", state=each)) for each, n in counts.items()],
        kinds=[("", _("All")), *((each, messages.kind_name(each)) for each in KINDS)],
        states=[("", _("All")), *messages.STATE_NAMES.items()],
        wanted={"state": state, "kind": kind},
        page_now=(number, pages),
        reason=messages.reason,
    )


def _known(given: str, known: tuple[str, ...]) -> str:
    return given if given in known else ""


@bp.post("/admin/letters/<public_id>/retry")
@roles("administrator")
def retry(public_id: str) -> Response:
    """Send a letter again that failed."""
    actor = get_actor()
    try:
        write(lambda session: service.retry(session, actor, public_id, at=now()))
        flash(_("The letter is sent again within seconds."), "success")
    except RuleBroken as error:
        flash(messages.sentence(error), "error")
    return redirect(url_for("notifications.outbox", state="failed"))


@bp.get("/admin/letters/templates")
@roles("administrator")
def templates() -> Any:
    """Show every text message with long values, in every language, and how many parts it takes."""
    names = dict(LANGUAGES)
    return page("templates.html", samples=messages.list_samples(config()), names=names, kind_name=messages.kind_name)
