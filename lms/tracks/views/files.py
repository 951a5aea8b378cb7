"""Assigning from a file or from pasted lines: brought, looked at row by row, then done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Response as FileResponse
from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from lms.clock import now
from lms.content.library import current
from lms.db import reading, write
from lms.errors import BadInput, RuleBroken
from lms.i18n import gettext as _
from lms.i18n import language
from lms.ids import new_client_id
from lms.organizations.queries import names_of
from lms.organizations.rules import read_grid, write_table
from lms.tracks import messages, queries, rules, service
from lms.tracks.forms import FileForm
from lms.tracks.queries import UploadHead, UploadLine
from lms.tracks.rules import Due, FileRow
from lms.tracks.service import Asked, FileDone, FileSorting
from lms.tracks.views.assigning import minutes_of
from lms.tracks.views.blueprint import bp
from lms.tracks.views.picking import track_choices
from lms.web.access import get_actor, roles
from lms.web.forms import ButtonForm, choices_of, form_page
from lms.web.forms import refuse as refuse_form

#: Refused rows beyond these stand in the file alone.
MOST_SHOWN = 200


@bp.route("/team/assign/file", methods=["GET", "POST"])
@roles("supervisor")
def upload() -> Any:
    """Bring a file, or paste lines; its rows are judged and wait for a last look."""
    form = FileForm(data={"track": request.args.get("track", "")} if request.method == "GET" else None)
    tracks = track_choices(current(reading()), get_actor().supervises)
    form.track.choices = choices_of([("", _("Choose a track")), *tracks])
    if form.validate_on_submit():
        try:
            return redirect(url_for("tracks.waiting", public_id=_stage(form)))
        except RuleBroken as error:
            refuse_form(form, error, messages.sentence)
            form.client_id.data = new_client_id()  # what is sent next is another file
    return form_page("tracks/file.html", form)


@bp.get("/team/assign/file/<public_id>")
@roles("supervisor")
def waiting(public_id: str) -> str:
    """Show what doing a file would change, and which rows cannot be done, each with its reason."""
    head = _own_upload(public_id)
    return _look(head, ButtonForm())


@bp.post("/team/assign/file/<public_id>/apply")
@roles("supervisor")
def apply_upload(public_id: str) -> Any:
    """Ask whom the file means; a second tap finds it done."""
    actor, form, head = get_actor(), ButtonForm(), _own_upload(public_id)
    valid_only = request.form.get("rows") == "valid"
    if form.validate_on_submit():
        try:
            act = lambda session: service.apply_upload(session, actor, public_id, valid_only=valid_only, at=now())  # noqa: E731
            return _done(write(act))
        except RuleBroken as error:
            form.form_errors.append(messages.sentence(error))
    return _look(head, form), 400


@bp.get("/team/assign/file/<public_id>/refused.csv")
@roles("supervisor")
def refused(public_id: str) -> FileResponse:
    """Send the rows that cannot be done, each with its reason, to be mended and brought again."""
    rows = [row for row in queries.list_upload_rows(reading(), _own_upload(public_id).id) if row.fault]
    headers = {"Content-Disposition": 'attachment; filename="refused.csv"'}
    return current_app.response_class(write_table(_table(rows)), mimetype="text/csv", headers=headers)


def _stage(form: FileForm) -> str:
    """Keep the rows and return the public id under which they wait; raise `RuleBroken`."""
    actor, due, track, key = get_actor(), form.due(), form.track.data, form.client_id.data
    rows = _rows(form)
    return write(lambda session: service.stage(session, actor, track, due, rows, client_id=key, at=now()))


def _rows(form: FileForm) -> list[FileRow]:
    """Return the rows of the file, or of the lines; raise `RuleBroken` for what cannot be read."""
    file = form.file.data
    data = file.read() if file else (form.lines.data or "").encode()
    try:
        rows = rules.read_people(read_grid(data))
    except BadInput as error:
        raise RuleBroken("file-unread") from error
    if rows is None:
        raise RuleBroken("file-unclear")
    return rows


def _own_upload(public_id: str) -> UploadHead:
    """Return a file that the reader brought in the last day; raise `NotFound`."""
    return queries.get_upload(reading(), get_actor().account_id, public_id, now() - service.KEPT)


def _look(head: UploadHead, form: ButtonForm) -> str:
    rows = queries.list_upload_rows(reading(), head.id)
    good = {Asked(row.person_id or 0, row.organization_id or 0): row for row in rows if row.fault is None}
    due = Due(head.due_kind, head.due_on, head.due_days, head.due_eased)  # type: ignore[arg-type]  # a known kind
    sorting = service.sort_rows(reading(), head.track_key, list(good), get_actor().today)
    return render_template(
        "tracks/waiting.html",
        form=form,
        upload=head,
        title=queries.track_title(current(reading()), head.track_key, language()),
        due_words=messages.due_words(due),
        sorting=sorting,
        lines=good,
        places=names_of(reading(), {each.organization_id for each in good}),
        refused=[(row, messages.row_sentence(row.fault)) for row in rows if row.fault],
        most_shown=MOST_SHOWN,
        early=_early(head, due, good, sorting),
    )


def _early(head: UploadHead, due: Due, good: dict[Asked, UploadLine], sorting: FileSorting) -> int:
    """Return for how many of those newly asked the date has passed or leaves too little time."""
    minutes, today = minutes_of(current(reading()), head.track_key) or 0, get_actor().today
    dates = [rules.resolve_due(due, good[each].began_on or today, today, minutes) for each in sorting.new]
    return sum(rules.is_due_early(each, today, minutes) for each in dates)


def _done(done: FileDone) -> Response:
    flash(ngettext("%(num)s person was asked.", "%(num)s people were asked.", done.assigned), "success")
    if len(done.batches) == 1:
        return redirect(url_for("tracks.batch", public_id=done.batches[0]))
    return redirect(url_for("tracks.batches"))


def _table(rows: Sequence[UploadLine]) -> Iterator[Sequence[str]]:
    """Yield the columns that are used, in the reader's language, then each row with its reason."""
    used = [name for name in rules.COLUMNS if any(row.cells.get(name) for row in rows)]
    yield [*(str(messages.COLUMN_NAMES[name]) for name in used), _("Reason")]
    for row in rows:
        yield [*(row.cells.get(name, "") for name in used), messages.row_sentence(row.fault or "")]
