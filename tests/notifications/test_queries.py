"""What letters say when they are sent: from the present record, and not at all when it has changed."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.certificates import service as certificates
from lms.certificates.jobs import finish_issues
from lms.certificates.models import Award
from lms.certificates.rules.decisions import Choice
from lms.clock import local_date
from lms.db import reading, write
from lms.ids import new_client_id
from lms.notifications import queries, rules, service
from lms.notifications.jobs import send_letters
from lms.notifications.models import Letter, SmsConsent
from lms.notifications.queries import Claimed, Facts, Moment
from lms.notifications.rules import NoLongerTrue, NotYet
from lms.people import service as people
from lms.people.models import Account, Contact, OneTimeCode, Person
from lms.people.rules import Guard, Identifier
from lms.people.service.codes import request_contact_code
from lms.tracks import service as tracks
from tests.certificates.story import TRACK, actor_of, application_of, award_of, certify, complete, decide
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.notifications.conftest import letters

LATER = AT + timedelta(hours=1)


def claimed(kind: str, at: datetime = LATER) -> service.Claimed:
    """Claim what is due, and return the only letter of `kind` among it."""
    batch = write(lambda session: service.claim_letters(session, "one", at=at))
    (found,) = (letter for letter in batch if letter.kind == kind)
    return found


def told(letter: service.Claimed, at: datetime = LATER) -> Facts:
    try:
        return queries.get_facts(reading(), letter, Moment(at, local_date(at)))
    finally:
        reading().rollback()


def agree(person: MadePerson, number: str) -> None:
    said = {"number": number, "kind": "given", "way": "page", "wording": "2026-11", "language": "en", "at": AT}
    write(lambda session: session.add(SmsConsent(person_id=person.person_id, **said)))


def change(model: Any, criterion: Any, **values: Any) -> None:
    write(lambda session: session.execute(update(model).where(criterion).values(**values)) and None)


def test_nothing_is_due_in_an_empty_box(app: Flask, make: Make) -> None:
    assert not queries.has_due(reading(), at=AT)


def test_what_is_due(app: Flask, make: Make) -> None:
    person = make.person()
    write(lambda session: _ask_code(session, person))
    assert not queries.has_due(reading(), at=AT - timedelta(seconds=1))
    assert queries.has_due(reading(), at=AT)
    reading().rollback()
    claimed("code", AT)
    assert not queries.has_due(reading(), at=AT)
    reading().rollback()
    assert queries.has_due(reading(), at=AT + rules.LEASE), "its sender died"


def _ask_code(session: Any, person: MadePerson) -> None:
    identifier = Identifier("email", "new@test.example")
    request_contact_code(
        session, identifier, person_id=person.person_id, language="sm", guard=Guard("ab" * 32, None), at=AT
    )


def test_a_code_is_told_until_it_is_used_or_runs_out(app: Flask, make: Make) -> None:
    person = make.person(language="to")
    write(lambda session: _ask_code(session, person))
    letter = claimed("code", AT)
    facts = told(letter, AT + timedelta(seconds=30))
    assert (facts.name, facts.language, facts.channel, facts.address) == ("", "sm", "email", "new@test.example")
    assert facts.values["minutes"] == 9
    with pytest.raises(NoLongerTrue):
        told(letter, AT + timedelta(hours=1))
    change(OneTimeCode, OneTimeCode.id > 0, used_at=AT)
    with pytest.raises(NoLongerTrue):
        told(letter, AT)


def test_a_certificate_is_told_to_its_holder_in_her_present_language(content_app: Flask, make: Make) -> None:
    worker, _ = certify(content_app, make, "Malia ʻAnau", language="to")
    letter = claimed("certificate")
    award = award_of(worker)
    facts = told(letter)
    assert (facts.name, facts.language, facts.channel, facts.address) == ("Malia ʻAnau", "to", "email", worker.email)
    assert (facts.values["serial"], facts.values["public_id"]) == (award.serial, award.public_id)
    in_tongan = facts.values["title"]
    assert in_tongan
    change(Person, Person.id == worker.person_id, language="en")
    assert told(letter).language == "en"


@pytest.mark.parametrize("fate", ["expired", "missing"])
def test_a_certificate_that_no_longer_counts_is_not_announced(content_app: Flask, make: Make, fate: str) -> None:
    certify(content_app, make)
    letter = claimed("certificate")
    at = LATER
    if fate == "expired":
        at = AT + timedelta(days=365 * 30)
    else:
        letter = dataclasses.replace(letter, values={"award_id": 0})
    with pytest.raises(NoLongerTrue, match="certificate-not-valid"):
        told(letter, at)


def test_a_certificate_that_is_suspended_is_announced_later(content_app: Flask, make: Make) -> None:
    worker, certifier = certify(content_app, make)
    award, actor = award_of(worker).public_id, actor_of(certifier)
    write(lambda session: certificates.suspend(session, actor, award, "under-review", at=AT))
    with pytest.raises(NotYet, match="suspended"):
        told(claimed("certificate"))
    write(lambda session: session.execute(update(Letter).values(state="pending")) and None)
    assert send_letters(content_app, at=LATER) == "1 put off, 1 sent", "she is told that it is on hold"
    assert send_letters(content_app, at=LATER + timedelta(hours=5)) == ""
    write(lambda session: certificates.lift(session, actor, award, at=LATER))
    assert send_letters(content_app, at=LATER + timedelta(hours=7)) == "2 sent", "that it counts again, and the first"


def test_a_new_edition_is_told_once_in_words_of_its_own(content_app: Flask, make: Make) -> None:
    worker, certifier = certify(content_app, make)
    award, actor = award_of(worker).public_id, actor_of(certifier)

    def correct(name: str) -> None:
        write(lambda session: certificates.correct_name(session, actor, award, name, at=LATER))
        assert finish_issues(content_app, at=LATER) == 1

    correct("Malia Tupou")
    assert send_letters(content_app, at=LATER + timedelta(minutes=1)) == "1 dropped, 1 sent", "the first is out of date"
    correct("Malia Tupou Ana")
    assert send_letters(content_app, at=LATER + timedelta(minutes=2)) == "1 sent"
    folder = content_app.config["LMS"].data_dir / "mail"
    subjects = [message_from_bytes(path.read_bytes(), policy=default)["Subject"] for path in sorted(folder.iterdir())]
    assert subjects == ["Your certificate is ready", "The new edition of your certificate is ready"]


def test_whoever_gave_an_address_up_gets_nothing_there(content_app: Flask, make: Make) -> None:
    worker, _ = certify(content_app, make)
    letter = claimed("certificate")
    change(Contact, Contact.person_id == worker.person_id, ended_at=AT)
    with pytest.raises(NoLongerTrue, match="no-contact"):
        told(letter)
    write(
        lambda session: session.add(
            Contact(person_id=worker.person_id, kind="phone", value="+12135550100", added_at=AT)
        )
    )
    with pytest.raises(NoLongerTrue, match="no-contact"):
        told(letter)
    agree(worker, "+12135550100")
    assert (told(letter).channel, told(letter).address) == ("sms", "+12135550100")


@pytest.mark.parametrize(
    ("choice", "kind"),
    [
        (Choice("ask", "dates-unclear"), "question"),
        (Choice("refuse", "requirements-not-met"), "refusal"),
    ],
)
def test_a_decision_is_told_while_it_stands(content_app: Flask, make: Make, choice: Choice, kind: str) -> None:
    worker, certifier = make.person("Malia"), make.person(roles=("certifier",))
    complete(worker)
    decide(certifier, worker, choice)
    letter = claimed(kind)
    public_id = application_of(worker)
    facts = told(letter)
    assert facts.values["public_id"] == public_id
    assert facts.values["title"]
    write(
        lambda session: certificates.answer(
            session,
            actor_of(worker),
            public_id,
            "Here it is.",
            is_appeal=kind == "refusal",
            client_id=new_client_id(),
            at=AT,
        )
    )
    with pytest.raises(NoLongerTrue, match="application-went-on"):
        told(letter)


@pytest.fixture
def asked(content_app: Flask, make: Make) -> tuple[MadePerson, MadePerson, str]:
    """Return a worker who was assigned a track, who asked her, and the batch."""
    organization = make.organization("Clínica del Pueblo")
    worker, supervisor = make.person("Sione", language="es"), make.supervisor(organization)
    make.employment(worker, organization)
    actor = actor_of(supervisor)
    summary = write(
        lambda session: tracks.assign(
            session,
            actor,
            organization,
            TRACK,
            [worker.person_id],
            due_on=date(2026, 4, 1),
            client_id=new_client_id(),
            at=AT,
        )
    )
    return worker, supervisor, summary.batch_public_id


def test_an_assignment_is_told_with_who_asks_and_by_when(
    content_app: Flask, asked: tuple[MadePerson, MadePerson, str]
) -> None:
    facts = told(claimed("assignment"))
    assert facts.name == "Sione"
    assert facts.language == "es"
    assert facts.values["organization"] == "Clínica del Pueblo"
    assert facts.values["due_on"] == date(2026, 4, 1)
    assert facts.values["track_key"] == TRACK
    assert facts.values["title"]


def test_an_assignment_that_was_undone_in_time_is_never_told(
    content_app: Flask, asked: tuple[MadePerson, MadePerson, str]
) -> None:
    _, supervisor, batch = asked
    actor = actor_of(supervisor)
    write(lambda session: tracks.undo_batch(session, actor, batch, at=AT + timedelta(minutes=1)))
    with pytest.raises(NoLongerTrue, match="assignment-ended"):
        told(claimed("assignment"))


def test_a_track_that_is_done_already_is_not_asked_for(
    content_app: Flask, asked: tuple[MadePerson, MadePerson, str]
) -> None:
    complete(asked[0])
    with pytest.raises(NoLongerTrue, match="track-completed"):
        told(claimed("assignment"))


def test_the_award_of_a_letter_is_the_one_that_was_issued(content_app: Flask, make: Make) -> None:
    certify(content_app, make)
    values = reading().scalars(select(Letter.values).where(Letter.kind == "certificate")).one()
    assert values == {"award_id": reading().scalars(select(Award.id)).one(), "edition": 1}


# ── Whose account is closed ──────────────────────────────────────────────────

#: These go, whatever became of the account: a warning to old contacts, and the answer to a text message.
WHOEVER = {"recovery_notice", "sms_answer"}
#: A link is void by itself when the account is closed (`test_no_link_is_sent_to_a_closed_account`).
LINKS = {"invitation", "reset", "recovery"}


@pytest.mark.parametrize("fate", ["closed", "joined"])
@pytest.mark.parametrize("kind", sorted(set(queries.KINDS) - WHOEVER - LINKS))
def test_nobody_whose_account_is_closed_is_written_to(content_app: Flask, make: Make, kind: str, fate: str) -> None:
    worker, other = make.supervisor(make.organization("Hope")), make.person()
    letter = Claimed(1, "k" * 20, kind, worker.person_id, None, None, "en", {}, 0)
    if kind == "code":
        write(lambda session: _ask_code(session, worker))
        letter = claimed("code", AT)
    assert "closed" not in said_of(letter), "before, it is dropped for another reason or none"
    if fate == "closed":
        change(Account, Account.person_id == worker.person_id, disabled_at=AT)
    else:
        change(Person, Person.id == worker.person_id, merged_into_id=other.person_id)
    assert "closed" in said_of(letter)


def said_of(letter: Claimed) -> str:
    """Return why a letter is not sent; "" when it is, or when what it is about is missing."""
    try:
        told(letter, AT)
    except NoLongerTrue as reason:
        return str(reason)
    except KeyError:
        return ""
    return ""


def test_no_link_is_sent_to_a_closed_account(content_app: Flask, make: Make) -> None:
    admin = make.person(roles=("administrator",))
    write(lambda s: people.invite(s, None, name="Ana", language="en", email="a@test.example", at=AT))
    (letter,) = letters("invitation")
    public_id = reading().scalars(select(Person.public_id).where(Person.id == letter.person_id)).one()
    reading().rollback()
    write(lambda s: people.disable_account(s, actor_of(admin), public_id, at=AT))
    assert send_letters(content_app, at=AT) == "1 dropped"


def test_an_account_that_is_opened_again_is_written_to_again(content_app: Flask, make: Make) -> None:
    worker, _ = certify(content_app, make)
    admin = actor_of(make.person(roles=("administrator",)))
    public_id = reading().scalars(select(Person.public_id).where(Person.id == worker.person_id)).one()
    reading().rollback()
    write(lambda s: people.disable_account(s, admin, public_id, at=AT))
    with pytest.raises(NoLongerTrue, match="account-closed"):
        told(claimed("certificate"))
    write(lambda s: people.enable_account(s, admin, public_id, at=AT))
    write(lambda session: session.execute(update(Letter).values(state="pending")) and None)
    assert send_letters(content_app, at=LATER) == "1 sent"
