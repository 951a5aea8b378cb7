"""What a worker's own pages have in common: her tracks in order, and what they mean in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from lms.actor import Actor
from lms.clock import local_date
from lms.content.library import Library, current
from lms.courses.specs import ModuleSpec
from lms.db import reading
from lms.home import queries, rules
from lms.home.queries import Asked, Facts
from lms.home.rules import Holding, Nearest, Next, Way
from lms.i18n import format_date, format_day
from lms.i18n import gettext as _
from lms.tracks.queries import Standing, ladder_of, levels_off, track_levels
from lms.tracks.queries.due import list_due
from lms.tracks.rules import DueState, TrackProgress, due_state, is_offered, off_everywhere
from lms.tracks.specs import TrackSpec


@dataclass(frozen=True)
class Learner:
    """The reader with all that her record holds."""

    actor: Actor
    library: Library
    standing: Standing
    facts: Facts

    @cached_property
    def asked(self) -> list[Asked]:
        """Return what those ask for whom she works for today."""
        places = {span.organization_id for span in self.actor.employments if span.covers(self.actor.today)}
        return [each for each in self.facts.asked if each.organization_id in places]

    @cached_property
    def dues(self) -> dict[tuple[str, int], list[date]]:
        """Return by which dates cycles of tracks are asked for, also by a new version, the earliest first."""
        found: dict[tuple[str, int], list[date]] = {}
        for key, cycle, day in list_due(reading(), self.actor.person_id, self.actor.today):
            found.setdefault((key, cycle), []).append(day)
        return found

    def askers(self, way: Way, day: date) -> list[str]:
        """Return the names of the organizations that ask for a track by that date."""
        wanted = (way.track_key, way.progress.cycle, day)
        return sorted({each.organization for each in self.asked if (each.track_key, each.cycle, each.due_on) == wanted})

    @cached_property
    def progress(self) -> dict[str, TrackProgress]:
        """Return how far she is on every track that she is on or was on."""
        me = self.actor.person_id
        keys = dict.fromkeys(key for _person, key in self.standing.enrolments)
        found = {key: self.standing.progress(me, key) for key in keys}
        return {key: progress for key, progress in found.items() if progress is not None}

    def started_on(self, track_key: str) -> date:
        """Return the local date on which she began a track that she is or was on."""
        return local_date(self.standing.enrolments[self.actor.person_id, track_key].started_at)

    @cached_property
    def ways(self) -> list[Way]:
        """Return the tracks that she is on now, as they should be worked on."""
        found, dues, asked = [], self.dues, {each.track_key for each in self.asked}
        for key, progress in self.progress.items():
            if progress.state == "active":
                days = tuple(dues.get((key, self.standing.enrolments[self.actor.person_id, key].cycle), ()))
                found.append(Way(key, progress, self.started_on(key), is_asked=key in asked, due_days=days))
        return rules.in_order(found)

    @cached_property
    def learning(self) -> list[tuple[Way, str]]:
        """Return the tracks on which something can be done now, each with the module to work on."""
        if not self.ways:
            return []
        keys = self.library.keys("module")
        prerequisites = {key: self.library.spec(ModuleSpec, "module", key).prerequisites for key in keys}
        modules = [(way, rules.first_module(way, prerequisites, self.facts.completed)) for way in self.ways]
        return [(way, key) for way, key in modules if key is not None]

    @cached_property
    def practice(self) -> list[str]:
        """Return the tracks that she is on and that ask for something other than a module now, in order."""
        taught = [way for way in self.ways if self.library.find("track", way.track_key) is not None]
        following = {way.track_key: way.progress.explained.following for way in taught}
        return [key for key, part in following.items() if part is not None and part.kind != "item"]

    @cached_property
    def finished(self) -> dict[str, date]:
        """Return the tracks that she has completed, with the date, the latest first."""
        done = {key: progress.completed_on for key, progress in self.progress.items() if progress.state == "completed"}
        dated = {key: day for key, day in done.items() if day is not None}
        return dict(sorted(dated.items(), key=lambda entry: entry[1], reverse=True))

    @cached_property
    def choices(self) -> list[str]:
        """Return the tracks that she could begin, the next step of the ladder first."""
        levels = {key: level for key, level in track_levels(self.library).items() if is_offered(level, self.off)}
        return rules.tracks_to_begin(levels, self.ladder, [way.track_key for way in self.ways], list(self.finished))

    @cached_property
    def next_level(self) -> Nearest | None:
        """Return the next step of the ladder, and how many parts are missing to it on the shortest way."""
        tracks, me = [], self.actor.person_id
        for key in self.library.keys("track"):
            track = self.library.spec(TrackSpec, "track", key)
            if key not in self.progress and not is_offered(track.level, self.off):
                continue
            progress = self.progress.get(key) or self.standing.progress(me, key) if track.can_be_met else None
            if progress is not None:
                left = progress.explained.left
                tracks.append(Nearest(track.level, key, left, is_done=key in self.finished))
        return rules.nearest_level(tracks, self.ladder)

    @cached_property
    def ladder(self) -> list[str]:
        """Return the ids of the levels, from the first step up."""
        return ladder_of(self.library)

    @cached_property
    def off(self) -> frozenset[str]:
        """Return the levels that none of her employers of today uses. What she has begun stays. One query."""
        places = {span.organization_id for span in self.actor.employments if span.covers(self.actor.today)}
        return off_everywhere(places, levels_off(reading(), places)) if places else frozenset()

    @cached_property
    def holdings(self) -> list[Holding]:
        """Return of each track her newest certificate, the newest first."""
        return rules.latest_holdings(self.facts.holdings)

    @cached_property
    def following(self) -> Next:
        """Return the one thing to do next."""
        return rules.next_of(
            self.learning, self.facts.cases, self.holdings, self.choices, self.actor.today, self.practice
        )

    @property
    def shown(self) -> Way | None:
        """Return the track whose way is shown: the one to work on, else the first that she is on."""
        return self.learning[0][0] if self.learning else next(iter(self.ways), None)


def find_learner(actor: Actor) -> Learner:
    """Return the reader with her record. Two queries."""
    library = current(reading())
    gathered = queries.gather(reading(), library, [actor.person_id], queries.OWN, actor.today)
    return Learner(actor, library, gathered.standing, gathered.of(actor.person_id))


@dataclass(frozen=True)
class State:
    """A state in words, with the kind of its mark (`ui.status`)."""

    kind: str
    text: str


def due_words(due_on: date, today: date) -> State:
    """Return what a due date means for her who has not finished yet, kindly."""
    state: DueState = due_state(due_on, today, None)
    if state == "late":
        return State("attention", _("The date was %(date)s. You can still finish it.", date=format_day(due_on)))
    kind = "now" if state == "due-soon" else "plain"
    return State(kind, _("Please finish by %(date)s", date=format_day(due_on)))


def stands(due_on: date | None, today: date, completed_on: date | None) -> State:
    """Return how something that was asked for stands, as its supervisor reads it."""
    if completed_on is not None:
        return State("good", _("Finished on %(date)s", date=format_date(completed_on)))
    if due_on is None:
        return State("plain", _("No date"))
    state, day = due_state(due_on, today, None), format_date(due_on)
    if state == "late":
        return State("attention", _("Was due on %(date)s", date=day))
    return State("now" if state == "due-soon" else "plain", _("Due on %(date)s", date=day))


def certificate_words(holding: Holding, today: date) -> State:
    """Return how a certificate stands, in words."""
    until = format_date(holding.valid_until)
    if rules.is_lapsing(holding, today):
        return State("attention", _("Valid until %(date)s. It ends soon.", date=until))
    if holding.state == "valid":
        return State("good", _("Valid until %(date)s", date=until) if until else _("Valid, without an end date"))
    if holding.state == "expired":
        return State("attention", _("Ended on %(date)s", date=until))
    words = {
        "preparing": ("now", _("Being made")),
        "suspended": ("problem", _("On hold")),
        "revoked": ("problem", _("Withdrawn")),
    }
    kind, text = words.get(holding.state, ("plain", _("Replaced by a newer one")))
    return State(kind, text)
