"""The public check of one certificate: what strangers see, how alike refusals are, and what is counted."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from lms.certificates import queries, service
from lms.certificates.jobs import ensure_keys, finish_issues
from lms.certificates.models import VerificationCheck
from lms.certificates.rules.serials import serial_from, show_serial
from lms.certificates.views import turns
from lms.certificates.views.turns import Turns
from lms.clock import now
from lms.db import db, reading, write
from lms.i18n import LANGUAGES
from lms.people.models import Person
from tests.certificates.story import actor_of, award_of, certify, complete, config_of, decide
from tests.certificates.test_views import counted, text_of
from tests.factories import MadePerson, Make, sign_in

JSON = {"Accept": "application/json"}
UNKNOWN, MISTYPED = "CHW-0000-0000-0000-0", "CHW-0000-0000-0000-1"


def learned_in_tongan(app: Flask, make: Make) -> tuple[MadePerson, MadePerson]:
    """Return a worker who learned in Tongan and reads English now, with her certificate, and her certifier."""
    worker, certifier = certify(app, make, language="to", at=now())
    write(lambda s: s.execute(update(Person).where(Person.id == worker.person_id).values(language="en")) and None)
    return worker, certifier


@pytest.fixture
def people(content_app: Flask, make: Make) -> tuple[MadePerson, MadePerson]:
    """A worker who learned in Tongan and reads English, with a released certificate, and her certifier."""
    return learned_in_tongan(content_app, make)


@pytest.fixture
def serial(people: tuple[MadePerson, MadePerson]) -> str:
    return show_serial(award_of(people[0]).serial)


def counts() -> dict[tuple[str, str, bool], int]:
    """Return how many checks were counted, by way, outcome, and whether a certificate was found."""
    model = VerificationCheck
    reading().rollback()
    rows = reading().execute(select(model.way, model.outcome, model.award_id, model.number)).all()
    reading().rollback()
    return {(way, outcome, award is not None): number for way, outcome, award, number in rows}


def test_strangers_learn_no_language_and_no_name(client: FlaskClient, serial: str) -> None:
    shown = client.get(f"/verify/{serial}")
    facts = client.get(f"/verify/{serial}", headers=JSON)
    assert "Language of instruction" not in text_of(shown)
    for answer in (shown, facts):
        assert "Malia" not in answer.get_data(as_text=True)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    found = facts.get_json()
    assert not {"language_of_instruction", "language", "signers", "person", "payload_sha256"} & set(found)
    assert (found["state"], found["since"], found["reason"]) == ("valid", found["awarded_on"], None)


def test_each_state_is_told_with_its_day_and_reason(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson], serial: str, make: Make
) -> None:
    worker, certifier = people
    award, actor = award_of(worker).public_id, actor_of(certifier, at=now())
    write(lambda s: service.suspend(s, actor, award, "under-review", at=now()))
    suspended = client.get(f"/verify/{serial}", headers=JSON).get_json()
    assert (suspended["state"], suspended["reason"]) == ("suspended", "under-review")
    assert "It does not count since" in text_of(client.get(f"/verify/{serial}"))
    write(lambda s: service.lift(s, actor, award, at=now()))
    write(lambda s: service.correct_name(s, actor, award, "Malia Tupou", at=now()))
    assert client.get(f"/V/{serial}/1", headers=JSON).get_json()["state"] == "valid"
    assert client.get(f"/V/{serial}/2").status_code == 404  # it is being made
    assert finish_issues(content_app, at=now()) == 1
    replaced = client.get(f"/V/{serial}/1", headers=JSON).get_json()
    assert (replaced["state"], replaced["current_edition"], "name" in replaced) == ("replaced", 2, False)
    assert "A newer edition took its place on" in text_of(client.get(f"/V/{serial}/1"))
    write(lambda s: service.request_revocation(s, actor, award, "issued-in-error", "", at=now()))
    request = queries.find_open_revocation(reading(), award_of(worker).id)
    assert request
    second = actor_of(make.person("Second", roles=("certifier",)), at=now())
    write(lambda s: service.settle_revocation(s, second, request.public_id, confirm=True, at=now()))
    revoked = client.get(f"/verify/{serial}", headers=JSON).get_json()
    assert (revoked["state"], revoked["reason"], "name" in revoked) == ("revoked", "issued-in-error", False)
    said = text_of(client.get(f"/verify/{serial}"))
    assert "This certificate is revoked" in said
    assert "issued by mistake" in said


def test_an_address_leads_to_the_check_as_well(client: FlaskClient, serial: str) -> None:
    for typed, path in ((serial.lower(), f"/verify/{serial}"), (f"HTTPS://HOST/V/{serial}/1", f"/V/{serial}/1")):
        assert client.get("/verify", query_string={"serial": typed}).headers["Location"] == path


# Refusals


def plain(answer: Any) -> str:
    """Return an answer without its words, its number and what is random."""
    text = answer.get_data(as_text=True)
    text = re.sub(r'nonce="[^"]*"|value="[^"]*"', "", text)
    return re.sub(r">[^<]*<", "><", text)


def test_refused_numbers_have_one_form(client: FlaskClient, serial: str) -> None:
    """Unknown, mistyped, no number at all, another edition and one in preparation differ by their words alone."""
    paths = [f"/verify/{UNKNOWN}", f"/verify/{MISTYPED}", "/verify/nothing", f"/V/{serial}/7", f"/V/{UNKNOWN}/1"]
    client.get(paths[0])  # it leaves a cookie, once
    answers = [client.get(path) for path in paths]
    assert {each.status_code for each in answers} == {404}
    shapes = {re.sub(r"usa-alert--\w+|/[vV]/?[^\"]*|/verify/[^\"]*", "", plain(each)) for each in answers}
    assert len(shapes) == 1
    lengths = [len(each.data) for each in answers]
    assert max(lengths) - min(lengths) < 200
    assert len({tuple(sorted(each.headers.keys())) for each in answers}) == 1
    facts = [client.get(path, headers=JSON) for path in paths]
    assert {each.status_code for each in facts} == {404}
    assert {tuple(each.get_json()) for each in facts} == {("serial", "state")}


def test_a_certificate_in_preparation_is_asked_for_as_one_that_is_not(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson], make: Make
) -> None:
    waiting = make.person("Waiting One")
    complete(waiting, at=now())
    decide(people[1], waiting, at=now())
    hidden = show_serial(award_of(waiting).serial)
    sent = []
    for number in (UNKNOWN, hidden, show_serial(serial_from(12345))):
        with counted() as statements:
            assert "preparing" not in client.get(f"/verify/{number}", headers=JSON).get_data(as_text=True)
        sent.append(list(statements))
    assert sent[0] == sent[1] == sent[2]
    assert len(sent[0]) == 1
    for number in (MISTYPED, "nothing"):
        with counted() as statements:
            client.get(f"/verify/{number}")
        assert statements == []


def test_refused_numbers_take_as_long(client: FlaskClient, serial: str) -> None:
    del serial
    times: dict[str, list[float]] = {UNKNOWN: [], MISTYPED: [], "nothing": []}
    for number in times:
        client.get(f"/verify/{number}")
    for _ in range(20):
        for number, taken in times.items():
            began = time.perf_counter()
            client.get(f"/verify/{number}")
            taken.append(time.perf_counter() - began)
    quick = {number: min(taken) for number, taken in times.items()}  # what a machine busy with else disturbs least
    assert max(quick.values()) / min(quick.values()) < 1.1, quick
    assert min(quick.values()) >= turns.REFUSAL


# Counting


def test_a_check_is_counted_by_way_and_outcome(
    client: FlaskClient, people: tuple[MadePerson, MadePerson], serial: str
) -> None:
    with counted() as sent:
        client.get(f"/verify/{serial}")
    assert len(sent) <= 12
    client.get(f"/verify/{serial}")
    client.get(f"/V/{serial}/1")
    client.get(f"/V/{serial}/1", headers=JSON)
    client.post(f"/verify/{serial}", data={"name": "Malia"})  # part of a check that is counted
    assert counts() == {("page", "valid", True): 2, ("qr", "valid", True): 1, ("json", "valid", True): 1}
    sign_in(client, people[0])
    client.get(f"/verify/{serial}")
    assert counts()["page", "valid", True] == 2  # her own look is none
    path = f"/record/certificates/{award_of(people[0]).public_id}"
    assert "Others checked it 4 times this month" in text_of(client.get(path))
    with counted() as sent:
        client.get(path)
    assert len(sent) <= 12
    sign_in(client, people[1])
    staff = f"/certify/certificates/{award_of(people[0]).public_id}"
    assert "4 this month, 4 in all" in text_of(client.get(staff))
    with counted() as sent:
        client.get(staff)
    assert len(sent) <= 12


def test_guessing_numbers_writes_next_to_nothing(client: FlaskClient, serial: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(turns, "REFUSAL", 0.0)
    for number in range(99):
        client.get(f"/verify/{show_serial(serial_from(number))}")
    assert counts() == {}
    client.get(f"/verify/{MISTYPED}")
    assert counts() == {("page", "unknown", False): 99, ("page", "mistyped", False): 1}
    client.get(f"/verify/{MISTYPED}")
    client.get(f"/verify/{serial}")
    assert counts()["page", "mistyped", False] == 2


def test_a_check_that_cannot_be_counted_is_answered(client: FlaskClient, serial: str) -> None:
    client.get(f"/verify/{MISTYPED}")
    write(lambda s: s.connection().exec_driver_sql("ALTER TABLE verification_checks RENAME TO elsewhere") and None)
    try:
        assert "This certificate is valid" in text_of(client.get(f"/verify/{serial}"))
    finally:
        write(lambda s: s.connection().exec_driver_sql("ALTER TABLE elsewhere RENAME TO verification_checks") and None)
    assert counts() == {}
    client.get(f"/verify/{serial}")
    assert counts() == {("page", "valid", True): 1, ("page", "mistyped", False): 1}


# Limits


def test_an_address_has_so_many_checks(client: FlaskClient, serial: str, monkeypatch: Any) -> None:
    monkeypatch.setitem(turns.MOST, "single", 3)
    for _ in range(3):
        assert client.get(f"/verify/{serial}").status_code == 200
    refused = client.get(f"/verify/{serial}")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "600")
    assert "wait ten minutes" in text_of(refused)
    assert client.get(f"/verify/{serial}", headers=JSON).get_json() == {"error": "too_many_checks"}
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get(f"/verify/{serial}", environ_base=elsewhere).status_code == 200


def test_turns_come_back_and_are_forgotten(monkeypatch: Any) -> None:
    at = [0.0]
    kept = Turns(clock=lambda: at[0])
    monkeypatch.setitem(turns.MOST, "batch", 2)
    monkeypatch.setattr(turns, "MOST_PLACES", 2)
    assert [kept.take("batch", "a") for _ in range(3)] == [True, True, False]
    assert kept.take("file", "a")
    at[0] = 599.0
    assert not kept.take("batch", "a")
    at[0] = 600.0
    assert kept.take("batch", "a")
    for place in "bc":
        kept.take("batch", place)
    assert [kept.take("batch", "a") for _ in range(3)] == [True, True, False]  # it was forgotten, and begins anew


def test_the_pages_speak_four_languages(client: FlaskClient, serial: str) -> None:
    for tag, _ in LANGUAGES:
        for path in ("/verify", f"/verify/{serial}", f"/verify/{MISTYPED}", "/verify/many"):
            assert f'<html lang="{tag}"' in client.get(path, headers={"Accept-Language": tag}).get_data(as_text=True)


def test_nothing_of_an_expired_key_is_needed(client: FlaskClient, content_app: Flask, make: Make) -> None:
    then = now() - timedelta(days=3 * 365)
    ensure_keys(config_of(content_app), at=then)
    worker, _ = certify(content_app, make, at=then)
    found = client.get(f"/verify/{show_serial(award_of(worker).serial)}", headers=JSON).get_json()
    assert found["state"] == "expired"
    assert found["since"] == found["valid_until"]
    assert db.engines
