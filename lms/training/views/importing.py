"""Pages that bring a table of earlier records: looked at first, then recorded."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for

from lms.clock import local_date, now
from lms.content.library import current
from lms.db import reading, write
from lms.errors import BadInput, RuleBroken
from lms.files import get, put
from lms.i18n import gettext as _
from lms.i18n import ngettext
from lms.organizations.rules import TableRow, read_table, write_table
from lms.training import queries, service
from lms.training.forms import ConfirmImportForm, ImportForm
from lms.training.jobs import bring_in
from lms.training.rules import importing as rules
from lms.training.rules.files import shown_name
from lms.training.service import Brought
from lms.training.views.blueprint import bp, config, explained, page
from lms.web.access import get_actor, roles

_WHO = ("certifier", "administrator")


@bp.route("/certify/training/import", methods=["GET", "POST"])
@roles(*_WHO)
def import_table() -> Any:
    """Take a table of earlier records, and lead on to what it would do."""
    actor, form = get_actor(), ImportForm()
    problems: tuple[Any, ...] = ()
    if form.validate_on_submit():
        with explained(form):
            try:
                name, sha256 = _kept(request.files.get("file"))
                public_id = write(lambda s: service.bring(s, actor, name, sha256, at=now()))
                return redirect(url_for("training.import_preview", public_id=public_id))
            except BadInput as error:
                problems = error.problems
    return page("import.html", form, form=form, problems=problems, columns=rules.COLUMNS)


def _kept(sent: Any) -> tuple[str, str]:
    """Return the name and hash of a table that was sent, once it is stored; raise `BadInput` for what is none."""
    if not sent or not sent.filename:
        raise RuleBroken("table_missing")
    data = sent.stream.read()
    _table(data)
    return shown_name(sent.filename), put(config().data_dir, data).sha256


@bp.route("/certify/training/import/<public_id>", methods=["GET", "POST"])
@roles(*_WHO)
def import_preview(public_id: str) -> Any:
    """Say exactly what a table will do, and do it when confirmed."""
    actor, form = get_actor(), ConfirmImportForm()
    batch = queries.get_import(reading(), public_id)
    brought = _read(batch.name, get(config().data_dir, batch.sha256 or ""))
    if form.validate_on_submit() and batch.applied_at is None:
        only, who = form.valid_only.data, actor.account_id
        try:
            done = bring_in(brought, valid_only=only, actor_account_id=who, import_id=batch.id)
            flash(_said(done.created), "success")
            return redirect(url_for("training.review_queue"))
        except BadInput:
            form.form_errors.append(_("Some rows cannot be recorded. Mend the table, or leave them out."))
    done = service.preview_import(reading(), brought)
    return page("import_preview.html", form, form=form, batch=batch, done=done)


def _said(count: int) -> str:
    """Return what was recorded."""
    return str(
        ngettext(
            "%(num)s entry is recorded. It waits for reviewers.",
            "%(num)s entries are recorded. They wait for reviewers.",
            count,
        )
    )


@bp.get("/certify/training/import/<public_id>/refused.csv")
@roles(*_WHO)
def refused_rows(public_id: str) -> Response:
    """Send the rows that cannot be recorded, each with its reasons, to be mended and brought again."""
    batch = queries.get_import(reading(), public_id)
    data = get(config().data_dir, batch.sha256 or "")
    done = service.preview_import(reading(), _read(batch.name, data))
    table = write_table(rules.refused_table(_table(data), done.problems))
    return Response(table, mimetype="text/csv", headers={"Content-Disposition": 'attachment; filename="refused.csv"'})


def _table(data: bytes) -> list[TableRow]:
    """Return the rows of a table; raise `BadInput` for what is none."""
    return read_table(data, (*rules.COLUMNS, rules.REASON), rules.REQUIRED)


def _read(name: str, data: bytes) -> Brought:
    """Return a stored table as its rows ask."""
    known = queries.known_of(current(reading()))
    return Brought(name, *rules.read_rows(_table(data), known, local_date(now())))
