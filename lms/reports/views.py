"""Pages of reports: which there are, one of them with its filters, and the same as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from markupsafe import Markup

from lms.content.library import Library, Text, current
from lms.db import reading
from lms.errors import NotFound
from lms.i18n import format_number, language
from lms.reports import messages, queries, rules
from lms.reports.forms import FILTERS, FilterForm, filter_form
from lms.reports.messages import Answer
from lms.reports.policy import READERS, Scope, can_read, scopes_of
from lms.reports.rules import Report, Row
from lms.tracks.queries import list_cards
from lms.web.access import get_actor, roles
from lms.web.forms import page_of

bp = Blueprint("reports", __name__, template_folder="templates")

ROWS_ON_A_PAGE = 50
DOWNLOADS = ("csv", "xlsx")


@dataclass(frozen=True)
class Bar:
    """One bar of the chart."""

    label: str | Markup
    value: int | None
    text: str


@dataclass(frozen=True)
class Asked:
    """What a reader asks of a report: whose completions, and the filters as the address has them."""

    name: str
    scope: Scope
    form: FilterForm
    library: Library


@bp.get("/reports")
@roles(*READERS)
def index() -> str:
    """List the reports."""
    if not can_read(get_actor()):
        raise NotFound
    return render_template("reports/index.html", names=rules.NAMES, messages=messages)


@bp.get("/reports/<name>")
@roles(*READERS)
def show(name: str) -> str:
    """Show one report as the address asks for it."""
    asked = _ask(name)
    answer = _find_answer(asked)
    shown = _lines(answer) if answer else {}
    return render_template("reports/show.html", asked=asked, answer=answer, messages=messages, **shown)


@bp.get("/reports/<name>/<kind>")
@roles(*READERS)
def download(name: str, kind: str) -> Response:
    """Send the same as a file, to the reader of the page alone."""
    asked = _ask(name)
    answer = _find_answer(asked) if kind in DOWNLOADS else None
    if answer is None:
        raise NotFound
    response = Response(messages.as_file(answer, kind), content_type=messages.FORMATS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{messages.file_name(answer, kind)}"'
    return response


def _ask(name: str) -> Asked:
    """Return what the reader asks for; raise `NotFound` for an unknown report."""
    actor, session = get_actor(), reading()
    released = queries.list_released(session) if actor.has("viewer") else {}
    scopes = scopes_of(actor, released)
    if not scopes or name not in rules.NAMES:
        raise NotFound
    library = current(session)
    tracks = [(card.key, card.title) for card in list_cards(library, language())]
    choices = _choices(scopes)
    scope = next((scope for scope, key, _name in choices if key == request.args.get("of")), scopes[0])
    periods = None if scope.is_exact else released.get(scope.ids, ())
    form = filter_form(request.args, [each[1:] for each in choices], periods, tracks, actor.today)
    return Asked(name, scope, form, library)


def _choices(scopes: Sequence[Scope]) -> list[tuple[Scope, str, str]]:
    """Return scopes with their keys for the address, and their names. One query, none without programs."""
    ids = {each for scope in scopes if not scope.is_exact for each in scope.ids}
    departments = queries.department_names(reading(), ids)
    found = []
    for scope in scopes:
        own = [departments[each] for each in scope.ids] if not scope.is_exact else []
        key = "-".join(public_id for public_id, _name in own) or scope.kind
        found.append((scope, key, messages.scope_name(scope, [name for _public_id, name in own])))
    return found


def _find_answer(asked: Asked) -> Answer | None:
    """Return the report, or None when the filters ask for one that there is not."""
    if not asked.form.validate():
        return None
    today, question = get_actor().today, asked.form.question
    scope, library = asked.scope, asked.library
    return messages.find_answer(asked.name, scope, reading(), library, question, locale=language(), today=today)


def _lines(answer: Answer) -> dict[str, Any]:
    """Return one page of rows, as bars and as lines of the table, and the way to the other pages."""
    report = answer.report
    page, pages = page_of(len(answer.rows), ROWS_ON_A_PAGE)
    shown = answer.rows[(page - 1) * ROWS_ON_A_PAGE :][:ROWS_ON_A_PAGE]
    return {
        "bars": [Bar(_named(name), report.number_of(row), _told(report, row)) for row, name in shown],
        "table": [[_named(name), *_numbers(report, row)] for row, name in shown],
        "largest": max((report.number_of(row) or 0 for row, _name in answer.rows), default=0),
        "page": page,
        "pages": pages,
        "href_for": lambda number: _address("reports.show", answer.name, page=number),
        "downloads": [(kind, _address("reports.download", answer.name, kind=kind)) for kind in DOWNLOADS],
    }


def _named(name: str | Text) -> str | Markup:
    """Return the name of a row, marked as English where it is not translated."""
    if isinstance(name, Text) and name.state == "missing":
        return Markup('<span lang="en">{}</span>').format(name.text)
    return str(name)


def _numbers(report: Report, row: Row) -> list[str]:
    """Return the numbers of a line of the table: workers and completions, for aggregates completions alone."""
    return [_number(row.completions)] if report.is_guarded else [_number(row.workers), _number(row.completions)]


def _number(number: int | None) -> str:
    return messages.hidden_words() if number is None else format_number(number)


def _told(report: Report, row: Row) -> str:
    """Return the number of a bar in words."""
    number = report.number_of(row)
    if number is None:
        return messages.hidden_words()
    return messages.count_words(number, language(), are_workers=not report.is_guarded)


def _address(endpoint: str, name: str, **more: Any) -> str:
    """Return an address that keeps the filters of the present one."""
    kept: dict[str, Any] = {key: value for key, value in request.args.items() if key in FILTERS}
    return url_for(endpoint, name=name, **kept, **more)
