"""Pages that bring a table of earlier records: looked at first, then recorded part by part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, request, url_for

from lms.clock import now
from lms.db import reading, write
from lms.errors import BadInput, RowProblem, RuleBroken
from lms.i18n import lazy_gettext as _l
from lms.i18n import ngettext
from lms.organizations import messages as organizations
from lms.organizations.rules import TableRow, write_table
from lms.organizations.rules.tables import LARGEST_FILE
from lms.training import jobs, messages, queries, service
from lms.training.forms import ConfirmImportForm, ImportForm
from lms.training.queries import PAGE_SIZE, ImportHead, ImportLine
from lms.training.rules import tables
from lms.training.views.blueprint import bp, explained, page
from lms.uploads import shown_name
from lms.web.access import get_actor, roles
from lms.web.forms import page_of

_WHO = ("certifier", "administrator")
#: Seconds that a request goes on with a table by itself: some hundred rows; the job does the rest.
PATIENCE = 2.0
#: The groups of rows that a page can show, in its order: by what becomes of them.
_LABELS = {"refuse": _l("cannot be recorded"), "new": _l("new entries"), "same": _l("recorded already")}


@dataclass(frozen=True)
class Line:
    """One row of a table, in words."""

    number: int
    who: str
    title: str
    issuer: str
    day: str
    reasons: tuple[str, ...]


@bp.route("/certify/training/import", methods=["GET", "POST"])
@roles(*_WHO)
def import_table() -> Any:
    """Take a table of earlier records, and lead on to what it would do."""
    form = ImportForm()
    problems: list[str] = []
    if form.validate_on_submit():
        with explained(form):
            try:
                return redirect(url_for("training.import_preview", public_id=_kept(form)))
            except BadInput as error:
                problems = [_in_row(each) for each in error.problems[:20] if isinstance(each, RowProblem)]
    return page("import.html", form, form=form, problems=problems, columns=messages.COLUMN_NAMES)


def _in_row(found: RowProblem) -> str:
    return organizations.in_row(found.row, messages.problem(found))


def _kept(form: ImportForm) -> str:
    """Keep the table that was sent, and return its public id; raise `BadInput` for what is none, `RuleBroken`."""
    actor, sent, key = get_actor(), request.files.get("file"), form.client_id.data
    if not sent or not sent.filename:
        raise RuleBroken("table_missing")
    name, rows = shown_name(sent.filename), tables.read_records(sent.stream.read(LARGEST_FILE + 1))
    judged = service.judge_table(reading(), rows, at=now())
    return write(lambda session: service.keep_table(session, actor, name, judged, client_id=key, at=now()))


@bp.route("/certify/training/import/<public_id>", methods=["GET", "POST"])
@roles(*_WHO)
def import_preview(public_id: str) -> Any:
    """Say what a table will do or did, and do it when confirmed: some of it at once, the rest in parts meanwhile."""
    actor, form = get_actor(), ConfirmImportForm()
    found = queries.get_import(reading(), public_id)
    if form.validate_on_submit():
        with explained(form):
            valid_only = form.valid_only.data
            write(lambda session: service.begin_table(session, actor, public_id, valid_only=valid_only, at=now()))
            if not jobs.apply_for(public_id, PATIENCE, at=now()):
                flash(_said(queries.get_import(reading(), public_id).created), "success")
            return redirect(url_for("training.import_preview", public_id=public_id))
    return _look(found, form)


def _said(count: int) -> str:
    """Return what was recorded."""
    return str(
        ngettext(
            "%(num)s entry is recorded. It waits for reviewers.",
            "%(num)s entries are recorded. They wait for reviewers.",
            count,
        )
    )


def _look(found: ImportHead, form: ConfirmImportForm) -> Any:
    """Return the page of a table: how far it is, and its rows of one group."""
    counts = queries.count_lines(reading(), found.id)
    asked_for = request.args.get("show", "")
    show = asked_for if asked_for in _LABELS else next((key for key in _LABELS if counts.get(key)), "new")
    number, pages = page_of(counts.get(show, 0), PAGE_SIZE)
    lines = queries.list_lines(reading(), found.id, what=show, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    here = url_for("training.import_preview", public_id=found.public_id)
    groups = [(counts[key], str(words), f"{here}?show={key}") for key, words in _LABELS.items() if counts.get(key)]
    place = {"show": show, "names": _LABELS, "here": here, "page_now": (number, pages)}
    rows = [_line(each) for each in lines]
    return page("import_preview.html", form, form=form, found=found, counts=counts, groups=groups, rows=rows, **place)


def _line(line: ImportLine) -> Line:
    cells = line.cells
    who = (cells.get(column, "") for column in ("email", "phone", "person"))
    day = cells.get("learned_on") or cells.get("until", "")
    return Line(
        line.number, " · ".join(filter(None, who)), cells.get("title", ""), cells.get("issuer", ""), day, _reasons(line)
    )


def _reasons(line: ImportLine) -> tuple[str, ...]:
    """Return why a row cannot be recorded."""
    return tuple(messages.problem(tables.fault_of(line.number, each)) for each in line.said)


@bp.get("/certify/training/import/<public_id>/refused.csv")
@roles(*_WHO)
def refused_rows(public_id: str) -> Response:
    """Send the rows that cannot be recorded, each with its reasons, to be mended and brought again."""
    found = queries.get_import(reading(), public_id)
    lines = queries.list_lines(reading(), found.id, what="refuse")
    rows = [TableRow(each.number, each.cells) for each in lines]
    reasons = {each.number: _reasons(each) for each in lines}
    table: Iterator[bytes] = write_table(tables.refused_table(rows, reasons, messages.COLUMN_NAMES))
    return Response(table, mimetype="text/csv", headers={"Content-Disposition": 'attachment; filename="refused.csv"'})
