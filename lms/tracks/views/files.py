"""Assigning from a file or from pasted lines: brought, looked at row by row, then done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
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
from lms.organizations.queries import describe_people, names_of
from lms.organizations.rules import read_grid, write_table
from lms.people.queries import known_as
from lms.tracks import jobs, messages, queries, rules, service
from lms.tracks.forms import FileForm
from lms.tracks.messages.wording import OWN_ROUTE_CHOICES, ROUTE_CHOICES
from lms.tracks.queries import UploadHead, UploadLine
from lms.tracks.rules import Asked, Due, FileRow, Routes
from lms.tracks.service import FileDone, Foresight
from lms.tracks.views.blueprint import bp
from lms.tracks.views.foreseeing import as_file, told
from lms.tracks.views.picking import track_choices
from lms.tracks.views.routing import list_blocked, read_routes
from lms.web.access import get_actor, roles
from lms.web.forms import ButtonForm, choices_of, form_page
from lms.web.forms import refuse as refuse_form

#: Refused rows beyond these stand in the file alone.
MOST_SHOWN = 200
#: Seconds for which a request goes on reading a long file by itself; the job does the rest.
PATIENCE = 0.5


@bp.route("/team/assign/file", methods=["GET", "POST"])
@roles("supervisor")
def upload() -> Any:
    """Bring a file, or paste lines; its rows are judged and wait for a last look."""
    form = FileForm(data={"track": request.args.get("track", "")} if request.method == "GET" else None)
    tracks = track_choices(current(reading()), get_actor().supervises)
    form.track.choices = choices_of([("", _("Choose a track")), *tracks])
    if form.validate_on_submit():
        try:
            public_id = _stage(form)
            jobs.read_for(public_id, PATIENCE, at=now())
            return redirect(url_for("tracks.waiting", public_id=public_id))
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


@bp.post("/team/assign/file/<public_id>/go-on")
@roles("supervisor")
def go_on(public_id: str) -> Response:
    """Go on reading a long file, without waiting for the job."""
    _own_upload(public_id)
    if ButtonForm().validate_on_submit():
        jobs.read_for(public_id, PATIENCE, at=now())
    return redirect(url_for("tracks.waiting", public_id=public_id))


@bp.post("/team/assign/file/<public_id>/answers")
@roles("supervisor")
def answer_upload(public_id: str) -> Response:
    """Note who is meant where a name did not say it."""
    actor, form = get_actor(), ButtonForm()
    said = {key.removeprefix("row-"): value for key, value in request.form.items() if key.startswith("row-")}
    answers = {int(number): value for number, value in said.items() if number.isdecimal() and len(number) < 8}
    if form.validate_on_submit():
        settled = write(lambda session: service.answer_upload(session, actor, public_id, answers, at=now()))
        flash(ngettext("%(num)s row is settled.", "%(num)s rows are settled.", settled), "info")
    return redirect(url_for("tracks.waiting", public_id=public_id))


@bp.post("/team/assign/file/<public_id>/ease")
@roles("supervisor")
def ease_upload(public_id: str) -> Response:
    """Move dates that leave too little time to the first comfortable ones."""
    actor, form, head = get_actor(), ButtonForm(), _own_upload(public_id)
    if form.validate_on_submit():
        due = replace(due_of(head), eased=True)
        if due.kind == "date":
            due = Due("date", _foresee(head, queries.list_upload_rows(reading(), head.id)).comfortable)
        write(lambda session: service.move_upload(session, actor, public_id, due, at=now()))
    return redirect(url_for("tracks.waiting", public_id=public_id))


@bp.get("/team/assign/file/<public_id>/plan.csv")
@roles("supervisor")
def upload_plan(public_id: str) -> FileResponse:
    """Send what doing a file would change as a table."""
    head = _own_upload(public_id)
    return as_file(_foresee(head, queries.list_upload_rows(reading(), head.id)))


@bp.post("/team/assign/file/<public_id>/apply")
@roles("supervisor")
def apply_upload(public_id: str) -> Any:
    """Ask whom the file means; a second tap finds it done."""
    actor, form, head = get_actor(), ButtonForm(), _own_upload(public_id)
    valid_only, routes = request.form.get("rows") == "valid", _routes(head)
    act = partial(
        service.apply_upload, actor=actor, public_id=public_id, valid_only=valid_only, routes=routes, at=now()
    )
    if form.validate_on_submit():
        try:
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
        rows = rules.read_people(read_grid(data), is_pasted=not file)
    except BadInput as error:
        raise RuleBroken("file-unread") from error
    if rows is None:
        raise RuleBroken("file-unclear")
    return rows


def _own_upload(public_id: str) -> UploadHead:
    """Return a file that the reader brought in the last day; raise `NotFound`."""
    return queries.get_upload(reading(), get_actor().account_id, public_id, now() - service.KEPT)


def due_of(head: UploadHead) -> Due:
    """Return how a file finds its due dates."""
    return Due(head.due_kind, head.due_on, head.due_days, head.due_eased)  # type: ignore[arg-type]  # a known kind


def _look(head: UploadHead, form: ButtonForm) -> str:
    library = current(reading())
    title = queries.track_title(library, head.track_key, language())
    if head.read_at is None:
        total, judged = queries.count_rows(reading(), head.id)
        return render_template("tracks/reading.html", upload=head, title=title, total=total, judged=judged)
    rows = queries.list_upload_rows(reading(), head.id)
    good = [row for row in rows if row.fault is None]
    foresight = _foresee(head, rows)
    names = {row.person_id or 0: row.name for row in good}
    places = names_of(reading(), {row.organization_id or 0 for row in good})
    return render_template(
        "tracks/waiting.html",
        form=form,
        upload=head,
        title=title,
        has_people=bool(good),
        refused=[(row, messages.row_sentence(row.fault)) for row in rows if row.fault and row.fault != "which-person"],
        questions=_questions(head, rows),
        most_shown=MOST_SHOWN,
        blocked=list_blocked(library, head.track_key, [each.person_id for each in foresight.sorting.new]),
        routes=ROUTE_CHOICES,
        own_routes=OWN_ROUTE_CHOICES,
        **told(foresight, due_of(head), names, places),
    )


def _routes(head: UploadHead) -> Routes:
    """Return what the form says of those who are blocked."""
    rows = queries.list_upload_rows(reading(), head.id)
    known = known_as(reading(), {row.person_id for row in rows if row.person_id is not None})
    return read_routes({public_id: person_id for person_id, (public_id, _name) in known.items()})


def _foresee(head: UploadHead, rows: Sequence[UploadLine]) -> Foresight:
    """Return what doing the rows of a file would lead to."""
    good = [row for row in rows if row.fault is None]
    began = {Asked(row.person_id or 0, row.organization_id or 0): row.began_on or get_actor().today for row in good}
    sorting = service.sort_rows(reading(), head.track_key, list(began), get_actor().today)
    return service.foresee(reading(), head.track_key, due_of(head), sorting, began, at=now())


@dataclass(frozen=True)
class Question:
    """A row whose name does not say who is meant: what stands in it, and who may be, as value and words."""

    number: int
    text: str
    options: tuple[dict[str, str], ...]


def _questions(head: UploadHead, rows: Sequence[UploadLine]) -> list[Question]:
    """Return the questions who is meant. At most six queries, none without a question."""
    asked = [row for row in rows if row.fault == "which-person"][:MOST_SHOWN]
    if not asked:
        return []
    offered = service.offered_for(reading(), get_actor(), head.track_key, asked, at=now())
    ids = {each for people in offered.values() for each in people}
    known, places = known_as(reading(), ids), describe_people(reading(), ids, get_actor().supervises)
    words = {each: ", ".join((known[each][1], *places[each].places)) for each in ids}
    return [
        Question(
            row.number,
            ", ".join(row.cells.values()),
            tuple({"value": known[each][0], "label": words[each]} for each in offered[row.number]),
        )
        for row in asked
    ]


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
