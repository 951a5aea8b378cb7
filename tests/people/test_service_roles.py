"""Changes that one person makes to another's account: roles, closing, recovery."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.actor import Actor
from lms.errors import NotAllowed, NotFound
from lms.people import queries, rules, service
from lms.people.models import Account, Contact, Recovery
from lms.people.rules import Identifier
from lms.people.service import NewDevice, roles
from tests.factories import MadePerson, Make
from tests.people.test_service import (
    AT,
    HASH,
    actions,
    actor_of,
    boss,
    broken,
    change,
    do,
    enter,
    heard,
    invite,
    look,
    newest_link,
    reset,
)
from tests.racing import outcomes, race

pytestmark = pytest.mark.usefixtures("app")
__all__ = ["boss", "heard"]
PHONE = Identifier("phone", "+12135550142")


def roles_of(person: MadePerson) -> list[str]:
    """Return the live roles of a person."""
    return [grant.role for grant in look(queries.list_grants, person.account_id) if grant.ended_at is None]


# -- roles


def test_a_role_is_given_once_and_ends_sessions(make: Make, boss: Actor) -> None:
    ana = make.person()
    do(service.grant_role, boss, ana.person_public_id, "certifier", language="to", organization_id=5)
    do(service.grant_role, boss, ana.person_public_id, "certifier")
    assert roles_of(ana) == ["certifier"]
    grant = look(queries.list_grants, ana.account_id)[0]
    assert (grant.language, grant.organization_id, grant.granted_by) == (None, None, "Boss")
    assert look(queries.find_identity, ana.session_id) is None
    assert actions() == ["people.role_granted"]
    do(service.end_role, boss, ana.person_public_id, grant.public_id)
    assert roles_of(ana) == []
    with pytest.raises(NotFound):
        do(service.end_role, boss, ana.person_public_id, grant.public_id)


def test_a_role_change_forgets_phones(make: Make, boss: Actor) -> None:
    ana = make.person()
    enter(ana, device=NewDevice("c" * 64, "x"))
    do(service.grant_role, boss, ana.person_public_id, "analyst")
    assert look(queries.list_devices, ana.account_id, AT) == []


def test_translator_and_viewer_carry_their_bounds(make: Make, boss: Actor) -> None:
    ana, department = make.person(), make.organization(kind="department")
    do(service.grant_role, boss, ana.person_public_id, "translator", language="to")
    do(service.grant_role, boss, ana.person_public_id, "translator", language="sm")
    do(service.grant_role, boss, ana.person_public_id, "viewer", organization_id=department)
    session_id = look(queries.find_session_id, ana.account_id)
    identity = look(queries.find_identity, session_id)
    assert identity.translates == {"to", "sm"}
    assert identity.views == (department,)
    with broken("role_needs_language"):
        do(service.grant_role, boss, ana.person_public_id, "translator", language="xx")
    with broken("role_needs_department"):
        do(service.grant_role, boss, ana.person_public_id, "viewer")


def test_nobody_grants_herself_and_only_administrators_grant(make: Make, boss: Actor) -> None:
    ana = make.person()
    with broken("role_to_oneself"):
        do(service.grant_role, boss, boss.public_id, "certifier")
    with broken("role_unknown"):
        do(service.grant_role, boss, ana.person_public_id, "supervisor")
    for held in (("supervisor",), ("certifier", "analyst", "trainer", "translator", "viewer", "worker")):
        with pytest.raises(NotAllowed):
            do(service.grant_role, actor_of(ana, *held), boss.public_id, "certifier")
        with pytest.raises(NotAllowed):
            do(service.disable_account, actor_of(ana, *held), boss.public_id)
    with pytest.raises(NotFound):
        do(service.grant_role, boss, "nobody", "certifier")


def test_the_first_administrator_is_made_by_the_program(make: Make) -> None:
    ana = make.person()
    do(service.grant_role, None, ana.person_public_id, "administrator")
    assert roles_of(ana) == ["administrator"]
    assert look(queries.list_grants, ana.account_id)[0].granted_by is None


def test_the_last_administrator_stays(make: Make, boss: Actor) -> None:
    grant = look(queries.list_grants, boss.account_id)[0]
    with broken("last_administrator"):
        do(service.end_role, boss, boss.public_id, grant.public_id)
    other = make.person(roles=("administrator",))
    with broken("not_oneself"):
        do(service.disable_account, actor_of(other, "administrator"), other.person_public_id)
    do(service.disable_account, actor_of(other, "administrator"), boss.public_id)
    with broken("last_administrator"):
        do(service.disable_account, boss, other.person_public_id)


def test_two_administrators_cannot_close_each_other(
    app: Flask, make: Make, boss: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They pass one after another: a lock that each holds of the other would end as well, but only by a second try."""
    other, looks = make.person(roles=("administrator",)), []
    keep = roles._keep_an_administrator

    def counted(*arguments: Any) -> None:
        looks.append(arguments)
        keep(*arguments)
        time.sleep(0.1)

    monkeypatch.setattr(roles, "_keep_an_administrator", counted)
    results = race(
        app,
        lambda: do(service.disable_account, boss, other.person_public_id),
        lambda: do(service.disable_account, actor_of(other, "administrator"), boss.public_id),
    )
    assert outcomes(results) == ["done", "last_administrator"]
    assert len(looks) == 2


def test_a_closed_account_ends_at_once_and_opens_again(make: Make, boss: Actor) -> None:
    ana = make.person()
    do(service.disable_account, boss, ana.person_public_id)
    do(service.disable_account, boss, ana.person_public_id)
    assert look(queries.find_identity, ana.session_id) is None
    assert look(queries.find_session_id, ana.account_id) is None
    assert look(queries.list_people, ana.email, 1)[0].state == "disabled"
    do(service.enable_account, boss, ana.person_public_id)
    do(service.enable_account, boss, ana.person_public_id)
    assert look(queries.find_identity, look(queries.find_session_id, ana.account_id)) is not None
    assert actions() == ["people.account_disabled", "people.account_enabled"]


def test_a_lost_second_factor_takes_the_password_with_it(make: Make, boss: Actor, heard: list[Any]) -> None:
    ana = make.person()
    with broken("second_factor_not_begun"):
        do(service.remove_second_factor, boss, ana.person_public_id)
    with broken("not_oneself"):
        do(service.remove_second_factor, boss, boss.public_id)
    change(update(Account).values(second_factor_secret="S", second_factor_confirmed_at=AT))
    do(service.remove_second_factor, boss, ana.person_public_id)
    facts = look(queries.get_account, ana.account_id)
    assert (facts.password_hash, facts.has_second_factor) == (rules.NO_PASSWORD, False)
    assert facts.second_factor_secret is None
    assert [fact.purpose for fact in heard] == ["reset"]
    reset(newest_link())


def test_a_second_factor_is_not_removed_without_an_email(make: Make, boss: Actor) -> None:
    ana = make.person()
    change(update(Account).values(second_factor_secret="S", second_factor_confirmed_at=AT))
    change(update(Contact).where(Contact.person_id == ana.person_id).values(kind="phone", value=PHONE.value))
    with broken("no_contact"):
        do(service.remove_second_factor, boss, ana.person_public_id)


# -- recovery


@pytest.fixture
def place(make: Make) -> int:
    """Return an organization."""
    return make.organization()


def ask(actor: Actor, person: MadePerson, *oversees: int, **more: Any) -> str:
    """Ask for a recovery of somebody who works in the organizations `oversees`, which the actor supervises."""
    usual = {"contact": PHONE, "reason": " She came \n with her badge ", "oversees": oversees, "is_staff": False}
    return str(do(service.request_recovery, actor, person.person_public_id, **{**usual, **more}))


def vouch(actor: Actor, recovery: str, requester: Actor | None, *oversees: int, **more: Any) -> datetime:
    """Vouch for a recovery that `requester` asked for; both supervise the organizations `oversees`."""
    usual = {"oversees": oversees, "is_staff": False, "requester": requester, "requester_oversees": oversees}
    made = do(service.vouch_recovery, actor, recovery, **{**usual, **more})
    assert isinstance(made, datetime)
    return made


def refuse(actor: Actor, recovery: str, *oversees: int, **more: Any) -> None:
    """Close a request."""
    do(service.refuse_recovery, actor, recovery, **{"oversees": oversees, "is_staff": False, **more})


def test_two_people_open_a_way_back(make: Make, boss: Actor, place: int, heard: list[Any]) -> None:
    ana = make.person()
    change(
        update(Account)
        .where(Account.id == ana.account_id)
        .values(second_factor_secret="S", second_factor_confirmed_at=AT)
    )
    chief = actor_of(make.person("Chief"), "supervisor")
    recovery = ask(chief, ana, place)
    row = look(queries.find_recovery, recovery, AT)
    assert (row.requested_by_name, row.reason, row.contact_value) == ("Chief", "She came with her badge", PHONE.value)
    with broken("recovery_waits"):
        ask(chief, ana, place)
    with broken("not_oneself"):
        vouch(chief, recovery, chief, place)
    assert heard == []
    assert vouch(boss, recovery, chief, requester_oversees={place}) == AT
    link, notice = heard
    assert (link.purpose, link.account_id) == ("recovery", ana.account_id)
    assert look(queries.find_link_letter, link.link_id, AT).contact_value == PHONE.value
    assert notice.old == (Identifier("email", ana.email),)
    with pytest.raises(NotFound):
        vouch(boss, recovery, chief, requester_oversees={place})
    assert look(queries.find_identity, ana.session_id) is not None  # nothing changed until she uses it
    with broken("password_too_short"):
        reset(newest_link(), was_short=True)
    reset(newest_link(), at=AT + timedelta(hours=23))
    assert [row.value for row in look(queries.list_contacts, ana.person_id)] == [PHONE.value]
    facts = look(queries.get_account, ana.account_id)
    assert (facts.password_hash, facts.has_second_factor) == (HASH, False)
    assert actions() == [
        "people.recovery_requested",
        "people.link_made",
        "people.recovery_vouched",
        "people.password_reset",
    ]


def test_a_way_back_without_an_administrator_waits_for_a_day(make: Make, place: int, heard: list[Any]) -> None:
    ana = make.person()
    chiefs = [actor_of(make.person(), "supervisor") for _ in range(2)]
    day = timedelta(days=1)
    assert vouch(chiefs[1], ask(chiefs[0], ana, place), chiefs[0], place) == AT + day
    assert [fact.created_at for fact in heard if fact.__class__.__name__ == "LinkMade"] == [AT + day]
    assert [fact.at for fact in heard if fact.__class__.__name__ == "RecoveryVouched"] == [AT]
    link = newest_link()
    assert look(queries.find_open_link, link, ("recovery",), AT + day - timedelta(seconds=1)) is None
    with broken("link_dead"):
        reset(link, at=AT + day - timedelta(seconds=1))
    assert look(queries.find_open_link, link, ("recovery",), AT + day) is not None
    reset(link, at=AT + day + timedelta(hours=23))


def test_the_owner_stops_a_way_back_by_a_new_password(make: Make, place: int) -> None:
    ana = make.person()
    chiefs = [actor_of(make.person(), "supervisor") for _ in range(2)]
    vouch(chiefs[1], ask(chiefs[0], ana, place), chiefs[0], place)
    old = look(queries.get_account, ana.account_id).password_hash
    do(service.set_password, actor_of(ana), checked_hash=old, new_hash="n", was_short=False, keep_device=None)
    with broken("link_dead"):
        reset(newest_link(), at=AT + timedelta(days=1, hours=1))


def test_the_owner_can_neither_ask_nor_vouch(make: Make, boss: Actor, place: int) -> None:
    chief = make.person("Chief")
    with pytest.raises(NotAllowed):
        ask(actor_of(chief, "supervisor"), chief, place)
    recovery = ask(boss, chief)
    with pytest.raises(NotAllowed):
        vouch(actor_of(chief, "administrator"), recovery, boss, place)


@pytest.mark.parametrize("staff", ["certifier", "supervisor"])
def test_staff_accounts_are_recovered_by_administrators_alone(make: Make, boss: Actor, place: int, staff: str) -> None:
    target = make.person(roles=("certifier",) if staff == "certifier" else ())
    supervises = {"is_staff": staff == "supervisor"}  # a granted role is found anyway
    chief = actor_of(make.person(), "supervisor")
    with pytest.raises(NotAllowed):
        ask(chief, target, place, **supervises)
    recovery = ask(boss, target, **supervises)
    with pytest.raises(NotAllowed):
        vouch(chief, recovery, boss, place, **supervises)
    with pytest.raises(NotAllowed):
        do(service.renew_invitation, chief, target.person_public_id, oversees={place}, send=False, **supervises)
    second = actor_of(make.person(roles=("administrator",)), "administrator")
    vouch(second, recovery, boss, **supervises)


def test_strangers_ask_for_nothing(make: Make) -> None:
    ana = make.person()
    for role in ("supervisor", "worker"):
        with pytest.raises(NotAllowed):
            ask(actor_of(make.person(), role), ana)


def test_a_request_stays_in_its_organization(make: Make, boss: Actor, place: int) -> None:
    ana, other = make.person(), make.organization()
    here, there = (actor_of(make.person(), "supervisor") for _ in range(2))
    recovery = ask(here, ana, place)
    second = ask(there, ana, other)  # each employer asks apart, and learns nothing of the other
    assert recovery != second
    for settle in (lambda: vouch(there, recovery, here, other), lambda: refuse(there, recovery, other)):
        with pytest.raises(NotAllowed):
            settle()
    of_place = look(queries.list_recoveries, organizations={place}, at=AT)
    assert [row.public_id for row in of_place] == [recovery]
    assert len(look(queries.list_recoveries, account_id=ana.account_id, at=AT)) == 2
    refuse(boss, second)


def test_a_request_ends_after_a_week_and_with_the_right_of_the_one_who_asked(
    make: Make, boss: Actor, place: int
) -> None:
    ana, chief = make.person(), actor_of(make.person(), "supervisor")
    recovery = ask(chief, ana, place)
    for requester, oversees in ((None, ()), (chief, ()), (chief, {place + 1})):
        with broken("requester_left"):
            vouch(boss, recovery, requester, requester_oversees=oversees)
    week = AT + timedelta(days=7)
    assert look(queries.find_recovery, recovery, week) is None
    with pytest.raises(NotFound):
        vouch(boss, recovery, chief, requester_oversees={place}, at=week)
    ask(chief, ana, place, at=week)


def test_a_request_says_why_and_for_whom(make: Make, boss: Actor) -> None:
    ana = make.person()
    with broken("reason_needed"):
        ask(boss, ana, reason=" \n ")
    with broken("reason_too_long"):
        ask(boss, ana, reason="a" * 501)
    recovery = ask(boss, ana)
    second = actor_of(make.person(roles=("administrator",)), "administrator")
    do(service.disable_account, boss, ana.person_public_id)
    with broken("account_disabled"):
        vouch(second, recovery, boss)
    refuse(second, recovery)
    assert look(queries.list_recoveries, at=AT) == []
    with broken("account_disabled"):
        ask(boss, ana)
    assert look(lambda session: session.scalar(select(Recovery.vouched_by))) is None


def test_the_way_back_goes_to_a_contact_of_hers_or_a_free_one(make: Make, boss: Actor, heard: list[Any]) -> None:
    ana, other = make.person(), make.person()
    second = actor_of(make.person(roles=("administrator",)), "administrator")
    recovery = ask(boss, ana, contact=Identifier("email", other.email))
    with broken("email_in_use"):
        vouch(second, recovery, boss)
    refuse(boss, recovery)
    recovery = ask(boss, ana, contact=Identifier("email", ana.email))
    vouch(second, recovery, boss)
    reset(newest_link())
    assert [row.value for row in look(queries.list_contacts, ana.person_id)] == [ana.email]


def test_a_person_without_account_state_is_found_by_nobody(app: Flask, boss: Actor) -> None:
    invited = invite(boss, email="lei@x.org")
    assert look(queries.get_person, invited.person_public_id).state == "invited"
    with pytest.raises(NotFound):
        look(queries.get_account, 999)
    assert look(queries.find_recovery, "x", AT) is None
