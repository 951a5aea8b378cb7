"""Standing rules: made with the difference in sight, changed, compared with who works there every day, and ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

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
from lms.organizations.rules import criteria_json, criteria_of
from lms.people.service import lock
from lms.tracks import queries, rules
from lms.tracks.models import AssignmentRule, RuleChange, RuleMember, RuleRenewal
from lms.tracks.rules import Due, NextCycle, RulePlan
from lms.tracks.service.asking import Wish, ask_all, check_actor
from lms.tracks.service.assigning import new_batch, record_batch
from lms.tracks.service.comparing import (
    Compared,
    Dated,
    Statement,
    begun_since,
    compare,
    date_asked,
    is_same,
    spells_of,
    statement_of,
)
from lms.tracks.service.enrolling import complete
from lms.tracks.service.levels import check_offered
from lms.tracks.service.undoing import take_back
from lms.tracks.specs import TrackSpec

#: The columns of what a rule says, the same in its history.
_SAID = ("criteria", "asks_renewals", "due_kind", "due_on", "due_days", "due_eased")


@dataclass(frozen=True)
class Reconciled:
    """What comparing a rule with who works there did."""

    rule_public_id: str
    plan: RulePlan


@dataclass(frozen=True)
class Look:
    """What a rule would change, and by when each of those whom it would ask is asked."""

    plan: RulePlan
    dates: Dated


def plan_statement(session: Session, actor: Actor, said: Statement, *, at: datetime) -> RulePlan:
    """Return what a rule would do that is not made yet; raise `NotFound` as `make_rule` does. Writes nothing."""
    check_actor(session, actor, said.organization_id, at)
    return compare(session, said, None, at).plan


def plan_change(session: Session, actor: Actor, public_id: str, said: Statement, *, at: datetime) -> Look:
    """Return what `change_rule` would do, and by when; raise what it does, but "changed". Writes nothing."""
    rule = get_rule(session, public_id)
    check_actor(session, actor, rule.organization_id, at)
    _check_change(session, rule, said, rule.version, at)
    compared = compare(session, said, rule, at)
    return Look(compared.plan, date_asked(session, current(session), said, compared, at))


def make_rule(
    session: Session, actor: Actor, said: Statement, *, expected: Collection[int], client_id: str, at: datetime
) -> Reconciled:
    """Make a standing rule, ask those whom it means, and return what was done.

    The same `client_id` again changes nothing. Raises `NotFound` unless the actor answers for the organization today,
    the teams are its own and the track is published; `RuleBroken` when whom it newly asks is not `expected`
    ("changed"), "level-off" as in `check_offered`, when the form came before with something else ("sent-before"), and
    what `rules.due_fault` says.
    """
    meant = list_matching(session, said.organization_id, said.criteria, local_date(at))
    held = {each.person_id for each in meant} | {actor.person_id}
    lock(session, held)
    check_actor(session, actor, said.organization_id, at)
    same = (AssignmentRule.made_by == actor.account_id) & (AssignmentRule.client_id == client_id)
    known = session.execute(select(AssignmentRule).where(same)).scalar_one_or_none()
    if known is not None:
        if not is_same(_said_after(session, known, 0), said):
            raise RuleBroken("sent-before")
        return Reconciled(known.public_id, RulePlan())
    check_offered(session, current(session), said.organization_id, said.track_key)
    _check_said(session, said, at)
    plan = compare(session, said, None, at).plan
    if set(plan.new) != set(expected) - set(plan.unworded):
        raise RuleBroken("changed")
    rule = _written(session, actor, said, client_id, at)
    return _reconcile(session, rule, held, at)


def change_rule(
    session: Session,
    actor: Actor,
    public_id: str,
    said: Statement,
    *,
    version: int,
    mark: str,
    client_id: str,
    at: datetime,
) -> Reconciled:
    """Let a standing rule say something else, ask and take back what follows from it, and return what was done.

    Organization and track stay; who is asked already keeps her date. What it said before is kept (`RuleChange`). The
    same `client_id` again changes nothing. Raises `NotFound` as `make_rule` does, and for another organization or
    track; `RuleBroken` when the rule has ended ("rule-ended"), is not in this `version` any more ("rule-changed"), says
    the same already ("same"), when what would change is not what was looked at (`RulePlan.mark`, "changed"), when the
    form came before with something else ("sent-before"), and what `rules.due_fault` says.
    """
    rule = get_rule(session, public_id)
    meant = list_matching(session, rule.organization_id, said.criteria, local_date(at))
    held = {each.person_id for each in meant} | set(spells_of(session, rule.id))
    lock(session, held | {actor.person_id})
    rule = get_rule(session, public_id, hold=True)
    check_actor(session, actor, rule.organization_id, at)
    if (sent := _find_change(session, actor, client_id)) is not None:
        if sent.rule_id != rule.id or not is_same(_said_after(session, rule, sent.version), said):
            raise RuleBroken("sent-before")
        return Reconciled(public_id, RulePlan())
    _check_change(session, rule, said, version, at)
    if compare(session, said, rule, at).plan.mark != mark:
        raise RuleBroken("changed")
    _change(session, rule, actor, said, client_id, at)
    return _reconcile(session, rule, held, at)


def reconcile_rule(session: Session, public_id: str, *, at: datetime, actor: Actor | None = None) -> Reconciled:
    """Ask whom a rule newly means, take back what it asked of whom it no longer means and who has not begun.

    Twice, or by two at once, changes nothing the second time. The actor is None for the job; else raises `NotFound`
    unless she answers for the organization today. What has ended, or has no track any more, asks nobody.
    """
    rule = get_rule(session, public_id)
    meant = list_matching(session, rule.organization_id, criteria_of(rule.criteria), local_date(at))
    held = {each.person_id for each in meant} | set(spells_of(session, rule.id))
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
    return compare(session, statement_of(rule, rule), rule, at).plan


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


def _check_said(session: Session, said: Statement, at: datetime) -> None:
    """Raise `NotFound` without such a track or teams, and `RuleBroken` for a date that cannot be."""
    current(session).spec(TrackSpec, "track", said.track_key)
    if not has_teams(session, said.organization_id, said.criteria.teams):
        raise NotFound
    if (fault := rules.due_fault(said.due, local_date(at))) is not None:
        raise RuleBroken(fault)


def _check_change(session: Session, rule: AssignmentRule, said: Statement, version: int, at: datetime) -> None:
    """Raise what `change_rule` says of a rule that is held."""
    if (said.organization_id, said.track_key) != (rule.organization_id, rule.track_key):
        raise NotFound
    if rule.ended_at is not None:
        raise RuleBroken("rule-ended")
    if rule.version != version:
        raise RuleBroken("rule-changed")
    _check_said(session, said, at)
    if is_same(statement_of(rule, rule), said):
        raise RuleBroken("same")


def _find_change(session: Session, actor: Actor, client_id: str) -> RuleChange | None:
    """Return what the same form has changed before; None when it has not been sent yet."""
    sent = (RuleChange.changed_by == actor.account_id) & (RuleChange.client_id == client_id)
    return session.execute(select(RuleChange).where(sent)).scalar_one_or_none()


def _said_after(session: Session, rule: AssignmentRule, version: int) -> Statement:
    """Return what a rule said in the version after this one."""
    later = (RuleChange.rule_id == rule.id) & (RuleChange.version == version + 1)
    former = session.execute(select(RuleChange).where(later)).scalar_one_or_none()
    return statement_of(former or rule, rule)


def _change(
    session: Session, rule: AssignmentRule, actor: Actor, said: Statement, client_id: str, at: datetime
) -> None:
    """Keep what a rule says in its history, and let it say something else."""
    was = {name: getattr(rule, name) for name in _SAID}
    kept = {"rule_id": rule.id, "version": rule.version, "changed_by": actor.account_id, "changed_at": at}
    session.add(RuleChange(**was, **kept, client_id=client_id))
    for name, value in _columns(said).items():
        setattr(rule, name, value)
    rule.version += 1
    session.flush()
    _note(session, rule, actor.account_id, "changed", at, was=_plain(was), becomes=_plain(_columns(said)))


def _columns(said: Statement) -> dict[str, Any]:
    """Return what a rule says, as its row keeps it."""
    due = said.due
    values = (criteria_json(said.criteria), said.renewals, due.kind, due.on, due.days, due.eased)
    return dict(zip(_SAID, values, strict=True))


def _plain(columns: dict[str, Any]) -> dict[str, Any]:
    """Return columns as the audit trail keeps them."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in columns.items()}


def _written(session: Session, actor: Actor, said: Statement, client_id: str, at: datetime) -> AssignmentRule:
    rule = AssignmentRule(
        organization_id=said.organization_id,
        track_key=said.track_key,
        **_columns(said),
        made_by=actor.account_id,
        made_at=at,
        client_id=client_id,
    )
    session.add(rule)
    session.flush()
    _note(session, rule, actor.account_id, "made", at, track=said.track_key, **_plain(_columns(said)))
    return rule


def _note(
    session: Session, rule: AssignmentRule, account_id: int | None, what: str, at: datetime, **details: object
) -> None:
    action, place = f"tracks.rule_{what}", rule.organization_id
    record(session, account_id, action, "assignment_rule", rule.public_id, at=at, organization_id=place, **details)


def _reconcile(session: Session, rule: AssignmentRule, held: Collection[int], at: datetime) -> Reconciled:
    """Do what the plan of a rule says, for people and rule that are locked."""
    said = statement_of(rule, rule)
    compared = compare(session, said, rule, at, held)
    plan = compared.plan
    joined = [{"rule_id": rule.id, "person_id": each, "since": at} for each in plan.joining]
    insert_once(session, RuleMember, joined)
    if plan.leaving:
        gone = (RuleMember.rule_id == rule.id) & among(session, RuleMember.person_id, plan.leaving)
        session.execute(update(RuleMember).where(gone, RuleMember.until.is_(None)).values(until=at))
    if plan.asks:
        _ask(session, rule, said, compared, at)
    if plan.back:
        _take_back(session, rule, plan.back, at)
    rule.reconciled_at = at
    return Reconciled(rule.public_id, plan)


def _ask(session: Session, rule: AssignmentRule, said: Statement, compared: Compared, at: datetime) -> None:
    """Ask whom the plan names: the first time in one batch, for a renewal in another, whose date is each one's own."""
    library, again = current(session), _once(session, rule, compared.renewals, at)
    due_of = date_asked(session, library, said, compared, at).due_of
    first = [each for each in compared.plan.new if each not in compared.renewals]
    wishes = []
    for due, people in ((said.due, first), (Due("renewal", eased=True), again)):
        if people:
            batch = new_batch(
                said.organization_id,
                said.track_key,
                due,
                made_by=rule.made_by,
                client_id=new_client_id(),
                at=at,
                rule=rule,
            )
            wishes.append(Wish(batch, {each: due_of[each] for each in people}))
    session.add_all(wish.batch for wish in wishes)
    session.flush()
    ask_all(session, library, said.track_key, wishes, at)
    for wish in wishes:
        record_batch(session, wish.batch, list(wish.due_of), at)
    complete(session, library, sorted({*first, *again}), at=at)


def _once(session: Session, rule: AssignmentRule, renewals: Mapping[int, NextCycle], at: datetime) -> list[int]:
    """Note that a rule asks these people for a cycle, once in each spell, and return for whom that is new."""
    if not renewals:
        return []
    spells = select(RuleMember.id, RuleMember.person_id).where(
        RuleMember.rule_id == rule.id, RuleMember.until.is_(None), among(session, RuleMember.person_id, renewals)
    )
    person_of = {row.id: row.person_id for row in session.execute(spells)}
    rows = [
        {"member_id": member_id, "cycle": renewals[person_id].cycle, "asked_at": at}
        for member_id, person_id in person_of.items()
    ]
    return [person_of[row.member_id] for row in insert_once(session, RuleRenewal, rows, "member_id")]


def _take_back(session: Session, rule: AssignmentRule, person_ids: Sequence[int], at: datetime) -> None:
    """Take back what a rule asks of these people and they have not completed."""
    asked = [each for each in queries.asked_by_rule(session, rule.id, person_ids) if not each.is_done]
    since = begun_since(session, rule, person_ids)
    ids = [each.assignment_id for each in asked]
    withdrawn = take_back(session, rule.track_key, ids, since=since, at=at)
    _note(session, rule, None, "took_back", at, people=list(person_ids), withdrawn=withdrawn)
