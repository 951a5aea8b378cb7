"""Loads the demonstration's organizations and people: departments, CBOs, staff, supervisors, employments."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.demo.accounts import ACCOUNTS, Named
from lms.demo.names import CBOS, DEPARTMENTS, PROGRAMS
from lms.demo.plan import Plan, Spell, Worker
from lms.organizations import queries as organizations
from lms.organizations.service import (
    Facts,
    add_contract,
    create_organization,
    end_employment,
    start_employment,
    start_supervision,
)
from lms.people.queries import public_id_of
from lms.people.rules import Identifier
from lms.people.service import add_person, grant_role, keep_contact


def morning(day: date) -> datetime:
    """Return an instant in the working day of Los Angeles."""
    return datetime.combine(day, time(17, 30), UTC)


@dataclass
class Cast:
    """Who has been loaded so far: actors by e-mail address or worker number, organizations by key."""

    founded: date
    password_hash: str
    #: What survey answers are sealed with.
    secret_key: str
    actors: dict[str, Actor] = field(default_factory=dict)
    workers: dict[int, Actor] = field(default_factory=dict)
    supervisors: dict[str, Actor] = field(default_factory=dict)
    organization_ids: dict[str, int] = field(default_factory=dict)
    organization_public_ids: dict[str, str] = field(default_factory=dict)

    @property
    def administrator(self) -> Actor:
        """Return the administrator, who founds organizations."""
        return self.actors["administrator@demo.example"]

    @property
    def translator(self) -> Actor:
        """Return the translator, with the language that she knows."""
        return self._translates("translator@demo.example")

    @property
    def second_translator(self) -> Actor:
        """Return the other translator of the same language."""
        return self._translates("translator-two@demo.example")

    def _translates(self, email: str) -> Actor:
        named = self.actors[email]
        return replace(named, translates=frozenset({named.language}))


def load_staff(session: Session, cast: Cast) -> None:
    """Load the consortium's staff with their roles; viewers wait for their department."""
    for named in ACCOUNTS:
        if named.role not in ("worker", "supervisor", "viewer"):
            _load_staff_member(session, cast, named)


def _load_staff_member(session: Session, cast: Cast, named: Named, organization_id: int | None = None) -> None:
    at = morning(cast.founded)
    actor = _load_account(session, cast, named.name, named.language, ("email", named.email), at)
    grant_role(
        session,
        None,
        actor.public_id,
        named.role,
        language=named.language if named.role == "translator" else None,
        organization_id=organization_id,
        at=at,
    )
    cast.actors[named.email] = as_actor(actor, named.role, cast.founded)


def as_actor(actor: Actor, role: str, day: date, *supervises: int) -> Actor:
    """Return `actor` as she acts on `day`, with one role."""
    return Actor(
        account_id=actor.account_id,
        person_id=actor.person_id,
        public_id=actor.public_id,
        name=actor.name,
        language=actor.language,
        today=day,
        roles=frozenset({"worker", role}),
        employments=actor.employments,
        supervises=supervises or actor.supervises,
    )


def _load_account(
    session: Session, cast: Cast, name: str, language: str, contact: tuple[str, str], at: datetime
) -> Actor:
    """Load a person with a confirmed contact and the one passphrase."""
    account = add_person(session, name=name, language=language, is_demonstration=True, at=at)
    account.password_hash = cast.password_hash
    keep_contact(session, account.person_id, Identifier(*contact), is_work=False, confirmed_at=at, at=at)
    return Actor(
        account_id=account.id,
        person_id=account.person_id,
        public_id=public_id_of(session, account.person_id),
        name=name,
        language=language,
        today=at.date(),
    )


def load_organizations(session: Session, cast: Cast) -> None:
    """Load three departments, 24 CBOs and a contract for each."""
    at = morning(cast.founded)
    for key, name in DEPARTMENTS:
        _create(session, cast, Facts(name), key, "department", at)
    for number, (key, name, areas, geographies, populations) in enumerate(CBOS):
        facts = Facts(name, frozenset(areas), 2022, frozenset(geographies), frozenset(populations))
        _create(session, cast, facts, key, "cbo", at)
        add_contract(
            session,
            cast.administrator,
            cast.organization_public_ids[key],
            department_public_id=cast.organization_public_ids[DEPARTMENTS[number % 3][0]],
            program=PROGRAMS[number % 3],
            started_on=cast.founded,
            at=at,
        )
    for named in ACCOUNTS:
        if named.role == "viewer" and named.works_at:
            _load_staff_member(session, cast, named, cast.organization_ids[named.works_at])


def _create(session: Session, cast: Cast, facts: Facts, key: str, kind: str, at: datetime) -> None:
    public_id = create_organization(session, cast.administrator, facts, key=key, kind=kind, at=at)
    cast.organization_public_ids[key] = public_id
    cast.organization_ids[key] = organizations.ids_of_keys(session)[key]


def load_supervisors(session: Session, cast: Cast, plan: Plan) -> None:
    """Load one supervisor for each CBO."""
    at = morning(cast.founded)
    administrator = as_actor(cast.administrator, "administrator", cast.founded)
    for key, named in plan.supervisors:
        person = _load_account(session, cast, named.name, named.language, ("email", named.email), at)
        spell = Spell(key, "Program supervisor", cast.founded)
        employment = _employ(session, cast, administrator, person, spell)
        start_supervision(session, administrator, employment, cast.organization_public_ids[key], at=at)
        cast.supervisors[key] = as_actor(person, "supervisor", plan.today, cast.organization_ids[key])


def load_worker(session: Session, cast: Cast, worker: Worker) -> None:
    """Load one worker with the employments of her plan; ends come with `end_spells`."""
    first = worker.spells[0].since
    person = _load_account(session, cast, worker.name, worker.language, worker.contact, morning(first))
    for spell in worker.spells:
        administrator = as_actor(cast.administrator, "administrator", spell.since)
        employment = _employ(session, cast, administrator, person, spell)
        if spell.until is not None and spell.reason is not None:
            end_employment(
                session,
                as_actor(cast.administrator, "administrator", spell.until),
                employment,
                ended_on=spell.until,
                reason=spell.reason,
                at=morning(spell.until),
            )
    cast.workers[worker.number] = person


def _employ(session: Session, cast: Cast, administrator: Actor, person: Actor, spell: Spell) -> str:
    return start_employment(
        session,
        administrator,
        person.person_id,
        cast.organization_ids[spell.organization],
        started_on=spell.since,
        title=spell.title,
        hours_per_week=Decimal(spell.hours),
        kind=spell.kind,
        work_area=spell.area,
        at=morning(spell.since) + timedelta(minutes=1),
    ).employment_public_id
