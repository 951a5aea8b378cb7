"""A supervisor's home: what stands out, then her people, each one line, narrowed by filters kept in the address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from flask import render_template, request, url_for
from flask_babel import ngettext
from markupsafe import Markup

from lms.actor import Actor
from lms.clock import now
from lms.content.library import Library, Text, current
from lms.db import reading
from lms.home import queries, rules
from lms.home.queries import Choices, Gathered, Line, TeamCounts
from lms.home.rules import TeamFilter
from lms.home.views.blueprint import bp
from lms.home.views.learner import State, stands
from lms.home.views.words import label_of, marked
from lms.i18n import format_date, format_number, language
from lms.i18n import gettext as _
from lms.tracks import queries as tracks
from lms.web.access import get_actor, roles
from lms.web.forms import page_of


@dataclass(frozen=True)
class Row:
    """One line of the list, in words. `place` names the organization where the reader has several."""

    name: str
    href: str
    place: str
    track: str | Markup
    others: str
    step: str
    state: State | None
    #: Where it says why her track stands like this, "" where that is not the organization's to know.
    why: str
    action: str
    action_href: str


@bp.get("/team")
@roles("supervisor")
def team() -> str:
    """Show what stands out, and the reader's people."""
    actor, library = get_actor(), current(reading())
    wanted = rules.team_filter(request.args, library.keys("track"))
    counts = queries.count_team(reading(), actor.supervises, wanted, actor.today, parts=queries.parts_of(library))
    choices = queries.list_choices(reading(), actor.supervises, actor.today)
    return render_template(
        "home/team.html",
        **_list(actor, library, wanted, counts),
        **_filters(library, choices, wanted),
        counts=_counts(counts),
        organizations=choices.organizations,
        latest=_latest(actor, library),
        waiting=_waiting(actor),
    )


def _list(actor: Actor, library: Library, wanted: TeamFilter, counts: TeamCounts) -> dict[str, Any]:
    """Return one page of the list, how long it is, and the way to its other pages. Two queries."""
    page, pages = page_of(counts.listed, rules.PAGE_SIZE)
    lines = queries.list_lines(
        reading(), actor.supervises, wanted, actor.today, parts=queries.parts_of(library), page=page
    )
    rows, listed = _rows(actor, library, lines), _listed(wanted, counts)
    return {"rows": rows, "listed": listed, "page": page, "pages": pages, "href_for": _href_for(wanted)}


def _counts(counts: TeamCounts) -> list[tuple[int, str, str]]:
    """Return the three counts that are links."""
    return [
        (counts.late, _("late"), url_for("home.team", status="late")),
        (counts.due_soon, _("due in 30 days"), url_for("home.team", status="due-soon")),
        (counts.lapsing, _("lapsing in 90 days"), url_for("home.team", status="lapsing")),
    ]


def _waiting(actor: Actor) -> list[tuple[str, str]]:
    """Return what else waits for the reader, each as address and words with their count. One query."""
    counts = queries.count_waiting(reading(), actor, now())
    found = [
        ("fieldwork.team_hours", _("Hours to countersign"), counts.hours),
        ("training.team", _("Earlier training that waits"), counts.training),
        ("fieldwork.plans", _("Sessions"), counts.sessions),
        ("assessments.people", _("Enter a result"), 0),
    ]
    return [(url_for(page), f"{words} ({format_number(count)})" if count else words) for page, words, count in found]


def _listed(wanted: TeamFilter, counts: TeamCounts) -> str:
    if wanted.status == "left":
        return str(ngettext("%(num)s person who left", "%(num)s people who left", counts.listed))
    return str(ngettext("%(num)s person", "%(num)s people", counts.listed))


def _rows(actor: Actor, library: Library, lines: list[Line]) -> list[Row]:
    """Return the lines in words. One query, for how far those are who have not finished."""
    going = {line.person_id for line in lines if _is_going(line)}
    gathered = queries.gather(reading(), library, sorted(going), queries.PROGRESS, actor.today)
    words = Words(actor, library)
    return [_row(gathered, line, words) for line in lines]


def _is_going(line: Line) -> bool:
    """Return whether a line shows a track that was asked for and is not finished."""
    return (
        line.module_key is None
        and line.track_key is not None
        and line.completed_on is None
        and line.valid_until is None
    )


class Words:
    """The words and addresses of a list, each made once however many lines need it."""

    def __init__(self, actor: Actor, library: Library) -> None:
        self.actor, self.locale = actor, language()
        self.has_places = len(actor.supervises) > 1
        self.more, self.assign_track = _("See more"), _("Assign a track")
        self._person = url_for("home.team_person", public_id="0").removesuffix("0")
        self._assign = url_for("tracks.assign")
        self.track = cache(lambda key: label_of(tracks.track_title(library, key, self.locale)))
        self.module = cache(lambda key: label_of(tracks.module_title(library, key, self.locale)))
        self.others = cache(lambda many: ngettext("and %(num)s more", "and %(num)s more", many))
        self.step = cache(lambda done, total: _("%(done)s of %(total)s", done=done, total=total))
        self.stands = cache(lambda due_on, completed_on: stands(due_on, actor.today, completed_on))

    def person(self, line: Line) -> str:
        """Return the address of a person's page."""
        return self._person + line.public_id

    def asked(self, line: Line) -> str | Markup:
        """Return the title of what is asked for: a module that is to be done again, or a track; "" for nothing."""
        if line.module_key is not None:
            return self.module(line.module_key)
        return self.track(line.track_key) if line.track_key else ""

    def assign(self, line: Line) -> str:
        """Return the address at which a person is ticked to be asked."""
        return f"{self._assign}?organization={line.organization_public_id}&person={line.public_id}"

    def why(self, line: Line) -> str:
        """Return the address that says why a track stands as it does, which the organization asked for."""
        is_asked = line.track_key is not None and line.valid_until is None
        return f"{self.person(line)}/tracks/{line.track_key}/why?cycle={line.cycle}" if is_asked else ""

    def state(self, line: Line) -> State | None:
        """Return how a line stands."""
        if line.valid_until is not None:
            return State("attention", _("Certificate ends on %(date)s", date=format_date(line.valid_until)))
        if line.ended_on is not None and line.ended_on < self.actor.today:
            return State("plain", _("Left on %(date)s", date=format_date(line.ended_on)))
        return self.stands(line.due_on, line.completed_on) if line.track_key else None


def _row(gathered: Gathered, line: Line, words: Words) -> Row:
    is_going = _is_going(line)
    progress = gathered.standing.progress(line.person_id, line.track_key or "") if is_going else None
    may_assign = line.ended_on is None and not is_going and line.module_key is None
    href = words.person(line)
    return Row(
        name=line.name,
        href=href,
        place=line.organization if words.has_places else "",
        track=words.asked(line),
        others=words.others(line.others) if line.others else "",
        step=words.step(progress.done, progress.total) if progress else "",
        state=words.state(line),
        why=words.why(line),
        action=words.assign_track if may_assign else words.more,
        action_href=words.assign(line) if may_assign else href,
    )


def _filters(library: Library, choices: Choices, wanted: TeamFilter) -> dict[str, Any]:
    """Return the filters, what they are set to, and that in words."""
    locale = language()
    ways = {key: tracks.track_title(library, key, locale) for key in library.keys("track")}
    titles = [("", _("All")), *((title, title) for title in choices.titles)]
    teams = [("", _("All")), *choices.teams] if choices.teams else []
    standing = [("", _("All")), *((key, _way(ways, track)) for key, track in choices.rules)] if choices.rules else []
    narrowed = _narrowed(wanted, ways.get(wanted.track_key), {**dict(teams), **dict(standing)})
    lists = {"titles": titles, "teams": teams, "standing": standing}
    return {"wanted": wanted, "states": _states(), "tracks": ways, "narrowed": narrowed, **lists}


def _way(ways: dict[str, Text], track_key: str) -> str:
    """Return the words of a standing rule: its track's title; of one that is not offered any more, its key."""
    return ways[track_key].text if track_key in ways else track_key


def _states() -> list[tuple[str, str]]:
    return [
        ("", _("All")),
        ("late", _("Late")),
        ("due-soon", _("Due in 30 days")),
        ("on-time", _("Later, or without a date")),
        ("done", _("Finished")),
        ("none", _("Not asked yet")),
        ("lapsing", _("Certificate lapses in 90 days")),
        ("left", _("Left")),
    ]


def _narrowed(wanted: TeamFilter, track: Text | None, names: dict[str, str]) -> Markup:
    """Return in words what the list is narrowed to, "" for nothing. `names` holds those of teams and rules."""
    status = dict(_states())[wanted.status] if wanted.status else ""
    team, rule = (names.get(each, "?") if each else "" for each in (wanted.team, wanted.rule))
    words = (status, label_of(track) if track else "", wanted.title, team, rule, wanted.search)
    return Markup(" · ").join(word for word in words if word)


@dataclass(frozen=True)
class Latest:
    """The latest act of assigning, that can be taken back here."""

    public_id: str
    words: Markup


def _latest(actor: Actor, library: Library) -> Latest | None:
    """Return the latest act of assigning of the last week, unless it was taken back. One query."""
    since = rules.day_start(now()) - timedelta(days=rules.UNDO_DAYS)
    found = queries.find_latest_batch(reading(), actor.supervises, since)
    if found is None:
        return None
    track = tracks.track_title(library, found.track_key, language())
    words = ngettext(
        "Lately, %(num)s person was asked to do %(track)s.",
        "Lately, %(num)s people were asked to do %(track)s.",
        found.standing,
        track=track.text,
    )
    return Latest(found.public_id, marked(words, track))


def _href_for(wanted: TeamFilter) -> Callable[[int], str]:
    """Return a function from a page's number to its address, with the same filters."""
    kept: dict[str, Any] = wanted.address
    return lambda page: url_for("home.team", page=page, **kept)
