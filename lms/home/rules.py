"""Decisions of the gathering pages: whose home is where, what comes next, what may begin."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Literal

from lms.actor import Span
from lms.clock import local_date, zone
from lms.tracks.rules import TrackProgress

StepKind = Literal["answer", "name", "learn", "certificate", "wait", "practice", "choose", "rest"]

#: The home page of each role, the strongest first.
HOMES = (
    ("supervisor", "home.team"),
    ("certifier", "certificates.queue"),
    ("trainer", "fieldwork.plans"),
    ("analyst", "reports.index"),
    ("viewer", "reports.index"),
    ("administrator", "home.admin"),
)
WORKER_HOME = "home.learn"

#: A certificate lapses soon when it ends within this many days.
LAPSING_DAYS = 90
#: A new certificate is the first thing to tell for this many days.
NEWS_DAYS = 30
#: The latest act of assigning can be undone from the team's page for this many days.
UNDO_DAYS = 7
PAGE_SIZE = 50
#: Ways to narrow the list of a team.
STATUSES = ("late", "due-soon", "on-time", "done", "none", "lapsing", "left")
_FAR = date.max


def home_of(roles: Collection[str]) -> str:
    """Return the endpoint of the home page for these roles."""
    return next((endpoint for role, endpoint in HOMES if role in roles), WORKER_HOME)


@dataclass(frozen=True)
class Way:
    """A track that a worker is on: how far, what was asked of her, by which dates (the earliest first), since when."""

    track_key: str
    progress: TrackProgress
    started_on: date
    is_asked: bool = False
    due_days: tuple[date, ...] = ()


def in_order(ways: Iterable[Way]) -> list[Way]:
    """Return active tracks as they should be worked on.

    What was asked for comes first, by the earliest due date (none last); then the most advanced; then the oldest.
    """

    def urgency(way: Way) -> tuple[date, bool, float, date, str]:
        share = way.progress.done / max(1, way.progress.total)
        return (min(way.due_days, default=_FAR), not way.is_asked, -share, way.started_on, way.track_key)

    return sorted(ways, key=urgency)


def first_module(way: Way, prerequisites: Mapping[str, Sequence[str]], completed: Collection[str]) -> str | None:
    """Return the module to work on in a track: its next one, or what must be completed before it; None when none.

    `prerequisites` holds those of every module that is taught.
    """
    item = way.progress.current
    key = item.module_key if item else None
    seen: set[str] = set()
    while key is not None and key in prerequisites and key not in seen:
        seen.add(key)
        missing = next((each for each in prerequisites[key] if each not in completed and each in prerequisites), None)
        if missing is None:
            return key
        key = missing
    return None


@dataclass(frozen=True)
class Holding:
    """One certificate of a worker. `state` is one of `certificates.rules.states.STATES`."""

    public_id: str
    track_key: str
    cycle: int
    serial: str
    state: str
    awarded_at: datetime
    awarded_on: date
    issued_on: date | None
    valid_until: date | None
    edition: int = 1


@dataclass(frozen=True)
class Case:
    """A completed track before a certifier. `state`: "waiting", "asked", "refused", "appealed" or "certified"."""

    public_id: str
    track_key: str
    cycle: int
    state: str
    opened_on: date
    #: Until when the certificate waits for her to confirm her name; None when it does not.
    name_until: date | None = None


@dataclass(frozen=True)
class Next:
    """The one thing to do next.

    "answer" a decision, confirm her "name" for a certificate, "learn" in a track, look at a new "certificate", "wait"
    for the certifier, "practice" in the field, "choose" a track, or "rest" when nothing is left. `public_id` names the
    case or the certificate.
    """

    kind: StepKind
    track_key: str | None = None
    public_id: str | None = None
    module_key: str | None = None


def next_of(
    learning: Sequence[tuple[Way, str]],
    cases: Sequence[Case],
    holdings: Sequence[Holding],
    choices: Sequence[str],
    today: date,
    practice: Sequence[str] = (),
) -> Next:
    """Return the one thing to do next.

    `learning` holds active tracks in order, each with the module to work on; `choices` the tracks that can begin,
    `practice` active tracks in order that ask for hours, a sign-off or another track now.
    """
    if first := _first_of_all(cases, today):
        return first
    if learning:
        way, module_key = learning[0]
        return Next("learn", way.track_key, module_key=module_key)
    if news := next((each for each in holdings if is_news(each, today)), None):
        return Next("certificate", news.track_key, news.public_id)
    if waiting := next((case for case in cases if is_waiting(case, holdings)), None):
        return Next("wait", waiting.track_key, waiting.public_id)
    if refused := next((case for case in cases if case.state == "refused"), None):
        return Next("answer", refused.track_key, refused.public_id)
    kind: StepKind
    kind, keys = ("practice", practice) if practice else ("choose", choices)
    return Next(kind, keys[0]) if keys else Next("rest")


def _first_of_all(cases: Sequence[Case], today: date) -> Next | None:
    """Return what takes a minute and lets a certificate go on: a question to answer, a name to confirm; or None."""
    if asked := next((case for case in cases if case.state == "asked"), None):
        return Next("answer", asked.track_key, asked.public_id)
    unnamed = next((case for case in cases if case.name_until is not None and case.name_until >= today), None)
    return Next("name", unnamed.track_key, unnamed.public_id) if unnamed else None


def is_news(holding: Holding, today: date) -> bool:
    """Return whether a certificate is valid and was issued in the last 30 days."""
    return (
        holding.state == "valid"
        and holding.issued_on is not None
        and today - holding.issued_on <= timedelta(days=NEWS_DAYS)
    )


def is_waiting(case: Case, holdings: Iterable[Holding]) -> bool:
    """Return whether others have to act on a case: the certifier, or the program that makes the certificate."""
    if case.state in {"waiting", "appealed"}:
        return True
    made = {(each.track_key, each.cycle) for each in holdings if each.state != "preparing"}
    return case.state == "certified" and (case.track_key, case.cycle) not in made


def needs_answer(case: Case) -> bool:
    """Return whether a decision waits for the worker: a question, or a refusal that she may answer or appeal."""
    return case.state in {"asked", "refused"}


def is_lapsing(holding: Holding, today: date) -> bool:
    """Return whether a valid certificate ends within 90 days."""
    return (
        holding.state == "valid"
        and holding.valid_until is not None
        and holding.valid_until <= today + timedelta(days=LAPSING_DAYS)
    )


def latest_holdings(holdings: Iterable[Holding]) -> list[Holding]:
    """Return of each track the certificate of the newest cycle, the newest award first."""
    newest: dict[str, Holding] = {}
    for each in holdings:
        known = newest.get(each.track_key)
        if known is None or each.cycle > known.cycle:
            newest[each.track_key] = each
    return sorted(newest.values(), key=lambda each: (each.awarded_on, each.serial), reverse=True)


def tracks_to_begin(
    levels: Mapping[str, str], ladder: Sequence[str], active: Collection[str], completed: Collection[str]
) -> list[str]:
    """Return the keys of the tracks that a worker could begin, the next step of the ladder first.

    `levels` names the level of every published track, `ladder` the levels from the first step up. What lies at or
    above the highest level that she has completed comes before what lies below; levels without a place come last.
    """
    rank = {level: number for number, level in enumerate(ladder)}
    top = len(ladder)
    reached = max((rank.get(levels[key], 0) for key in completed if key in levels), default=0)
    free = [key for key in levels if key not in active and key not in completed]

    def place(key: str) -> tuple[bool, int, str]:
        own = rank.get(levels[key], top)
        return (own < reached, own, key)

    return sorted(free, key=place)


@dataclass(frozen=True)
class Nearest:
    """A track of a level, and how many of its parts she has not done."""

    level: str
    track_key: str
    left: int
    is_done: bool = False


def nearest_level(tracks: Iterable[Nearest], ladder: Sequence[str]) -> Nearest | None:
    """Return the track by which she is nearest to the next level above the highest that she has reached.

    None at the top of the ladder, and where no track leads to a higher level now.
    """
    rank = {level: number for number, level in enumerate(ladder)}
    placed = [each for each in tracks if each.level in rank]
    reached = max((rank[each.level] for each in placed if each.is_done), default=-1)
    above = [each for each in placed if rank[each.level] > reached]
    return min(above, key=lambda each: (rank[each.level], each.left, each.track_key), default=None)


def day_start(at: datetime) -> datetime:
    """Return the instant at which the local day of `at` began."""
    return datetime.combine(local_date(at), time(), zone())


def spell_of(spans: Sequence[Span], organization_id: int, recorded_on: date, today: date) -> Span | None:
    """Return the spell under which an organization reads what it recorded on a local date, or None.

    While a person works there, everything stands under her present spell; afterwards each fact stands under the
    spell in which it was recorded, and is read as it stood at its end.
    """
    own = [span for span in spans if span.organization_id == organization_id and span.since <= today]
    present = next((span for span in own if span.covers(today)), None)
    return present or next((span for span in own if span.covers(recorded_on)), None)


@dataclass(frozen=True)
class TeamFilter:
    """How a supervisor narrows the list of her team; empty values do not narrow."""

    status: str = ""
    track_key: str = ""
    title: str = ""
    search: str = ""
    #: Public ids of a team and of a standing rule.
    team: str = ""
    rule: str = ""

    @property
    def address(self) -> dict[str, str]:
        """Return what of an address asks for this filter: `team_filter` reads it. What does not narrow is left out."""
        named = ((_IN_ADDRESS.get(each.name, each.name), getattr(self, each.name)) for each in fields(self))
        return {name: value for name, value in named if value}


#: Parts of the filter that an address calls otherwise.
_IN_ADDRESS = {"track_key": "track", "search": "q"}


def team_filter(given: Mapping[str, str], tracks: Collection[str]) -> TeamFilter:
    """Return the filter that an address asks for; what is not known does not narrow."""
    status, track_key = given.get("status", ""), given.get("track", "")
    return TeamFilter(
        status=status if status in STATUSES else "",
        track_key=track_key if track_key in tracks else "",
        title=given.get("title", "").strip()[:120],
        search=given.get("q", "").strip()[:80],
        team=given.get("team", "").strip()[:20],
        rule=given.get("rule", "").strip()[:20],
    )


def went_well(result: str | None) -> bool:
    """Return whether a job did not fail the last time it ran; a fault is told as "ItsClass: its sentence"."""
    head, colon, _sentence = (result or "").partition(":")
    return not (colon and head.isidentifier())
