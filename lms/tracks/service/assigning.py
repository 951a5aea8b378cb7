"""Assigning a track to staff of an organization, by hand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.clock import local_date
from lms.content.library import current
from lms.errors import NotFound, RuleBroken
from lms.people.service import lock
from lms.tracks import queries, rules
from lms.tracks.models import Assignment, AssignmentBatch, AssignmentRule
from lms.tracks.rules import Due, Routes, Sorting
from lms.tracks.service.asking import Wish, ask_all, began_of, check_actor, dates_of, sort_for
from lms.tracks.service.enrolling import complete
from lms.tracks.service.levels import check_offered
from lms.tracks.service.wording import choose_routes, keep_routes

NO_ROUTES = Routes()


@dataclass(frozen=True)
class BatchSummary:
    """What one act of assigning did: how many it newly asked, and how many had been asked before or had finished."""

    batch_id: int
    batch_public_id: str
    organization_id: int
    track_key: str
    due_on: date | None
    assigned: int
    already: int
    finished: int


def assign(
    session: Session,
    actor: Actor,
    organization_id: int,
    track_key: str,
    person_ids: Iterable[int],
    *,
    due_on: date | Due | None,
    client_id: str,
    at: datetime,
    routes: Routes = NO_ROUTES,
) -> BatchSummary:
    """Ask staff of an organization to do a track by a local date, enrol them, and return what was done.

    `due_on` is one date for all, or a rule that gives each person hers. Those whom the organization has asked
    before are left as they are. Where the track asks for approved wording, `routes` says how those learn whose
    language has not got it, or that they are left out. The same `client_id` again changes nothing and returns the
    first act. Raises `NotFound` unless the actor answers for the organization today, everybody works there today and
    the track is published; `RuleBroken` ("nobody-chosen", "wording-undecided", "level-off" as in `check_offered`,
    "sent-before" for a `client_id` that came with something else, and what `rules.due_fault` says). The number of
    statements does not depend on the number of people.
    """
    chosen, due = list(dict.fromkeys(person_ids)), rules.as_due(due_on)
    lock(session, [*chosen, actor.person_id])
    known = _find_batch(session, actor, client_id)
    if known is not None:
        return _sent_again(session, known, (organization_id, track_key, due), chosen, routes)
    check_actor(session, actor, organization_id, at)
    library, today = current(session), local_date(at)
    began = began_of(session, organization_id, today)
    _check_staff(began, chosen)
    check_offered(session, library, organization_id, track_key)
    if not chosen:
        raise RuleBroken("nobody-chosen")
    if (fault := rules.due_fault(due, today)) is not None:
        raise RuleBroken(fault)
    sorting = sort_for(session, organization_id, track_key, chosen, today)
    routing = choose_routes(session, library, track_key, sorting.new, routes)
    new = [each for each in sorting.new if each not in routing.out]
    if routing.out and not new:
        raise RuleBroken("nobody-chosen")
    batch = new_batch(organization_id, track_key, due, made_by=actor.account_id, client_id=client_id, at=at)
    session.add(batch)
    session.flush()
    due_of = dates_of(session, library, track_key, due, {each: began[each] for each in new}, at)
    ask_all(session, library, track_key, [Wish(batch, due_of)], at)
    keep_routes(session, [batch.id], routing.routes, by=actor.account_id, at=at)
    record_batch(session, batch, new, at)
    complete(session, library, new, at=at)
    return _summary(batch, len(new), sorting)


def new_batch(
    organization_id: int,
    track_key: str,
    due: Due,
    *,
    made_by: int | None,
    client_id: str,
    at: datetime,
    rule: AssignmentRule | None = None,
) -> AssignmentBatch:
    """Return a batch that is not written yet; the account is None for the command, the rule for a person's own act."""
    return AssignmentBatch(
        organization_id=organization_id,
        track_key=track_key,
        due_kind=due.kind,
        due_on=due.on,
        due_days=due.days,
        due_eased=due.eased,
        rule_id=rule.id if rule else None,
        rule_version=rule.version if rule else None,
        made_by=made_by,
        made_at=at,
        client_id=client_id,
    )


def record_batch(session: Session, batch: AssignmentBatch, person_ids: Sequence[int], at: datetime) -> None:
    """Write in the audit trail whom a batch asked; a rule and the command act by themselves."""
    record(
        session,
        batch.made_by if batch.rule_id is None else None,
        "tracks.assigned",
        "assignment_batch",
        batch.public_id,
        at=at,
        organization_id=batch.organization_id,
        track=batch.track_key,
        people=list(person_ids),
        due_on=batch.due_on,
        due=batch.due_kind,
        due_days=batch.due_days,
        rule_id=batch.rule_id,
    )


def due_of(row: AssignmentBatch) -> Due:
    """Return how a batch finds its due dates."""
    return Due(row.due_kind, row.due_on, row.due_days, row.due_eased)  # type: ignore[arg-type]  # a known kind


def _check_staff(began: Collection[int], person_ids: Collection[int]) -> None:
    """Raise `NotFound` unless everybody works there today."""
    if not set(began).issuperset(person_ids):
        raise NotFound


def _find_batch(session: Session, actor: Actor, client_id: str) -> AssignmentBatch | None:
    """Return what the same form has done before; None when it has not been sent yet."""
    return session.execute(
        select(AssignmentBatch).where(
            AssignmentBatch.made_by == actor.account_id, AssignmentBatch.client_id == client_id
        )
    ).scalar_one_or_none()


def _sent_again(
    session: Session, batch: AssignmentBatch, asked: tuple[int, str, Due], chosen: Collection[int], routes: Routes
) -> BatchSummary:
    """Return what the first sending did; raise `RuleBroken("sent-before")` when this one asks for something else.

    Beside those whom the batch asked, the form may name people whom the organization had asked already, and those whom
    `routes` leaves out.
    """
    people = set(session.scalars(select(Assignment.person_id).where(Assignment.batch_id == batch.id)))
    others = set(chosen) - people
    languages = queries.languages_of(session, others)
    others -= {each for each, language in languages.items() if routes.of(each, language) == rules.OUT}
    known = queries.asked_of(session, batch.organization_id, batch.track_key, others) if others else {}
    same = asked == (batch.organization_id, batch.track_key, due_of(batch))
    if not same or not people <= set(chosen) or others - known.keys():
        raise RuleBroken("sent-before")
    return _summary(batch, len(people), Sorting((), (), ()))


def _summary(batch: AssignmentBatch, assigned: int, sorting: Sorting) -> BatchSummary:
    return BatchSummary(
        batch.id,
        batch.public_id,
        batch.organization_id,
        batch.track_key,
        batch.due_on,
        assigned,
        len(sorting.already),
        len(sorting.finished),
    )
