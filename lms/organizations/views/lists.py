"""Pages of lists of staff: bring one, say who is meant where that is not certain, have it done, see what came of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, request, url_for

from lms.clock import now
from lms.db import reading, write
from lms.errors import BadInput, NotFound, RowProblem, RuleBroken
from lms.i18n import gettext as _
from lms.i18n import lazy_gettext as _l
from lms.i18n import ngettext
from lms.organizations import jobs, messages, policy, queries, rules, service
from lms.organizations.forms import ApplyForm, BringForm
from lms.organizations.queries import PAGE_SIZE, Candidate, Choice, ImportRow, ListedRow
from lms.organizations.rules import SOMEBODY_NEW, Defaults, Fault, Sheet
from lms.organizations.rules.tables import LARGEST_FILE
from lms.organizations.views.blueprint import bp, explained, page
from lms.people.rules import shown_contact
from lms.web.access import get_actor, roles
from lms.web.forms import ButtonForm, choices_of, page_of

#: Seconds that a request goes on with a list by itself; the job does the rest.
PATIENCE = 2.0
#: The groups of rows that a page can show, in the order of the page: by what becomes of them.
_LABELS = {
    "ask": _l("to be settled"),
    "refuse": _l("cannot be done"),
    "create": _l("new people"),
    "start": _l("begin here"),
    "change": _l("change"),
    "unchanged": _l("as they are"),
}


@dataclass(frozen=True)
class Line:
    """One row of a list, in words."""

    number: int
    name: str
    contact: str
    place: str
    title: str
    reasons: tuple[str, ...]
    #: Who may be meant: value and words of each answer, and which was given.
    options: tuple[dict[str, str], ...] = ()
    chosen: str = ""


@bp.route("/team/import", methods=["GET", "POST"])
@roles("supervisor", "administrator")
def import_staff() -> Any:
    """Bring a list of people who work for the reader's organizations."""
    return _bring_page()


@bp.route("/admin/people/import", methods=["GET", "POST"])
@roles("administrator")
def import_anybody() -> Any:
    """Bring a list of people who work anywhere."""
    return _bring_page()


def _bring_page() -> Any:
    """Take a list, and lead to what would become of its rows."""
    actor = get_actor()
    choices = queries.list_choices(reading(), policy.manageable_organizations(actor), actor.today)
    if not choices:
        raise NotFound
    form = _bring_form(choices)
    if form.validate_on_submit():
        with explained(form):
            if (public_id := _kept(form, choices)) is not None:
                return redirect(url_for("organizations.staff_list", public_id=public_id))
    before = queries.list_imports(reading(), actor.account_id, limit=5)
    return page("bring.html", form, choices=choices, before=before, columns=messages.COLUMN_NAMES)


def _bring_form(choices: Sequence[Choice]) -> BringForm:
    form = BringForm()
    first = [] if len(choices) == 1 else [("", _("Each row names it"))]
    form.organization.choices = choices_of([*first, *((each.public_id, each.name) for each in choices)])
    return form


def _kept(form: BringForm, choices: Sequence[Choice]) -> str | None:
    """Keep the list, and return its public id; None with a word beside the field when it cannot be read."""
    actor, upload = get_actor(), form.file.data or None
    try:
        sheet = _sheet(form)
    except BadInput as error:
        field = form.file if upload else form.lines
        rows = [each for each in error.problems[:20] if isinstance(each, RowProblem)]
        field.errors = [messages.in_row(each.row, messages.problem(each)) for each in rows]
        return None
    known = {each.public_id: each.id for each in choices} | ({"": choices[0].id} if len(choices) == 1 else {})
    defaults = Defaults(known.get(form.organization.data or ""), form.language.data, (form.title.data or "").strip())
    judged = service.judge_list(reading(), actor, sheet, defaults, at=now())
    more: dict[str, Any] = {"file_name": upload.filename or "" if upload else "", "left_out": sheet.left_out}
    key = form.client_id.data
    return write(lambda s: service.keep_list(s, actor, judged, client_id=key, at=now(), **more))


def _sheet(form: BringForm) -> Sheet:
    """Return the table of the file, or of the pasted lines. Raises `BadInput`, `RuleBroken`."""
    upload, lines = form.file.data or None, form.lines.data or ""
    if upload and lines.strip():
        raise RuleBroken("list-twice")
    if not upload and not lines.strip():
        raise RuleBroken("list-needed")
    if not upload and (pasted := rules.read_pasted(lines)) is not None:
        return pasted
    data = upload.read(LARGEST_FILE + 1) if upload else lines.encode()
    return rules.read_sheet(data, rules.STAFF_COLUMNS, rules.STAFF_REQUIRED, rules.column_names())


@bp.get("/team/import/<public_id>")
@roles("supervisor", "administrator")
def staff_list(public_id: str) -> Any:
    """Show what would become, or became, of the rows of a list."""
    return _list_page(_found(public_id))


def _found(public_id: str) -> ImportRow:
    """Return a list that the reader may see; raise `NotFound`. One query."""
    found = queries.get_import(reading(), public_id)
    if not policy.can_see_import(get_actor(), found.account_id):
        raise NotFound
    return found


def _groups() -> dict[str, tuple[str, ...]]:
    """Return which outcomes stand in which group of the page.

    A supervisor reads of a stranger who begins as of somebody new: else a list would tell who is known elsewhere.
    """
    if policy.can_administer(get_actor()):
        return {key: (key,) for key in _LABELS}
    return {key: ("create", "start") if key == "start" else (key,) for key in _LABELS if key != "create"}


def _list_page(found: ImportRow, form: ApplyForm | None = None) -> Any:
    counts, groups = queries.count_rows(reading(), found.id), _groups()
    sizes = {key: sum(counts.get(what, 0) for what in whats) for key, whats in groups.items()}
    asked_for = request.args.get("show", "")
    show = asked_for if asked_for in groups else next((key for key, size in sizes.items() if size), "start")
    number, pages = page_of(sizes[show], PAGE_SIZE)
    skip = (number - 1) * PAGE_SIZE
    rows = queries.list_rows(reading(), found.id, whats=groups[show], limit=PAGE_SIZE, offset=skip)
    here = url_for("organizations.staff_list", public_id=found.public_id)
    listed = [(size, str(_LABELS[key]), f"{here}?show={key}") for key, size in sizes.items() if size]
    place = {"counts": counts, "groups": listed, "show": show, "number": number, "pages": pages}
    form = form or ApplyForm(formdata=None, invites=found.invites)
    total = sum(sizes.values())
    return page("staff_list.html", form, found=found, lines=_lines(rows), names=_LABELS, total=total, **place)


def _lines(rows: Sequence[ListedRow]) -> list[Line]:
    """Return rows in words. Two queries."""
    places = queries.names_of(reading(), {row.entry["organization_id"] or 0 for row in rows})
    people = queries.describe_people(reading(), _people_of(rows), policy.hears_of(get_actor()))
    return [_line(row, places, people) for row in rows]


def _people_of(rows: Iterable[ListedRow]) -> Collection[int]:
    offered = {each for row in rows for each in row.said["candidates"]}
    return {int(each.removeprefix("person:")) for each in offered if each.startswith("person:")}


def _line(row: ListedRow, places: dict[int, str], people: dict[int, Candidate]) -> Line:
    faults = [Fault(row.said["question"])] if row.what == "ask" else map(rules.fault_of, row.said["faults"])
    contacts = (row.entry["phone"] or row.cells.get("phone"), row.entry["email"] or row.cells.get("email"))
    offered = row.said["candidates"]
    return Line(
        row.number,
        row.entry["name"] or row.cells.get("name", ""),
        " · ".join(shown_contact(each) for each in contacts if each),
        places.get(row.entry["organization_id"] or 0, row.cells.get("organization", "")),
        row.entry["title"] or row.entry["usual_title"],
        tuple(map(messages.reason, faults)),
        tuple(_options(offered, people)) if offered else (),
        SOMEBODY_NEW if row.answer == SOMEBODY_NEW else str(offered.index(row.answer)) if row.answer in offered else "",
    )


def _options(offered: Sequence[str], people: dict[int, Candidate]) -> Iterator[dict[str, str]]:
    """Yield the answers to the question who is meant."""
    for place, each in enumerate(offered):
        kind, _sep, number = each.partition(":")
        who = people.get(int(number)) if kind == "person" else None
        words = _("The same person as in row %(row)s", row=number) if kind == "row" else _("Yes, the same person")
        if who is not None:
            words = _("Yes: %(name)s", name=", ".join((who.name, *who.places)))
        yield {"value": str(place), "label": words}
    yield {"value": SOMEBODY_NEW, "label": _("No, it is somebody new")}


@bp.post("/team/import/<public_id>/answers")
@roles("supervisor", "administrator")
def answer_list(public_id: str) -> Any:
    """Note who is meant by the rows of a page, or that everybody who is left is new."""
    actor = get_actor()
    if ButtonForm().validate_on_submit():
        rest = request.form.get("do") == "rest"
        said = service.judge_answers(reading(), actor, public_id, _answers(), rest_is_new=rest, at=now())
        try:
            left = write(lambda session: service.answer_rows(session, actor, public_id, said))
            flash(_left(left), "info" if left else "success")
        except RuleBroken as error:
            flash(messages.sentence(error), "error")
    return redirect(url_for("organizations.staff_list", public_id=public_id))


def _left(left: int) -> str:
    if not left:
        return _("Everything is settled. Look once more, then do it.")
    return str(ngettext("%(num)s row is left to settle.", "%(num)s rows are left to settle.", left))


def _answers() -> dict[int, str]:
    """Return what was chosen, by the number of the row."""
    named = ((key.removeprefix("row-"), value) for key, value in request.form.items() if key.startswith("row-"))
    return {int(number): value for number, value in named if number.isdecimal() and len(number) < 8}


@bp.post("/team/import/<public_id>/apply")
@roles("supervisor", "administrator")
def apply_list(public_id: str) -> Any:
    """Do what a list asks for: some of it at once, the rest in parts meanwhile."""
    actor, form, found = get_actor(), ApplyForm(), _found(public_id)
    if form.validate_on_submit():
        with explained(form):
            how = {"only_valid": form.only_valid.data, "invites": form.invites.data}
            write(lambda session: service.begin_list(session, actor, public_id, at=now(), **how))
            jobs.apply_for(public_id, PATIENCE, at=now())
            return redirect(url_for("organizations.staff_list", public_id=public_id))
    return _list_page(found, form)


@bp.post("/team/import/<public_id>/go-on")
@roles("supervisor", "administrator")
def go_on(public_id: str) -> Any:
    """Go on with a list that was begun, without waiting for the job."""
    _found(public_id)
    if ButtonForm().validate_on_submit():
        jobs.apply_for(public_id, PATIENCE, at=now())
    return redirect(url_for("organizations.staff_list", public_id=public_id))


@bp.post("/team/import/<public_id>/withdraw")
@roles("supervisor", "administrator")
def withdraw_list(public_id: str) -> Any:
    """Put a list away without doing anything of it."""
    actor = get_actor()
    if ButtonForm().validate_on_submit():
        try:
            write(lambda session: service.withdraw_list(session, actor, public_id, at=now()))
            flash(_("The list is put away. Nothing was changed."), "success")
        except RuleBroken as error:
            flash(messages.sentence(error), "error")
    return redirect(url_for("organizations.import_staff"))


@bp.get("/team/import/<public_id>/refused.csv")
@roles("supervisor", "administrator")
def refused_rows(public_id: str) -> Response:
    """Download the rows that were refused, each with its reason, to be mended and brought again."""
    found = _found(public_id)
    rows = queries.list_rows(reading(), found.id, whats=("refuse", "ask"))
    return Response(
        rules.write_table(list(_refused_table(rows))),
        mimetype="text/csv",
        headers={"Content-Disposition": 'attachment; filename="refused.csv"'},
    )


def _refused_table(rows: Sequence[ListedRow]) -> Iterator[Sequence[object]]:
    """Yield the headers, then each row with its number, its cells as they came, and why it was refused."""
    yield (_("Row"), *(str(messages.COLUMN_NAMES[column]) for column in rules.STAFF_COLUMNS), _("Reason"))
    for row in rows:
        faults = [Fault(row.said["question"])] if row.what == "ask" else map(rules.fault_of, row.said["faults"])
        cells = (row.cells.get(column, "") for column in rules.STAFF_COLUMNS)
        yield (row.number, *cells, " ".join(map(messages.reason, faults)))
