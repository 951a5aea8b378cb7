"""What readers choose, and what comes back: wishes, consent, STOP and START, quiet hours, addresses that refuse."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select, update

from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import force_locale
from lms.ids import new_public_id
from lms.notifications import queries, service
from lms.notifications.forms import ChoicesForm
from lms.notifications.jobs import send_letters
from lms.notifications.models import Bounce, InboundText, Letter, LetterChoice, SmsConsent
from lms.notifications.rules import Mark, Wish
from lms.notifications.service import hear
from lms.people import service as people
from lms.people.models import Contact
from lms.people.rules import Guard, Identifier
from lms.people.service.codes import request_contact_code
from tests.conftest import AT
from tests.factories import MadePerson, Make, sign_in
from tests.notifications.conftest import ask, bounce, consent, letters, phone
from tests.notifications.test_jobs import mail_files, use_mail
from tests.notifications.test_mail import Inbox
from tests.organizations.conftest import actions, actor_of
from tests.racing import race

NUMBER = "+12135550100"
#: 22:00 and 8:00 in Los Angeles, the evening and the morning after the tests' day.
NIGHT, MORNING = datetime(2026, 3, 6, 6, tzinfo=UTC), datetime(2026, 3, 6, 16, tzinfo=UTC)


def choose(person: MadePerson, wish: Wish, *agreed: str, at: datetime = AT) -> None:
    write(lambda session: service.choose(session, actor_of(person), wish, agreed, at=at))


def wish_of(person: MadePerson) -> Wish:
    found = queries.find_wish(reading(), person.person_id)
    reading().rollback()
    return found


def said() -> list[tuple[int | None, str, str, str]]:
    columns = (SmsConsent.person_id, SmsConsent.number, SmsConsent.kind, SmsConsent.way)
    found = reading().execute(select(*columns).order_by(SmsConsent.id)).all()
    reading().rollback()
    return [tuple(row) for row in found]


def remind(make: Make, *people: MadePerson) -> None:
    """Have a reminder written to each of these people."""
    place = make.organization()
    for person in people:
        make.employment(person, place)
    ask(place, AT.date() + timedelta(days=7), *people)
    write(lambda session: service.plan_reminders(session, today=AT.date(), at=AT))


# ── Choosing ─────────────────────────────────────────────────────────────────


def test_a_choice_is_kept_and_changed(app: Flask, make: Make) -> None:
    ana = make.person()
    assert wish_of(ana) == Wish(None, 21, 8, True)
    choose(ana, Wish("email", 22, 7, False))
    choose(ana, Wish("none", 20, 9, False))
    assert wish_of(ana) == Wish("none", 20, 9, False)
    assert len(list(reading().scalars(select(LetterChoice.id)))) == 1


def test_texts_need_a_number_and_her_consent_which_is_written_down(app: Flask, make: Make) -> None:
    ana = make.person(language="es")
    with pytest.raises(RuleBroken, match="no-number"):
        choose(ana, Wish("sms"))
    phone(ana, "+13105550100", agreed=False, confirmed=False)
    with pytest.raises(RuleBroken, match="no-number"):
        choose(ana, Wish("sms"), "+13105550100")
    phone(ana, NUMBER, agreed=False)
    with pytest.raises(RuleBroken, match="consent-needed"):
        choose(ana, Wish("sms"))
    with pytest.raises(RuleBroken, match="consent-needed"):
        choose(ana, Wish("sms"), "+13105550100")
    assert said() == [], "what is refused changes nothing"
    for _ in range(2):
        choose(ana, Wish("sms"), NUMBER)
    assert said() == [(ana.person_id, NUMBER, "given", "page")], "the same again is said once"
    row = reading().scalars(select(SmsConsent)).one()
    assert (row.wording, row.at) == (service.WORDING, AT)
    reading().rollback()
    choose(ana, Wish("email"))
    assert [kind for _, _, kind, _ in said()] == ["given", "withdrawn"]


def test_another_sentence_of_consent_needs_another_version(app: Flask) -> None:
    """Who changes what people agree to changes `service.WORDING` too, and then this line."""
    sentence = ChoicesForm.agreed.kwargs["description"]
    with force_locale("en"):
        mark = hashlib.sha256(str(sentence).encode()).hexdigest()[:12]
    assert (service.WORDING, mark) == ("2026-11", "96b5d79bf374")


def test_what_was_texted_is_kept_with_its_time(app: Flask, make: Make) -> None:
    phone(make.person(language="sm"), NUMBER)
    text("TAOFI", at=AT + timedelta(minutes=3))
    row = reading().scalars(select(SmsConsent).order_by(SmsConsent.id.desc())).first()
    assert row is not None
    assert (row.kind, row.way, row.wording, row.language) == ("withdrawn", "text", "STOP", "sm")
    assert row.at == AT + timedelta(minutes=3)
    reading().rollback()


def test_a_letter_takes_the_way_that_she_chose(content_app: Flask, make: Make) -> None:
    ana = make.person()
    phone(ana, NUMBER)
    choose(ana, Wish("sms"), NUMBER)
    remind(make, ana)
    assert send_letters(content_app, at=AT) == "1 sent"
    assert (letters()[0].channel, letters()[0].address) == ("sms", NUMBER)
    (file,) = (content_app.config["LMS"].data_dir / "sms").iterdir()
    assert "STOP" in file.read_text()


def test_no_reminders_means_none_but_letters_about_the_account_come(content_app: Flask, make: Make) -> None:
    ana = make.person()
    choose(ana, Wish("none"))
    remind(make, ana)
    assert letters() == []
    identifier = Identifier("email", ana.email)
    write(
        lambda session: request_contact_code(
            session, identifier, person_id=ana.person_id, language="en", guard=Guard("ab" * 32, None), at=AT
        )
    )
    assert send_letters(content_app, at=AT) == "1 sent"


# ── Quiet hours ──────────────────────────────────────────────────────────────


def test_at_night_a_text_waits_and_a_letter_and_a_code_do_not(content_app: Flask, make: Make) -> None:
    ana, mele, tui = make.person(), make.person(), make.person()
    phone(ana, NUMBER)
    choose(ana, Wish("sms"), NUMBER)
    phone(tui, "+12135550102")
    choose(tui, Wish("sms", 9, 17), "+12135550102")
    remind(make, ana, mele, tui)
    identifier = Identifier("phone", "+12135550101")
    write(
        lambda session: request_contact_code(
            session, identifier, person_id=mele.person_id, language="en", guard=Guard("ab" * 32, None), at=NIGHT
        )
    )
    assert send_letters(content_app, at=NIGHT) == "3 sent, 1 put off"
    (waiting,) = (each for each in letters() if each.state == "pending")
    assert (waiting.person_id, waiting.run_at, waiting.tries) == (ana.person_id, MORNING, 0)
    assert send_letters(content_app, at=MORNING - timedelta(seconds=1)) == ""
    assert send_letters(content_app, at=MORNING) == "1 sent"


# ── STOP, START, HELP ────────────────────────────────────────────────────────


def text(words: str, number: str = NUMBER, at: datetime = AT, key: str = "", sent_at: datetime | None = None) -> str:
    """Have a text message heard at `at`; another one each time, unless it has a key."""
    mark = Mark(key or new_public_id(), sent_at or at)
    return write(lambda session: hear(session, number, words, mark, at=at))


def test_stop_ends_texts_to_everybody_who_has_the_number(content_app: Flask, make: Make) -> None:
    ana, mele = make.person(language="es"), make.person()
    for person in (ana, mele):
        phone(person, NUMBER)
    assert text("ALTO") == "stop"
    assert {row[0] for row in said() if row[2:] == ("withdrawn", "text")} == {ana.person_id, mele.person_id}
    assert text("Stop", at=AT + timedelta(minutes=1)) == "stop", "said twice, answered once"
    (answer,) = letters("sms_answer")
    assert (answer.channel, answer.address, answer.language) == ("sms", NUMBER, "es")
    assert send_letters(content_app, at=NIGHT) == "1 sent", "an answer does not wait for the morning"
    remind(make, ana)
    assert send_letters(content_app, at=AT) == "1 sent"
    assert letters("reminder")[0].channel == "email"


def test_start_gives_consent_anew(app: Flask, make: Make) -> None:
    ana = make.person()
    phone(ana, NUMBER, agreed=False)
    phone(make.person(), NUMBER, agreed=False, confirmed=False)
    assert text("START") == "start"
    assert text("stop", at=AT + timedelta(minutes=1)) == "stop"
    assert text("kamata", at=AT + timedelta(minutes=2)) == "start"
    assert text("kamata", at=AT + timedelta(minutes=3)) == "start"
    hers = [(kind, way) for person_id, _, kind, way in said() if person_id == ana.person_id]
    assert hers == [("given", "text"), ("withdrawn", "text"), ("given", "text")]
    others = [kind for person_id, _, kind, _ in said() if person_id != ana.person_id]
    assert others == ["withdrawn"], "who only claims a number agrees to nothing for its owner"
    assert [each.values["answer"] for each in letters("sms_answer")] == ["start", "stop", "start"]


def test_a_number_that_nobody_has_can_say_stop_and_no_invitation_goes_there(app: Flask, make: Make) -> None:
    assert text("start") == "start"
    assert said() == [], "nobody is there to agree"
    assert text("STOP") == "stop"
    assert said() == [(None, NUMBER, "withdrawn", "text")]
    write(lambda s: people.invite(s, None, name="Ana", language="en", phone=NUMBER, by_text=True, at=AT))
    assert send_letters(app, at=AT) == "1 sent, 1 dropped", "the answer is sent, the invitation is not"
    assert letters("invitation")[0].problem == "number-stopped"


def test_help_is_answered_and_other_words_are_not(app: Flask, make: Make) -> None:
    phone(make.person(), NUMBER)
    assert text("AYUDA") == "help"
    assert text("Gracias!") == ""
    assert [each.values["answer"] for each in letters()] == ["help"]
    assert len(said()) == 1


def test_two_stops_at_once_are_one(app: Flask, make: Make) -> None:
    phone(make.person(), NUMBER)
    race(app, lambda: text("stop"), lambda: text("stop"))
    assert [kind for _, _, kind, _ in said()] == ["given", "withdrawn"]
    assert len(letters()) == 1


def test_a_start_that_the_gateway_brings_again_gives_nothing_back(app: Flask, make: Make) -> None:
    """The gateway repeats what it thinks we have missed: hours later, after a STOP."""
    ana = make.person()
    phone(ana, NUMBER, agreed=False)
    assert text("START", key="one") == "start"
    assert text("STOP", key="two", at=AT + timedelta(hours=1)) == "stop"
    for hour in (2, 3):
        assert text("START", key="one", at=AT + timedelta(hours=hour), sent_at=AT) == "start"
        assert text("START", key="one", at=AT + timedelta(hours=hour)) == "start", "by its id alone"
    assert [kind for _, _, kind, _ in said()] == ["given", "withdrawn"]
    assert [each.values["answer"] for each in letters("sms_answer")] == ["start", "stop"]
    kept = reading().execute(select(InboundText.message_id, InboundText.wanted, InboundText.sent_at)).all()
    reading().rollback()
    assert [tuple(row) for row in kept] == [("one", "start", AT), ("two", "stop", AT + timedelta(hours=1))]
    assert text("START", key="three", at=AT + timedelta(hours=4)) == "start"
    assert [kind for _, _, kind, _ in said()] == ["given", "withdrawn", "given"]


def test_the_same_id_of_another_number_is_another_message(app: Flask, make: Make) -> None:
    phone(make.person(), NUMBER)
    phone(make.person(), "+12135550101")
    text("stop", key="one")
    text("stop", "+12135550101", key="one")
    assert [kind for _, _, kind, _ in said()] == ["given", "given", "withdrawn", "withdrawn"]


@pytest.mark.parametrize(("first", "late"), [("stop", "start"), ("start", "stop")])
def test_what_is_older_never_overrides_what_is_newer(app: Flask, make: Make, first: str, late: str) -> None:
    phone(make.person(), NUMBER, agreed=first == "stop")
    text(first, at=AT + timedelta(hours=2), sent_at=AT + timedelta(hours=1))
    before = said()
    text(late, at=AT + timedelta(hours=3), sent_at=AT)
    assert said() == before
    assert [each.values["answer"] for each in letters("sms_answer")] == [first]
    text(late, at=AT + timedelta(hours=4))
    assert len(said()) == len(before) + 1


def test_a_start_does_not_override_what_she_said_on_her_page_since(app: Flask, make: Make) -> None:
    ana = make.person()
    phone(ana, NUMBER)
    choose(ana, Wish("email"), at=AT + timedelta(hours=1))
    text("START", at=AT + timedelta(hours=2), sent_at=AT)
    assert [kind for _, _, kind, _ in said()] == ["given", "withdrawn"]
    choose(ana, Wish("email"), NUMBER, at=AT + timedelta(hours=3))
    text("STOP", at=AT + timedelta(hours=4), sent_at=AT)
    assert [kind for _, _, kind, _ in said()][-1] == "withdrawn", "in doubt it is a STOP"


def test_a_start_that_cannot_be_known_again_never_undoes_a_stop(app: Flask, make: Make) -> None:
    ana = make.person()
    phone(ana, NUMBER, agreed=False)

    def bare(words: str, minutes: int) -> str:
        return write(lambda session: hear(session, NUMBER, words, at=AT + timedelta(minutes=minutes)))

    assert [bare("START", 0), bare("STOP", 1), bare("START", 2)] == ["start", "stop", "start"]
    assert [kind for _, _, kind, _ in said()] == ["given", "withdrawn"]


def test_one_text_that_is_brought_twice_at_once_counts_once(app: Flask, make: Make) -> None:
    phone(make.person(), NUMBER, agreed=False)
    race(app, lambda: text("start", key="one"), lambda: text("start", key="one"))
    assert [kind for _, _, kind, _ in said()] == ["given"]
    assert len(letters()) == 1


def test_what_was_said_about_texts_cannot_be_changed(app: Flask, make: Make) -> None:
    consent(make.person(), NUMBER)
    with pytest.raises(Exception, match="never changed"):
        write(lambda session: session.execute(update(SmsConsent).values(kind="withdrawn")) and None)


# ── The address in a letter ──────────────────────────────────────────────────


def test_the_address_in_a_letter_stops_its_sort_for_good_until_she_says_otherwise(
    content_app: Flask, make: Make
) -> None:
    ana = make.person()
    choose(ana, Wish("email", 22, 7, True))
    remind(make, ana)
    write(lambda session: service.write_digests(session, [ana.person_id], AT.date(), at=AT))
    reminder, digest = letters()

    def stop(letter: Letter) -> str:
        return write(lambda session: service.stop(session, letter.public_id, at=AT))

    assert [stop(reminder) for _ in range(3)] == 3 * ["reminders"]
    assert stop(digest) == stop(digest) == "digest"
    assert wish_of(ana) == Wish("none", 22, 7, False)
    assert [each for each in actions() if each.startswith("letters-s")] == 2 * ["letters-stopped"], "each counts once"
    assert send_letters(content_app, at=AT) == "2 dropped"
    choose(ana, Wish("email", 22, 7, True))
    assert stop(reminder) == "reminders", "however old it is"
    assert wish_of(ana) == Wish("none", 22, 7, True)


def test_two_presses_at_once_are_one(content_app: Flask, make: Make) -> None:
    ana = make.person()
    remind(make, ana)
    key = letters()[0].public_id

    def stop() -> str:
        return write(lambda session: service.stop(session, key, at=AT))

    race(content_app, stop, stop)
    assert actions().count("letters-stopped") == 1
    assert wish_of(ana).channel == "none"


def test_a_text_that_says_start_lets_stopped_reminders_come_again(content_app: Flask, make: Make) -> None:
    ana, other = make.person(), make.person()
    phone(ana, NUMBER)
    phone(other, NUMBER, agreed=False, confirmed=False)
    for person in (ana, other):
        choose(person, Wish("none", 22, 7, False))
    assert text("Start") == "start"
    assert wish_of(ana) == Wish(None, 22, 7, False)
    assert wish_of(other).channel == "none", "who only claims a number starts nothing"
    assert text("Start", at=AT + timedelta(minutes=1)) == "start"
    assert actions().count("letters-started") == 1
    assert len(letters("sms_answer")) == 1
    remind(make, ana)
    assert len(letters("reminder")) == 1


def test_letters_about_the_account_cannot_be_stopped(app: Flask, make: Make) -> None:
    write(lambda session: people.invite(session, None, name="Ana", language="en", email="a@test.example", at=AT))
    for public_id in (letters()[0].public_id, "k" * 20):
        with pytest.raises(NotFound):
            write(lambda session, key=public_id: service.stop(session, key, at=AT))


# ── Addresses that refuse ────────────────────────────────────────────────────


def test_a_refused_address_is_marked_and_the_letter_goes_elsewhere(
    content_app: Flask,
    make: Make,
    server: Controller,
    inbox: Inbox,
) -> None:
    use_mail(content_app, f"smtp://127.0.0.1:{server.port}")
    ana = make.person(email="nobody@test.example")
    own = Contact(person_id=ana.person_id, kind="email", value="ana@test.example", added_at=AT)
    write(lambda session: session.add(own))
    remind(make, ana)
    assert send_letters(content_app, at=AT) == "1 put off"
    row = reading().scalars(select(Bounce)).one()
    assert (row.channel, row.address, row.cleared_at) == ("email", "nobody@test.example", None)
    assert "550" in row.problem
    reading().rollback()
    assert send_letters(content_app, at=AT + timedelta(minutes=2)) == "1 sent"
    assert (letters()[0].address, letters()[0].state) == ("ana@test.example", "sent")


def test_where_every_address_refuses_the_letter_fails_for_an_administrator_to_see(
    content_app: Flask, make: Make
) -> None:
    ana = make.person()
    bounce(ana.email)
    remind(make, ana)
    assert send_letters(content_app, at=AT) == "1 failed"
    assert letters()[0].problem == "Undeliverable: contacts-refuse"


def test_a_new_proof_or_her_word_ends_it(app: Flask, make: Make) -> None:
    ana, mele = make.person(), make.person()
    bounce(ana.email)
    assert not write(lambda session: service.note_bounce(session, "email", ana.email, "again", at=AT))

    def bouncing() -> bool:
        found = queries.contacts_of(reading(), ana.person_id)[0].is_bouncing
        reading().rollback()
        return found

    assert bouncing()
    proven = update(Contact).where(Contact.value == ana.email)
    write(lambda session: session.execute(proven.values(confirmed_at=AT + timedelta(hours=1))) and None)
    assert not bouncing()
    write(lambda session: session.execute(proven.values(confirmed_at=AT - timedelta(hours=1))) and None)
    key = reading().scalars(select(Bounce.public_id)).one()
    with pytest.raises(NotFound):
        write(lambda session: service.clear_bounce(session, actor_of(mele), key, at=AT))
    write(lambda session: service.clear_bounce(session, actor_of(ana), key, at=AT))
    assert not bouncing()
    assert write(lambda session: service.note_bounce(session, "email", ana.email, "again", at=AT))


# ── Another try ──────────────────────────────────────────────────────────────


def test_what_failed_is_sent_again_once_an_administrator_asks(app: Flask, make: Make) -> None:
    admin = actor_of(make.person(roles=("administrator",)), "administrator")
    write(lambda session: people.invite(session, None, name="Ana", language="en", email="a@test.example", at=AT))
    (letter,) = letters()

    def retry(public_id: str = letter.public_id) -> None:
        write(lambda session: service.retry(session, admin, public_id, at=AT))

    with pytest.raises(RuleBroken, match="letter-not-failed"):
        retry()
    with pytest.raises(NotFound):
        retry("k" * 20)
    write(lambda session: session.execute(update(Letter).values(state="failed", tries=6)) and None)
    retry()
    assert (letters()[0].state, letters()[0].tries) == ("pending", 0)
    assert send_letters(app, at=AT) == "1 sent"
    assert actions()[-1] == "letter-retried"
    assert any(mail_files(app))


def test_a_home_page_asks_whom_nothing_else_reaches_until_she_has_said_something(
    content_app: Flask, make: Make
) -> None:
    ana, page = make.person("Ana"), "May we send you text messages?"
    client = sign_in(content_app.test_client(), ana)
    assert page not in client.get("/learn").get_data(as_text=True)  # her e-mail reaches her
    phone(ana, "+12135550123", agreed=False)
    write(lambda session: session.execute(update(Contact).where(Contact.kind == "email").values(ended_at=AT)) and None)
    assert page in client.get("/learn").get_data(as_text=True)
    consent(ana, "+12135550123", "withdrawn")
    assert page not in client.get("/learn").get_data(as_text=True)
