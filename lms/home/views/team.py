"""A supervisor's home: what stands out, then her people, each one line, narrowed by filters kept in the address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.actor import Actor
from lms.clock import local_date
from lms.content.library import Library, current
from lms.db import reading
from lms.home import queries, rules
from lms.home.queries import Gathered, Line, TeamCounts
from lms.home.rules import TeamFilter
from lms.home.views.blueprint import bp
from lms.home.views.learner import State, stands
from lms.i18n import format_date, language
from lms.organizations.queries import names_of
from lms.tracks import policy as tracks_policy
from lms.tracks import queries as tracks
from lms.tracks.queries import BatchRow
from lms.web.access import get_actor, roles


@dataclass(frozen=True)
class Row:
    """One line of the list, in words. `place` names the organization where the reader has several."""

    name: str
    href: str
    place: str
    track: str
    others: str
    step: str
    state: State | None
    action: str
    action_href: str


@bp.get("/team")
@roles("supervisor")
def team() -> str:
    """Show what stands out, and the reader's people."""
    actor, library = get_actor(), current(reading())
    wanted = rules.team_filter(request.args, library.keys("track"))
    counts = queries.count_team(reading(), actor.supervises, wanted, actor.today)
    pages = rules.pages_of(counts.listed)
    page = rules.page_number(request.args.get("page"), pages)
    return render_template(
        "home/team.html",
        rows=_rows(actor, library, queries.list_lines(reading(), actor.supervises, wanted, actor.today, page=page)),
        listed=_listed(wanted, counts),
        counts=_counts(counts),
        wanted=wanted,
        options=_options(actor, library),
        organizations=sorted(names_of(reading(), actor.supervises).values()),
        latest=_latest(actor, library),
        page=page,
        pages=pages,
        href_for=_href_for(wanted),
    )


def _counts(counts: TeamCounts) -> list[tuple[int, str, str]]:
    """Return the three counts that are links."""
    return [
        (counts.late, _("late"), url_for("home.team", status="late")),
        (counts.due_soon, _("due in 30 days"), url_for("home.team", status="due-soon")),
        (counts.lapsing, _("lapsing in 90 days"), url_for("home.team", status="lapsing")),
    ]


def _listed(wanted: TeamFilter, counts: TeamCounts) -> str:
    if wanted.status == "left":
        return str(ngettext("%(num)s person who left", "%(num)s people who left", counts.listed))
    return str(ngettext("%(num)s person", "%(num)s people", counts.listed))


def _rows(actor: Actor, library: Library, lines: list[Line]) -> list[Row]:
    """Return the lines in words. One query, for how far those are who have not finished."""
    going = {line.person_id for line in lines if line.track_key and not line.completed_on and not line.valid_until}
    gathered = queries.gather(reading(), library, sorted(going), queries.PROGRESS, actor.today)
    locale, shown = language(), _Addresses()
    titles = {line.track_key: "" for line in lines if line.track_key}
    titles = {key: tracks.track_title(library, key, locale).text for key in titles}
    return [_row(actor, gathered, line, titles, shown) for line in lines]


class _Addresses:
    """The addresses that every line has, built once."""

    def __init__(self) -> None:
        self._person = url_for("home.team_person", public_id="0").removesuffix("0")
        self._assign = url_for("tracks.assign")

    def person(self, line: Line) -> str:
        """Return the address of a person's page."""
        return self._person + line.public_id

    def assign(self, line: Line) -> str:
        """Return the address at which a person is ticked to be asked."""
        return f"{self._assign}?organization={line.organization_public_id}&person={line.public_id}"


def _row(actor: Actor, gathered: Gathered, line: Line, titles: dict[str, str], addresses: _Addresses) -> Row:
    is_open = line.track_key is not None and line.completed_on is None and line.valid_until is None
    progress = gathered.standing.progress(line.person_id, line.track_key or "") if is_open else None
    may_assign = line.ended_on is None and not is_open
    href = addresses.person(line)
    return Row(
        name=line.name,
        href=href,
        place=line.organization if len(actor.supervises) > 1 else "",
        track=titles.get(line.track_key or "", ""),
        others=ngettext("and %(num)s more", "and %(num)s more", line.others) if line.others else "",
        step=_("%(done)s of %(total)s", done=progress.done, total=progress.total) if progress else "",
        state=_state(actor, line),
        action=_("Assign a track") if may_assign else _("See more"),
        action_href=addresses.assign(line) if may_assign else href,
    )


def _state(actor: Actor, line: Line) -> State | None:
    """Return how a line stands, in words."""
    if line.valid_until is not None:
        return State("attention", _("Certificate ends on %(date)s", date=format_date(line.valid_until)))
    if line.ended_on is not None and line.ended_on < actor.today:
        return State("plain", _("Left on %(date)s", date=format_date(line.ended_on)))
    return stands(line.due_on, actor.today, line.completed_on) if line.track_key else None


def _options(actor: Actor, library: Library) -> dict[str, list[tuple[str, str]]]:
    """Return the choices of the filters. One query, for the titles that there are."""
    locale = language()
    states = [
        ("", _("All")),
        ("late", _("Late")),
        ("due-soon", _("Due in 30 days")),
        ("on-time", _("Later, or without a date")),
        ("done", _("Finished")),
        ("none", _("Not asked yet")),
        ("lapsing", _("Certificate lapses in 90 days")),
        ("left", _("Left")),
    ]
    ways = [(key, tracks.track_title(library, key, locale).text) for key in library.keys("track")]
    titles = [(title, title) for title in queries.list_titles(reading(), actor.supervises, actor.today)]
    every = [("", _("All"))]
    return {"status": states, "track": every + ways, "title": every + titles}


@dataclass(frozen=True)
class Latest:
    """The latest act of assigning, that can be taken back here."""

    public_id: str
    words: str


def _latest(actor: Actor, library: Library) -> Latest | None:
    """Return the latest act of assigning of the last week, unless it was taken back. One query."""
    found = tracks.list_batches(reading(), tracks_policy.visible_batches(actor), limit=1)
    if not found or not _can_be_undone(found[0], actor):
        return None
    row = found[0]
    words = ngettext(
        "Lately, %(num)s person was asked to do %(track)s.",
        "Lately, %(num)s people were asked to do %(track)s.",
        row.standing,
        track=tracks.track_title(library, row.track_key, language()).text,
    )
    return Latest(row.public_id, words)


def _can_be_undone(row: BatchRow, actor: Actor) -> bool:
    recent = local_date(row.made_at) >= actor.today - timedelta(days=rules.UNDO_DAYS)
    return row.undone_at is None and row.standing > 0 and recent


def _href_for(wanted: TeamFilter) -> Callable[[int], str]:
    """Return a function from a page's number to its address, with the same filters."""
    names = {"status": wanted.status, "track": wanted.track_key, "title": wanted.title, "q": wanted.search}
    kept: dict[str, Any] = {name: value for name, value in names.items() if value}
    return lambda page: url_for("home.team", page=page, **kept)
