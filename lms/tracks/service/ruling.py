"""Standing rules: made with the difference in sight, compared with who works there every day, and ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.clock import local_date
from lms.content.library import current
from lms.db import among, insert_once
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.organizations.queries import has_teams, list_matching
from lms.organizations.rules import Criteria, criteria_json, criteria_of
from lms.people.service import lock
from lms.tracks import queries, rules
from lms.tracks.models import AssignmentRule, RuleMember
from lms.tracks.rules import Asking, Due, RulePlan
from lms.tracks.service.asking import Wish, ask_all, began_of, check_actor, dates_of
from lms.tracks.service.assigning import new_batch, record_batch
from lms.tracks.service.enrolling import complete
from lms.tracks.service.undoing import begun_of, take_back
from lms.tracks.specs import TrackSpec


@dataclass(frozen=True)
class Statement:
    """What a rule says: whom of an organization it asks for which track, and by when."""

    organization_id: int
    track_key: str
    criteria: Criteria
    due: Due


@dataclass(frozen=True)
class Reconciled:
    """What comparing a rule with who works there did."""

    rule_public_id: str
    plan: RulePlan


def plan_statement(session: Session, actor: Actor, said: Statement, *, at: datetime) -> RulePlan:
    """Return what a rule would do that is not made yet; raise `NotFound` as `make_rule` does. Writes nothing."""
    check_actor(session, actor, said.organization_id, at)
    return _plan(session, said, None, at)


def make_rule(
    session: Session, actor: Actor, said: Statement, *, expected: Collection[int], client_id: str, at: datetime
) -> Reconciled:
    """Make a standing rule, ask those whom it means, and return what was done.

    The same `client_id` again changes nothing. Raises `NotFound` unless the actor answers for the organization today,
    the teams are its own and the track is published; `RuleBroken` when whom it newly asks is not `expected`
    ("changed"), when the form came before with something else ("sent-before"), and what `rules.due_fault` says.
    """
    meant = list_matching(session, said.organization_id, said.criteria, local_date(at))
    held = {each.person_id for each in meant} | {actor.person_id}
    lock(session, held)
    check_actor(session, actor, said.organization_id, at)
    same = (AssignmentRule.made_by == actor.account_id) & (AssignmentRule.client_id == client_id)
    known = session.execute(select(AssignmentRule).where(same)).scalar_one_or_none()
    if known is not None:
        if statement_of(known) != said:
            raise RuleBroken("sent-before")
        return Reconciled(known.public_id, RulePlan())
    current(session).spec(TrackSpec, "track", said.track_key)
    if not has_teams(session, said.organization_id, said.criteria.teams):
        raise NotFound
    if (fault := rules.due_fault(said.due, local_date(at))) is not None:
        raise RuleBroken(fault)
    if set(_plan(session, said, None, at).new) != set(expected):
        raise RuleBroken("changed")
    rule = _written(session, actor, said, client_id, at)
    return _reconcile(session, rule, held, at)


def reconcile_rule(session: Session, public_id: str, *, at: datetime, actor: Actor | None = None) -> Reconciled:
    """Ask whom a rule newly means, take back what it asked of whom it no longer means and who has not begun.

    Twice, or by two at once, changes nothing the second time. The actor is None for the job; else raises `NotFound`
    unless she answers for the organization today. What has ended, or has no track any more, asks nobody.
    """
    rule = get_rule(session, public_id)
    meant = list_matching(session, rule.organization_id, criteria_of(rule.criteria), local_date(at))
    held = {each.person_id for each in meant} | set(_members(session, rule.id))
    lock(session, held | ({actor.person_id} if actor else set()))
    rule = get_rule(session, public_id, hold=True)
    if actor is not None:
        check_actor(session, actor, rule.organization_id, at)
    if rule.ended_at is not None or current(session).find("track", rule.track_key) is None:
        return Reconciled(public_id, RulePlan())
    return _reconcile(session, rule, held, at)


def plan_reconciling(session: Session, public_id: str, *, at: datetime) -> RulePlan:
    """Return what `reconcile_rule` would do now; nothing for a rule that has ended. Writes nothing."""
    rule = get_rule(session, public_id)
    if rule.ended_at is not None or current(session).find("track", rule.track_key) is None:
        return RulePlan()
    return _plan(session, statement_of(rule), rule, at)


def end_rule(session: Session, actor: Actor, public_id: str, *, at: datetime) -> bool:
    """End a rule: it asks nobody more, and what it asked stays. Return whether it had not ended yet.

    Raises `NotFound` unless the actor answers for the organization today.
    """
    rule = get_rule(session, public_id, hold=True)
    check_actor(session, actor, rule.organization_id, at)
    if rule.ended_at is not None:
        return False
    rule.ended_at, rule.ended_by = at, actor.account_id
    _note(session, rule, actor.account_id, "ended", at)
    return True


def get_rule(session: Session, public_id: str, *, hold: bool = False) -> AssignmentRule:
    """Return a rule, perhaps held until the transaction ends; raise `NotFound`."""
    query = select(AssignmentRule).where(AssignmentRule.public_id == public_id)
    options = {"populate_existing": True}
    found = session.execute(query.with_for_update() if hold else query, execution_options=options).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def statement_of(rule: AssignmentRule) -> Statement:
    """Return what a rule says."""
    due = Due(rule.due_kind, rule.due_on, rule.due_days, rule.due_eased)  # type: ignore[arg-type]  # a known kind
    return Statement(rule.organization_id, rule.track_key, criteria_of(rule.criteria), due)


def _written(session: Session, actor: Actor, said: Statement, client_id: str, at: datetime) -> AssignmentRule:
    rule = AssignmentRule(
        organization_id=said.organization_id,
        track_key=said.track_key,
        criteria=criteria_json(said.criteria),
        due_kind=said.due.kind,
        due_on=said.due.on,
        due_days=said.due.days,
        due_eased=said.due.eased,
        made_by=actor.account_id,
        made_at=at,
        client_id=client_id,
    )
    session.add(rule)
    session.flush()
    _note(session, rule, actor.account_id, "made", at, track=said.track_key, criteria=rule.criteria)
    return rule


def _note(
    session: Session, rule: AssignmentRule, account_id: int | None, what: str, at: datetime, **details: object
) -> None:
    action, place = f"tracks.rule_{what}", rule.organization_id
    record(session, account_id, action, "assignment_rule", rule.public_id, at=at, organization_id=place, **details)


def _members(session: Session, rule_id: int) -> list[int]:
    """Return whom a rule means so far, in the order in which it came to mean them."""
    open_spells = select(RuleMember.person_id).where(RuleMember.rule_id == rule_id, RuleMember.until.is_(None))
    return list(session.scalars(open_spells.order_by(RuleMember.id)))


def _plan(
    session: Session,
    said: Statement,
    rule: AssignmentRule | None,
    at: datetime,
    among_people: Collection[int] | None = None,
) -> RulePlan:
    """Return the difference. With `among_people`, those whom the rule came to mean since they were locked wait."""
    today = local_date(at)
    found = list_matching(session, said.organization_id, said.criteria, today)
    meant = [each.person_id for each in found if among_people is None or each.person_id in among_people]
    members = _members(session, rule.id) if rule else []
    people = sorted({*meant, *members})
    gone = sorted(set(members) - set(meant))
    asked = queries.asked_of(session, said.organization_id, said.track_key, people)
    by_rule = queries.asked_by_rule(session, rule.id, gone) if rule and gone else {}
    asking = Asking(
        staff=began_of(session, said.organization_id, today) if gone else (),
        asked=asked.keys(),
        by_rule=by_rule.keys(),
        finished=queries.completed_by(session, people, said.track_key),
        begun=begun_of(session, said.track_key, gone, rule.made_at) if rule and gone else (),
    )
    return rules.plan_rule(meant, members, asking)


def _reconcile(session: Session, rule: AssignmentRule, held: Collection[int], at: datetime) -> Reconciled:
    """Do what the plan of a rule says, for people and rule that are locked."""
    plan = _plan(session, statement_of(rule), rule, at, held)
    joined = [{"rule_id": rule.id, "person_id": each, "since": at} for each in plan.joining]
    insert_once(session, RuleMember, joined)
    if plan.leaving:
        gone = (RuleMember.rule_id == rule.id) & among(session, RuleMember.person_id, plan.leaving)
        session.execute(update(RuleMember).where(gone, RuleMember.until.is_(None)).values(until=at))
    if plan.new:
        _ask(session, rule, plan.new, at)
    if plan.back:
        _take_back(session, rule, plan.back, at)
    rule.reconciled_at = at
    return Reconciled(rule.public_id, plan)


def _ask(session: Session, rule: AssignmentRule, person_ids: Sequence[int], at: datetime) -> None:
    said, library, today = statement_of(rule), current(session), local_date(at)
    batch = new_batch(
        said.organization_id,
        said.track_key,
        said.due,
        made_by=rule.made_by,
        client_id=new_client_id(),
        at=at,
        rule_id=rule.id,
    )
    session.add(batch)
    session.flush()
    began = began_of(session, said.organization_id, today)
    due_of = dates_of(session, library, said.track_key, said.due, {each: began[each] for each in person_ids}, at)
    ask_all(session, library, said.track_key, [Wish(batch, due_of)], at)
    record_batch(session, batch, person_ids, at)
    complete(session, library, person_ids, at=at)


def _take_back(session: Session, rule: AssignmentRule, person_ids: Sequence[int], at: datetime) -> None:
    assignments = queries.asked_by_rule(session, rule.id, person_ids)
    withdrawn = take_back(session, rule.track_key, list(assignments.values()), since=rule.made_at, at=at)
    _note(session, rule, None, "took_back", at, people=list(person_ids), withdrawn=withdrawn)
