"""What a standing rule says, and what comparing it with who works there would change. Writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.clock import local_date
from lms.content.library import Library, current
from lms.organizations.queries import list_matching
from lms.organizations.rules import Criteria, criteria_json, criteria_of
from lms.tracks import queries, rules
from lms.tracks.models import AssignmentRule, RuleChange, RuleMember
from lms.tracks.queries import RuleAsk
from lms.tracks.rules import Asking, Due, NextCycle, RulePlan
from lms.tracks.service.asking import Asks, began_of, ease_dates, read_asks
from lms.tracks.service.undoing import begun_of
from lms.tracks.service.wording import find_blocked


@dataclass(frozen=True)
class Statement:
    """What a rule says: whom of an organization it asks for which track, by when, and whether for renewals too."""

    organization_id: int
    track_key: str
    criteria: Criteria
    due: Due
    renewals: bool = False


@dataclass(frozen=True)
class Compared:
    """What a rule would change; `renewals` says which of those whom it asks it asks to renew what they completed."""

    plan: RulePlan
    renewals: Mapping[int, NextCycle] = field(default_factory=dict)


@dataclass(frozen=True)
class Dated:
    """By which local date a rule asks each person, and whose date was moved: it had passed, or left too little time."""

    due_of: Mapping[int, date | None]
    moved: tuple[int, ...]


@dataclass(frozen=True)
class Spells:
    """Whom a rule means so far, since when: {person id: instant}, in the order in which it came to mean them."""

    since: Mapping[int, datetime]

    def joining(self, meant: Sequence[int]) -> list[int]:
        """Return whom of these it does not mean yet."""
        return [each for each in meant if each not in self.since]

    def leaving(self, meant: Collection[int]) -> list[int]:
        """Return whom it means and who is not among these, by id."""
        return sorted(set(self.since) - set(meant))


def statement_of(rule: AssignmentRule | RuleChange, of: AssignmentRule) -> Statement:
    """Return what the rule `of` says, or what it said until a change."""
    due = Due(rule.due_kind, rule.due_on, rule.due_days, rule.due_eased)  # type: ignore[arg-type]  # a known kind
    return Statement(of.organization_id, of.track_key, criteria_of(rule.criteria), due, rule.asks_renewals)


def is_same(one: Statement, other: Statement) -> bool:
    """Return whether two statements say the same, in whatever order their criteria stand."""
    first, second = (replace(each, criteria=criteria_of(criteria_json(each.criteria))) for each in (one, other))
    return first == second


def compare(
    session: Session,
    said: Statement,
    rule: AssignmentRule | None,
    at: datetime,
    among_people: Collection[int] | None = None,
) -> Compared:
    """Return the difference. With `among_people`, those whom the rule came to mean since they were locked wait.

    Whom the rule does not mean yet waits too while the track asks for approved words and her language has none.
    """
    today = local_date(at)
    found = [each.person_id for each in list_matching(session, said.organization_id, said.criteria, today)]
    known = spells_of(session, rule.id) if rule else {}
    waiting = {*found, *known}.difference(among_people) if among_people is not None else set()
    joining = [each for each in found if each not in known]
    blocked = find_blocked(session, current(session), said.track_key, joining) if joining else {}
    waiting |= set(blocked)
    meant = [each for each in found if each not in waiting]
    spells = Spells({each: since for each, since in known.items() if each not in waiting})
    gone = spells.leaving(meant)
    people = sorted({*meant, *spells.since, *blocked})
    asks = read_asks(session, [said.organization_id], said.track_key, people, today)
    asked_now = {person_id for person_id, _ in asks.asked}
    latest = {person_id: cycle for (person_id, _), cycle in asks.latest.items()}
    by_rule = queries.asked_by_rule(session, rule.id, gone) if rule and gone else []
    renewing, spared = _renewals(session, said, asks, spells, latest) if said.renewals else (set(), set())
    plan = rules.plan_rule(
        meant,
        list(spells.since),
        Asking(
            staff=began_of(session, said.organization_id, today) if gone else (),
            asked=(latest.keys() - set(spells.joining(meant))) | asked_now,
            by_rule={each.person_id for each in by_rule},
            finished=(set(asks.finished) - set(gone)) | _all_done(by_rule),
            begun=begun_of(session, said.track_key, begun_since(session, rule, gone)) if rule else (),
            renewing=renewing,
            spared=spared,
        ),
    )
    again = {each: asks.renewals[each] for each in plan.asks if each in asks.renewals}
    unworded = tuple(each for each in joining if each in blocked.keys() - asked_now - set(asks.finished))
    return Compared(replace(plan, unworded=unworded), again)


def date_asked(session: Session, library: Library, said: Statement, compared: Compared, at: datetime) -> Dated:
    """Return by when a rule asks those whom it asks now: a renewal when what was completed is due."""
    today, again = local_date(at), compared.renewals
    began = began_of(session, said.organization_id, today)
    first = {each: rules.resolve_due(said.due, began[each], today) for each in compared.plan.new if each not in again}
    renewed = {each: renewal.due_on for each, renewal in again.items()}
    wished: dict[int, date | None] = {**first, **renewed}
    eased = ease_dates(session, library, said.track_key, wished if said.due.eased else renewed, at)
    due_of = {**wished, **eased}
    return Dated(due_of, tuple(each for each in due_of if due_of[each] != wished[each]))


def spells_of(session: Session, rule_id: int) -> dict[int, datetime]:
    """Return whom a rule means so far, since when, in the order in which it came to mean them. One query."""
    open_spells = select(RuleMember.person_id, RuleMember.since).where(
        RuleMember.rule_id == rule_id, RuleMember.until.is_(None)
    )
    return {row.person_id: row.since for row in session.execute(open_spells.order_by(RuleMember.id))}


def begun_since(session: Session, rule: AssignmentRule, person_ids: Collection[int]) -> dict[int, datetime]:
    """Return since when what each did counts as having begun: the rule was made, or she began to renew."""
    renewing = queries.renewing_since(session, person_ids, rule.track_key) if person_ids else {}
    return {each: max(rule.made_at, renewing.get(each, rule.made_at)) for each in person_ids}


def _renewals(
    session: Session, said: Statement, asks: Asks, spells: Spells, latest: Mapping[int, int]
) -> tuple[set[int], set[int]]:
    """Return whom nobody has asked for the renewal that is open to them, and of whom it was taken back.

    What was taken back before the rule came to mean somebody does not count: she fits anew.
    """
    coming = {
        each: renewal.cycle
        for each, renewal in asks.renewals.items()
        if each in spells.since and latest[each] < renewal.cycle
    }
    back = queries.taken_back(session, said.organization_id, said.track_key, coming) if coming else {}
    spared = {each for each, cycle in coming.items() if (at := back.get((each, cycle))) and at >= spells.since[each]}
    return coming.keys() - spared, spared


def _all_done(by_rule: Collection[RuleAsk]) -> set[int]:
    """Return who completed all that a rule asks of her."""
    return {each.person_id for each in by_rule} - {each.person_id for each in by_rule if not each.is_done}
