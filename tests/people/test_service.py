"""Changes to people and accounts: invitations, sessions, passwords, second factor, contacts."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.models import AuditEvent
from lms.db import write
from lms.errors import NotAllowed, NotFound, RuleBroken
from lms.i18n import force_locale
from lms.people import queries, rules, service
from lms.people.events import CodeMade, LinkMade, code_made, link_made, recovery_vouched
from lms.people.forms import BY_TEXT
from lms.people.models import (
    AccessLink,
    Account,
    Contact,
    Device,
    EndedSession,
    InvitationConsent,
    OneTimeCode,
    Person,
    SignInFailure,
)
from lms.people.rules import Guard, Identifier, Ties
from lms.people.service import NewDevice, NewPerson, contacts, invitations, proofs
from lms.people.service import consents as consents_
from tests.factories import MadePerson, Make
from tests.racing import look_together, outcomes, race

pytestmark = pytest.mark.usefixtures("app")
AT = datetime(2026, 3, 5, 18, 0, tzinfo=UTC)
KEY = "key"
GUARD = Guard("a" * 64, "b" * 64)
HASH = "hash of a new password"
SPARE = rules.new_spare_codes()


def actor_of(person: MadePerson, *roles: str) -> Actor:
    """Return the actor that the roof would build."""
    return Actor(
        person.account_id, person.person_id, person.person_public_id, "Name", "en", AT.date(), frozenset(roles)
    )


def do(fn: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """Run one service function in a transaction of its own, at the usual instant."""
    return write(lambda session: fn(session, *args, **{"at": AT, **more}))


def look(fn: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """Run one query in a transaction of its own."""
    return write(lambda session: fn(session, *args, **more))


def change(statement: Any) -> None:
    """Run one statement that prepares a test."""
    write(lambda session: session.execute(statement) and None)


def broken(code: str) -> Any:
    """Expect a rule to say no with `code`."""
    return pytest.raises(RuleBroken, match=f"^{code}$")


def actions() -> list[str]:
    """Return the audit trail's actions in order."""
    return list(look(lambda session: list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))))


@pytest.fixture
def heard(app: Flask) -> Iterator[list[Any]]:
    """Return every link, code and way back that was announced."""
    found: list[Any] = []

    def hear(fact: Any, *, session: Session) -> None:
        found.append(fact)

    with link_made.connected_to(hear), code_made.connected_to(hear), recovery_vouched.connected_to(hear):
        yield found


@pytest.fixture
def boss(make: Make) -> Actor:
    """Return an administrator."""
    return actor_of(make.person("Boss", roles=("administrator",)), "administrator", "worker")


def invite(actor: Actor | None = None, **more: Any) -> service.Invited:
    """Invite somebody new, who wants it by text where she has a number alone."""
    return do(service.invite, actor, **{"name": "Leilani \u02bbOfa", "language": "to", "by_text": True, **more})


def consents() -> list[InvitationConsent]:
    """Return what was said about numbers, the oldest first."""
    return list(look(lambda session: list(session.scalars(select(InvitationConsent).order_by(InvitationConsent.id)))))


def stamp_of(account_id: int) -> str:
    """Return the security stamp of a live account."""
    return (look(queries.find_session_id, account_id) or "").partition(":")[2]


def accept(invited: service.Invited, **more: Any) -> Any:
    """Accept an invitation."""
    usual = {
        "name": "Leilani \u02bbOfa",
        "language": "to",
        "password_hash": HASH,
        "stamp": stamp_of(invited.account_id),
    }
    return do(service.accept_invitation, invited.link_public_id, **{**usual, **more})


# -- inviting


def test_an_invitation_goes_to_the_email_first(make: Make, boss: Actor, heard: list[Any]) -> None:
    invited = invite(boss, email=" LEI@x.org ", phone="213 555 0142", is_work=True)
    assert [type(fact) for fact in heard] == [LinkMade]
    assert (heard[0].link_id, heard[0].purpose, heard[0].person_id) == (
        invited.link_id,
        "invitation",
        invited.person_id,
    )
    letter = look(queries.find_link_letter, invited.link_id, AT)
    assert (letter.contact_kind, letter.contact_value, letter.language) == ("email", "lei@x.org", "to")
    assert letter.expires_at == AT + timedelta(days=7)
    rows = look(queries.list_contacts, invited.person_id)
    assert [(row.kind, row.value, row.facts.is_work) for row in rows] == [
        ("email", "lei@x.org", True),
        ("phone", "+12135550142", False),
    ]
    assert actions() == ["people.invited", "people.link_made"]


def test_an_invitation_without_contact_waits_to_be_printed(boss: Actor, heard: list[Any]) -> None:
    invited = invite(boss)
    assert heard == []
    assert look(queries.find_link_letter, invited.link_id, AT) is None
    assert look(queries.find_open_link, invited.link_public_id, ("invitation",), AT).created_by == boss.account_id


def test_an_invitation_goes_by_text_only_to_a_number_that_was_given_for_it(make: Make, heard: list[Any]) -> None:
    boss = actor_of(make.person(roles=("administrator",)), "administrator")
    invited = invite(boss, phone="213 555 0142", by_text=False)
    assert invited.link_public_id, "it is printed"
    assert heard == []
    both = invite(boss, phone="213 555 0143", email="lei@x.org", by_text=True)
    assert look(queries.find_link_letter, both.link_id, AT).contact_kind == "email"
    assert [(each.contact_id is None, each.recorded_by, each.recorded_at, each.wording) for each in consents()] == [
        (False, boss.account_id, AT, consents_.WORDING)
    ]

    def renew(**more: Any) -> str:
        who = {"oversees": [], "is_staff": False, "send": True}
        return do(service.renew_invitation, boss, invited.person_public_id, **{**who, **more})

    heard.clear()
    with broken("number_not_given"):
        renew()
    assert renew(send=False, by_text=True)
    assert len(consents()) == 1, "what is printed needs none"
    assert heard == []
    assert renew(by_text=True)
    assert renew(), "what was said once stands"
    assert len(heard) == 2
    assert len(consents()) == 2


def test_many_are_invited_by_text_only_where_they_gave_their_numbers(make: Make, heard: list[Any]) -> None:
    def contact(number: int, kind: str = "phone") -> Identifier:
        return Identifier(kind, f"+1213555010{number}" if kind == "phone" else f"a{number}@x.org")

    newcomers = [
        NewPerson("One", "en", (contact(1),)),
        NewPerson("Two", "en", (contact(2),), by_text=True),
        NewPerson("Three", "en", (contact(3, "email"), contact(3)), by_text=True),
        NewPerson("Four", "en", (contact(4, "email"), contact(4))),
    ]
    ids = do(service.add_people, None, newcomers, invites=True)
    assert [each.person_id for each in heard] == ids[1:]
    letters = [look(queries.find_link_letter, each.link_id, AT) for each in heard]
    assert [(each.contact_kind, each.is_agreed) for each in letters] == [
        ("phone", True),
        ("email", False),
        ("email", False),
    ]
    assert len(consents()) == 2


def test_another_sentence_about_the_number_needs_another_version() -> None:
    """Who changes what is ticked changes `consents_.WORDING` too, and then this line."""
    with force_locale("en"):
        mark = hashlib.sha256(str(BY_TEXT).encode()).hexdigest()[:12]
    assert (consents_.WORDING, mark) == ("2026-11", "c030df2788a9")


def test_the_program_itself_and_supervisors_invite_workers_do_not(make: Make, heard: list[Any]) -> None:
    invite(None, phone="213 555 0142")
    assert len(heard) == 1
    invite(actor_of(make.person(), "supervisor"))
    with pytest.raises(NotAllowed):
        invite(actor_of(make.person(), "worker", "certifier"))


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"name": " "}, "name_empty"),
        ({"language": "de"}, "language_unknown"),
        ({"email": "x"}, "email_wrong"),
        ({"phone": "x"}, "phone_wrong"),
        ({"email": "USED@x.org"}, "email_in_use"),
    ],
)
def test_a_bad_invitation_writes_nothing(make: Make, more: dict[str, str], code: str) -> None:
    make.person(email="used@x.org")
    with broken(code):
        invite(None, **more)
    assert look(lambda session: session.scalar(select(func.count()).select_from(Person))) == 1


def test_two_people_may_share_a_number(make: Make) -> None:
    first, second = invite(None, phone="213 555 0142"), invite(None, phone="(213) 555-0142")
    phone = Identifier("phone", "+12135550142")
    change(update(Contact).where(Contact.person_id == second.person_id).values(confirmed_at=AT))
    assert [each.person_id for each in look(queries.list_claimants, phone)] == [second.person_id, first.person_id]
    assert [each.person_id for each in look(queries.list_candidates, phone)] == [second.person_id]


# -- accepting


def test_accepting_keeps_name_language_password_and_begins_a_session(boss: Actor) -> None:
    invited = invite(boss, email="lei@x.org")
    opened = accept(invited, name="Leil\u0101ni  \u02bbOfa", language="sm", email_is_work=True)
    identity = look(queries.find_identity, opened.session_id)
    assert (identity.name, identity.language, opened.language) == ("Leil\u0101ni \u02bbOfa", "sm", "sm")
    contact = look(queries.list_contacts, invited.person_id)[0].facts
    assert (contact.is_work, contact.confirmed_at) == (True, AT)
    assert look(queries.get_account, invited.account_id).password_hash == HASH
    assert look(queries.list_people, "leilani", 1)[0].state == "active"
    with broken("link_dead"):
        accept(invited)


def test_a_printed_invitation_asks_for_a_contact(boss: Actor) -> None:
    invited = invite(boss)
    with broken("contact_needed"):
        accept(invited)
    accept(invited, contact=Identifier("phone", "+12135550142"), email_is_work=True)
    assert look(queries.list_contacts, invited.person_id)[0].facts.confirmed_at is None


def test_a_worker_may_choose_codes_unless_another_has_proven_her_number(make: Make, boss: Actor) -> None:
    invited = invite(boss, phone="213 555 0142")
    other = invite(boss, phone="213 555 0142")
    accept(invited, password_hash=None, contact=Identifier("email", "lei@x.org"))
    assert look(queries.get_account, invited.account_id).password_hash is None
    with broken("password_needed_shared"):
        accept(other, password_hash=None)
    accept(other, password_hash=HASH)


def test_codes_need_a_contact_that_a_code_has_proven(make: Make, boss: Actor) -> None:
    phone, invited = Identifier("phone", "+12135550142"), invite(boss)
    with broken("contact_needed"):
        accept(invited, password_hash=None, contact=phone)
    ask = {"person_id": invited.person_id, "language": "en", "guard": GUARD}
    do(service.request_contact_code, phone, also=Guard("c" * 64), **ask)
    usual = {"name": "Lei", "language": "en", "contact": phone, "secret_key": KEY, "guard": GUARD}
    usual["stamp"] = stamp_of(invited.account_id)
    assert do(service.accept_by_code, invited.link_public_id, "x", **usual) is None
    assert look(queries.find_open_link, invited.link_public_id, ("invitation",), AT) is not None
    assert look(queries.list_contacts, invited.person_id) == []
    renewed = do(service.renew_invitation, boss, invited.person_public_id, oversees=(), is_staff=False, send=False)
    opened = do(service.accept_by_code, renewed, _code(phone), **usual)
    assert look(queries.find_identity, opened.session_id).name == "Lei"
    assert look(queries.list_contacts, invited.person_id)[0].facts.confirmed_at == AT
    for _ in range(10):
        do(service.fail_sign_in, GUARD)
    with broken("too_many_tries"):
        do(service.accept_by_code, renewed, "x", **usual)


def test_an_invitation_asks_for_five_messages_wherever_they_go(make: Make, boss: Actor) -> None:
    invited = invite(boss)
    usual = {"person_id": invited.person_id, "language": "en", "also": Guard("c" * 64)}
    for number in range(5):
        phone = Identifier("phone", f"+1213555014{number}")
        do(service.request_contact_code, phone, guard=Guard(f"{number:064x}"), **usual)
    with broken("too_many_letters"):
        do(service.request_contact_code, Identifier("email", "lei@x.org"), guard=Guard("d" * 64), **usual)


def test_a_claim_is_no_proof(make: Make, boss: Actor, heard: list[Any]) -> None:
    """Eve has an invitation and types what is Ana's: nothing changes for Ana, and Eve learns nothing."""
    ana, bea = make.person("Ana"), make.person("Bea")
    phone, mail = Identifier("phone", "+12135550142"), Identifier("email", bea.email)
    assert confirm(ana, phone)
    for contact in (phone, mail):
        accept(invite(boss), contact=contact)
    heard.clear()
    assert look(queries.list_contacts, ana.person_id)[1].sharers == 1
    assert [each.person_id for each in look(queries.list_candidates, phone)] == [ana.person_id]
    assert len(look(queries.list_claimants, mail)) == 2  # she signs in by it with her own password
    assert look(queries.find_contacts_by_value, mail) == [bea.person_id]
    for contact in (phone, mail):
        ask_reset(contact)
    assert [fact.person_id for fact in heard] == [ana.person_id, bea.person_id]


def test_an_invitation_to_a_proven_email_is_not_accepted(make: Make, boss: Actor) -> None:
    invited = invite(boss, email="lei@x.org")
    confirm(make.person(), Identifier("email", "lei@x.org"))
    with broken("email_in_use"):
        accept(invited)


def test_a_fifth_person_is_not_invited_by_one_number(boss: Actor) -> None:
    for _ in range(4):
        invite(boss, phone="213 555 0142")
    with broken("contact_shared_by_many"):
        invite(boss, phone="213 555 0142")


def test_who_joins_a_proven_number_needs_a_password(make: Make) -> None:
    ana, bea, phone = make.person(), make.person(), Identifier("phone", "+12135550142")
    change(update(Account).values(password_hash=None))
    assert confirm(ana, phone)
    with broken("password_needed_shared"):
        confirm(bea, phone)
    change(update(Account).where(Account.id == bea.account_id).values(password_hash=HASH))
    assert confirm(bea, phone)
    assert confirm(ana, phone)
    do(service.set_first_password, ana.account_id, "first")
    assert look(queries.get_account, ana.account_id).password_hash == "first"
    with broken("sign_in_refused"):
        do(service.set_first_password, ana.account_id, "second")


def test_a_new_duty_ends_every_session(make: Make) -> None:
    ana = make.person()
    enter(ana, device=NewDevice(rules.token_hash("t"), "x"))
    do(service.end_sessions_of, ana.person_id)
    assert look(queries.find_identity, ana.session_id) is None
    assert look(queries.find_device_session, "t", AT) is None


def test_staff_need_a_password(make: Make, boss: Actor) -> None:
    invited = invite(boss, email="lei@x.org")
    do(service.grant_role, boss, invited.person_public_id, "certifier")
    with broken("password_needed"):
        accept(invited, password_hash=None)


@pytest.mark.parametrize(
    ("later", "more", "code"),
    [
        (timedelta(days=7), {}, "link_dead"),
        (timedelta(0), {"name": "\x00a"}, "name_characters"),
        (timedelta(0), {"language": "xx"}, "language_unknown"),
    ],
)
def test_an_invitation_refused_stays_open(
    make: Make, boss: Actor, later: timedelta, more: dict[str, Any], code: str
) -> None:
    invited = invite(boss, email="lei@x.org")
    with broken(code):
        accept(invited, at=AT + later, **more)
    accept(invited)


def test_a_closed_or_used_account_takes_no_invitation(make: Make, boss: Actor) -> None:
    invited = invite(boss, email="lei@x.org")
    change(update(Account).where(Account.id == invited.account_id).values(disabled_at=AT))
    with broken("link_dead"):
        accept(invited)
    change(update(Account).where(Account.id == invited.account_id).values(disabled_at=None, password_hash="x"))
    with broken("link_dead"):
        accept(invited)


def test_ten_at_once_one_accepts(app: Flask, boss: Actor) -> None:
    invited = invite(boss, email="lei@x.org")
    outcomes: list[str] = []

    def run() -> None:
        with app.app_context():
            try:
                accept(invited)
                outcomes.append("in")
            except RuleBroken as error:
                outcomes.append(error.code)

    threads = [threading.Thread(target=run) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in"] + ["link_dead"] * 9


def test_an_email_is_given_to_one_of_two_who_are_invited_at_once(
    app: Flask, boss: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_together(monkeypatch, (invitations, "check_free"))
    results = race(app, *[lambda: invite(boss, email="lei@x.org")] * 2)
    assert outcomes(results) == ["done", "email_in_use"]


def test_of_two_with_one_phone_who_accept_at_once_one_needs_a_password(
    app: Flask, boss: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (invite(boss, phone="213 555 0142") for _ in range(2))
    look_together(monkeypatch, (invitations, "_check_way_in"))
    results = race(app, lambda: accept(first, password_hash=None), lambda: accept(second, password_hash=None))
    assert outcomes(results) == ["done", "password_needed_shared"]


def test_who_confirms_a_phone_while_another_accepts_by_it_needs_a_password(
    app: Flask, make: Make, boss: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, phone = make.person(), Identifier("phone", "+12135550142")
    change(update(Account).where(Account.id == ana.account_id).values(password_hash=None))
    invited = invite(boss, phone=phone.value)
    do(service.request_contact_code, phone, person_id=ana.person_id, language="en", guard=GUARD)
    usual = {"is_work": False, "secret_key": KEY, "guard": GUARD}
    look_together(monkeypatch, (contacts, "check_free"), (invitations, "_check_way_in"))
    results = race(
        app,
        lambda: do(service.confirm_contact, actor_of(ana), phone, _code(phone), **usual),
        lambda: accept(invited, password_hash=None),
    )
    assert outcomes(results) == ["done", "password_needed_shared"]


def test_four_people_at_most_prove_a_phone_at_once(
    app: Flask, make: Make, boss: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = Identifier("phone", "+12135550142")
    keep = lambda: do(service.keep_contact, make.person().person_id, phone, is_work=False, confirmed_at=AT)  # noqa: E731
    keep()
    keep()
    first, second = (invite(boss, phone=phone.value) for _ in range(2))
    keep()
    look_together(monkeypatch, (proofs, "check_free"))
    results = race(app, lambda: accept(first), lambda: accept(second))
    assert outcomes(results) == ["contact_shared_by_many", "done"]
    assert sum(look(queries.list_holders, phone).values()) == 4


# -- inviting again


def test_an_invitation_is_renewed_until_it_is_proven(make: Make, boss: Actor, heard: list[Any]) -> None:
    invited = invite(boss, email="lei@x.org")
    renewed = do(service.renew_invitation, boss, invited.person_public_id, oversees=(), is_staff=False, send=True)
    assert len(heard) == 2
    with broken("link_dead"):
        accept(invited)
    printed = do(service.renew_invitation, boss, invited.person_public_id, oversees=(), is_staff=False, send=False)
    assert len(heard) == 2
    assert look(queries.find_open_link, renewed, ("invitation",), AT) is None
    do(service.accept_invitation, printed, name="L", language="en", password_hash=HASH, stamp="")
    change(update(Account).where(Account.id == invited.account_id).values(password_hash=None))
    with broken("already_accepted"):  # whatever became of it, somebody has come in
        do(service.renew_invitation, boss, invited.person_public_id, oversees=(), is_staff=False, send=False)


def test_whoever_proved_a_contact_is_not_invited_again(boss: Actor) -> None:
    invited = invite(boss, email="lei@x.org")
    accept(invited, password_hash=None)
    with broken("already_accepted"):
        do(service.renew_invitation, boss, invited.person_public_id, oversees=(), is_staff=False, send=False)


def test_an_invitation_cannot_be_sent_nowhere(boss: Actor) -> None:
    invited = invite(boss)
    with broken("no_contact"):
        do(service.renew_invitation, boss, invited.person_public_id, oversees=(), is_staff=False, send=True)


def test_only_her_supervisor_or_an_administrator_renews(make: Make, boss: Actor) -> None:
    invited = invite(boss, email="lei@x.org")
    supervisor = actor_of(make.person(), "supervisor")
    with pytest.raises(NotAllowed):
        do(service.renew_invitation, supervisor, invited.person_public_id, oversees=(), is_staff=False, send=True)
    do(service.renew_invitation, supervisor, invited.person_public_id, oversees={1}, is_staff=False, send=True)
    do(service.grant_role, boss, invited.person_public_id, "analyst")
    with pytest.raises(NotAllowed):
        do(service.renew_invitation, supervisor, invited.person_public_id, oversees={1}, is_staff=False, send=True)
    with pytest.raises(NotFound):
        do(service.renew_invitation, boss, "nobody", oversees={1}, is_staff=False, send=True)


# -- signing in


def enter(person: MadePerson, **more: Any) -> Any:
    """Sign in by password."""
    checked = look(queries.get_account, person.account_id).password_hash
    usual = {"how": "password", "stamp": stamp_of(person.account_id), "guard": GUARD, "checked_hash": checked}
    return do(service.sign_in, person.account_id, **{**usual, **more})


def test_each_sign_in_begins_its_own_session(make: Make) -> None:
    ana = make.person("Ana", language="es")
    first, second = enter(ana), enter(ana)
    assert first.session_id != second.session_id
    assert first.language == "es"
    do(service.end_session, ana.account_id, first.session_id.split(":")[2], None)
    assert look(queries.find_identity, first.session_id) is None
    assert look(queries.find_identity, second.session_id).name == "Ana"
    do(service.end_session, ana.account_id, first.session_id.split(":")[2], None)
    assert actions().count("people.signed_out") == 2


def test_a_change_between_check_and_entry_refuses(make: Make, boss: Actor) -> None:
    ana = make.person("Ana")
    with broken("sign_in_refused"):
        enter(ana, checked_hash="an older hash")
    with broken("sign_in_refused"):
        enter(ana, stamp="an older stamp")
    do(service.disable_account, boss, ana.person_public_id)
    with broken("sign_in_refused"):
        enter(ana)


def test_an_unknown_account_is_missing(app: Flask) -> None:
    with pytest.raises(NotFound):
        do(service.sign_in, 77, how="code", stamp="", guard=GUARD)


def test_staff_neither_enter_by_code_nor_are_remembered(make: Make) -> None:
    staff = make.person(roles=("analyst",))
    with broken("sign_in_refused"):
        enter(staff, how="code")
    with broken("sign_in_refused"):
        enter(staff, device=NewDevice("c" * 64, "Chrome"))
    enter(staff)


def test_the_eleventh_guess_is_refused_even_when_right(make: Make) -> None:
    ana = make.person()
    for _ in range(9):
        do(service.fail_sign_in, GUARD)
    enter(ana)
    for _ in range(10):
        do(service.fail_sign_in, GUARD)
    with broken("too_many_tries"):
        enter(ana)
    enter(ana, guard=Guard("d" * 64))
    enter(ana, at=AT + timedelta(minutes=5, seconds=1))


def test_an_address_has_thirty_guesses(make: Make) -> None:
    ana = make.person()
    for number in range(30):
        do(service.fail_sign_in, Guard(f"{number:064x}", GUARD.address))
    with broken("too_many_tries"):
        enter(ana)
    enter(ana, guard=Guard(GUARD.own, "e" * 64))


def test_a_hundred_in_a_row_close_until_a_reset(make: Make) -> None:
    ana = make.person()
    own = rules.guess_bucket(KEY, ana.email, ana.account_public_id)
    for number in range(100):
        assert do(service.fail_sign_in, Guard(own), at=AT - timedelta(hours=number)) == number + 1
    with broken("too_many_tries"):
        enter(ana, guard=Guard(own), at=AT + timedelta(days=1))
    write(lambda s: service.send_resets(s, Identifier("email", ana.email), ties=Ties(), at=AT))
    link = look(lambda session: session.scalar(select(AccessLink.public_id)))
    do(service.use_reset, link, password_hash=HASH, was_short=False, secret_key=KEY)
    enter(ana, guard=Guard(own), at=AT + timedelta(days=1))


def test_the_owner_is_told_once_at_the_hundredth(make: Make, heard: list[Any]) -> None:
    ana, own = make.person(), Guard("d" * 64)
    mail, asked = Identifier("email", ana.email), []

    def ties_among(found: list[Any]) -> Ties:
        asked.extend(found)
        return Ties()

    for number in range(101):
        at = AT - timedelta(hours=number)
        do(service.refuse_sign_in, mail, own, Guard("e" * 64), ties_among=ties_among, at=at)
    assert len(asked) == len(heard) == 1


def test_parallel_guesses_are_all_counted(app: Flask, make: Make) -> None:
    counts: list[int] = []

    def run() -> None:
        with app.app_context():
            counts.append(do(service.fail_sign_in, GUARD))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == list(range(1, 9))


def test_an_old_hash_is_renewed_unless_it_changed(make: Make) -> None:
    ana = make.person()
    old = look(queries.get_account, ana.account_id).password_hash
    for new in ("new", "newer"):
        kept = write(lambda session, new=new: service.renew_hash(session, ana.account_id, old=old, new=new))
        assert kept == "new"
    assert look(queries.get_account, ana.account_id).password_hash == "new"


def test_a_remembered_phone_opens_for_thirty_days(make: Make) -> None:
    ana = make.person()
    token = "token of the phone"
    enter(ana, device=NewDevice(rules.token_hash(token), "Chrome, Android"))
    found = look(queries.find_device_session, token, AT + timedelta(days=29))
    assert look(queries.find_identity, found).person_id == ana.person_id
    assert look(queries.find_device_session, token, AT + timedelta(days=30)) is None
    assert look(queries.find_device_session, "another", AT) is None
    device = look(queries.list_devices, ana.account_id, AT)[0]
    opened = do(service.end_device, actor_of(ana), device.public_id)
    assert look(queries.find_device_session, token, AT) is None
    assert look(queries.find_identity, ana.session_id) is None
    assert look(queries.find_identity, opened.session_id) is not None
    do(service.end_device, actor_of(ana), device.public_id)
    with pytest.raises(NotFound):
        do(service.end_device, actor_of(make.person()), device.public_id)


def test_signing_out_forgets_the_phone(make: Make) -> None:
    ana = make.person()
    enter(ana, device=NewDevice(rules.token_hash("t"), "x"))
    do(service.end_session, ana.account_id, "random", "t")
    assert look(queries.find_device_session, "t", AT) is None


def test_signing_out_everywhere_keeps_only_this_session(make: Make) -> None:
    ana = make.person()
    enter(ana, device=NewDevice(rules.token_hash("t"), "x"))
    opened = do(service.sign_out_everywhere, actor_of(ana))
    assert look(queries.find_identity, ana.session_id) is None
    assert look(queries.find_device_session, "t", AT) is None
    assert look(queries.find_identity, opened.session_id) is not None


def test_a_code_proves_the_contact_anew(make: Make) -> None:
    ana = make.person()
    enter(ana, how="code", proven_contact=Identifier("email", ana.email))
    assert look(queries.list_contacts, ana.person_id)[0].facts.confirmed_at == AT


# -- codes


def _code(identifier: Identifier) -> str:
    """Return the newest code for a contact."""
    newest = select(OneTimeCode.public_id).where(OneTimeCode.contact_value == identifier.value)
    name = look(lambda session: session.scalar(newest.order_by(OneTimeCode.id.desc()).limit(1)))
    return rules.code_digits(KEY, name)


def ask_code(identifier: Identifier, **more: Any) -> None:
    """Ask for a sign-in code."""
    do(service.request_sign_in_code, identifier, **{"staff": frozenset(), "guard": GUARD, "language": "es", **more})


def test_a_code_goes_to_a_worker_and_works_once(make: Make, heard: list[Any]) -> None:
    ana = make.person("Ana", language="to")
    mail = Identifier("email", ana.email)
    ask_code(mail)
    assert [(fact.contact_value, fact.person_id, fact.language) for fact in heard] == [(ana.email, ana.person_id, "to")]
    assert isinstance(heard[0], CodeMade)
    letter = look(queries.find_code_letter, heard[0].code_id, AT)
    assert rules.code_digits(KEY, letter.public_id) == _code(mail)
    assert not do(service.use_code, mail, "000000" if _code(mail) != "000000" else "1", secret_key=KEY)
    assert not do(service.use_code, Identifier("email", "other@x.org"), _code(mail), secret_key=KEY)
    assert do(service.use_code, mail, _code(mail), secret_key=KEY)
    assert not do(service.use_code, mail, _code(mail), secret_key=KEY)
    assert look(queries.find_code_letter, heard[0].code_id, AT) is None


def test_a_code_has_five_tries_and_ten_minutes(make: Make) -> None:
    mail = Identifier("email", make.person().email)
    ask_code(mail)
    assert not do(service.use_code, mail, _code(mail), secret_key=KEY, at=AT + timedelta(minutes=10))
    for _ in range(5):
        assert not do(service.use_code, mail, "wrong", secret_key=KEY)
    assert not do(service.use_code, mail, _code(mail), secret_key=KEY)


def test_only_the_newest_code_counts(make: Make) -> None:
    mail = Identifier("email", make.person().email)
    ask_code(mail)
    first = _code(mail)
    ask_code(mail)
    if first != _code(mail):
        assert not do(service.use_code, mail, first, secret_key=KEY)
    assert do(service.use_code, mail, _code(mail), secret_key=KEY)


def test_no_code_is_sent_to_strangers_or_staff(make: Make, heard: list[Any]) -> None:
    ask_code(Identifier("email", "nobody@x.org"))
    ask_code(Identifier("email", make.person(roles=("trainer",)).email))
    supervisor = make.person()
    ask_code(Identifier("email", supervisor.email), staff=frozenset({supervisor.account_id}))
    assert heard == []
    assert look(lambda session: session.scalar(select(func.count()).select_from(OneTimeCode))) == 3


def test_a_shared_number_gets_a_code_that_names_nobody(heard: list[Any]) -> None:
    invite(None, phone="213 555 0142")
    invite(None, phone="213 555 0142")
    change(update(Contact).values(confirmed_at=AT))
    heard.clear()
    ask_code(Identifier("phone", "+12135550142"))
    assert [(fact.person_id, fact.language) for fact in heard] == [(None, "es")]


def test_five_letters_in_fifteen_minutes(make: Make) -> None:
    mail = Identifier("email", make.person().email)
    for _ in range(5):
        ask_code(mail)
    with broken("too_many_letters"):
        ask_code(mail)
    with broken("too_many_letters"):
        do(service.request_reset, mail, ties=Ties(), guard=GUARD)
    ask_code(mail, at=AT + timedelta(minutes=15, seconds=1))


def test_letters_close_for_fifteen_minutes_never_longer(make: Make) -> None:
    mail = Identifier("email", make.person().email)
    rows = [{"bucket": GUARD.own, "at": AT - timedelta(hours=1)} for _ in range(200)]
    write(lambda session: session.execute(SignInFailure.__table__.insert(), rows) and None)
    ask_code(mail)


def test_a_used_code_begins_the_letters_anew(make: Make) -> None:
    mail = Identifier("email", make.person().email)
    letters = Guard(rules.bucket(KEY, "letter", mail.value))
    for _ in range(5):
        ask_code(mail, guard=letters)
    assert do(service.use_code, mail, _code(mail), secret_key=KEY)
    ask_code(mail, guard=letters)


def test_an_address_asks_for_thirty_letters(make: Make) -> None:
    for number in range(30):
        ask_code(Identifier("email", f"n{number}@x.org"), guard=Guard(f"{number:064x}", GUARD.address))
    with broken("too_many_letters"):
        ask_code(Identifier("email", "more@x.org"))


# -- reset


def ask_reset(identifier: Identifier, **more: Any) -> None:
    """Ask for a reset link."""
    do(service.request_reset, identifier, **{"ties": Ties(), "guard": GUARD, **more})


def reset(link: str, **more: Any) -> None:
    """Set a new password by a link."""
    do(service.use_reset, link, **{"password_hash": HASH, "was_short": False, "secret_key": KEY, **more})


def newest_link() -> str:
    """Return the public id of the newest link."""
    return str(look(lambda s: s.scalar(select(AccessLink.public_id).order_by(AccessLink.id.desc()).limit(1))))


def test_a_reset_works_once_and_ends_every_session(make: Make, heard: list[Any]) -> None:
    ana = make.person()
    enter(ana, device=NewDevice(rules.token_hash("t"), "x"))
    ask_reset(Identifier("email", ana.email))
    first = newest_link()
    ask_reset(Identifier("email", ana.email))
    assert [fact.purpose for fact in heard] == ["reset", "reset"]
    with broken("link_dead"):
        reset(first)
    reset(newest_link())
    assert look(queries.get_account, ana.account_id).password_hash == HASH
    assert look(queries.find_identity, ana.session_id) is None
    assert look(queries.find_device_session, "t", AT) is None
    with broken("link_dead"):
        reset(newest_link())


def test_a_reset_lives_one_hour_and_dies_with_a_change(make: Make) -> None:
    ana = make.person()
    ask_reset(Identifier("email", ana.email))
    with broken("link_dead"):
        reset(newest_link(), at=AT + timedelta(hours=1))
    old = look(queries.get_account, ana.account_id).password_hash
    do(service.set_password, actor_of(ana), checked_hash=old, new_hash="n", was_short=False, keep_device=None)
    with broken("link_dead"):
        reset(newest_link())


def test_a_closed_account_is_not_reset(make: Make) -> None:
    ana = make.person()
    ask_reset(Identifier("email", ana.email))
    change(update(Account).where(Account.id == ana.account_id).values(disabled_at=AT))
    with broken("link_dead"):
        reset(newest_link())
    ask_reset(Identifier("email", ana.email))


def test_a_short_password_needs_the_second_factor_still(make: Make) -> None:
    ana = make.person()
    ask_reset(Identifier("email", ana.email))
    with broken("password_too_short"):
        reset(newest_link(), was_short=True)
    change(update(Account).where(Account.id == ana.account_id).values(second_factor_confirmed_at=AT))
    reset(newest_link(), was_short=True)


def test_a_reset_goes_only_where_it_is_proof_enough(make: Make, heard: list[Any]) -> None:
    one, two = invite(None, phone="213 555 0142"), invite(None, phone="213 555 0142")
    heard.clear()
    change(update(Contact).values(confirmed_at=AT))
    ask_reset(Identifier("phone", "+12135550142"))
    assert heard == []
    change(update(Contact).where(Contact.person_id == two.person_id).values(ended_at=AT))
    ask_reset(Identifier("phone", "+12135550142"), ties=Ties(staff=frozenset({one.account_id})))
    assert heard == []
    ask_reset(Identifier("phone", "+12135550142"), at=AT + timedelta(days=366))
    assert heard == []
    ask_reset(Identifier("phone", "+12135550142"))
    assert [fact.account_id for fact in heard] == [one.account_id]
    ask_reset(Identifier("email", "nobody@x.org"))
    assert len(heard) == 1


# -- the own account


def test_a_person_renames_herself_and_chooses_her_language(make: Make) -> None:
    ana = make.person("Ana")
    me = actor_of(ana)
    do(service.rename, me, "  An\u0101  \u02bbO ")
    do(service.set_language, me, "sm")
    do(service.set_language, me, "sm")
    identity = look(queries.find_identity, ana.session_id)
    assert (identity.name, identity.language) == ("An\u0101 \u02bbO", "sm")
    assert look(queries.list_people, "ana o", 1)[0].public_id == ana.person_public_id
    with broken("name_too_long"):
        do(service.rename, me, "a" * 201)
    with broken("language_unknown"):
        do(service.set_language, me, "de")
    for _ in range(2):
        do(service.set_listening, me, listens=True)
    assert actions() == ["people.renamed", "people.language_chosen", "people.listening_chosen"]


def test_a_new_password_ends_other_sessions_and_keeps_this_phone(make: Make) -> None:
    ana = make.person()
    for token in ("this", "that"):
        enter(ana, device=NewDevice(rules.token_hash(token), token))
    old = look(queries.get_account, ana.account_id).password_hash
    common = {"new_hash": HASH, "was_short": False, "keep_device": "this"}
    with broken("password_wrong"):
        do(service.set_password, actor_of(ana), checked_hash="other", **common)
    opened = do(service.set_password, actor_of(ana), checked_hash=old, **common)
    assert look(queries.find_identity, ana.session_id) is None
    assert look(queries.find_identity, opened.session_id) is not None
    assert look(queries.find_device_session, "this", AT) is not None
    assert look(queries.find_device_session, "that", AT) is None
    with broken("password_too_short"):
        do(service.set_password, actor_of(ana), checked_hash=HASH, new_hash="s", was_short=True, keep_device=None)


def test_the_second_factor_is_set_up_confirmed_used_and_ended(make: Make) -> None:
    ana = make.person()
    me, checked = actor_of(ana), look(queries.get_account, ana.account_id).password_hash
    spare = {"spare_codes": SPARE, "guard": GUARD}
    with broken("second_factor_not_begun"):
        do(service.confirm_second_factor, me, "1", **spare)
    with broken("second_factor_not_begun"):
        do(service.pass_second_factor, ana.account_id, "1", guard=GUARD)
    with broken("password_wrong"):
        do(service.begin_second_factor, me, checked_hash="x")
    do(service.begin_second_factor, me, checked_hash=checked)
    facts = look(queries.get_account, ana.account_id)
    assert facts.second_factor_secret
    assert not facts.has_second_factor
    codes = pyotp.TOTP(facts.second_factor_secret)
    assert do(service.confirm_second_factor, me, "12345", **spare) is None
    opened = do(service.confirm_second_factor, me, codes.at(AT), **spare)
    assert look(queries.find_identity, ana.session_id) is None
    assert look(queries.find_challenged, opened.session_id.rpartition(":")[0]) == ana.account_id
    with broken("second_factor_is_on"):
        do(service.begin_second_factor, me, checked_hash=checked)
    with broken("second_factor_not_begun"):
        do(service.confirm_second_factor, me, codes.at(AT), **spare)
    assert not do(service.pass_second_factor, ana.account_id, codes.at(AT), guard=GUARD)
    later = AT + timedelta(seconds=30)
    assert do(service.pass_second_factor, ana.account_id, codes.at(later), guard=GUARD, at=later)
    short = do(service.set_password, me, checked_hash=checked, new_hash="s", was_short=True, keep_device=None)
    assert short.session_id
    with broken("password_must_grow"):
        do(service.end_second_factor, me, checked_hash="s", is_short=True)
    do(service.end_second_factor, me, checked_hash="s", is_short=False)
    assert not look(queries.get_account, ana.account_id).has_second_factor


def test_a_spare_code_stands_once_for_the_second_factor(make: Make) -> None:
    ana, eve = make.person(), make.person()
    secret = rules.new_secret()
    change(update(Account).values(second_factor_secret=secret))
    for person, codes in ((ana, SPARE), (eve, rules.new_spare_codes())):
        me = actor_of(person)
        do(service.confirm_second_factor, me, pyotp.TOTP(secret).at(AT), spare_codes=codes, guard=GUARD)
    assert not do(service.pass_second_factor, eve.account_id, SPARE[0], guard=GUARD)
    assert do(service.pass_second_factor, ana.account_id, f" {SPARE[0].upper().replace('-', ' ')}", guard=GUARD)
    assert not do(service.pass_second_factor, ana.account_id, SPARE[0], guard=GUARD)
    assert not do(service.pass_second_factor, ana.account_id, pyotp.TOTP(secret).at(AT), guard=GUARD)  # still used
    checked = look(queries.get_account, ana.account_id).password_hash
    do(service.end_second_factor, actor_of(ana), checked_hash=checked, is_short=False)
    change(update(Account).values(second_factor_secret=secret))
    assert not do(service.pass_second_factor, ana.account_id, SPARE[1], guard=GUARD)
    assert actions().count("people.spare_code_used") == 1


def test_a_second_factor_stands_beside_a_password(make: Make) -> None:
    ana = make.person()
    change(update(Account).values(password_hash=None))
    with broken("password_needed"):
        do(service.begin_second_factor, actor_of(ana), checked_hash=None)


def test_codes_of_the_app_can_be_guessed_ten_times(make: Make) -> None:
    ana = make.person()
    change(update(Account).values(second_factor_secret=rules.new_secret()))
    for _ in range(10):
        do(service.pass_second_factor, ana.account_id, "x", guard=GUARD)
    with broken("too_many_tries"):
        do(service.pass_second_factor, ana.account_id, "x", guard=GUARD)
    with broken("too_many_tries"):
        do(service.confirm_second_factor, actor_of(ana), "x", spare_codes=SPARE, guard=GUARD)


# -- contacts


def confirm(person: MadePerson, contact: Identifier, **more: Any) -> bool:
    """Have a code sent to a contact and confirm it."""
    do(
        service.request_contact_code,
        contact,
        person_id=person.person_id,
        language="en",
        guard=Guard(rules.bucket(KEY, "letter", f"{person.person_id} {contact.value}")),
    )
    usual = {"is_work": False, "secret_key": KEY, "guard": GUARD}
    digits = more.pop("digits", None) or _code(contact)
    return bool(do(service.confirm_contact, actor_of(person), contact, digits, **{**usual, **more}))


def test_a_contact_is_hers_once_its_code_is_right(make: Make, heard: list[Any]) -> None:
    ana, phone = make.person(), Identifier("phone", "+12135550142")
    assert not confirm(ana, phone, digits="x")
    assert len(look(queries.list_contacts, ana.person_id)) == 1
    assert confirm(ana, phone, is_work=True)
    row = look(queries.list_contacts, ana.person_id)[1]
    assert (row.value, row.facts.is_work, row.facts.confirmed_at) == (phone.value, True, AT)
    assert heard[-1].person_id == ana.person_id
    assert confirm(ana, phone, is_work=False)
    assert look(queries.list_contacts, ana.person_id)[1].facts.is_work  # what it is, is said when it is added
    assert len(look(queries.list_contacts, ana.person_id)) == 2


def test_a_contact_is_guarded_like_a_sign_in(make: Make) -> None:
    ana = make.person()
    for _ in range(10):
        do(service.fail_sign_in, GUARD)
    with broken("too_many_tries"):
        confirm(ana, Identifier("phone", "+12135550142"))


def test_an_email_belongs_to_one_and_a_number_to_four(make: Make) -> None:
    people = [make.person() for _ in range(5)]
    with broken("email_in_use"):
        confirm(people[0], Identifier("email", people[1].email))
    phone = Identifier("phone", "+12135550142")
    for each in people[:4]:
        assert confirm(each, phone)
    with broken("contact_shared_by_many"):
        confirm(people[4], phone)
    assert [row.sharers for row in look(queries.list_contacts, people[0].person_id)] == [1, 4]


def test_a_contact_ends_and_comes_back_but_one_stays(make: Make) -> None:
    ana, phone = make.person(), Identifier("phone", "+12135550142")
    mail = look(queries.list_contacts, ana.person_id)[0].public_id
    with broken("contact_last"):
        do(service.end_contact, actor_of(ana), mail)
    confirm(ana, phone)
    ask_reset(Identifier("email", ana.email))
    do(service.end_contact, actor_of(ana), mail)
    with broken("link_dead"):
        reset(newest_link())
    with pytest.raises(NotFound):
        do(service.end_contact, actor_of(ana), mail)
    later = AT + timedelta(days=1)
    do(service.request_contact_code, Identifier("email", ana.email), person_id=1, language="en", guard=GUARD, at=later)
    code = _code(Identifier("email", ana.email))
    usual = {"is_work": False, "secret_key": KEY, "guard": GUARD, "at": later}
    assert do(service.confirm_contact, actor_of(ana), Identifier("email", ana.email), code, **usual)
    assert look(queries.list_contacts, ana.person_id)[0].public_id == mail


def test_a_number_that_replaced_another_is_known_as_such(make: Make) -> None:
    ana = make.person()
    confirm(ana, Identifier("phone", "+12135550142"), at=AT - timedelta(seconds=1))
    confirm(ana, Identifier("phone", "+12135550143"))
    facts = {row.value: row.facts.replaced for row in look(queries.list_contacts, ana.person_id)}
    assert facts == {ana.email: False, "+12135550142": False, "+12135550143": True}
    change(update(Contact).where(Contact.value == "+12135550142").values(confirmed_at=None))
    assert not look(queries.list_contacts, ana.person_id)[2].facts.replaced  # a mere claim was no contact of hers


# -- forgetting


def test_what_only_guarded_is_forgotten(make: Make) -> None:
    ana = make.person()
    do(service.fail_sign_in, GUARD)
    ask_code(Identifier("email", ana.email), guard=Guard("f" * 64))
    do(service.end_session, ana.account_id, "x", None)
    soon, late = AT + timedelta(hours=1), AT + timedelta(days=31)
    assert do(service.forget_old, codes_before=soon - timedelta(days=1), at=soon) == 0
    assert do(service.forget_old, codes_before=late - timedelta(days=1), at=late) == 5
    for model in (SignInFailure, EndedSession, OneTimeCode):
        assert look(lambda session, m=model: session.scalar(select(func.count()).select_from(m))) == 0


def test_locking_takes_ids_in_order_and_holds_them(app: Flask, make: Make, engine_name: str) -> None:
    ids = [make.person().person_id for _ in range(3)]
    write(lambda session: service.lock(session, [*reversed(ids), 99]))
    assert look(queries.names_of, ids) == {number: f"Person {place}" for place, number in enumerate(ids, 1)}
    assert look(queries.names_of, []) == {}
    assert look(lambda session: session.scalar(select(func.count()).select_from(Device))) == 0
