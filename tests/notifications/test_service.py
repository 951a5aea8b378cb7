"""Letters as rows: written once with their cause, held by one sender, settled by the one who holds them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.certificates.events import CertificateIssued, DecisionMade, Issued, certificate_issued, decision_made
from lms.db import reading, write
from lms.notifications import queries, rules, service
from lms.notifications.jobs import send_letters
from lms.notifications.models import Letter
from lms.notifications.queries import Moment
from lms.people import service as people
from lms.people.events import CodeMade, LinkMade, RecoveryVouched, code_made, link_made, recovery_vouched
from lms.people.models import AccessLink, Account, Contact
from lms.people.rules import Identifier
from lms.people.service.consents import agree_to_text
from lms.people.service.links import make_link
from lms.signals import announce
from lms.tracks.events import Assigned, TrackAssigned, track_assigned
from tests.conftest import AT
from tests.factories import Make
from tests.notifications.conftest import consent, phone

MINUTE = timedelta(minutes=1)


def letters() -> list[Letter]:
    found = list(reading().scalars(select(Letter).order_by(Letter.id)))
    reading().rollback()
    return found


def write_codes(count: int, kind: str = "email", first: int = 1) -> None:
    """Have letters written for `count` codes that nobody waits for."""
    where = "a@test.example" if kind == "email" else "+12135550100"
    facts = [CodeMade(first + n, kind, where, None, "to", AT) for n in range(count)]
    write(lambda session: [announce(code_made, session, fact) for fact in facts])


def claim(holder: str = "one", *, at: Any = AT, limit: int = 10) -> tuple[service.Claimed, ...]:
    return write(lambda session: service.claim_letters(session, holder, at=at, limit=limit))


def test_an_invitation_writes_one_letter_with_its_cause(app: Flask) -> None:
    invited = write(
        lambda session: people.invite(
            session, None, name="Mele ʻAnau", language="to", phone="+12135550100", by_text=True, at=AT
        )
    )
    (letter,) = letters()
    assert (letter.kind, letter.channel, letter.address, letter.language) == (
        "invitation",
        "sms",
        "+12135550100",
        "to",
    )
    assert letter.person_id == invited.person_id
    assert letter.values == {"link_id": invited.link_id}, "no token is kept"
    made = LinkMade(invited.link_id, "invitation", invited.account_id, invited.person_id, 1, AT)
    write(lambda session: announce(link_made, session, made))
    assert len(letters()) == 1, "the same letter is never written twice"


def test_every_old_contact_hears_of_a_way_back(app: Flask, make: Make) -> None:
    person = make.person("Mele ʻAnau")
    old = (Identifier("email", "m@test.example"), Identifier("phone", phone(person, agreed=False)))
    fact = RecoveryVouched(1, person.person_id, "to", old, AT)
    for _ in range(2):
        write(lambda session: announce(recovery_vouched, session, fact))
    assert [(each.channel, each.address, each.run_at) for each in letters()] == [
        ("email", "m@test.example", AT),
        ("sms", "+12135550100", AT),
    ]
    told = [queries.get_facts(reading(), letter, Moment(AT, AT.date())) for letter in claim()]
    assert [(each.name, each.language, each.channel) for each in told] == [
        ("Mele ʻAnau", "to", "email"),
        ("Mele ʻAnau", "to", "sms"),
    ]


@pytest.mark.parametrize(
    ("is_proven", "agreed", "is_told"),
    [(False, "", False), (True, "", True), (False, "given", True), (True, "withdrawn", False)],
)
def test_a_way_back_is_told_by_text_only_where_the_number_is_hers_and_never_after_stop(
    app: Flask, make: Make, is_proven: bool, agreed: str, is_told: bool
) -> None:
    ana = make.person()
    number = phone(ana, agreed=False, confirmed=is_proven)
    if agreed:
        consent(ana, number, agreed)
    fact = RecoveryVouched(
        1, ana.person_id, "to", (Identifier("phone", number), Identifier("phone", "+13105550100")), AT
    )
    write(lambda session: announce(recovery_vouched, session, fact))
    send_letters(app, at=AT)
    assert [each.address for each in letters() if each.state == "sent"] == ([number] if is_told else [])


@pytest.mark.parametrize("is_agreed", [True, False])
def test_an_invitation_by_text_needs_a_number_that_was_given_for_it(app: Flask, make: Make, is_agreed: bool) -> None:
    """Also one that waited in the outbox before anybody was asked."""
    invited = write(lambda s: people.invite(s, None, name="Ana", language="en", phone="+12135550100", at=AT))

    def ask_by_text(session: Any) -> None:
        contact_id = session.scalars(select(Contact.id)).one()
        if is_agreed:
            agree_to_text(session, [contact_id], None, at=AT)
        session.execute(update(AccessLink).values(contact_id=contact_id))
        made = LinkMade(invited.link_id, "invitation", invited.account_id, invited.person_id, contact_id, AT)
        service.write_link_letter(session, made)

    write(ask_by_text)
    assert send_letters(app, at=AT) == ("1 sent" if is_agreed else "1 dropped")


def test_a_way_back_is_not_sent_by_text_after_stop(app: Flask, make: Make) -> None:
    ana = make.person()
    number = phone(ana, agreed=False)
    consent(None, number, "withdrawn")

    def open_way(session: Any, purpose: str) -> None:
        contact_id = session.scalars(select(Contact.id).where(Contact.value == number)).one()
        account = session.get_one(Account, ana.account_id)
        make_link(session, account, purpose, contact_id=contact_id, created_by=None, at=AT)

    write(lambda session: open_way(session, "recovery"))
    assert send_letters(app, at=AT) == "1 dropped"
    write(lambda session: open_way(session, "reset"))
    assert send_letters(app, at=AT) == "1 sent", "she has asked for it at this moment"


def test_a_letter_falls_with_its_cause(app: Flask) -> None:
    def invite_and_fail(session: Any) -> None:
        people.invite(session, None, name="Mele", language="to", email="m@test.example", at=AT)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write(invite_and_fail)
    assert letters() == []


def test_no_letter_brings_a_link_that_opens_nothing(app: Flask) -> None:
    write(lambda session: announce(link_made, session, LinkMade(999, "reset", 1, 1, 1, AT)))
    assert letters() == []


def test_a_code_goes_where_it_was_asked_for(app: Flask) -> None:
    write_codes(1, "phone")
    (letter,) = letters()
    assert (letter.kind, letter.channel, letter.address, letter.language, letter.person_id) == (
        "code",
        "sms",
        "+12135550100",
        "to",
        None,
    )


def test_a_certificate_writes_to_each_holder_once_for_each_edition(app: Flask, make: Make) -> None:
    one, two = make.person(), make.person()
    subjects = (
        Issued(1, one.person_id, "core", "S1", 1),
        Issued(2, two.person_id, "core", "S2", 1),
    )
    for _ in range(2):
        write(lambda session: announce(certificate_issued, session, CertificateIssued(subjects, AT)))
    assert [(each.kind, each.person_id, each.address) for each in letters()] == [
        ("certificate", one.person_id, None),
        ("certificate", two.person_id, None),
    ]
    again = (Issued(1, one.person_id, "core", "S1", 2),)
    write(lambda session: announce(certificate_issued, session, CertificateIssued(again, AT)))
    assert len(letters()) == 3


@pytest.mark.parametrize(("outcome", "kinds"), [("ask", ["question"]), ("refuse", ["refusal"]), ("certify", [])])
def test_a_decision_is_told_unless_the_certificate_tells_it(
    app: Flask, make: Make, outcome: str, kinds: list[str]
) -> None:
    person = make.person()
    made = DecisionMade(7, person.person_id, "core", outcome, None, AT)
    write(lambda session: announce(decision_made, session, made))
    assert [each.kind for each in letters()] == kinds


def test_assignments_of_a_thousand_write_a_thousand_letters_that_wait_for_second_thoughts(
    app: Flask, make: Make
) -> None:
    person = make.person()
    subjects = tuple(Assigned(person.person_id, "core", 1, date(2026, 4, 1), n) for n in range(1000))
    write(lambda session: announce(track_assigned, session, TrackAssigned(subjects, AT)))
    assert len(letters()) == 1000
    assert {each.run_at for each in letters()} == {AT + rules.SECOND_THOUGHTS}
    assert claim() == ()
    assert len(claim(at=AT + rules.SECOND_THOUGHTS)) == 10


def test_what_somebody_waits_for_overtakes(app: Flask, make: Make) -> None:
    person = make.person()
    subjects = tuple(Issued(n, person.person_id, "core", f"S{n}", 1) for n in range(20))
    write(lambda session: announce(certificate_issued, session, CertificateIssued(subjects, AT)))
    write_codes(2)
    assert [each.kind for each in claim(limit=4)] == ["code", "code", "certificate", "certificate"]


def test_two_senders_never_hold_the_same_letter(app: Flask) -> None:
    write_codes(15)
    one, two, three = claim("one"), claim("two"), claim("three")
    assert (len(one), len(two), len(three)) == (10, 5, 0)
    assert not {each.id for each in one} & {each.id for each in two}


def test_a_letter_whose_sender_died_is_taken_again_when_its_lease_ends(app: Flask) -> None:
    write_codes(1)
    (first,) = claim("one")
    assert claim("two", at=AT + rules.LEASE - MINUTE) == ()
    (second,) = claim("two", at=AT + rules.LEASE)
    assert (second.id, second.public_id, second.tries) == (first.id, first.public_id, 0)

    def settle(holder: str) -> bool:
        return write(
            lambda session: service.mark_sent(
                session, first.id, holder, channel="email", address="a@x", language="en", at=AT
            )
        )

    assert settle("one") is False, "the one who came too late changes nothing"
    assert letters()[0].state == "sending"
    assert settle("two") is True
    assert (letters()[0].state, letters()[0].locked_by, letters()[0].sent_at) == ("sent", None, AT)


def test_senders_that_die_cost_a_letter_time_but_no_try(app: Flask) -> None:
    write_codes(1)
    for n in range(50):
        (letter,) = claim(f"sender {n}", at=AT + n * rules.LEASE)
        assert letter.tries == 0


def test_failures_are_tried_again_later_and_later_then_never(app: Flask) -> None:
    write_codes(1)
    at = AT
    for failed, pause in enumerate(rules.PAUSES):
        (letter,) = claim(at=at)
        assert letter.tries == failed
        write(
            lambda session, letter=letter, at=at: service.mark_failed(
                session, letter, "one", "421 busy\nlater", for_good=False, at=at
            )
        )
        assert (letters()[0].state, letters()[0].run_at) == ("pending", at + pause)
        assert letters()[0].problem == "421 busy later"
        assert claim(at=at + pause - timedelta(seconds=1)) == ()
        at += pause
    (letter,) = claim(at=at)
    assert write(lambda session: service.mark_failed(session, letter, "one", "x", for_good=False, at=at))
    assert letters()[0].state == "failed"
    assert claim(at=at + timedelta(days=9)) == ()


def test_a_fault_of_the_address_is_final(app: Flask) -> None:
    write_codes(1)
    (letter,) = claim()
    write(lambda session: service.mark_failed(session, letter, "one", "550 no", for_good=True, at=AT))
    assert letters()[0].state == "failed"


def test_a_letter_that_is_no_longer_true_is_dropped_with_its_reason(app: Flask) -> None:
    write_codes(1)
    (letter,) = claim()
    assert write(lambda session: service.mark_dropped(session, letter.id, "two", "used")) is False
    assert write(lambda session: service.mark_dropped(session, letter.id, "one", "used")) is True
    assert (letters()[0].state, letters()[0].problem) == ("dropped", "used")


def test_letters_that_were_not_tried_are_free_at_once(app: Flask) -> None:
    write_codes(2)
    held = claim()
    write(lambda session: service.give_back(session, held, "two"))
    assert claim("two") == (), "only their holder lets them go"
    write(lambda session: service.give_back(session, held, "one"))
    assert claim("two") == held


def test_letters_of_a_history_that_was_loaded_are_not_sent(app: Flask) -> None:
    write_codes(3)
    claim(limit=1)
    assert write(lambda session: service.drop_pending(session, at=AT - MINUTE)) == 0
    assert write(lambda session: service.drop_pending(session, at=AT)) == 2
    assert sorted(each.state for each in letters()) == ["dropped", "dropped", "sending"]
