"""Reads of organizations and staff, and policies beside their row filters."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, true, update

from lms.actor import Span
from lms.db import reading, write
from lms.errors import NotFound
from lms.organizations import policy, queries, service
from lms.organizations.models import EmploymentTerms, Organization, Supervision
from lms.organizations.queries import Places
from lms.organizations.service import Facts
from lms.people.queries import find_identity
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.organizations.conftest import TODAY, actor_of, public_id_of, rows

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _engines(app: Flask) -> None:
    """Every test here runs on both engines."""


def test_ties_follow_dated_employment_and_supervision(make: Make) -> None:
    here, there = make.organization(), make.organization()
    ana = make.person()
    old = make.employment(ana, there, since=TODAY - 9 * DAY, until=TODAY - DAY)
    now = make.employment(ana, here)
    for employment, organization, until in ((old, there, None), (now, here, TODAY), (now, there, TODAY - DAY)):
        row = {"employment_id": employment, "organization_id": organization, "started_on": TODAY - 9 * DAY}
        write(lambda s, row=row, until=until: s.execute(insert(Supervision).values(ended_on=until, **row)) and None)
    ties = queries.ties_of(reading(), ana.person_id, TODAY)
    assert ties.supervises == (here,)
    assert set(ties.employments) == {
        Span(here, date(2025, 1, 1)),
        Span(there, TODAY - 9 * DAY, TODAY - DAY),
    }
    assert queries.ties_of(reading(), ana.person_id, TODAY + DAY).supervises == ()
    spans = queries.spans_of(reading(), [ana.person_id, 999])
    assert spans == {ana.person_id: ties.employments}


def test_whom_a_session_stands_for_with_her_ties(make: Make) -> None:
    """As the two reads tell it apart, also of several roles, spells and duties."""
    first, second = make.organization(), make.organization()
    ana = make.person("Ana", roles=("viewer",), views=first)
    for organization in (first, second):
        make.employment(ana, organization)
    chief = make.supervisor(first)
    alone = make.person("Lei", roles=("certifier", "analyst"))
    for person in (ana, chief, alone):
        identity = find_identity(reading(), person.session_id)
        assert identity is not None
        ties = queries.ties_of(reading(), person.person_id, TODAY)
        assert queries.find_known(reading(), person.session_id, TODAY) == (identity, ties)
    known = queries.find_known(reading(), ana.session_id, TODAY)
    assert known is not None
    assert (known[0].views, len(known[1].employments)) == ((first,), 2)
    assert queries.find_known(reading(), "nobody:x", TODAY) is None


def test_staff_is_who_works_there_on_the_day_by_name(make: Make) -> None:
    here, there = make.organization("Here"), make.organization("There")
    people = {name: make.person(name) for name in ("Zoë", "ʻAlisi", "Ángel", "Gone", "Future", "Elsewhere", "Last day")}
    for name in ("Zoë", "ʻAlisi", "Ángel"):
        make.employment(people[name], here)
    make.employment(people["Gone"], here, until=TODAY - DAY)
    make.employment(people["Last day"], here, until=TODAY)
    make.employment(people["Future"], here, since=TODAY + DAY)
    make.employment(people["Elsewhere"], there, title="Community health_worker")

    def names(*ids: int, **more: Any) -> list[str]:
        return [row.name for row in queries.list_staff(reading(), ids or None, TODAY, **more)]

    assert names(here) == ["ʻAlisi", "Ángel", "Last day", "Zoë"]
    assert names(here, there)[2] == "Elsewhere"
    assert len(names()) == 5
    assert names(here, limit=2, offset=1) == ["Ángel", "Last day"]
    assert names(here, search="alisi") == ["ʻAlisi"]
    assert names(here, search="ANGEL") == ["Ángel"]
    assert names(here, there, search="health_w") == ["Elsewhere"]
    assert names(here, there, search="%") == names(here, there), "a sign that is no letter finds everybody"
    assert names(here, search="nobody") == []
    assert queries.count_staff(reading(), [here], TODAY) == 4
    assert queries.count_staff(reading(), [here], TODAY, search="zoe") == 1
    assert queries.names_of(reading(), [here, there]) == {here: "Here", there: "There"}
    assert queries.names_of(reading(), []) == {}


def test_titles_are_those_of_the_day(make: Make) -> None:
    here, ana = make.organization(), make.person()
    employment = make.employment(ana, here, title="Old")
    row = {
        "employment_id": employment,
        "since": TODAY,
        "title": "New",
        "hours_per_week": Decimal(20),
        "kind": "volunteer",
    }
    write(lambda session: session.execute(insert(EmploymentTerms).values(work_area=3, **row)) and None)
    assert [r.title for r in queries.list_staff(reading(), [here], TODAY - DAY)] == ["Old"]
    (today,) = queries.list_staff(reading(), [here], TODAY)
    assert today.title == "New"
    detail = queries.get_employment(reading(), today.employment_public_id, TODAY)
    assert (detail.title, detail.hours_per_week, detail.kind, detail.work_area) == ("New", Decimal(20), "volunteer", 3)
    assert queries.get_employment(reading(), today.employment_public_id, date(2020, 1, 1)).title == "Old"
    with pytest.raises(NotFound):
        queries.get_employment(reading(), "0" * 20, TODAY)
    (spell,) = queries.list_spells(reading(), ana.person_id)
    assert (spell.title, spell.organization_id, spell.end_reason) == ("New", here, None)


def test_an_organization_is_found_by_name_key_and_kind(make: Make) -> None:
    department = make.organization("Pueblo Público", kind="department")
    hope, closed = make.organization("Rising Hope"), make.organization("Ático")
    make.employment(make.person(), hope)
    shut = update(Organization).where(Organization.id == closed).values(closed_on=TODAY - DAY)
    write(lambda session: session.execute(shut) and None)

    def names(**more: Any) -> list[str]:
        return [row.name for row in queries.list_organizations(reading(), TODAY, **more)]

    assert names() == ["Ático", "Pueblo Público", "Rising Hope"]
    assert names(search="publico") == ["Pueblo Público"]
    assert names(search="org-2") == ["Rising Hope"]
    assert names(kind="department") == ["Pueblo Público"]
    assert names(limit=1, offset=2) == ["Rising Hope"]
    assert queries.count_organizations(reading()) == 3
    assert queries.count_organizations(reading(), search="hope", kind="cbo") == 1
    assert queries.get_organization(reading(), public_id_of(hope), TODAY).staff == 1
    with pytest.raises(NotFound):
        queries.get_organization(reading(), "0" * 20, TODAY)
    assert [each.id for each in queries.list_departments(reading(), TODAY)] == [department]
    assert [each.id for each in queries.list_choices(reading(), true(), TODAY)] == [department, hope]
    assert [each.id for each in queries.list_supervised(reading(), [closed, hope], TODAY)] == [hope]
    assert [each.name for each in queries.list_every(reading())] == ["Ático", "Pueblo Público", "Rising Hope"]
    assert queries.ids_of_keys(reading())["org-2"] == hope


def test_places_contracts_and_supervisors_are_read(make: Make) -> None:
    admin = actor_of(make.person(), "administrator")
    hope, department = make.organization("Hope"), make.organization("DPH", kind="department")
    boss = make.supervisor(hope, "Boss")
    facts = Facts("Hope", frozenset({6, 4}), 2012, frozenset({"south-la"}), frozenset({"lgbtq", "immigrants"}))
    write(lambda s: service.change_organization(s, admin, public_id_of(hope), facts, at=AT))
    places = queries.places_of(reading(), [hope, department])
    assert places == {hope: Places(((4, 2012), (6, 2012)), ("south-la",), ("immigrants", "lgbtq"))}
    assert places[hope].areas_of(2012) == (4, 6)
    assert places[hope].areas_of(2022) == ()
    key = write(
        lambda s: service.add_contract(
            s,
            admin,
            public_id_of(hope),
            department_public_id=public_id_of(department),
            program="Teams",
            started_on=TODAY,
            at=AT,
        )
    )
    row = queries.get_contract(reading(), key)
    assert (row.department, row.organization, row.organization_id, row.program) == ("DPH", "Hope", hope, "Teams")
    assert queries.list_contracts(reading(), hope) == queries.list_contracts(reading(), department) == [row]
    with pytest.raises(NotFound):
        queries.get_contract(reading(), "0" * 20)
    (supervisor,) = queries.list_supervisors(reading(), hope, TODAY)
    assert (supervisor.name, supervisor.person_public_id, supervisor.employer) == (
        "Boss",
        boss.person_public_id,
        "Hope",
    )
    assert queries.list_supervisors(reading(), hope, date(2024, 1, 1)) == []
    assert queries.list_paid(reading(), row.id) == []
    write(lambda s: service.pay_employment(s, admin, key, supervisor.employment_public_id, started_on=TODAY, at=AT))
    assert [each.name for each in queries.list_paid(reading(), row.id)] == ["Boss"]


# Policies. Each filter is compared with its check over people with every kind of history.


class World:
    """Two CBOs, each with a supervisor, and people with every history between them."""

    def __init__(self, make: Make) -> None:
        self.ours, self.theirs = make.organization(), make.organization()
        self.our_boss, self.their_boss = make.supervisor(self.ours), make.supervisor(self.theirs)
        spells = {"never": None, "now": (-9, None), "last-day": (-9, 0), "left": (-9, -3), "soon": (1, None)}
        self.people: dict[tuple[str, str], MadePerson] = {}
        for here, there in itertools.product(spells, spells):
            person = make.person(f"{here} {there}")
            for spell, organization in ((spells[here], self.ours), (spells[there], self.theirs)):
                if spell is not None:
                    until = None if spell[1] is None else TODAY + spell[1] * DAY
                    make.employment(person, organization, since=TODAY + spell[0] * DAY, until=until)
            self.people[here, there] = person

    def spans(self) -> dict[int, tuple[Span, ...]]:
        """Return everybody's spells."""
        return queries.spans_of(reading(), [person.person_id for person in self.people.values()])


@pytest.fixture
def world(make: Make) -> World:
    """Return two CBOs and their people."""
    return World(make)


@pytest.mark.parametrize(
    ("key", "days"),
    [
        ("never", ()),
        ("now", (-20, -9, -3, -2, 0)),
        ("last-day", (-20, -9, -3, -2, 0)),
        ("left", (-9, -3)),
        ("soon", ()),
    ],
)
def test_what_is_left_of_a_fact(world: World, key: str, days: tuple[int, ...]) -> None:
    """Of one who has left, what was recorded in her span; a spell elsewhere makes no difference."""
    spans, asked = world.spans(), (-20, -9, -3, -2, 0)
    actor = actor_of(world.our_boss)
    for there in ("never", "now", "left"):
        own = spans.get(world.people[key, there].person_id, ())
        seen = [each for each in asked if policy.can_see_fact(actor, own, world.ours, TODAY + each * DAY)]
        assert seen == list(days), there
        assert not any(policy.can_see_fact(actor, own, world.theirs, TODAY + each * DAY) for each in asked)


def test_who_manages_staff_is_the_same_in_check_and_filter(world: World, make: Make) -> None:
    for actor in (actor_of(world.our_boss), actor_of(make.person()), actor_of(make.person(), "administrator")):
        criterion = policy.manageable_organizations(actor)
        found = set(reading().scalars(select(Organization.id).where(criterion)))
        for (organization,) in rows(Organization.id):
            assert policy.can_manage_staff(actor, organization) == (organization in found)
