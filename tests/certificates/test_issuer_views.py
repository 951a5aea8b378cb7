"""What programs fetch to check certificates by themselves: documents, lists, and what is answered without keys."""

from __future__ import annotations

import base64
import gzip
import json
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from lms.certificates import queries, service
from lms.certificates.jobs import checking, finish_issues
from lms.certificates.jobs.publishing import CREDENTIAL, TOKEN
from lms.certificates.rules.serials import show_serial
from lms.certificates.views import issuer as views
from lms.certificates.views import withdrawn as recent
from lms.clock import now
from lms.db import db, reading, write
from tests import keys
from tests.certificates.story import actor_of, award_of, certify, config_of
from tests.certificates.workbench import content_of, keys_of, workshop_of
from tests.factories import MadePerson, Make, sign_in

MOST_STATEMENTS = 12
ADDRESSES = ("/.well-known/did.json", "/.well-known/jwks.json", "/credentials/root.pem", "/credentials/status/1")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was withdrawn shows without the few seconds that answers are kept."""
    monkeypatch.setattr(recent, "KEPT", 0.0)


@pytest.fixture
def holder(content_app: Flask, make: Make) -> MadePerson:
    worker, _certifier = certify(content_app, make, language="to", at=now() - timedelta(minutes=1))
    return worker


def withdrawn(client: FlaskClient, number: int = 1) -> list[int]:
    """Return the places that a status list marks, read as any program would."""
    document = json.loads(client.get(f"/credentials/status/{number}").data)
    text = document["credentialSubject"]["encodedList"].removeprefix("u")
    bits = gzip.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    assert len(bits) == 131_072 // 8
    return [8 * at + bit for at, byte in enumerate(bits) if byte for bit in range(8) if byte >> (7 - bit) & 1]


def test_documents_may_be_kept_and_read_from_anywhere(holder: MadePerson, client: FlaskClient) -> None:
    track = f"/credentials/tracks/first-steps/{'0' * 16}"
    for address in ADDRESSES:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.cache_control.public
        assert answer.cache_control.max_age == 3600
        assert "Set-Cookie" not in answer.headers
    for missing in (
        track,
        "/credentials/tracks/none/0123456789abcdef",
        "/credentials/frameworks/none",
        "/credentials/keys/0123456789abcdef",
        "/credentials/status/2",
    ):
        assert client.get(missing).status_code == 404, missing


def test_every_address_in_a_credential_is_answered(content_app: Flask, holder: MadePerson, client: FlaskClient) -> None:
    credential = json.loads(content_of(content_app, holder, "vc"))
    base = config_of(content_app).base_url
    achievement = credential["credentialSubject"]["achievement"]
    found = json.loads(client.get(achievement["id"].removeprefix(base)).data)
    assert (found["id"], found["name"]) == (achievement["id"], achievement["name"])
    for each in achievement["alignment"]:
        address, _, code = each["targetUrl"].removeprefix(base).partition("#")
        framework = json.loads(client.get(address).data)
        assert code in {item["humanCodingScheme"] for item in framework["CFItems"]}
    status = credential["credentialStatus"]["statusListCredential"]
    assert json.loads(client.get(status.removeprefix(base)).data)["id"] == status
    (proof,) = credential["proof"]
    methods = json.loads(client.get("/.well-known/did.json").data)["verificationMethod"]
    assert proof["verificationMethod"] in {each["id"] for each in methods}


def test_published_keys_are_those_that_signed(content_app: Flask, holder: MadePerson, client: FlaskClient) -> None:
    used = keys_of(holder)
    for purpose in ("badge", "jwt", "code"):
        answer = client.get(f"/credentials/keys/{used[purpose]}")
        assert answer.mimetype == "application/jwk+json"
        assert json.loads(answer.data) in json.loads(client.get("/.well-known/jwks.json").data)["keys"]
    (root,) = x509.load_pem_x509_certificates(client.get("/credentials/root.pem").data)
    assert [root.public_bytes(Encoding.DER)] == list(workshop_of(content_app).trust.roots)
    root_id = next(key.key_id for key in queries.list_keys(reading()) if key.purpose == "root")
    reading().rollback()
    assert client.get(f"/credentials/keys/{root_id}").status_code == 404, "a root is no key of tokens"


def test_a_list_is_a_credential_or_a_token(content_app: Flask, holder: MadePerson, client: FlaskClient) -> None:
    for accept, kind in (
        ("*/*", CREDENTIAL),
        (CREDENTIAL, CREDENTIAL),
        ("text/html", CREDENTIAL),
        (TOKEN, TOKEN),
        ("application/vc+jwt", TOKEN),
    ):
        answer = client.get("/credentials/status/1", headers={"Accept": accept})
        assert answer.mimetype == kind, accept
        assert "Accept" in answer.vary
    trust, badge = workshop_of(content_app).trust, content_of(content_app, holder, "vc")
    address, place = checking.check_badge(badge, trust).status
    at_hand = replace(trust, lists={address: client.get("/credentials/status/1").data})
    assert checking.check_listed(address, place, at_hand, at=now()) is False


def test_a_list_is_signed_each_hour(holder: MadePerson, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=3)

    def at(instant: datetime) -> bytes:
        monkeypatch.setattr(views, "now", lambda: instant)
        return client.get("/credentials/status/1").data

    first = at(begin + timedelta(minutes=1))
    assert at(begin + timedelta(minutes=59)) == first, "the same bytes within the hour"
    assert at(begin + timedelta(minutes=61)) != first
    said = json.loads(first)
    assert datetime.fromisoformat(said["validUntil"]) - begin >= timedelta(days=29)


def test_a_bit_is_set_for_what_was_replaced_or_revoked_alone(
    content_app: Flask, holder: MadePerson, client: FlaskClient, make: Make
) -> None:
    award, certifier = award_of(holder).public_id, actor_of(make.person(roles=("certifier",)))
    trust = workshop_of(content_app).trust
    place_of = lambda: checking.check_badge(content_of(content_app, holder, "vc"), trust).status[1]  # noqa: E731
    first = place_of()
    assert withdrawn(client) == []
    write(lambda s: service.suspend(s, certifier, award, "under-review", at=now()))
    assert withdrawn(client) == [], "a suspension may be lifted"
    write(lambda s: service.lift(s, certifier, award, at=now()))
    write(lambda s: service.correct_name(s, certifier, award, "Malia Tuʻi", at=now()))
    assert withdrawn(client) == [], "the correction is not released"
    assert finish_issues(content_app, at=now(), pages=False) == 1
    assert withdrawn(client) == [first], "within the same hour"
    request = write(lambda s: service.request_revocation(s, certifier, award, "issued-in-error", "", at=now()))
    second = actor_of(make.person(roles=("certifier",)))
    write(lambda s: service.settle_revocation(s, second, request, confirm=True, at=now()))
    assert withdrawn(client) == sorted([first, place_of()])


def test_a_lost_key_leaves_every_document(content_app: Flask, holder: MadePerson, client: FlaskClient) -> None:
    lost = keys_of(holder)["jwt"]
    assert lost in client.get("/.well-known/did.json").text
    write(lambda s: service.compromise_key(s, lost, at=now()))
    assert lost not in client.get("/.well-known/did.json").text
    assert lost not in client.get("/.well-known/jwks.json").text
    assert client.get(f"/credentials/keys/{lost}").status_code == 404


def test_without_a_key_that_signs_it_says_come_again(
    content_app: Flask, holder: MadePerson, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    (config_of(content_app).keys_dir / f"{keys_of(holder)['badge']}.pem").unlink()
    with caplog.at_level(logging.CRITICAL):
        answer = client.get("/credentials/status/1")
        assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "300")
        write(lambda s: service.retire_key(s, keys_of(holder)["code"], at=now()))
        assert client.get("/credentials/status/1").status_code == 503
    assert client.get("/credentials/status/9").status_code == 404


def test_what_needs_no_signature_is_answered_without_private_keys(
    content_app: Flask, holder: MadePerson, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    for path in config_of(content_app).keys_dir.glob("*.pem"):
        path.unlink()
    for address in (*ADDRESSES[:3], f"/credentials/keys/{keys_of(holder)['jwt']}"):
        assert client.get(address).status_code == 200, address
    sign_in(client, holder)
    with caplog.at_level(logging.CRITICAL):
        asked = f"/certificates/{show_serial(award_of(holder).serial)}.pdf?page=pdf-a4"
        for path in ("/credentials/status/1", "/record/transcript.pdf", asked):
            assert client.get(path).status_code == 503, path


def test_before_there_are_keys(app: Flask, client: FlaskClient) -> None:
    assert json.loads(client.get("/.well-known/jwks.json").data) == {"keys": []}
    for address in ("/credentials/root.pem", "/credentials/status/1"):
        assert client.get(address).status_code == 404


def test_a_site_that_moved_answers_at_both_addresses(
    content_app: Flask, holder: MadePerson, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Older certificates name lists and keys of the old address, which leads to the same program."""
    old = config_of(content_app)
    used, host = keys_of(holder), urlsplit(old.base_url).netloc
    config = replace(old, base_url="https://moved.example.org")
    monkeypatch.setitem(content_app.config, "LMS", config)
    made = keys.ensure_keys(config, at=now() - timedelta(seconds=30), number=1)

    def names(at: str, path: str) -> str:
        return client.get(path, base_url=at).text

    for at, used_there, own in ((old.base_url, used, host), (config.base_url, made, "moved.example.org")):
        for path in ("/.well-known/did.json", "/.well-known/jwks.json"):
            assert used_there["jwt"] in names(at, path)
        said = json.loads(names(at, "/credentials/status/1"))
        assert said["id"] == f"{at}/credentials/status/1"
        assert said["proof"][0]["verificationMethod"].endswith(used_there["badge"])
        assert own.replace(":", "%3A") in said["issuer"]
    assert json.loads(names("https://other.example", "/credentials/status/1"))["id"].startswith(config.base_url)
    write(lambda s: service.retire_key(s, used["badge"], at=now()))
    assert used["badge"] in names(old.base_url, "/credentials/status/1"), "a retired key signs its lists still"
    write(lambda s: service.compromise_key(s, used["badge"], at=now()))
    assert client.get("/credentials/status/1", base_url=old.base_url).status_code == 503


def test_no_document_takes_many_statements(content_app: Flask, holder: MadePerson, client: FlaskClient) -> None:
    credential = json.loads(content_of(content_app, holder, "vc"))
    achievement = credential["credentialSubject"]["achievement"]
    base = config_of(content_app).base_url
    rest = [achievement["id"], achievement["alignment"][0]["targetUrl"].partition("#")[0]]
    for address in (*ADDRESSES, *(each.removeprefix(base) for each in rest)):
        asked: list[str] = []
        hear = lambda _c, _cursor, statement, *_more: asked.append(statement)  # noqa: E731, B023
        for engine in db.engines.values():
            event.listen(engine, "before_cursor_execute", hear)
        client.get(address)
        for engine in db.engines.values():
            event.remove(engine, "before_cursor_execute", hear)
        assert 0 < len(asked) <= MOST_STATEMENTS, (address, asked)
