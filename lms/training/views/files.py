"""Files of earlier training: added one at a time, taken away before they were sent, and served to those who may."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect
from werkzeug.datastructures import FileStorage

from lms.actor import Actor
from lms.clock import now
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.files import get, put
from lms.i18n import gettext as _
from lms.organizations.queries import spans_of
from lms.training import messages, policy, queries, service
from lms.training.forms import FileForm
from lms.training.queries import TrainingRow
from lms.training.views.blueprint import bp, config, explained
from lms.training.views.own import get_changeable, home_of, own_page, shares_of
from lms.training.views.team import team_page
from lms.uploads import EXTENSIONS, LARGEST_FILE, check_file
from lms.web.access import get_actor, signed_in
from lms.web.forms import ButtonForm


@bp.post("/training/<public_id>/files")
@signed_in
def add_file(public_id: str) -> Any:
    """Keep one photo or PDF as proof."""
    actor, form = get_actor(), FileForm()
    row = get_changeable(actor, public_id)
    if form.validate_on_submit():
        with explained(form):
            _keep(actor, row, form.file.data)
            flash(_("The file is added."), "success")
            return redirect(home_of(actor, row))
    show = own_page if policy.is_hers(actor, row.ties) else team_page
    return show(actor, row, file_form=form)


def _keep(actor: Actor, row: TrainingRow, sent: FileStorage | None) -> None:
    """Check a file, store it, and then name it. Raises `RuleBroken`; what may not be added is not stored."""
    if not sent or not sent.filename:
        raise RuleBroken("file_missing")
    service.check_upload(reading(), actor, row.public_id, at=now())
    file = check_file(sent.stream.read(LARGEST_FILE + 1), sent.filename)
    stored = put(config().data_dir, file.content)
    write(lambda s: service.add_file(s, actor, row.public_id, file, stored.sha256, at=now()))


@bp.post("/training/<public_id>/files/<file_id>/remove")
@signed_in
def remove_file(public_id: str, file_id: str) -> Any:
    """Take away a file that was not sent yet."""
    actor = get_actor()
    row = get_changeable(actor, public_id)
    if ButtonForm().validate_on_submit():
        try:
            write(lambda s: service.remove_file(s, actor, public_id, file_id, at=now()))
            flash(_("The file is taken away."), "success")
        except RuleBroken as error:
            flash(messages.sentence(error), "error")
    return redirect(home_of(actor, row))


@bp.get("/training/files/<file_id>")
@signed_in
def file(file_id: str) -> Response:
    """Send a file to those who may see it, as a download that no page may run; an image also stands in our pages."""
    actor = get_actor()
    row, found = queries.get_file(reading(), file_id)
    if not _may_read(actor, row):
        raise NotFound
    response = Response(get(config().data_dir, found.sha256), mimetype=found.media_type)
    name = f"{row.public_id}-{found.public_id}.{EXTENSIONS[found.media_type]}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _may_read(actor: Actor, row: TrainingRow) -> bool:
    """Return whether the actor may see the files; no query for her and for reviewers."""
    if policy.is_hers(actor, row.ties) or policy.can_review(actor, row.ties):
        return True
    shares, present = shares_of(row, actor.today)
    ties = queries.tied(row.ties, shares, present)
    return policy.can_oversee(actor, ties, spans_of(reading(), [row.person_id]).get(row.person_id, ()))
