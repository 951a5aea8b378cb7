"""What every way of assigning shares: who may, whom it newly asks, and asking them in one go."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.clock import local_date
from lms.content.library import Library, current
from lms.db import insert_once
from lms.errors import NotFound
from lms.organizations.policy import still_supervises
from lms.organizations.queries import list_open_spells
from lms.signals import announce
from lms.tracks import policy, queries, rules
from lms.tracks.events import Assigned, TrackAssigned, track_assigned
from lms.tracks.models import Assignment, AssignmentBatch
from lms.tracks.queries import Prospect
from lms.tracks.rules import Due, NextCycle, Sorting
from lms.tracks.service.enrolling import enrol_in
from lms.tracks.service.renewing import is_renewed, next_cycles, open_renewals


@dataclass(frozen=True)
class Wish:
    """What one batch asks: which people, each by which local date (None for no date)."""

    batch: AssignmentBatch
    due_of: Mapping[int, date | None]


def answers_for(session: Session, actor: Actor, organization_id: int, today: date) -> bool:
    """Return whether policy, and the rows as this session reads them, let the actor assign there."""
    return policy.can_assign(actor, organization_id) and still_supervises(session, actor, organization_id, today)


def check_actor(session: Session, actor: Actor, organization_id: int, at: datetime) -> None:
    """Raise `NotFound` unless the actor answers for the organization today."""
    if not answers_for(session, actor, organization_id, local_date(at)):
        raise NotFound


def began_of(session: Session, organization_id: int, today: date) -> dict[int, date]:
    """Return {person id: the first day of her spell} of all who work at an organization today. One query."""
    found: dict[int, date] = {}
    for spell in list_open_spells(session, [organization_id], today):
        found.setdefault(spell.person_id, spell.started_on)
    return found


@dataclass(frozen=True)
class Asks:
    """How people stand to what organizations ask for on one track.

    `latest` is the latest cycle that was asked for, by person and organization; `cycles` the one that a person would be
    asked for now, where that may be a later one. `finished` have completed what they were asked for, and `renewals` are
    open to those who were asked before.
    """

    latest: Mapping[tuple[int, int], int]
    finished: Collection[int]
    cycles: Mapping[int, int] = field(default_factory=dict)
    renewals: Mapping[int, NextCycle] = field(default_factory=dict)

    @property
    def asked(self) -> set[tuple[int, int]]:
        """Return who is asked for the cycle that she would be asked for, by person and organization."""
        return {pair for pair, cycle in self.latest.items() if cycle >= self.cycles.get(pair[0], cycle)}


def read_asks(
    session: Session, organization_ids: Collection[int], track_key: str, person_ids: Collection[int], today: date
) -> Asks:
    """Return how people stand to what these organizations ask.

    Two queries; of a track that is renewed, what `queries.standing_of` takes more.
    """
    latest = queries.asked_at(session, organization_ids, track_key, person_ids)
    people = {person_id for person_id, _ in latest}
    done = queries.completed_by(session, people, track_key)
    if not people or not is_renewed(session, track_key):
        return Asks(latest, done)
    standing = queries.standing_of(session, current(session), people, [track_key], today=today)
    going = {person_id for (person_id, _), row in standing.enrolments.items() if row.state != "completed"}
    return Asks(latest, done - going, next_cycles(standing, track_key), open_renewals(standing, track_key))


def sort_for(session: Session, organization_id: int, track_key: str, person_ids: Sequence[int], today: date) -> Sorting:
    """Return `person_ids` by what asking them for a track on the local date `today` would do (`read_asks`)."""
    asks = read_asks(session, [organization_id], track_key, person_ids, today)
    return rules.sort_people(person_ids, {person_id for person_id, _ in asks.asked}, asks.finished)


def dates_of(
    session: Session,
    library: Library,
    track_key: str,
    due: Due,
    began: Mapping[int, date],
    at: datetime,
    *,
    ahead: Prospect | None = None,
) -> dict[int, date | None]:
    """Return by which local date each of these people is asked to finish, eased where `due` says so (`ease_dates`).

    `began` holds the first days of their spells.
    """
    dates = {each: rules.resolve_due(due, began_on, local_date(at)) for each, began_on in began.items()}
    return ease_dates(session, library, track_key, dates, at, ahead=ahead) if due.eased else dates


def ease_dates(
    session: Session,
    library: Library,
    track_key: str,
    dates: Mapping[int, date | None],
    at: datetime,
    *,
    ahead: Prospect | None = None,
) -> dict[int, date | None]:
    """Return dates by which each has the time for what is left to her of a track, or of renewing it.

    `ahead` knows what is left (`queries.ask_ahead`), or it is looked up, only for those for whom the whole track would
    not fit. Raises `NotFound` without such a track.
    """
    today, most = local_date(at), queries.most_days(library, track_key)
    tight = [each for each, due_on in dates.items() if rules.is_due_early(due_on, today, most)]
    ahead = ahead or queries.ask_ahead(session, library, tight, track_key, at=at)
    return {**dates, **{each: rules.ease(dates[each], today, ahead.work(each, track_key).days) for each in tight}}


def ask_all(session: Session, library: Library, track_key: str, wishes: Sequence[Wish], at: datetime) -> None:
    """Enrol everybody whom the batches ask, write the assignments and announce them.

    The people's rows are locked. The number of statements does not depend on how many they are.
    """
    people = sorted({person_id for wish in wishes for person_id in wish.due_of})
    if not people:
        return
    cycles = enrol_in(session, library, people, track_key, at=at)
    rows = [
        {
            "batch_id": wish.batch.id,
            "person_id": person_id,
            "organization_id": wish.batch.organization_id,
            "track_key": track_key,
            "cycle": cycles.cycle_of[person_id],
            "due_on": due_on,
            "opened_enrolment": person_id in cycles.opened,
            "assigned_at": at,
            "assigned_on": local_date(at),
        }
        for wish in wishes
        for person_id, due_on in wish.due_of.items()
    ]
    made = insert_once(session, Assignment, rows, "id", "person_id", "organization_id", "due_on")
    subjects = tuple(
        Assigned(row.person_id, track_key, row.organization_id, row.due_on, row.id)
        for row in sorted(made, key=lambda row: int(row.id))
    )
    announce(track_assigned, session, TrackAssigned(subjects, at))
