"""A supervisor's team as a file: what her page shows, with the same filters, for a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import cache

from flask import Response, request, stream_with_context

from lms.actor import Actor
from lms.clock import now
from lms.content.library import Library, current
from lms.db import reading, write
from lms.errors import NotFound
from lms.home import queries, rules, service
from lms.home.queries import ExportedLine
from lms.home.queries.team_export import AskedTrack
from lms.home.rules import TeamFilter
from lms.home.views.blueprint import bp
from lms.home.views.learner import stands
from lms.i18n import gettext as _
from lms.i18n import language
from lms.organizations.rules import write_table, write_workbook
from lms.tracks import queries as tracks
from lms.web.access import get_actor, roles

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/team/export/<kind>")
@roles("supervisor")
def export_team(kind: str) -> Response:
    """Send the reader's team as "csv" or "xlsx", narrowed as the address says; that she took it is noted."""
    actor, library = get_actor(), current(reading())
    if kind not in ("csv", "xlsx"):
        raise NotFound
    wanted = rules.team_filter(request.args, library.keys("track"))
    write(lambda session: service.note_export(session, actor, kind, wanted, at=now()))
    rows = _rows(actor, library, wanted)
    if kind == "xlsx":
        return _file(write_workbook(_("My team"), rows), "xlsx", _XLSX)
    return _file(stream_with_context(write_table(rows)), "csv", "text/csv")


def _file(body: bytes | Iterator[bytes], kind: str, mimetype: str) -> Response:
    name = f"team-{get_actor().today.isoformat()}.{kind}"
    return Response(body, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _rows(actor: Actor, library: Library, wanted: TeamFilter) -> Iterator[Sequence[object]]:
    """Yield the headers, then a row for each track that is asked of a person, one without where none is."""
    locale = language()
    track = cache(lambda key: str(tracks.track_title(library, key, locale)))
    module = cache(lambda key: str(tracks.module_title(library, key, locale)))

    def title_of(asked: AskedTrack) -> str:
        return module(asked.module_key) if asked.module_key else track(asked.track_key)

    yield _headers()
    parts = queries.parts_of(library)
    for each in queries.read_team(reading(), actor.supervises, wanted, actor.today, parts=parts):
        yield from _of_person(each, title_of, actor)


def _headers() -> Sequence[str]:
    work = (_("Name"), _("Organization"), _("Job title"), _("Since"), _("Last day"))
    return (*work, _("Track"), _("Due on"), _("Status"), _("Finished on"))


def _of_person(each: ExportedLine, title_of: Callable[[AskedTrack], str], actor: Actor) -> Iterable[Sequence[object]]:
    line = each.line
    work = (line.name, line.organization, each.title, _iso(each.since), _iso(line.ended_on))
    if not each.asked:
        yield (*work, "", "", "", "")
    for asked in each.asked:
        state = stands(asked.due_on, actor.today, asked.completed_on).text
        yield (*work, title_of(asked), _iso(asked.due_on), state, _iso(asked.completed_on))


def _iso(day: date | None) -> str:
    """Return a date as spreadsheets read it in any language, "" for none."""
    return str(day) if day else ""
