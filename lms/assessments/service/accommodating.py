"""Changes to accommodations: what a person chooses herself, what staff give her, and what she asks them for."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import Table, insert, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments import policy, queries, rules
from lms.assessments.models import Accommodation, AccommodationWish
from lms.assessments.queries import Version
from lms.assessments.rules import Choice, Given
from lms.assessments.service.closing import BY_ID
from lms.assessments.specs import QuizSpec
from lms.audit.service import record
from lms.clock import local_date
from lms.content.library import source_of, spec_of
from lms.db import insert_once
from lms.errors import NotFound
from lms.people.queries import public_id_of
from lms.people.service import lock

_WISHES = cast("Table", AccommodationWish.__table__)


def choose(session: Session, actor: Actor, choice: Choice, *, client_id: str, at: datetime) -> None:
    """Keep what the actor chooses for herself; it counts at once, in a running attempt too.

    Raise `RuleBroken("own_time")` for more time than she may give herself.
    """
    lock(session, [actor.person_id])
    rules.check_choice(choice)
    latest, is_known = _latest(session, actor.person_id, client_id)
    if not is_known:
        _write(session, actor, actor.person_id, latest, choice, latest.given, client_id, at)


def give(session: Session, actor: Actor, person_id: int, given: Given, *, client_id: str, at: datetime) -> None:
    """Keep what staff give a person, which settles what she asked for; it counts at once, in a running attempt too.

    Raise `NotFound` unless the actor may, `RuleBroken` as `rules.check_given` does.
    """
    if not policy.can_keep(actor, person_id):
        raise NotFound
    lock(session, [person_id])
    rules.check_given(given)
    latest, is_known = _latest(session, person_id, client_id)
    if is_known:
        return
    _write(session, actor, person_id, latest, latest.choice, given, client_id, at)
    mine = (_WISHES.c.person_id == person_id) & _WISHES.c.settled_at.is_(None)
    session.execute(update(_WISHES).where(mine).values(settled_at=at, settled_by=actor.account_id))


def wish(session: Session, actor: Actor, kind: str, *, at: datetime) -> None:
    """Ask staff for "time" or "oral", once until somebody has settled it."""
    lock(session, [actor.person_id])
    row = {"person_id": actor.person_id, "kind": kind, "asked_at": at}
    if insert_once(session, AccommodationWish, [row]):
        record(session, actor.account_id, "assessments.asked", "person", actor.public_id, at=at, kind=kind)


def _latest(session: Session, person_id: int, client_id: str) -> tuple[Version, bool]:
    """Return the version that counts, and whether one was written with this key already."""
    versions = queries.list_versions(session, person_id)
    is_known = any(each.client_id == client_id for each in versions)
    return (versions[0] if versions else Version(0, Choice(), Given(), 0, datetime.min, "")), is_known  # noqa: DTZ901 -- stands for no version


def _write(
    session: Session,
    actor: Actor,
    person_id: int,
    latest: Version,
    choice: Choice,
    given: Given,
    client_id: str,
    at: datetime,
) -> None:
    """Write the next version, unless it says the same, and let running attempts have the time that it gives."""
    if (choice, given) == (latest.choice, latest.given):
        return
    row = {
        "person_id": person_id,
        "version": latest.number + 1,
        "bilingual": choice.bilingual,
        "audio": choice.audio,
        "own_percent": choice.own_percent,
        "time_percent": given.time_percent,
        "often": given.often,
        "oral": given.oral,
        "valid_from": given.valid_from,
        "valid_until": given.valid_until,
        "reason_class": given.reason_class,
        "granted_by": actor.account_id,
        "granted_at": at,
        "client_id": client_id,
    }
    session.execute(insert(Accommodation).values(row))
    who = public_id_of(session, person_id)
    record(session, actor.account_id, "assessments.accommodated", "person", who, at=at, version=latest.number + 1)
    _spread(session, person_id, rules.fair_on(choice, given, local_date(at)).percent, at)


def _spread(session: Session, person_id: int, percent: int, at: datetime) -> None:
    """Move the deadlines of a person's running attempts to what she has now; none moves back.

    One whose time is up stays so, whether or not something has closed it yet.
    """
    changes = []
    running = (each for each in queries.list_open(session, [person_id]) if not rules.is_late(each.deadline_at, at))
    for attempt in running:
        minutes = spec_of(QuizSpec, source_of(session, attempt.revision_id)).limits.minutes
        wanted = rules.deadline_of(attempt.started_at, minutes, percent, attempt.extensions)
        changes.append({"row_id": attempt.id, "deadline_at": rules.moved(attempt.deadline_at, wanted)})
    if changes:
        session.execute(BY_ID["attempts"], changes)
