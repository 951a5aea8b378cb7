"""Employment, supervision, contracts and imports, on both engines."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from lms.actor import Actor
from lms.db import reading, write
from lms.errors import BadInput, NotFound, RuleBroken
from lms.ids import new_client_id
from lms.organizations import queries, rules, service
from lms.organizations.cli import KNOWN
from lms.organizations.models import (
    Contract,
    ContractEmployment,
    Employment,
    EmploymentTerms,
    Organization,
    OrganizationArea,
    OrganizationGeography,
    OrganizationPopulation,
    Supervision,
)
from lms.organizations.service import Facts, Newcomer, Terms, employments, organizations
from lms.people.models import Contact, Person
from tests.conftest import AT
from tests.factories import Make
from tests.organizations.conftest import TODAY, actions, actor_of, public_id_of, rows
from tests.racing import look_together, outcomes, race

DAY = timedelta(days=1)
TERMS = Terms("Promotora", Decimal("37.5"), "employee", None, 4)


@pytest.fixture(autouse=True)
def _engines(app: Flask) -> None:
    """Every test here runs on both engines."""


class Cbo:
    """A CBO with a supervisor and one worker."""

    def __init__(self, make: Make) -> None:
        self.id = make.organization()
        self.public_id = public_id_of(self.id)
        self.boss = make.supervisor(self.id)
        self.ana = make.person("Ana López")
        self.employment_id = make.employment(self.ana, self.id)
        self.employment = employment_key(self.employment_id)
        self.actor = actor_of(self.boss)


def employment_key(employment_id: int) -> str:
    """Return the public id of an employment."""
    return next(key for number, key in rows(Employment.id, Employment.public_id) if number == employment_id)


@pytest.fixture
def cbo(make: Make) -> Cbo:
    """Return a CBO with staff."""
    return Cbo(make)


@pytest.fixture
def admin(make: Make) -> Actor:
    """Return an administrator."""
    return actor_of(make.person("Admin", roles=("administrator",)), "administrator")


def refusal(act: Callable[[], Any]) -> str:
    """Return the code of the rule that an act breaks."""
    with pytest.raises(RuleBroken) as caught:
        act()
    return caught.value.code


def start(actor: Actor, person_id: int, organization_id: int, **more: Any) -> service.Started:
    """Begin an employment."""
    values = {"started_on": TODAY, "title": " Promotora  de salud ", "at": AT, **more}
    return write(lambda session: service.start_employment(session, actor, person_id, organization_id, **values))


def end(actor: Actor, employment: str, **more: Any) -> None:
    """End an employment."""
    values = {"ended_on": TODAY, "reason": "moved", "at": AT, **more}
    write(lambda session: service.end_employment(session, actor, employment, **values))


def test_beginning_writes_the_spell_and_its_terms(cbo: Cbo, make: Make) -> None:
    luis, clinic = make.person("Luis"), make.organization("Clinic")
    started = start(
        cbo.actor,
        luis.person_id,
        cbo.id,
        hours_per_week=Decimal(20),
        kind="contractor",
        supervising_provider_id=clinic,
        work_area=6,
    )
    columns = (Employment.id, Employment.person_id, Employment.organization_id, Employment.started_on)
    assert rows(*columns)[-1] == (started.employment_id, luis.person_id, cbo.id, TODAY)
    terms = rows(
        EmploymentTerms.since,
        EmploymentTerms.title,
        EmploymentTerms.hours_per_week,
        EmploymentTerms.kind,
        EmploymentTerms.supervising_provider_id,
        EmploymentTerms.work_area,
    )
    assert terms[-1] == (TODAY, "Promotora de salud", Decimal(20), "contractor", clinic, 6)
    assert actions() == ["organizations.employment_started"]


def test_the_same_form_begins_once(cbo: Cbo, make: Make) -> None:
    luis, key = make.person("Luis"), new_client_id()
    first = start(cbo.actor, luis.person_id, cbo.id, client_id=key)
    assert start(cbo.actor, luis.person_id, cbo.id, client_id=key) == first
    assert actions() == ["organizations.employment_started"]


def test_only_those_who_manage_staff_begin_change_and_end(cbo: Cbo, make: Make, admin: Actor) -> None:
    other, luis = Cbo(make), make.person("Luis")
    closed = make.organization()
    write(
        lambda session: (
            session.execute(update(Organization).where(Organization.id == closed).values(closed_on=TODAY - DAY))
            and None
        )
    )
    before = rows(Employment.id, Employment.ended_on), rows(EmploymentTerms.id)
    for actor, organization_id in ((other.actor, cbo.id), (actor_of(cbo.ana), cbo.id), (admin, closed), (admin, 9999)):
        with pytest.raises(NotFound):
            start(actor, luis.person_id, organization_id)
    for actor, key in ((other.actor, cbo.employment), (actor_of(cbo.ana), cbo.employment), (admin, "0" * 20)):
        with pytest.raises(NotFound):
            end(actor, key)
        with pytest.raises(NotFound):
            write(lambda s, a=actor, k=key: service.change_terms(s, a, k, TERMS, since=TODAY, at=AT))
    assert (rows(Employment.id, Employment.ended_on), rows(EmploymentTerms.id)) == before
    assert start(admin, luis.person_id, cbo.id).person_id == luis.person_id


def test_what_the_page_believed_is_checked_again(cbo: Cbo) -> None:
    stale = cbo.actor
    write(lambda session: session.execute(update(Supervision).values(ended_on=TODAY - DAY)) and None)
    with pytest.raises(NotFound):
        end(stale, cbo.employment)


def test_wrong_terms_and_days_write_nothing(cbo: Cbo, make: Make) -> None:
    luis = make.person("Luis").person_id
    for more, code in (
        ({"title": " "}, "title-empty"),
        ({"hours_per_week": Decimal(99)}, "hours-implausible"),
        ({"kind": "king"}, "kind-unknown"),
        ({"started_on": TODAY + 999 * DAY}, "start-too-late"),
    ):
        assert refusal(lambda more=more: start(cbo.actor, luis, cbo.id, **more)) == code
    assert refusal(lambda: start(cbo.actor, cbo.ana.person_id, cbo.id)) == "already-employed"
    assert len(rows(Employment.id)) == 2


def test_new_terms_keep_the_old_ones(cbo: Cbo) -> None:
    for title in ("Lead", "Team lead"):
        terms = Terms(title)
        write(lambda s, t=terms: service.change_terms(s, cbo.actor, cbo.employment, t, since=TODAY, at=AT))
    history = [row[1:] for row in rows(EmploymentTerms.employment_id, EmploymentTerms.since, EmploymentTerms.title)
               if row[0] == cbo.employment_id]  # fmt: skip
    assert history == [(date(2025, 1, 1), "Promotora"), (TODAY, "Team lead")]
    outside = date(2024, 12, 31)
    act = lambda: write(lambda s: service.change_terms(s, cbo.actor, cbo.employment, TERMS, since=outside, at=AT))  # noqa: E731
    assert refusal(act) == "terms-outside"


def test_ending_keeps_the_spell_with_its_reason(cbo: Cbo) -> None:
    end(cbo.actor, cbo.employment)
    end(cbo.actor, cbo.employment)
    assert (cbo.employment_id, TODAY, "moved") in rows(Employment.id, Employment.ended_on, Employment.end_reason)
    assert actions() == ["organizations.employment_ended"], "the same end told twice is one"
    end(cbo.actor, cbo.employment, ended_on=TODAY + DAY)
    assert (cbo.employment_id, TODAY + DAY) in rows(Employment.id, Employment.ended_on), "a planned end may move"


def test_what_cannot_be_ended(cbo: Cbo, make: Make, admin: Actor) -> None:
    assert refusal(lambda: end(cbo.actor, cbo.employment, reason="secret")) == "reason-unknown"
    assert refusal(lambda: end(cbo.actor, cbo.employment, ended_on=date(2024, 1, 1))) == "end-before-start"
    own = employment_key(1)
    assert refusal(lambda: end(cbo.actor, own)) == "own-employment"
    end(admin, own)


def test_history_is_changed_by_administrators_alone(cbo: Cbo, make: Make, admin: Actor) -> None:
    luis = make.person("Luis")
    gone = employment_key(make.employment(luis, cbo.id, until=TODAY - DAY))

    def rewrite(actor: Actor) -> None:
        write(lambda s: service.change_terms(s, actor, gone, TERMS, since=TODAY - DAY, at=AT))

    before = rows(EmploymentTerms.since, EmploymentTerms.title)
    assert refusal(lambda: end(cbo.actor, gone)) == "already-ended"
    assert refusal(lambda: rewrite(cbo.actor)) == "already-ended"
    assert rows(EmploymentTerms.since, EmploymentTerms.title) == before
    rewrite(admin)
    end(admin, gone, ended_on=TODAY - 2 * DAY)
    make.employment(luis, cbo.id, since=TODAY)
    assert refusal(lambda: end(admin, gone)) == "end-in-next"
    end(admin, gone, ended_on=TODAY - DAY)


# Newcomers


def welcome(cbo: Cbo, newcomer: Newcomer, actor: Actor | None = None, **more: Any) -> service.Started:
    """Begin the employment of a newcomer."""
    who = actor or cbo.actor
    values = {"started_on": TODAY, "terms": TERMS, "client_id": new_client_id(), "at": AT, **more}
    return write(lambda session: service.welcome_person(session, who, cbo.id, newcomer, **values))


def test_a_newcomer_is_invited_and_works_here(cbo: Cbo) -> None:
    key = new_client_id()
    newcomer = Newcomer("ʻAlisi Fīnau", "to", email="alisi@work.example", phone="213 555 0142", is_work=True)
    started = welcome(cbo, newcomer, client_id=key)
    assert rows(Person.id, Person.name, Person.language)[-1] == (started.person_id, "ʻAlisi Fīnau", "to")
    contacts = rows(Contact.person_id, Contact.kind, Contact.is_work)[-2:]
    assert contacts == [(started.person_id, "email", True), (started.person_id, "phone", False)]
    assert len(started.link_public_id) == 20
    again = welcome(cbo, newcomer, client_id=key)
    assert (again.employment_id, again.link_public_id) == (started.employment_id, "")


def test_somebody_alike_is_asked_about_before_anything_is_saved(cbo: Cbo) -> None:
    before = rows(Person.id), rows(Employment.id)
    for newcomer, code in (
        (Newcomer("ANA LOPEZ", "es"), "alike-name"),
        (Newcomer("López Ana", "es"), "alike-name"),
        (Newcomer("Ana López-Fīnau", "es"), "alike-name"),
        (Newcomer("Ana M. López", "es", email=cbo.ana.email.upper()), "alike-contact"),
        (Newcomer("Luis", "es", email=cbo.ana.email), "alike-shared"),
        (Newcomer("Ana López", "es", phone="nonsense", answer="same"), "unclear-person"),
        (Newcomer("Luis", "es", email=cbo.ana.email, answer="other"), "email_in_use"),
        (Newcomer("Luis", "es", phone="nonsense"), "phone_wrong"),
    ):
        assert refusal(lambda n=newcomer: welcome(cbo, n)) == code
    assert (rows(Person.id), rows(Employment.id)) == before


def test_a_near_name_is_asked_about_where_she_works_alone(cbo: Cbo, make: Make) -> None:
    """Everywhere else so many share two names that a question would only tell of strangers."""
    rosa = make.person("Rosa Soto")
    make.employment(rosa, cbo.id)
    assert refusal(lambda: welcome(cbo, Newcomer("Soto Rosa", "es"))) == "alike-name"
    assert welcome(Cbo(make), Newcomer("Soto Rosa", "es")).person_id != rosa.person_id
    end(cbo.actor, cbo.employment, ended_on=TODAY)
    assert refusal(lambda: welcome(cbo, Newcomer("Ana López-Fīnau", "es"))) == "alike-name", "one who left comes back"
    assert welcome(cbo, Newcomer("Ana López-Fīnau", "es", answer="other")).person_id != cbo.ana.person_id


def test_another_person_of_the_same_name_gets_her_own_record(cbo: Cbo) -> None:
    started = welcome(cbo, Newcomer("Ana López", "es", answer="other"))
    assert started.person_id != cbo.ana.person_id


def test_a_moved_worker_keeps_her_record(cbo: Cbo, make: Make) -> None:
    other, key = Cbo(make), new_client_id()
    for _ in range(2):  # a second tap changes nothing
        started = welcome(other, Newcomer("ana lopez", "es", email=cbo.ana.email, answer="same"), client_id=key)
        assert (started.person_id, started.link_public_id) == (cbo.ana.person_id, "")
    assert refusal(lambda: welcome(cbo, Newcomer("ana lopez", "es", email=cbo.ana.email, answer="same"))) == (
        "already-employed"
    )


def test_a_stranger_learns_nothing_of_who_has_a_record(cbo: Cbo, make: Make) -> None:
    other = Cbo(make)
    with pytest.raises(NotFound):
        write(
            lambda session: service.welcome_person(
                session,
                other.actor,
                cbo.id,
                Newcomer("Ana López", "es"),
                started_on=TODAY,
                terms=TERMS,
                client_id=new_client_id(),
                at=AT,
            )
        )


def test_a_double_tap_at_the_same_moment_invites_once(app: Flask, cbo: Cbo, monkeypatch: pytest.MonkeyPatch) -> None:
    find, pauses = employments.find_started, iter((0, 0.05, 0.1, 0.15) * 4)

    def find_slowly(*arguments: Any) -> service.Started | None:
        """Look, and pause after that, so that the first tap is through before the others look for people alike."""
        found = find(*arguments)
        time.sleep(next(pauses))
        return found

    monkeypatch.setattr(employments, "find_started", find_slowly)
    key, newcomer = new_client_id(), Newcomer("Tevita", "to", phone="213 555 0142")
    results = race(app, *[lambda: welcome(cbo, newcomer, client_id=key)] * 4)
    assert len({getattr(result, "employment_id", result) for result in results}) == 1, results
    assert [name for (name,) in rows(Person.name)].count("Tevita") == 1


@pytest.mark.parametrize("phone", [None, "213 555 0142"])
def test_two_supervisors_at_the_same_moment_do_not_make_two_of_one_person(
    app: Flask, cbo: Cbo, make: Make, monkeypatch: pytest.MonkeyPatch, phone: str | None
) -> None:
    deputy = actor_of(make.supervisor(cbo.id))
    look_together(monkeypatch, (employments, "_alike"))
    newcomer = Newcomer("Tevita", "to", phone=phone)
    results = race(app, lambda: welcome(cbo, newcomer), lambda: welcome(cbo, newcomer, actor=deputy))
    assert outcomes(results) == ["alike-contact" if phone else "alike-name", "done"]
    assert [name for (name,) in rows(Person.name)].count("Tevita") == 1


def test_two_forms_at_the_same_moment_employ_once(app: Flask, cbo: Cbo, make: Make) -> None:
    luis = make.person("Luis").person_id
    results = race(app, *[lambda: start(cbo.actor, luis, cbo.id)] * 3)
    codes = sorted(result.code if isinstance(result, RuleBroken) else "begun" for result in results)
    assert codes == ["already-employed", "already-employed", "begun"]


# Organizations and supervision

FACTS = Facts(" Rising  Hope ", frozenset({4, 6}), 2022, frozenset({"south-la"}), frozenset({"immigrants"}))


def create(actor: Actor, facts: Facts = FACTS, **more: Any) -> str:
    """Create an organization."""
    values = {"key": "", "kind": "cbo", "at": AT, **more}
    return write(lambda session: service.create_organization(session, actor, facts, **values))


def places() -> tuple[list[Any], list[Any], list[Any]]:
    """Return every area, geography and population."""
    return (
        [row[1:] for row in rows(OrganizationArea.id, OrganizationArea.spa, OrganizationArea.boundary_year)],
        [row[1] for row in rows(OrganizationGeography.id, OrganizationGeography.geography)],
        [row[1] for row in rows(OrganizationPopulation.id, OrganizationPopulation.population)],
    )


def test_a_name_is_given_to_one_of_two_organizations_at_the_same_moment(
    app: Flask, cbo: Cbo, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_together(monkeypatch, (organizations, "_check_name"))
    results = race(app, lambda: create(admin, key="one"), lambda: create(admin, key="two"))
    assert outcomes(results) == ["done", "name-taken"]
    other, facts = public_id_of(cbo.id), Facts("Fale Ola")
    mine = create(admin, Facts("Another"))
    change = lambda public_id: write(lambda s: service.change_organization(s, admin, public_id, facts, at=AT))  # noqa: E731
    look_together(monkeypatch, (organizations, "_check_name"))
    results = race(app, lambda: change(mine), lambda: change(other))
    assert outcomes(results) == ["done", "name-taken"]


def test_an_organization_is_created_with_where_and_whom_it_serves(admin: Actor) -> None:
    public_id = create(admin)
    columns = (Organization.public_id, Organization.key, Organization.name, Organization.kind)
    assert rows(*columns) == [(public_id, "rising-hope", "Rising Hope", "cbo")]
    assert places() == ([(4, 2022), (6, 2022)], ["south-la"], ["immigrants"])
    assert actions() == ["organizations.created"]


def test_facts_are_set_to_what_is_given(admin: Actor) -> None:
    public_id = create(admin)
    facts = Facts("Rising Hope Center", frozenset({8}), 2012, frozenset({"antelope-valley"}), frozenset(), TODAY)
    write(lambda session: service.change_organization(session, admin, public_id, facts, at=AT))
    assert places() == ([(4, 2022), (6, 2022), (8, 2012)], ["antelope-valley"], [])
    assert rows(Organization.name, Organization.closed_on) == [("Rising Hope Center", TODAY)]
    facts = Facts("Rising Hope Center", frozenset({6, 7}))
    write(lambda session: service.change_organization(session, admin, public_id, facts, at=AT))
    assert sorted(places()[0]) == [(6, 2022), (7, 2022), (8, 2012)]


def test_what_cannot_be_created(admin: Actor, cbo: Cbo) -> None:
    create(admin)
    for facts, more, code in (
        (Facts("RISING hope"), {}, "name-taken"),
        (Facts("Other"), {"key": "rising-hope"}, "key-taken"),
        (Facts("Other"), {"key": "Wrong Key"}, "key-wrong"),
        (Facts("健康"), {}, "key-wrong"),
        (Facts("Other"), {"kind": "shop"}, "kind-unknown"),
        (Facts(" "), {}, "name_empty"),
    ):
        assert refusal(lambda f=facts, m=more: create(admin, f, **m)) == code
    rename = Facts("Rising Hope")
    act = lambda: write(lambda s: service.change_organization(s, admin, cbo.public_id, rename, at=AT))  # noqa: E731
    assert refusal(act) == "name-taken"


def test_only_administrators_change_organizations(admin: Actor, cbo: Cbo, make: Make) -> None:
    department = public_id_of(make.organization("DPH", kind="department"))
    acts: list[Callable[[Any], Any]] = [
        lambda s: service.create_organization(s, cbo.actor, FACTS, key="", kind="cbo", at=AT),
        lambda s: service.change_organization(s, cbo.actor, cbo.public_id, FACTS, at=AT),
        lambda s: service.start_supervision(s, cbo.actor, cbo.employment, cbo.public_id, at=AT),
        lambda s: service.end_supervision(s, cbo.actor, cbo.employment, cbo.public_id, at=AT),
        lambda s: service.add_contract(
            s, cbo.actor, cbo.public_id, department_public_id=department, program="P", started_on=TODAY, at=AT
        ),
        lambda s: service.change_organization(s, admin, "0" * 20, FACTS, at=AT),
        lambda s: service.start_supervision(s, admin, "0" * 20, cbo.public_id, at=AT),
        lambda s: service.start_supervision(s, admin, cbo.employment, "0" * 20, at=AT),
        lambda s: service.end_contract(s, admin, "0" * 20, ended_on=TODAY, at=AT),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            write(act)
    assert actions() == []


def supervise(admin: Actor, cbo: Cbo, *, ends: bool = False, at: Any = AT) -> None:
    """Begin or end the supervision of a CBO's staff by its worker."""
    act = service.end_supervision if ends else service.start_supervision
    write(lambda session: act(session, admin, cbo.employment, cbo.public_id, at=at))


def test_supervision_is_dated_and_twice_is_once(admin: Actor, cbo: Cbo) -> None:
    assert actor_of(cbo.ana).supervises == ()
    supervise(admin, cbo)
    supervise(admin, cbo)
    assert actor_of(cbo.ana).supervises == (cbo.id,)
    tomorrow = AT + DAY
    supervise(admin, cbo, ends=True, at=tomorrow)
    supervise(admin, cbo, ends=True, at=tomorrow)
    assert actor_of(cbo.ana, at=tomorrow).supervises == ()
    assert rows(Supervision.id, Supervision.started_on, Supervision.ended_on)[-1][1:] == (TODAY, TODAY)
    assert actions() == ["organizations.supervision_started", "organizations.supervision_ended"]


def test_supervision_can_end_on_the_day_it_began(admin: Actor, cbo: Cbo) -> None:
    supervise(admin, cbo)
    supervise(admin, cbo, ends=True)
    assert actor_of(cbo.ana).supervises == ()
    supervise(admin, cbo)
    assert actor_of(cbo.ana).supervises == (cbo.id,)


def test_who_cannot_supervise(admin: Actor, cbo: Cbo, make: Make) -> None:
    luis = make.person("Luis")
    for since, until in ((TODAY + DAY, None), (TODAY - 9 * DAY, TODAY - DAY)):
        key = employment_key(make.employment(luis, cbo.id, since=since, until=until))
        with pytest.raises(NotFound):
            write(lambda s, k=key: service.start_supervision(s, admin, k, cbo.public_id, at=AT))
    boss = actor_of(cbo.boss, "administrator")
    own = employment_key(1)
    assert refusal(lambda: write(lambda s: service.start_supervision(s, boss, own, cbo.public_id, at=AT))) == (
        "supervises-herself"
    )


# Contracts


def test_contracts_tie_departments_cbos_and_employments(admin: Actor, cbo: Cbo, make: Make) -> None:
    department = public_id_of(make.organization("DPH", kind="department"))

    def add(**more: Any) -> str:
        values = {"department_public_id": department, "program": "Teams", "started_on": TODAY, "at": AT, **more}
        return write(lambda session: service.add_contract(session, admin, cbo.public_id, **values))

    contract = add()
    assert refusal(add) == "contract-there"
    assert refusal(lambda: add(program=" ")) == "program-empty"
    assert refusal(lambda: add(department_public_id=cbo.public_id)) == "payer-not-a-department"

    def pay(employment: str, **more: Any) -> None:
        values = {"started_on": TODAY, "at": AT, **more}
        write(lambda session: service.pay_employment(session, admin, contract, employment, **values))

    pay(cbo.employment)
    pay(cbo.employment)
    assert rows(ContractEmployment.id, ContractEmployment.employment_id) == [(1, cbo.employment_id)]
    assert refusal(lambda: pay(cbo.employment, started_on=TODAY - DAY)) == "paid-outside"
    with pytest.raises(NotFound):
        pay(Cbo(make).employment)

    def close(ended_on: date | None) -> None:
        write(lambda session: service.end_contract(session, admin, contract, ended_on=ended_on, at=AT))

    close(TODAY + DAY)
    assert rows(Contract.public_id, Contract.ended_on) == [(contract, TODAY + DAY)]
    assert refusal(lambda: close(TODAY - DAY)) == "contract-ends-first"
    assert actions() == [
        "organizations.contract_added",
        "organizations.employment_paid",
        "organizations.contract_ended",
    ]


# Importing


def table(text: str) -> list[rules.Wanted]:
    """Return what a CSV text asks for."""
    return rules.read_rows(rules.read_table(text.encode(), rules.COLUMNS, rules.REQUIRED), KNOWN)


def bring(text: str) -> service.Imported:
    """Import a CSV text."""
    wanted = table(text)
    return write(lambda session: service.import_organizations(session, wanted, at=AT))


FIRST = """key,name,kind,areas,geographies,populations,department,program,contract_start,contract_end
dph,Public Health,department,,,,,,,
rising,Rising Hope,cbo,4;6,south-la,immigrants,dph,Teams,2025-07-01,
rising,Rising Hope,,,,,dph,Outreach,2025-07-01,2026-06-30
"""
SECOND = """key,name,areas,geographies,populations,department,program,contract_start,contract_end
rising,Rising Hope Center,6;8,antelope-valley,lgbtq,dph,Teams,2025-07-01,2026-12-31
"""


def test_an_import_writes_everything_and_twice_changes_nothing(app: Flask) -> None:
    done = bring(FIRST)
    assert (done.created, done.changed, done.unchanged) == (("dph", "rising"), (), 0)
    assert places() == ([(4, 2022), (6, 2022)], ["south-la"], ["immigrants"])
    assert sorted(row[1:] for row in rows(Contract.id, Contract.program, Contract.ended_on)) == [
        ("Outreach", date(2026, 6, 30)),
        ("Teams", None),
    ]
    before = queries.list_present(reading())
    reading().rollback()
    assert bring(FIRST) == service.Imported((), (), 2, ())
    assert queries.list_present(reading()) == before
    reading().rollback()
    assert actions() == ["organizations.import_created"] * 2


def test_an_import_does_what_the_preview_said(app: Flask) -> None:
    bring(FIRST)
    told = service.preview_import(reading(), table(SECOND))
    assert bring(SECOND) == told
    assert told.changed == ("rising",)
    assert list(told.lines) == [
        "rising: rename 'Rising Hope' to 'Rising Hope Center'",
        "rising: add area 8 (2022)",
        "rising: remove area 4 (2022)",
        "rising: add geography antelope-valley",
        "rising: remove geography south-la",
        "rising: add population lgbtq",
        "rising: remove population immigrants",
        "rising: set the last day of contract dph / Teams, 2025-07-01 to 2026-12-31",
    ]
    assert places() == ([(6, 2022), (8, 2022)], ["antelope-valley"], ["lgbtq"])
    assert rows(Organization.key, Organization.search_key)[-1] == ("rising", "rising hope center")
    assert service.preview_import(reading(), table(SECOND)).lines == ()


def test_the_same_import_twice_at_the_same_moment_writes_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    look_together(monkeypatch, (rules, "plan_import"))
    results = race(app, lambda: bring(FIRST), lambda: bring(FIRST))
    assert sorted(len(done.created) for done in results) == [0, 2], results
    assert actions() == ["organizations.import_created"] * 2


def test_a_faulty_import_writes_nothing(app: Flask) -> None:
    with pytest.raises(BadInput):
        bring("key,name,department,program,contract_start\nok,Fine,,,\nbad,Bad,nobody,P,2025-07-01\n")
    assert rows(Organization.id) == actions() == []


def test_150_cbos_at_once_take_less_than_two_seconds(app: Flask) -> None:
    head = FIRST.splitlines()[:2]
    lines = [
        f"cbo-{n},Community {n},cbo,{n % 8 + 1};{(n + 3) % 8 + 1},south-la,immigrants,dph,Teams,2025-07-01,"
        for n in range(150)
    ]
    began = time.perf_counter()
    done = bring("\n".join([*head, *lines]))
    took = time.perf_counter() - began
    assert len(done.created) == 151
    assert took < 2, f"{took:.2f} s"
    assert len(rows(OrganizationArea.id)) == 300
