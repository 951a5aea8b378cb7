"""The pages on which a worker sees, confirms and spells her name, and what the certifier is told meanwhile."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from lms.certificates.jobs import finish_issues
from lms.certificates.jobs.picturing import draw_name
from lms.certificates.models import Application, NameConfirmation
from lms.certificates.rules.decisions import Choice
from lms.certificates.rules.names import name_mark
from lms.clock import local_date, now
from lms.db import reading, write
from lms.i18n import format_date
from lms.ids import new_client_id
from tests.certificates.story import application_of, award_of, complete, config_of, confirm, decide
from tests.certificates.test_views import counted, text_of
from tests.factories import MadePerson, Make, sign_in
from tests.keys import ensure_keys


@pytest.fixture
def certifier(content_app: Flask, make: Make) -> MadePerson:
    ensure_keys(config_of(content_app), at=now() - timedelta(days=30))
    return make.person("Certifier One", roles=("certifier",))


@pytest.fixture
def worker(certifier: MadePerson, make: Make) -> MadePerson:
    """Somebody who finished two days ago and has not confirmed her name."""
    person = make.person("Malia ʻAnau")
    complete(person, at=now() - timedelta(days=2), is_named=False)
    return person


def names() -> list[str]:
    reading().rollback()
    found = list(reading().scalars(select(NameConfirmation.name).order_by(NameConfirmation.id)))
    reading().rollback()
    return found


def test_she_sees_her_name_and_confirms_it(
    client: FlaskClient, content_app: Flask, worker: MadePerson, certifier: MadePerson
) -> None:
    decide(certifier, worker, at=now())
    sign_in(client, worker)
    path = f"/record/applications/{application_of(worker)}"
    assert "made as soon as your name is confirmed" in text_of(client.get(path))
    assert "Is your name right?" in text_of(client.get("/learn"))
    with counted() as sent:
        page = client.get(f"{path}/name")
    assert len(sent) <= 12
    assert 'role="img" aria-label="Malia ʻAnau"><svg ' in page.get_data(as_text=True)
    assert "Yes, my name is right" in text_of(page)
    assert draw_name("Malia ʻAnau") in page.get_data(as_text=True)
    assert not re.search(r'(src|href)="[^"]*(Malia|%CA%BBAnau)', page.get_data(as_text=True)), "no name in an address"
    done = client.post(f"{path}/name", data={"name": "Malia ʻAnau", "client_id": new_client_id()})
    assert done.headers["Location"] == f"/record/certificates/{award_of(worker).public_id}"
    assert "being made now" in text_of(client.get(done.headers["Location"]))
    assert client.get(f"{path}/name").headers["Location"] == path, "from now on a correction makes a new edition"
    assert "Is your name right?" not in text_of(client.get("/learn"))
    assert finish_issues(content_app, at=now()) == 1


def test_she_tries_spellings_before_she_confirms_one(client: FlaskClient, worker: MadePerson) -> None:
    sign_in(client, worker)
    path = f"/record/applications/{application_of(worker)}/name"
    refused = client.post(path, data={"spelled": "Malia 漢"})
    assert refused.status_code == 400
    assert "We cannot print the letter “漢” yet" in text_of(refused)
    assert "Yes, my name is right" not in text_of(refused)
    assert client.post(path, data={"spelled": ""}).status_code == 400
    shown = client.post(path, data={"spelled": "Malia 'Ānau"})
    assert shown.status_code == 200
    assert draw_name("Malia 'Ānau") in shown.get_data(as_text=True)
    assert "Did you mean this? Malia ʻĀnau" in text_of(shown)
    assert names() == [], "to show is not to confirm"
    refused = client.post(path, data={"name": "漢", "client_id": new_client_id()})
    assert refused.status_code == 400
    assert client.post(path, data={"name": "Malia ʻĀnau", "client_id": new_client_id()}).status_code == 302
    assert names() == ["Malia ʻĀnau"]
    assert "You confirmed this name on" in text_of(client.get(path))
    assert "Spell it another way" in text_of(client.get(path.removesuffix("/name")))


def test_what_has_waited_is_not_said_to_wait(client: FlaskClient, worker: MadePerson, certifier: MadePerson) -> None:
    over = update(Application).values(name_until=local_date(now()) - timedelta(days=1))
    write(lambda s: s.execute(over) and None)
    sign_in(client, worker)
    path = f"/record/applications/{application_of(worker)}"
    said = text_of(client.get(path))
    assert "We wait for you until" not in said
    assert "See my name" in said
    assert "We wait for you until" not in text_of(client.get(f"{path}/name"))
    assert "Is your name right?" not in text_of(client.get("/learn"))
    sign_in(client, certifier)
    assert "Waits for her to confirm" not in text_of(client.get(f"/certify/applications/{application_of(worker)}"))
    assert "Waits for her to confirm" not in text_of(client.get("/certify"))
    batch = client.get("/certify/batch", query_string={"id": [application_of(worker)]})
    assert "Who has not confirmed her name yet" not in text_of(batch)


def test_nobody_sees_the_name_page_of_another(client: FlaskClient, worker: MadePerson, make: Make) -> None:
    sign_in(client, make.person())
    path = f"/record/applications/{application_of(worker)}/name"
    assert client.get(path).status_code == 404
    assert client.post(path, data={"name": "X Y", "client_id": new_client_id()}).status_code == 404


def test_the_certifier_sees_until_when_it_waits(
    client: FlaskClient, content_app: Flask, worker: MadePerson, certifier: MadePerson
) -> None:
    sign_in(client, certifier)
    path = f"/certify/applications/{application_of(worker)}"
    with content_app.test_request_context():
        until = format_date(local_date(now() - timedelta(days=2)) + timedelta(days=14))
    with counted() as sent:
        page = text_of(client.get(path))
    assert len(sent) <= 12
    assert f"Waits for her to confirm her name until {until}" in page
    assert "You can certify now" in page
    with counted() as sent:
        queue = text_of(client.get("/certify"))
    assert len(sent) <= 12
    assert f"Waits for her to confirm her name until {until}" in queue
    batch = text_of(client.get("/certify/batch", query_string={"id": [application_of(worker)]}))
    assert "Who has not confirmed her name yet" in batch


def test_no_day_is_promised_that_is_past(client: FlaskClient, certifier: MadePerson, make: Make) -> None:
    worker = make.person("Late ʻAnau")
    complete(worker, at=now() - timedelta(days=20), is_named=False)
    mine, theirs = f"/record/applications/{application_of(worker)}", f"/certify/applications/{application_of(worker)}"
    sign_in(client, worker)
    for path in (mine, f"{mine}/name"):
        page = text_of(client.get(path))
        assert "We wait for you until" not in page
        assert "Until the certificate is made you can still change it." in page
    assert "nothing to do" not in text_of(client.get(mine))
    sign_in(client, certifier)
    assert "Waits for her to confirm" not in text_of(client.get("/certify"))
    page = text_of(client.get(theirs))
    assert "Waits for her to confirm" not in page
    assert "the certificate gets the name of her account" in page
    batch = text_of(client.get("/certify/batch", query_string={"id": [application_of(worker)]}))
    assert "Who has not confirmed her name yet" not in batch
    decide(certifier, worker, Choice("ask", "other", "Which group?"), at=now())
    sign_in(client, worker)
    asked = text_of(client.get(mine))
    assert asked.index("Which group?") < asked.index("Is your name right?")


def test_the_certifier_takes_her_decision_back(client: FlaskClient, worker: MadePerson, certifier: MadePerson) -> None:
    decide(certifier, worker, at=now())
    sign_in(client, certifier)
    path = f"/certify/applications/{application_of(worker)}"
    with counted() as sent:
        page = client.get(path)
    assert len(sent) <= 12
    assert "Take the decision back?" in text_of(page)
    assert 'value="certify"' not in page.get_data(as_text=True)
    shown = {"seen": "1", "shown": name_mark("Malia ʻAnau"), "client_id": new_client_id()}
    done = client.post(path, data={"outcome": "not-yet", "reason": "ask:identity-unclear", **shown})
    assert done.status_code == 302
    assert "Not yet?" not in (said := text_of(client.get(path)))
    assert "Take the decision back?" not in said
    confirm(worker, at=now())
    sign_in(client, worker)
    assert "There is a question for you" in text_of(client.get(f"/record/applications/{application_of(worker)}"))


def test_the_certifier_sees_another_name(client: FlaskClient, worker: MadePerson, certifier: MadePerson) -> None:
    confirm(worker, "Malia Tupou", at=now())
    sign_in(client, certifier)
    page = text_of(client.get(f"/certify/applications/{application_of(worker)}"))
    assert "Name on the certificate Malia Tupou Name of the account Malia ʻAnau" in page
    assert "Another name than the account has" in page
    assert "Another name for the certificate" in page
    batch = text_of(client.get("/certify/batch", query_string={"id": [f"{application_of(worker)}:1"]}))
    assert "Malia Tupou (account: Malia ʻAnau)" in batch


def test_the_holder_changes_marks_at_once(
    client: FlaskClient, content_app: Flask, worker: MadePerson, certifier: MadePerson
) -> None:
    confirm(worker, at=now())
    decide(certifier, worker, at=now())
    assert finish_issues(content_app, at=now()) == 1
    sign_in(client, worker)
    path = f"/record/certificates/{award_of(worker).public_id}/name"
    assert "This is how it looks now" in text_of(client.get(path))
    assert "Only marks change" in text_of(client.post(path, data={"spelled": "Mālia ʻAnau"}))
    assert "Letters or signs change" in text_of(client.post(path, data={"spelled": "Malia Tupou"}))
    same = client.post(path, data={"name": "Malia ʻAnau", "client_id": new_client_id()})
    assert same.status_code == 400
    done = client.post(path, data={"name": "Mālia ʻAnau", "client_id": new_client_id()})
    assert done.status_code == 302
    assert "The new edition of your certificate is being made now" in text_of(client.get(done.headers["Location"]))
    assert finish_issues(content_app, at=now()) == 1
    asked = client.post(path, data={"name": "Malia Tupou", "note": "I married", "client_id": new_client_id()})
    assert "A person will look at it" in text_of(client.get(asked.headers["Location"]))
