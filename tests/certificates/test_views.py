"""Pages of certificates, signed in as each reader and not signed in at all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, insert, select, update

from lms.assessments.service import answer_objection, object_to_entry
from lms.certificates import queries, service
from lms.certificates.jobs import finish_issues
from lms.certificates.models import Application, Award, Edition, NameRequest, RevocationRequest, StatusEvent
from lms.certificates.rules.decisions import Choice
from lms.certificates.rules.names import name_mark
from lms.certificates.rules.serials import show_serial
from lms.clock import local_date, now
from lms.db import db, reading, write
from lms.ids import new_client_id
from lms.organizations.models import Employment
from lms.people.models import Person
from lms.tracks.models import Assignment, AssignmentBatch
from tests.certificates.story import (
    TRACK,
    actor_of,
    application_of,
    award_of,
    by_hand,
    complete,
    config_of,
    confirm,
    decide,
)
from tests.factories import MadePerson, Make, sign_in
from tests.keys import ensure_keys

JSON = {"Accept": "application/json"}


def mark_of(person: MadePerson) -> str:
    """Return the mark of the name of her account, as the certifier's page has it."""
    return name_mark(actor_of(person, at=now()).name)


def certifying(person: MadePerson) -> dict[str, str]:
    """Return what the certifier's page sends about somebody with the name of her account."""
    return {"outcome": "certify", "client_id": new_client_id(), "shown": mark_of(person)}


@pytest.fixture
def certifier(content_app: Flask, make: Make) -> MadePerson:
    ensure_keys(config_of(content_app), at=now() - timedelta(days=30))
    return make.person("Certifier One", roles=("certifier",))


@pytest.fixture
def worker(certifier: MadePerson, make: Make) -> MadePerson:
    person = make.person("Malia ʻAnau")
    complete(person, at=now() - timedelta(days=2), language="to")
    return person


@pytest.fixture
def serial(content_app: Flask, worker: MadePerson, certifier: MadePerson) -> str:
    """The number of a released certificate, as it is shown."""
    decide(certifier, worker, at=now())
    assert finish_issues(content_app, at=now()) == 1
    return show_serial(award_of(worker).serial)


def one(statement: Any) -> Any:
    reading().rollback()
    found = reading().execute(statement).scalar_one()
    reading().rollback()
    return found


def count(model: Any, *where: Any) -> int:
    return int(one(select(func.count()).select_from(model).where(*where)))


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements that pages send to either engine."""
    sent: list[str] = []

    def hear(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    for engine in db.engines.values():
        event.listen(engine, "before_cursor_execute", hear)
    try:
        yield sent
    finally:
        for engine in db.engines.values():
            event.remove(engine, "before_cursor_execute", hear)


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def award_id(person: MadePerson) -> str:
    return str(award_of(person).public_id)


# The certifier


def test_the_queue_shows_who_waits(client: FlaskClient, certifier: MadePerson, make: Make) -> None:
    sign_in(client, certifier)
    assert "Nobody is waiting here" in text_of(client.get("/certify"))
    people = [make.person(f"Worker {n:03}") for n in range(60)]
    complete(*people, at=now())
    with counted() as sent:
        first = client.get("/certify")
    assert len(sent) <= 12
    assert first.get_data(as_text=True).count('name="id"') == 50
    assert "60" in text_of(first)
    second = client.get("/certify?page=2")
    assert second.get_data(as_text=True).count('name="id"') == 10
    assert "Worker 007" in text_of(client.get("/certify?q=worker+007"))
    assert client.get("/certify?q=worker+007").get_data(as_text=True).count('name="id"') == 1
    assert client.get("/certify?state=refused").get_data(as_text=True).count('name="id"') == 0
    assert client.get("/certify?state=all&track=core").get_data(as_text=True).count('name="id"') == 0
    assert client.get(f"/certify?state=all&track={TRACK}&all=1").get_data(as_text=True).count("checked") >= 50


def test_an_application_shows_evidence_and_is_certified(
    client: FlaskClient, content_app: Flask, certifier: MadePerson, worker: MadePerson, make: Make
) -> None:
    other = make.person("Next One")
    complete(other, at=now())
    sign_in(client, certifier)
    path = f"/certify/applications/{application_of(worker)}"
    client.get(path)
    with counted() as sent:
        shown = client.get(path)
    assert len(sent) <= 12
    said = text_of(shown)
    assert "Malia ʻAnau" in said
    assert said.count("Met on") == 2
    assert "Communication" in said
    answered = client.post(path, data=certifying(worker))
    assert answered.headers["Location"] == f"/certify/applications/{application_of(other)}"
    assert "Your decision about Malia ʻAnau is saved" in text_of(client.get(answered.headers["Location"]))
    last = client.post(answered.headers["Location"], data=certifying(other))
    assert last.headers["Location"] == "/certify"
    assert finish_issues(content_app, at=now()) == 2


def test_the_certifier_sees_who_entered_the_answers(
    client: FlaskClient, certifier: MadePerson, worker: MadePerson, make: Make
) -> None:
    place, at = make.organization(), now()
    make.employment(worker, place)
    boss, trainer = make.supervisor(place, "Boss"), make.person("Tess", roles=("trainer",))
    entry = by_hand(worker, "communication", actor_of(boss, at=at), actor_of(trainer, at=at), at=at)
    by_hand(worker, "outreach", actor_of(certifier, at=at), None, at=at)
    sign_in(client, certifier)
    path = f"/certify/applications/{application_of(worker)}"
    client.get(path)
    with counted() as sent:
        shown = client.get(path)
    assert len(sent) <= 12
    said = text_of(shown)
    assert "On paper, entered by her supervisor Boss on" in said
    assert "confirmed by Tess on" in said
    assert "On paper, entered by Certifier One (trainer or certifier) on" in said
    assert f"/assess/entries/{entry}/sheet" in shown.get_data(as_text=True)


def test_the_certifier_sees_what_the_worker_says_of_an_entry(
    client: FlaskClient, certifier: MadePerson, worker: MadePerson, make: Make
) -> None:
    at, second = now(), make.person("Tess", roles=("trainer",))
    chief = actor_of(certifier, at=at)
    entries = [by_hand(worker, module, chief, None, at=at) for module in ("communication", "outreach")]
    actor, judge = actor_of(worker, at=at), actor_of(second, at=at)
    for entry in entries:
        write(lambda s, e=entry: object_to_entry(s, actor, e, "Not my sheet", client_id=new_client_id(), at=at))  # type: ignore[misc]
    sign_in(client, certifier)
    path = f"/certify/applications/{application_of(worker)}"
    assert text_of(client.get(path)).count("and nobody has answered yet") == 2
    for entry, outcome in zip(entries, ("kept", "withdrawn"), strict=True):
        write(lambda s, e=entry, o=outcome: answer_objection(s, judge, e, o, "Looked at", at=at))  # type: ignore[misc]
    client.get(path)
    with counted() as sent:
        said = text_of(client.get(path))
    assert len(sent) <= 12
    assert "it was looked at again and kept" in said
    assert "it was taken back" in said


def test_not_yet_needs_a_reason_and_keeps_what_was_typed(
    client: FlaskClient, certifier: MadePerson, worker: MadePerson
) -> None:
    sign_in(client, certifier)
    path = f"/certify/applications/{application_of(worker)}"
    send = lambda **data: client.post(  # noqa: E731
        path, data={**certifying(worker), "outcome": "not-yet", **data}
    )
    refused = send(note="Please tell me more")
    assert refused.status_code == 400
    assert "Please tell me more" in refused.get_data(as_text=True)
    assert "Please choose a reason" in text_of(refused)
    needs_note = send(reason="refuse:other")
    assert needs_note.status_code == 400
    assert 'id="note-error">Please write a few words' in needs_note.get_data(as_text=True)
    assert "Please write a few words" in text_of(needs_note)
    assert send(reason="ask:dates-unclear", note="Which day?").status_code == 302
    assert one(select(Application.state)) == "asked"
    assert "Which day?" in text_of(client.get(path))
    switched = client.post(path, data={"outcome": "not-yet", "note": "half a sen", "_language": "es"})
    assert "half a sen" not in switched.get_data(as_text=True)  # nothing is open any more


def test_switching_the_language_keeps_the_note(client: FlaskClient, certifier: MadePerson, worker: MadePerson) -> None:
    sign_in(client, certifier)
    path = f"/certify/applications/{application_of(worker)}"
    shown = client.post(path, data={"outcome": "not-yet", "note": "half a sentence", "_language": "es"})
    assert "half a sentence" in shown.get_data(as_text=True)
    assert '<html lang="es"' in shown.get_data(as_text=True)
    assert one(select(Application.state)) == "waiting"


def test_each_form_keeps_its_own_outcome(client: FlaskClient, certifier: MadePerson, worker: MadePerson) -> None:
    """Whatever was sent before: else "Send" under a refusal would certify, and "Certify" ask for a reason."""
    sign_in(client, certifier)
    path = f"/certify/applications/{application_of(worker)}"

    def outcomes(**data: str) -> list[str]:
        shown = client.post(path, data={"client_id": new_client_id(), **data}).get_data(as_text=True)
        return re.findall(r'name="outcome" type="hidden" value="([^"]*)"', shown)

    assert outcomes(outcome="not-yet", _language="es") == ["certify", "not-yet"]  # a press on a language button
    assert outcomes(outcome="not-yet") == ["certify", "not-yet"]  # no reason
    decide(certifier, worker, Choice("ask", "other", "Which group?"), at=now())
    mine, actor, key = application_of(worker), actor_of(worker, at=now()), new_client_id()
    write(lambda s: service.answer(s, actor, mine, "Monday", is_appeal=False, client_id=key, at=now()))
    assert outcomes(outcome="certify", seen="0") == ["certify", "not-yet"]  # from a stale page
    assert count(Award) == 0


def test_a_certifier_does_not_see_her_own(client: FlaskClient, certifier: MadePerson) -> None:
    complete(certifier, at=now())
    sign_in(client, certifier)
    assert "Nobody is waiting here" in text_of(client.get("/certify"))
    path = f"/certify/applications/{application_of(certifier)}"
    missing = client.get("/certify/applications/nothing")
    for response in (client.get(path), client.post(path, data={"outcome": "certify", "client_id": new_client_id()})):
        assert response.status_code == missing.status_code == 404
    assert count(Award) == 0


def test_an_appeal_is_for_another(client: FlaskClient, certifier: MadePerson, worker: MadePerson, make: Make) -> None:
    decide(certifier, worker, Choice("refuse", "duplicate"), at=now())
    sign_in(client, worker)
    mine = f"/record/applications/{application_of(worker)}"
    with counted() as sent:
        assert "could not be certified" in text_of(client.get(mine))
    assert len(sent) <= 12
    empty = client.post(mine, data={"text": " ", "client_id": new_client_id()})
    assert empty.status_code == 400
    sent_it = client.post(mine, data={"text": "I did it all", "client_id": new_client_id()})
    assert sent_it.status_code == 302
    assert "Another person looks at your record" in text_of(client.get(mine))
    sign_in(client, certifier)
    path = f"/certify/applications/{application_of(worker)}"
    assert "another certifier decides" in text_of(client.get(path))
    refused = client.post(path, data={**certifying(worker), "seen": "2"})
    assert refused.status_code == 400
    sign_in(client, make.person(roles=("certifier",)))
    assert "I did it all" in text_of(client.get(path))
    assert client.post(path, data={**certifying(worker), "seen": "2"}).status_code == 302
    sign_in(client, worker)
    assert "You are certified" in text_of(client.get(mine))


def test_a_name_that_changed_after_the_page_is_not_certified(
    client: FlaskClient, certifier: MadePerson, worker: MadePerson, make: Make
) -> None:
    person = make.person("Malia Tupou")
    complete(person, at=now(), is_named=False)
    sign_in(client, certifier)
    path, row = f"/certify/applications/{application_of(person)}", f"{application_of(person)}:0"
    opened = certifying(person)
    assert f'name="shown" type="hidden" value="{opened["shown"]}"' in client.get(path).get_data(as_text=True)
    rename = update(Person).where(Person.id == person.person_id).values(name="Sione Fifita")
    write(lambda s: s.execute(rename) and None)
    confirm(person, "Sione Fifita", at=now())
    stale = client.post(path, data=opened)
    assert stale.status_code == 409
    assert "the name has changed" in text_of(stale)
    many = client.post("/certify/batch", data={"id": f"{row}:{opened['shown']}", "client_id": new_client_id()})
    assert many.status_code == 409
    assert client.post("/certify/batch", data={"id": row, "client_id": new_client_id()}).status_code == 409
    assert count(Award) == 0
    assert client.post(path, data={**opened, "shown": name_mark("Sione Fifita")}).status_code == 302
    assert count(Award) == 1


def test_an_answer_from_a_stale_page_is_no_appeal(
    client: FlaskClient, certifier: MadePerson, worker: MadePerson
) -> None:
    decide(certifier, worker, Choice("ask", "other", "Which group?"), at=now())
    sign_in(client, worker)
    mine = f"/record/applications/{application_of(worker)}"
    assert 'name="about" type="hidden" value="asked"' in client.get(mine).get_data(as_text=True)
    client.post(mine, data={"text": "Monday", "about": "asked", "client_id": new_client_id()})
    decide(certifier, worker, Choice("refuse", "duplicate"), at=now())
    stale = client.post(mine, data={"text": "The Monday group", "about": "asked", "client_id": new_client_id()})
    assert stale.status_code == 409
    assert "since you opened this page" in text_of(stale)
    assert "The Monday group" in text_of(stale)
    assert 'name="about" type="hidden" value="refused"' in stale.get_data(as_text=True)
    assert one(select(Application.state)) == "refused"
    client.post(mine, data={"text": "I did it all", "about": "refused", "client_id": new_client_id()})
    assert one(select(Application.state)) == "appealed"


def test_a_question_is_answered(client: FlaskClient, certifier: MadePerson, worker: MadePerson, make: Make) -> None:
    sign_in(client, worker)
    mine = f"/record/applications/{application_of(worker)}"
    assert "nothing to do now" in text_of(client.get(mine))
    assert client.post(mine, data={"text": "hello", "client_id": new_client_id()}).status_code == 400
    decide(certifier, worker, Choice("ask", "other", "Which group?"), at=now())
    assert "Which group?" in text_of(client.get(mine))
    client.post(mine, data={"text": "The Monday group", "client_id": new_client_id()})
    assert one(select(Application.state)) == "waiting"
    sign_in(client, make.person())
    assert client.get(mine).status_code == 404


def test_a_decision_from_a_stale_page_is_told(client: FlaskClient, certifier: MadePerson, worker: MadePerson) -> None:
    path, actor = f"/certify/applications/{application_of(worker)}", actor_of(worker, at=now())
    decide(certifier, worker, Choice("ask", "other", "Which group?"), at=now())
    write(
        lambda s: service.answer(
            s, actor, application_of(worker), "Monday", is_appeal=False, client_id=new_client_id(), at=now()
        )
    )
    sign_in(client, certifier)
    forms = client.get(path).get_data(as_text=True)
    ids = re.findall(r' id="([^"]+)"', forms)
    assert len(ids) == len(set(ids))
    assert forms.count('name="seen" type="hidden" value="2"') == 2
    data = certifying(worker)
    stale = client.post(path, data={**data, "seen": "0"})
    assert stale.status_code == 409
    assert "since you opened this page" in text_of(stale)
    assert "Monday" in text_of(stale)
    assert stale.get_data(as_text=True).count('name="seen" type="hidden" value="2"') == 2
    batch = client.get("/certify/batch", query_string={"id": application_of(worker)})
    assert f'value="{application_of(worker)}:2:{mark_of(worker)}"' in batch.get_data(as_text=True)
    assert client.post("/certify/batch", data={**data, "id": f"{application_of(worker)}:1"}).status_code == 409
    switched = client.post("/certify/batch", data={**data, "id": f"{application_of(worker)}:2", "_language": "es"})
    assert f'value="{application_of(worker)}:2:{mark_of(worker)}"' in switched.get_data(as_text=True), (
        "the choice is kept"
    )
    assert 'name="_language"' in batch.get_data(as_text=True)
    client.post("/language/en")
    assert client.post(path, data={**data, "seen": "2"}).status_code == 302


def test_a_batch_says_exactly_what_it_does(
    client: FlaskClient, content_app: Flask, certifier: MadePerson, make: Make
) -> None:
    people = [make.person("Ana Ruiz"), make.person("Ben Ortiz"), make.person("漢字"), make.person("Dora Diaz")]
    complete(people[0], people[1], people[3], at=now())
    complete(people[2], at=now(), is_named=False)
    decide(certifier, people[3], Choice("ask", "dates-unclear"), at=now())
    ids = [application_of(each) for each in people]
    sign_in(client, certifier)
    with counted() as sent:
        page = client.get("/certify/batch", query_string={"id": ids})
    assert len(sent) <= 12
    said = text_of(page)
    assert "Certify 2 people?" in said
    assert said.index("Ana Ruiz") < said.index("Ben Ortiz") < said.index("Left out") < said.index("漢字")
    assert "We cannot print the letter “漢”" in said
    assert count(Award) == 0
    key = new_client_id()
    ids = [f"{each}:0:{mark_of(person)}" for each, person in zip(ids, people, strict=True)]
    confirmed = client.post("/certify/batch", data={"id": ids[:2], "client_id": key})
    assert confirmed.headers["Location"] == "/certify"
    assert "2 people are certified" in text_of(client.get("/certify"))
    client.post("/certify/batch", data={"id": ids[:2], "client_id": key})
    assert "2 people are certified" in text_of(client.get("/certify")), "a second tap is told the same"
    assert count(Award) == 2
    refused = client.post("/certify/batch", data={"id": ids, "client_id": new_client_id()})
    assert refused.status_code == 400
    assert "Nothing was changed" in text_of(refused)
    assert count(Award) == 2
    assert "Nobody here can be certified" in text_of(client.get("/certify/batch"))


def test_a_name_that_cannot_be_printed_is_told_before(client: FlaskClient, certifier: MadePerson, make: Make) -> None:
    person = make.person("漢字")
    complete(person, at=now(), is_named=False)
    sign_in(client, certifier)
    path = f"/certify/applications/{application_of(person)}"
    assert "The name cannot be printed" in text_of(client.get(path))
    refused = client.post(path, data=certifying(person))
    assert refused.status_code == 400
    assert count(Award) == 0


# Certificates for staff


def test_staff_find_and_manage(
    client: FlaskClient, content_app: Flask, certifier: MadePerson, worker: MadePerson, serial: str, make: Make
) -> None:
    sign_in(client, certifier)
    with counted() as sent:
        listed = client.get("/certify/certificates")
    assert len(sent) <= 12
    assert serial in text_of(listed)
    for search in ("malia", serial.lower(), "anau"):
        assert serial in text_of(client.get("/certify/certificates", query_string={"q": search}))
    assert "No certificate is found" in text_of(client.get("/certify/certificates?q=nobody"))
    path = f"/certify/certificates/{award_id(worker)}"
    with counted() as sent:
        assert "Valid" in text_of(client.get(path))
    assert len(sent) <= 12
    client.post(f"{path}/suspend")
    assert "Suspended" in text_of(client.get(path))
    assert "suspended" in text_of(client.get(f"/verify/{serial}"))
    client.post(f"{path}/suspend")
    assert "suspended already" in text_of(client.get(path))
    client.post(f"{path}/lift")
    assert "This certificate is valid" in text_of(client.get(f"/verify/{serial}"))
    assert client.get(f"{path}/name").status_code == 200
    assert client.post(f"{path}/name", data={"name": "漢"}).status_code == 400
    assert client.post(f"{path}/name", data={"name": "Malia ʻĀnau"}).status_code == 302
    finish_issues(content_app, at=now())
    assert "Malia ʻĀnau" in text_of(client.get(path))
    short = serial.replace("-", "")
    assert "replaced" in text_of(client.get(f"/V/{short}/1"))
    assert "This certificate is valid" in text_of(client.get(f"/V/{serial}/2"))
    assert "M•••• ʻĀ•••" in text_of(client.get(f"/verify/{serial}"))
    assert "M••••" not in text_of(client.get(f"/V/{serial}/1"))


def test_revoking_on_the_page_takes_two(
    client: FlaskClient, certifier: MadePerson, worker: MadePerson, serial: str, make: Make
) -> None:
    path = f"/certify/certificates/{award_id(worker)}"
    administrator = make.person("Admin", roles=("administrator",))
    sign_in(client, administrator)
    assert client.post(path, data={"reason": "issued-in-error"}).status_code == 404
    assert client.get(path).status_code == 200
    sign_in(client, certifier)
    assert "<details" in client.get(path).get_data(as_text=True)
    refused = client.post(path, data={"reason": "other"})
    assert refused.status_code == 400
    assert re.search(r"<details[^>]* open>", refused.get_data(as_text=True)), "what is wrong is not folded away"
    assert client.post(path, data={"reason": "issued-in-error", "note": "twice"}).status_code == 302
    request = one(select(RevocationRequest.public_id))
    client.post(f"/certify/revocations/{request}/confirm")
    assert "Another person must confirm this" in text_of(client.get(path))
    assert count(StatusEvent, StatusEvent.kind == "revoked") == 0
    sign_in(client, administrator)
    assert "Revoke the certificate of Malia ʻAnau" in text_of(client.get("/certify/certificates"))
    assert "Revoke for good" in text_of(client.get(path))
    client.post(f"/certify/revocations/{request}/confirm")
    shown = client.get(f"/verify/{serial}")
    assert "This certificate is revoked" in text_of(shown)
    assert "It was issued by mistake" in text_of(shown)
    assert "M••••" not in text_of(shown)
    found = client.get(f"/verify/{serial}", headers=JSON).get_json()
    assert (found["state"], found["reason"]) == ("revoked", "issued-in-error")
    assert "name" not in found


def test_a_request_is_withdrawn_on_the_page(
    client: FlaskClient, certifier: MadePerson, worker: MadePerson, serial: str
) -> None:
    sign_in(client, certifier)
    path = f"/certify/certificates/{award_id(worker)}"
    client.post(path, data={"reason": "asked-by-holder"})
    client.post(f"/certify/revocations/{one(select(RevocationRequest.public_id))}/withdraw")
    assert "The request is withdrawn" in text_of(client.get(path))
    assert one(select(RevocationRequest.confirmed)) is False


def test_staff_do_not_manage_their_own(
    client: FlaskClient, content_app: Flask, certifier: MadePerson, make: Make
) -> None:
    own = make.person("Own", roles=("certifier", "administrator"))
    complete(own, at=now() - timedelta(days=1))
    decide(certifier, own, at=now())
    finish_issues(content_app, at=now())
    sign_in(client, own)
    path = f"/certify/certificates/{award_id(own)}"
    for response in (client.get(path), client.get(f"{path}/name"), client.post(f"{path}/suspend")):
        assert response.status_code == 404
    assert "No certificate is found" in text_of(client.get("/certify/certificates"))


def test_what_could_not_be_made_is_told_and_has_a_way_out(
    client: FlaskClient, content_app: Flask, certifier: MadePerson, worker: MadePerson, make: Make
) -> None:
    decide(certifier, worker, at=now())
    for path in config_of(content_app).keys_dir.iterdir():
        path.unlink()
    finish_issues(content_app, at=now())
    sign_in(client, certifier)
    path = f"/certify/certificates/{award_id(worker)}"
    shown = text_of(client.get(path))
    assert "is not in LMS_KEYS_DIR" in shown
    assert "Ask to revoke it" in shown
    assert client.post(f"{path}/redraft").status_code == 302
    assert one(select(Edition.number).order_by(Edition.id.desc()).limit(1)) == 2
    client.post(path, data={"reason": "issued-in-error"})
    sign_in(client, make.person(roles=("administrator",)))
    client.post(f"/certify/revocations/{one(select(RevocationRequest.public_id))}/confirm")
    assert "Revoked" in text_of(client.get(path))
    sign_in(client, worker)
    assert "Revoked" in text_of(client.get(f"/record/certificates/{award_id(worker)}"))


# The worker's own


def test_a_certificate_that_does_not_count_says_why_and_whom_to_ask(
    client: FlaskClient, certifier: MadePerson, worker: MadePerson, serial: str, make: Make
) -> None:
    path, staff = f"/record/certificates/{award_id(worker)}", f"/certify/certificates/{award_id(worker)}"
    help_sentence = "Do you see it in another way? Then ask the person named below."
    sign_in(client, worker)
    assert help_sentence not in text_of(client.get(path))
    sign_in(client, certifier)
    client.post(f"{staff}/suspend")
    client.post(staff, data={"reason": "issued-in-error"})
    sign_in(client, worker)
    said = text_of(client.get(path))
    assert "It does not count while it is being looked at again." in said
    assert help_sentence in said
    sign_in(client, make.person(roles=("administrator",)))
    client.post(f"/certify/revocations/{one(select(RevocationRequest.public_id))}/confirm")
    sign_in(client, worker)
    said = text_of(client.get(path))
    assert "It does not count since" in said
    assert "It was issued by mistake." in said
    assert help_sentence in said


def test_a_title_in_english_is_marked_as_english(client: FlaskClient, serial: str) -> None:
    """A certificate in Tongan and English that is checked by a reader of Samoan."""
    page = client.get(f"/verify/{serial}", headers={"Accept-Language": "sm"}).get_data(as_text=True)
    assert '<html lang="sm"' in page
    assert '<span lang="en">Communication</span>' in page
    assert '<span lang="en">' not in client.get(f"/verify/{serial}").get_data(as_text=True)


def test_a_worker_sees_shares_and_corrects(
    client: FlaskClient, content_app: Flask, certifier: MadePerson, worker: MadePerson, serial: str, make: Make
) -> None:
    organization = make.organization("Tongan Community Center")
    employment = make.employment(worker, organization)
    spell = one(select(Employment.public_id).where(Employment.id == employment))
    path = f"/record/certificates/{award_id(worker)}"
    sign_in(client, worker)
    client.get(path)
    with counted() as sent:
        shown = client.get(path)
    assert len(sent) <= 12
    assert "Tongan Community Center" in text_of(shown)
    assert client.post(f"{path}/share", data={"employment": "nothing"}).status_code == 404
    client.post(f"{path}/share", data={"employment": spell})
    known = queries.get_known(reading(), award_id(worker))
    assert queries.shared_with(reading(), known.award_id) == {organization}
    reading().rollback()
    assert client.get(path).status_code == 200
    client.post(f"{path}/withdraw", data={"employment": spell})
    assert queries.shared_with(reading(), known.award_id) == set()
    reading().rollback()
    assert client.get(f"{path}/name").status_code == 200
    once = {"client_id": new_client_id()}
    assert client.post(f"{path}/name", data={"name": "Malia ʻAnau", **once}).status_code == 400
    assert client.post(f"{path}/name", data={"name": "Malia Tupou", "note": "plain", **once}).status_code == 302
    assert "Malia Tupou" in text_of(client.get(path))
    sign_in(client, certifier)
    assert "Malia Tupou" in text_of(client.get("/certify/certificates"))
    assert "plain" in text_of(client.get(f"/certify/certificates/{award_id(worker)}"))
    client.post(f"/certify/names/{one(select(NameRequest.public_id))}/grant")
    assert finish_issues(content_app, at=now()) == 1
    sign_in(client, make.person())
    for response in (
        client.get(path),
        client.get(f"{path}/name"),
        client.post(f"{path}/share", data={"employment": spell}),
    ):
        assert response.status_code == 404


def test_a_certificate_in_preparation_is_not_shown(
    client: FlaskClient, certifier: MadePerson, worker: MadePerson
) -> None:
    decide(certifier, worker, at=now())
    number = show_serial(award_of(worker).serial)
    assert client.get(f"/verify/{number}").status_code == 404
    sign_in(client, worker)
    shown = client.get(f"/record/certificates/{award_id(worker)}")
    assert shown.status_code == 200
    assert "download" not in shown.get_data(as_text=True)
    assert client.get(f"/certificates/{number}.pdf").status_code == 404


# Files


def assign(worker: MadePerson, organization: int, maker: MadePerson, *, at: datetime | None = None) -> None:
    """Ask for the track: ten days ago, before any certificate of these tests, unless `at` says when."""
    at = at or now() - timedelta(days=10)

    def fn(session: Any) -> None:
        batch = session.execute(
            insert(AssignmentBatch)
            .values(
                organization_id=organization,
                track_key=TRACK,
                made_by=maker.account_id,
                made_at=now(),
                client_id=new_client_id(),
            )
            .returning(AssignmentBatch.id)
        ).scalar_one()
        values = {"batch_id": batch, "person_id": worker.person_id, "organization_id": organization, "track_key": TRACK}
        values |= {"assigned_at": at, "assigned_on": local_date(at)}
        known = {name: value for name, value in values.items() if name in Assignment.__table__.columns}
        session.execute(insert(Assignment).values(**known))

    write(fn)


def test_an_employer_that_asked_sees_without_being_shown(
    client: FlaskClient, worker: MadePerson, serial: str, make: Make
) -> None:
    """So the page offers neither to share with it, nor to stop what cannot be stopped."""
    asker, other = make.organization("Fale Ola"), make.organization("Casa Abierta")
    supervisor = make.supervisor(asker)
    for place in (asker, other):
        make.employment(worker, place)
    sign_in(client, worker)
    path = f"/record/certificates/{award_of(worker).public_id}"
    assert "Share with Fale Ola" in text_of(client.get(path))
    assign(worker, asker, supervisor)
    said = text_of(client.get(path))
    assert "Fale Ola can see it because it asked you to do this training." in said
    assert "Share with Fale Ola" not in said
    assert "Share with Casa Abierta" in said
    assert status_for(client, supervisor, serial) == 200


def test_asking_for_a_track_afterwards_opens_no_earlier_certificate(
    client: FlaskClient, worker: MadePerson, serial: str, make: Make
) -> None:
    """She alone shares what she earned before: assigning its track takes no share from her."""
    organization = make.organization("Fale Ola")
    supervisor = make.supervisor(organization)
    make.employment(worker, organization)
    assign(worker, organization, supervisor, at=now() + timedelta(seconds=1))
    assert status_for(client, supervisor, serial) == 404
    sign_in(client, worker)
    assert "Share with Fale Ola" in text_of(client.get(f"/record/certificates/{award_of(worker).public_id}"))


def status_for(client: FlaskClient, person: MadePerson, serial: str) -> int:
    sign_in(client, person)
    return client.get(f"/certificates/{serial}.pdf").status_code


def test_who_may_download(
    client: FlaskClient, certifier: MadePerson, worker: MadePerson, serial: str, make: Make
) -> None:
    first, second = make.organization(), make.organization()
    supervisors = [make.supervisor(first), make.supervisor(second)]
    spell = make.employment(worker, first)
    assert client.get(f"/certificates/{serial}.pdf").status_code == 302  # to the sign-in page
    assert status_for(client, worker, serial) == 200
    assert status_for(client, certifier, serial) == 200
    assert status_for(client, make.person(roles=("administrator", "analyst")), serial) == 404
    assert [status_for(client, each, serial) for each in supervisors] == [404, 404]
    award, actor = award_id(worker), actor_of(worker, at=now())
    spell_id = one(select(Employment.public_id).where(Employment.id == spell))
    write(lambda s: service.share(s, actor, award, spell_id, at=now()))
    assert [status_for(client, each, serial) for each in supervisors] == [200, 404]
    ended = update(Employment).where(Employment.id == spell)
    yesterday = now().date() - timedelta(days=3)
    write(lambda s: s.execute(ended.values(ended_on=yesterday, end_reason="other")) and None)
    assert status_for(client, supervisors[0], serial) == 404  # sharing ends with the employment
    assign(worker, first, supervisors[0])
    assert status_for(client, supervisors[0], serial) == 404  # awarded after she left
    write(lambda s: s.execute(ended.values(ended_on=None, end_reason=None)) and None)
    assert status_for(client, supervisors[0], serial) == 200
    with counted() as sent:
        status_for(client, supervisors[0], serial)
    assert len(sent) <= 12


def test_a_corrected_name_takes_no_view_away(
    client: FlaskClient, content_app: Flask, certifier: MadePerson, worker: MadePerson, make: Make
) -> None:
    awarded = now() - timedelta(days=1)
    decide(certifier, worker, at=awarded)
    assert finish_issues(content_app, at=awarded) == 1
    organization = make.organization()
    supervisor, spell = make.supervisor(organization), make.employment(worker, organization)
    assign(worker, organization, supervisor)
    day = local_date(awarded)
    ended = update(Employment).where(Employment.id == spell).values(ended_on=day, end_reason="other")
    write(lambda s: s.execute(ended) and None)
    number, actor, award = show_serial(award_of(worker).serial), actor_of(certifier, at=now()), award_id(worker)
    assert status_for(client, supervisor, number) == 200
    write(lambda s: service.correct_name(s, actor, award, "Malia Tupou", at=now()))
    assert finish_issues(content_app, at=now()) == 1
    assert status_for(client, supervisor, number) == 200


def test_a_damaged_file_is_made_again_or_told(
    client: FlaskClient, content_app: Flask, worker: MadePerson, serial: str
) -> None:
    sign_in(client, worker)
    config = config_of(content_app)
    kept = client.get(f"/certificates/{serial}.json").data
    (path,) = (each for each in (config.data_dir / "files").rglob("*") if each.is_file() and each.read_bytes() == kept)
    path.write_bytes(b"{}")
    assert client.get(f"/certificates/{serial}.json").data == kept == path.read_bytes()
    path.unlink()
    for key in config.keys_dir.iterdir():
        key.unlink()
    told = client.get(f"/certificates/{serial}.json")
    assert told.status_code == 503
    assert serial in text_of(told)


def test_the_files_are_those_that_were_released(client: FlaskClient, worker: MadePerson, serial: str) -> None:
    sign_in(client, worker)
    pdf = client.get(f"/certificates/{serial.lower()}.pdf")
    assert (pdf.mimetype, pdf.data[:5]) == ("application/pdf", b"%PDF-")
    assert pdf.headers["Content-Disposition"] == f'attachment; filename="{serial}-1.pdf"'
    document = json.loads(client.get(f"/certificates/{serial}.json").data)
    assert document["id"].endswith(f"/verify/{serial}")
    token = client.get(f"/certificates/{serial}.jwt")
    assert (token.mimetype, token.data.count(b".")) == ("text/plain", 2)
    other = client.get(f"/certificates/{serial}.pdf?page=pdf-a4-own")
    assert other.headers["Content-Disposition"] == f'attachment; filename="{serial}-1-a4-own.pdf"'
    assert other.data != pdf.data
    assert client.get(f"/certificates/{serial}.pdf?page=pdf-a4-own").data == other.data
    assert client.get(f"/certificates/{serial}.pdf?page=nonsense").data == pdf.data
    for other in ("CHW-0000-0000-0000-0", "nonsense", serial[:-1] + ("0" if serial[-1] != "0" else "1")):
        assert client.get(f"/certificates/{other}.pdf").status_code == 404
    assert client.get(f"/certificates/{serial}.exe").status_code == 404


# The public check


def test_anybody_checks_a_certificate(client: FlaskClient, serial: str) -> None:
    with counted() as sent:
        shown = client.get(f"/verify/{serial}")
    assert len(sent) <= 12
    assert shown.status_code == 200
    said = text_of(shown)
    for fact in ("This certificate is valid", "M•••• ʻA•••", "First steps", "1 h 30 min", "Communication", serial):
        assert fact in said
    assert "Malia" not in shown.get_data(as_text=True)
    assert shown.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "Accept" in shown.headers["Vary"]
    for path in (f"/verify/{serial.lower()}", f"/V/{serial}/1", f"/V/{serial.replace('-', '')}/1"):
        assert "This certificate is valid" in text_of(client.get(path))


def test_a_program_checks_a_certificate(client: FlaskClient, serial: str, worker: MadePerson) -> None:
    answered = client.get(f"/V/{serial}/1", headers=JSON)
    found = answered.get_json()
    assert (found["state"], found["name"], found["edition"]) == ("valid", "M•••• ʻA•••", 1)
    assert one(select(Edition.payload_sha256)) not in answered.get_data(as_text=True)  # else names could be tried
    assert "Malia" not in answered.get_data(as_text=True)
    assert client.get("/verify/CHW-0000-0000-0000-0", headers=JSON).get_json()["state"] == "unknown"
    assert client.get("/verify/CHW-0000-0000-0000-1", headers=JSON).get_json()["state"] == "mistyped"


def test_a_mistyped_number_costs_no_query(client: FlaskClient, serial: str) -> None:
    wrong = serial[:-1] + ("0" if serial[-1] != "0" else "1")
    with counted() as sent:
        shown = client.get(f"/verify/{wrong}")
    assert (shown.status_code, sent) == (404, [])
    assert "typing mistake" in text_of(shown)
    assert "typing mistake" in text_of(client.get("/V/anything/1"))


def test_unknown_numbers_and_editions_look_alike(client: FlaskClient, serial: str) -> None:
    pages = [
        client.get("/verify/CHW-0000-0000-0000-0"),
        *(client.get(f"/V/{serial}/{e}") for e in ("2", "0", "x", "01")),
    ]
    assert {page.status_code for page in pages} == {404}
    stripped = {
        re.sub(r"CHW(-\w{4}){3}-\w|nonce=\S+|[\w.-]{40,}|/[vV]/\S*|/verify/\S*", "", page.get_data(as_text=True))
        for page in pages
    }
    assert len({re.sub(r'value="[^"]*"', "", text) for text in stripped}) == 1


def test_the_form_leads_to_the_check(client: FlaskClient, serial: str) -> None:
    assert client.get("/verify").status_code == 200
    lead = client.get("/verify", query_string={"serial": serial.lower().replace("-", " ")})
    assert lead.headers["Location"] == f"/verify/{serial}"
    wrong = client.get("/verify?serial=CHW-0000-0000-0000-1")
    assert wrong.status_code == 400
    assert "CHW-0000-0000-0000-1" in wrong.get_data(as_text=True)


def test_an_expired_certificate_says_so(
    client: FlaskClient, content_app: Flask, certifier: MadePerson, make: Make
) -> None:
    then = now() - timedelta(days=3 * 365)
    person = make.person("Past Worker")
    complete(person, at=then)
    write(lambda s: s.execute(update_keys(then)) and None)
    decide(certifier, person, at=then)
    finish_issues(content_app, at=then)
    serial = show_serial(award_of(person).serial)
    assert "This certificate has expired" in text_of(client.get(f"/verify/{serial}"))
    assert client.get(f"/verify/{serial}", headers=JSON).get_json()["state"] == "expired"
    assert queries.list_certificates(reading(), [person.person_id], today=now().date())[0].state == "expired"


def update_keys(at: Any) -> Any:
    from lms.certificates.models import SigningKey  # noqa: PLC0415 -- one use

    return update(SigningKey).values(activated_at=at)


def test_a_name_is_compared_and_nothing_is_kept(client: FlaskClient, serial: str) -> None:
    path = f"/verify/{serial}"
    assert "The certificate bears this name" in text_of(client.post(path, data={"name": "malia anau"}))
    assert "bears another name" in text_of(client.post(path, data={"name": "Malia"}))
    assert client.post(path, data={"name": ""}).status_code == 400
    for _ in range(8):
        client.post(path, data={"name": "guess"})
    limited = client.post(path, data={"name": "malia anau"})
    assert "wait ten minutes" in text_of(limited)
    assert "bears this name" not in text_of(limited)
    assert "malia anau" in limited.get_data(as_text=True)  # what was typed stays
    from lms.certificates.models import NameCheck  # noqa: PLC0415 -- one use

    assert count(NameCheck) == 10
    assert {column.name for column in NameCheck.__table__.columns} == {"id", "award_id", "at"}


def test_every_language_says_what_it_is_worth(client: FlaskClient, serial: str) -> None:
    for tag in ("en", "es", "to", "sm"):
        shown = client.get(f"/verify/{serial}", headers={"Accept-Language": tag})
        assert f'<html lang="{tag}"' in shown.get_data(as_text=True)
        assert serial in text_of(shown)


def test_sentences_exist_for_every_code(content_app: Flask) -> None:
    import ast  # noqa: PLC0415 -- one use
    from pathlib import Path  # noqa: PLC0415 -- one use

    from lms.certificates import messages  # noqa: PLC0415 -- one use
    from lms.errors import RuleBroken  # noqa: PLC0415 -- one use

    codes = {"name_empty", "name_too_long", "name_characters"}
    for path in Path(messages.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            raised = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "RuleBroken"
            if raised and isinstance(node.args[0], ast.Constant):
                codes.add(node.args[0].value)
    assert len(codes) > 30
    with content_app.test_request_context():
        for code in codes:
            assert messages.sentence(RuleBroken(code, name="N", letter="L", most=1))
        assert messages.sentence(RuleBroken("name_letter", name="Ana", letter="漢")).startswith("Ana: ")
