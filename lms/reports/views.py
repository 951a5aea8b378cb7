"""Pages of reports: which there are, one of them with its filters, and the same as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import ngettext

from lms.actor import Actor
from lms.content.library import Library, current
from lms.db import reading
from lms.errors import NotFound
from lms.i18n import format_number, language
from lms.reports import messages, queries, rules
from lms.reports.forms import FILTERS, FilterForm, filter_form
from lms.reports.messages import Answer
from lms.reports.policy import READERS, Scope, can_read, scopes_of
from lms.tracks.queries import list_cards
from lms.web.access import get_actor, roles

bp = Blueprint("reports", __name__, template_folder="templates")

ROWS_ON_A_PAGE = 50
DOWNLOADS = ("csv", "xlsx")


@dataclass(frozen=True)
class Bar:
    """One bar of the chart."""

    label: str
    value: int | None
    text: str


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
    scope, form, library = _ask(name)
    answer = _find_answer(scope, form, library)
    page = max(request.args.get("page", 1, int), 1)
    return render_template(
        "reports/show.html",
        name=name,
        form=form,
        scope=scope,
        answer=answer,
        messages=messages,
        **(_lines(answer, page) if answer else {}),
    )


@bp.get("/reports/<name>/<kind>")
@roles(*READERS)
def download(name: str, kind: str) -> Response:
    """Send the same as a file, to the reader of the page alone."""
    scope, form, library = _ask(name)
    answer = _find_answer(scope, form, library) if kind in DOWNLOADS else None
    if answer is None:
        raise NotFound
    response = Response(messages.as_file(answer, kind), content_type=messages.FORMATS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{messages.file_name(answer, kind)}"'
    return response


def _ask(name: str) -> tuple[Scope, FilterForm, Library]:
    """Return the reader's scope and what she asks for; raise `NotFound` for an unknown report."""
    actor = get_actor()
    scope = _scope(actor)
    if name not in rules.NAMES:
        raise NotFound
    library = current(reading())
    tracks = [(card.key, card.title.text) for card in list_cards(library, language())]
    released = () if scope.is_exact else queries.released_periods(scope, reading())
    return scope, filter_form(request.args, scopes_of(actor), scope, released, tracks, actor.today), library


def _scope(actor: Actor) -> Scope:
    """Return the scope that the address names, else the reader's first; raise `NotFound` when she has none."""
    scopes = scopes_of(actor)
    named = [scope for scope in scopes if scope.kind == request.args.get("of")]
    if not scopes:
        raise NotFound
    return (named or list(scopes))[0]


def _find_answer(scope: Scope, form: FilterForm, library: Library) -> Answer | None:
    """Return the report, or None when the filters ask for one that there is not."""
    if not form.validate():
        return None
    return messages.find_answer(scope, reading(), library, form.question, locale=language(), today=get_actor().today)


def _lines(answer: Answer, page: int) -> dict[str, Any]:
    """Return one page of rows, as bars and as lines of the table, and the way to the other pages."""
    first = (page - 1) * ROWS_ON_A_PAGE
    shown = answer.rows[first : first + ROWS_ON_A_PAGE]
    guarded = answer.report.is_guarded
    return {
        "bars": [Bar(name, row.workers, _workers(row.workers)) for row, name in shown],
        "table": [
            [name, _number(row.workers), *([] if guarded else [_number(row.completions)])] for row, name in shown
        ],
        "largest": max((row.workers or 0 for row, _name in answer.rows), default=0),
        "page": page,
        "pages": -(-len(answer.rows) // ROWS_ON_A_PAGE),
        "href_for": lambda number: _address("reports.show", answer.name, page=number),
        "downloads": [(kind, _address("reports.download", answer.name, kind=kind)) for kind in DOWNLOADS],
    }


def _number(number: int | None) -> str:
    return messages.hidden_words() if number is None else format_number(number)


def _workers(number: int | None) -> str:
    if number is None:
        return messages.hidden_words()
    return str(ngettext("%(num)s worker", "%(num)s workers", number))


def _address(endpoint: str, name: str, **more: Any) -> str:
    """Return an address that keeps the filters of the present one."""
    kept: dict[str, Any] = {key: value for key, value in request.args.items() if key in FILTERS}
    return url_for(endpoint, name=name, **kept, **more)
