"""What asking people would lead to: who has done all of it, by which dates, for whom these leave too little time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.clock import local_date
from lms.content.library import current
from lms.tracks import queries, rules
from lms.tracks.rules import Asked, Due, Outcome, PlanLine, Work
from lms.tracks.service.asking import dates_of
from lms.tracks.service.uploading import FileSorting


@dataclass(frozen=True)
class Foresight:
    """What asking people would lead to.

    `done` have all of it already, and no letter is sent to them; of those who are `applying` an application opens;
    `beyond` holds by person the other tracks that she completes. The dates of the `early` ones leave too little time:
    `work` is the most that is left to one of them, `comfortable` the first day that would do for all of them. Those of
    the `lapsing` come after the day on which what she finished runs out, which it holds.
    """

    dates: Mapping[Asked, date | None]
    done: frozenset[int]
    applying: frozenset[int]
    beyond: Mapping[int, tuple[str, ...]]
    early: tuple[Asked, ...]
    work: Work
    comfortable: date
    lapsing: Mapping[Asked, date] = field(default_factory=dict)
    sorting: FileSorting = field(default_factory=FileSorting)

    def lines(self) -> Iterator[PlanLine]:
        """Yield what becomes of each person: those who are asked, who are done at once, and whom nothing changes."""
        early = set(self.early)
        for each in sorted(self.sorting.new, key=lambda asked: asked.person_id in self.done):
            who = each.person_id
            outcome: Outcome = "done" if who in self.done else "asked"
            more = (each in early, who in self.applying, self.beyond.get(who, ()))
            yield PlanLine(each, outcome, self.dates[each], *more)
        yield from (PlanLine(each, "already") for each in self.sorting.already)
        yield from (PlanLine(each, "finished") for each in self.sorting.finished)


def foresee(
    session: Session, track_key: str, due: Due, sorting: FileSorting, began: Mapping[Asked, date], *, at: datetime
) -> Foresight:
    """Return what asking the new ones of `sorting` would lead to. Raises `NotFound` without such a track.

    `began` holds the first days of their spells. As many queries as `queries.standing_of`.
    """
    library, today = current(session), local_date(at)
    people = {each.person_id for each in sorting.new}
    ahead = queries.ask_ahead(session, library, people, track_key, at=at)
    done = frozenset(each for each in people if ahead.has_done(each, track_key))
    dates: dict[Asked, date | None] = {}
    lapsing: dict[Asked, date] = {}
    for place in {each.organization_id for each in sorting.new}:
        ours = {each.person_id: began[each] for each in sorting.new if each.organization_id == place}
        found = dates_of(session, library, track_key, due, ours, at, ahead=ahead)
        dates |= {Asked(person_id, place): day for person_id, day in found.items()}
        late = rules.list_lapsing(found, sorting.renewals, today)
        lapsing |= {Asked(each, place): sorting.renewals[each].due_on for each in late}
    most = queries.most_days(library, track_key)
    tight = [each for each in sorting.new if rules.is_due_early(dates[each], today, most)]
    works = {each: ahead.work(each.person_id, track_key) for each in tight if each.person_id not in done}
    early = tuple(each for each in works if rules.is_due_early(dates[each], today, works[each].days))
    work = max((works[each] for each in early), key=lambda each: each.days, default=Work())
    beyond: dict[int, tuple[str, ...]] = {}
    for other in (each for each in ahead.completed if each.track_key != track_key):
        beyond[other.person_id] = (*beyond.get(other.person_id, ()), other.track_key)
    applying = frozenset(each.person_id for each in ahead.completed if each.applies and each.track_key == track_key)
    comfortable = rules.realistic_due(work.days, today)
    return Foresight(dates, done, applying, beyond, early, work, comfortable, lapsing, sorting)
