"""What was assigned lately: each act of assigning, and taking it back."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from lms.clock import now
from lms.content.library import current
from lms.db import reading, write
from lms.i18n import gettext as _
from lms.i18n import language
from lms.organizations.queries import PAGE_SIZE, names_of
from lms.tracks import messages, policy, queries, service
from lms.tracks.messages.wording import ROUTE_NAMES
from lms.tracks.queries import BatchRow
from lms.tracks.rules import Due
from lms.tracks.service import Undone
from lms.tracks.views.blueprint import bp
from lms.web.access import get_actor, roles
from lms.web.forms import ButtonForm


@bp.get("/team/assign/recent")
@roles("supervisor")
def batches() -> str:
    """List what was assigned, the newest first."""
    visible = policy.visible_batches(get_actor())
    count = queries.count_batches(reading(), visible)
    pages = max(1, -(-count // PAGE_SIZE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    rows = queries.list_batches(reading(), visible, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    library = current(reading())
    titles = {row.track_key: queries.track_title(library, row.track_key, language()).text for row in rows}
    names = names_of(reading(), {row.organization_id for row in rows})
    shown = [(row, messages.due_words(batch_due(row))) for row in rows]
    return render_template("tracks/batches.html", rows=shown, titles=titles, names=names, page=page, pages=pages)


@bp.get("/team/assign/<public_id>")
@roles("supervisor")
def batch(public_id: str) -> str:
    """Show one act of assigning, whom it asked, and the way to take it back."""
    actor = get_actor()
    row = queries.get_batch(reading(), policy.visible_batches(actor), public_id)
    people = queries.list_batch_people(reading(), row.id, actor.today)
    asked = {person_id: row.made_at for person_id, _name, stands in people if stands}
    return render_template(
        "tracks/batch.html",
        batch=row,
        people=people,
        ways={person_id: ROUTE_NAMES[route] for person_id, route in queries.routes_in_batch(reading(), row.id).items()},
        begun=service.begun_of(reading(), row.track_key, asked),
        due_words=messages.due_words(batch_due(row)),
        organization=names_of(reading(), [row.organization_id])[row.organization_id],
        title=queries.track_title(current(reading()), row.track_key, language()),
    )


@bp.post("/team/assign/<public_id>/undo")
@roles("supervisor")
def undo(public_id: str) -> Response:
    """Take back one act of assigning; a second tap changes nothing."""
    actor, form = get_actor(), ButtonForm()
    if form.validate_on_submit():
        done = write(lambda session: service.undo_batch(session, actor, public_id, at=now()))
        flash(_told(done), "success")
    return redirect(url_for("tracks.batch", public_id=public_id))


def batch_due(row: BatchRow) -> Due:
    """Return how an act of assigning finds its dates."""
    return Due(row.due_kind, row.due_on, row.due_days)  # type: ignore[arg-type]  # a known kind


def _told(done: Undone) -> str:
    """Return what taking back did, in words."""
    if not done.undone:
        return str(_("There was nothing left to take back."))
    words: str = ngettext("Taken back for %(num)s person.", "Taken back for %(num)s people.", done.undone)
    begun = done.undone - done.withdrawn
    if begun:
        words += " " + ngettext(
            "%(num)s of them stays on the track, because she has begun, or chose it herself.",
            "%(num)s of them stay on the track, because they have begun, or chose it themselves.",
            begun,
        )
    return words
