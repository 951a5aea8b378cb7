"""A stranger's file: genuine, altered, of another issuer, revoked, replaced, expired; and never kept."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from lms import files
from lms.certificates import queries, service
from lms.certificates.jobs import finish_issues
from lms.certificates.models import Artifact, Edition, SigningKey, StatusEvent
from lms.certificates.rules.serials import show_serial
from lms.certificates.views import dropped
from lms.clock import now
from lms.db import reading, write
from tests.certificates.story import actor_of, award_of, certify, config_of
from tests.certificates.test_verify_views import counts
from tests.certificates.test_views import counted, text_of
from tests.factories import MadePerson, Make

PATH = "/verify/file"
JSON = {"Accept": "application/json"}


@pytest.fixture
def people(content_app: Flask, make: Make) -> tuple[MadePerson, MadePerson]:
    made = certify(content_app, make, at=now())
    finish_issues(content_app, at=now())  # its page
    return made


def content_of(app: Flask, kind: str) -> bytes:
    """Return what was made of the oldest edition that has this kind of file."""
    reading().rollback()
    statement = select(Artifact.sha256).where(Artifact.kind == kind).order_by(Artifact.id).limit(1)
    sha256 = reading().scalar(statement)
    reading().rollback()
    assert sha256, kind
    return files.get(config_of(app).data_dir, sha256)


def send(client: FlaskClient, content: bytes, **more: Any) -> Any:
    return client.post(PATH, data={"file": (io.BytesIO(content), "file")}, **more)


def verdict(client: FlaskClient, content: bytes) -> str:
    return str(send(client, content, headers=JSON).get_json()["state"])


@pytest.mark.parametrize("kind", ["vc", "jwt", "pdf"])
def test_a_genuine_file_is_told_with_what_was_signed(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson], kind: str
) -> None:
    del people
    content = content_of(content_app, kind)
    with counted() as sent:
        shown = send(client, content)
    assert len(sent) <= 12
    said = text_of(shown)
    for fact in ("The file is genuine", "This certificate is valid", "Malia ʻAnau", "Communication"):
        assert fact in said, said
    facts = send(client, content, headers=JSON).get_json()
    assert (facts["genuine"], facts["state"], facts["name"]) == (True, "valid", "Malia ʻAnau")
    assert "language_of_instruction" not in facts
    assert facts["payload_sha256"] == reading().scalar(select(Edition.payload_sha256))
    assert counts() == {("file", "valid", True): 2}


def test_a_changed_file_is_altered(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson]
) -> None:
    del people
    badge, page = content_of(content_app, "vc"), content_of(content_app, "pdf")
    token = content_of(content_app, "jwt")
    document = json.loads(badge)
    assert verdict(client, json.dumps(document, indent=4, sort_keys=True).encode()) == "valid"  # only written otherwise
    named = json.loads(badge)
    named["credentialSubject"]["identifier"][0]["identityHash"] = "Somebody Else"
    ended = {**document, "validUntil": "2040-01-01T00:00:00Z"}
    more = {**document, "more": "1"}
    for changed in (named, ended, more):
        assert verdict(client, json.dumps(changed).encode()) == "altered"
    assert verdict(client, badge.replace(b'"identityHash":', b'"identityHash":"Else","identityHash":', 1)) == "altered"
    head, body, end = token.split(b".")
    assert verdict(client, b".".join([head, body[:-8] + b"AAAAAAAA", end])) in ("altered", "foreign")
    assert verdict(client, b".".join([head, body, end[:-8] + b"AAAAAAAA"])) == "altered"
    middle = len(page) // 3
    assert verdict(client, page[:middle] + bytes([page[middle] ^ 1]) + page[middle + 1 :]) == "altered"
    assert verdict(client, page + b"\n%more\n%%EOF") == "altered"
    shown = send(client, json.dumps(named).encode())
    assert "This was altered" in text_of(shown)
    assert "Malia" not in shown.get_data(as_text=True)
    assert {way for way, _, found in counts() if not found} <= {"file"}


def test_a_file_of_others_is_foreign(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson]
) -> None:
    del people
    document = json.loads(content_of(content_app, "vc"))
    method = document["proof"][0]["verificationMethod"].rpartition("#")[0]
    document["proof"][0]["verificationMethod"] = f"{method}#{'0' * 16}"
    others = [
        json.dumps(document).encode(), b"{}", b"{", b"{" + b'"a":[' * 9000, b'{"proof": 1}', b'{"proof": [1]}',
        b"hello", b"\xff\xd8\xff", b"a.b.c", b"[1]", b"{" + b" " * 300_000 + b"}",
    ]  # fmt: skip
    for content in others:
        assert verdict(client, content) == "foreign", content[:40]
    assert verdict(client, b"%PDF-1.7\nnothing\n%%EOF") == "foreign"
    shown = send(client, b"hello")
    assert "This was not signed here" in text_of(shown)


def test_what_we_signed_and_never_released_is_unknown(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson]
) -> None:
    """A stolen key signs what our records do not hold."""
    del people
    document = json.loads(content_of(content_app, "vc"))
    other = {**document, "id": document["id"].rpartition("/")[0] + "/CHW-0000-0000-0000-0"}
    assert verdict(client, json.dumps(other).encode()) == "unknown"
    edition = json.loads(json.dumps(document))
    edition["evidence"][0]["name"] = edition["evidence"][0]["name"][:-1] + "7"
    assert verdict(client, json.dumps(edition).encode()) == "unknown"
    for broken in ({**document, "evidence": []}, {**document, "evidence": [{"name": "Record"}]}):
        assert verdict(client, json.dumps(broken).encode()) == "altered"
    # the same for a token whose award is not released any more, as if another had signed it
    token = content_of(content_app, "jwt")
    from lms.db import db  # noqa: PLC0415 -- one use

    drop = {
        "sqlite": "DROP TRIGGER keep_status_events_delete",
        "postgresql": "DROP TRIGGER keep_status_events ON status_events",
    }
    write(lambda s: s.connection().exec_driver_sql(drop[db.engines["write"].dialect.name]) and None)
    write(lambda s: s.execute(delete(StatusEvent)) and None)
    assert verdict(client, token) == "unknown"


def test_a_compromised_key_signs_nothing_that_counts(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson]
) -> None:
    del people
    badge = content_of(content_app, "vc")
    write(
        lambda s: (
            s.execute(update(SigningKey).where(SigningKey.purpose == "badge").values(compromised_at=now())) and None
        )
    )
    assert verdict(client, badge) == "compromised"
    assert "is not trusted any more" in text_of(send(client, badge))


def test_a_page_under_a_compromised_root_is_told_as_that(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson]
) -> None:
    del people
    page = content_of(content_app, "pdf")
    root = update(SigningKey).where(SigningKey.purpose == "root").values(compromised_at=now())
    write(lambda s: s.execute(root) and None)
    assert verdict(client, page) == "compromised"


def test_a_file_that_we_lost_is_told_as_altered(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson]
) -> None:
    """Nothing to compare with: better refused than believed."""
    del people
    badge = content_of(content_app, "vc")
    config = config_of(content_app)
    for path in [*(config.data_dir / "files").rglob("*"), *config.keys_dir.rglob("*")]:
        if path.is_file():
            path.unlink()
    assert verdict(client, badge) == "altered"


def test_the_life_of_the_certificate_is_told(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson], make: Make
) -> None:
    worker, certifier = people
    badge, page = content_of(content_app, "vc"), content_of(content_app, "pdf")
    award, actor = award_of(worker).public_id, actor_of(certifier, at=now())
    write(lambda s: service.correct_name(s, actor, award, "Malia Tupou", at=now()))
    assert finish_issues(content_app, at=now()) >= 1
    assert [verdict(client, each) for each in (badge, page)] == ["replaced", "replaced"]
    write(lambda s: service.request_revocation(s, actor, award, "issued-in-error", "", at=now()))
    request = queries.find_open_revocation(reading(), award_of(worker).id)
    assert request
    second = actor_of(make.person("Second", roles=("certifier",)), at=now())
    write(lambda s: service.settle_revocation(s, second, request.public_id, confirm=True, at=now()))
    assert [verdict(client, each) for each in (badge, page)] == ["revoked", "revoked"]
    shown = text_of(send(client, page))
    assert "The file is genuine" in shown
    assert "This certificate is revoked" in shown


def test_nothing_is_kept(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson], tmp_path: Path
) -> None:
    del people
    badge = content_of(content_app, "vc")
    data = config_of(content_app).data_dir

    def kept() -> set[str]:
        return {str(path) for path in data.rglob("*") if path.is_file() and "lms.sqlite3" not in path.name}

    before = kept()
    send(client, badge)
    send(client, badge.replace(b"Malia", b"Canary"))
    assert kept() == before
    assert tmp_path.exists()


def test_what_cannot_be_checked_is_refused(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson], monkeypatch: Any
) -> None:
    del people
    assert client.get(PATH).headers["Location"] == "/verify"
    assert client.post(PATH).status_code == 400
    empty = send(client, b"")
    assert empty.status_code == 400
    assert "Please choose the file" in text_of(empty)
    large = send(client, b"%PDF-" + b"x" * 2 * 1024 * 1024)
    assert large.status_code == 413
    assert "at most 2 MB" in text_of(large)
    content_app.config["WTF_CSRF_ENABLED"] = True  # a program has no token, and needs none
    raw = client.post(PATH, data=content_of(content_app, "vc"), content_type="application/json", headers=JSON)
    assert raw.get_json()["state"] == "valid"
    assert client.post(PATH, headers=JSON).get_json()["error"] == "file_missing"
    monkeypatch.setattr(dropped, "_PATIENCE", 0.01)
    with dropped._turn:
        assert send(client, b"hello").status_code == 503


def test_an_address_sends_so_many_files(client: FlaskClient, content_app: Flask) -> None:
    del content_app
    answers = [send(client, b"hello").status_code for _ in range(31)]
    assert answers == [200] * 30 + [429]


def test_the_certificate_is_named_by_its_number(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson]
) -> None:
    found = send(client, content_of(content_app, "vc"), headers=JSON).get_json()
    assert found["serial"] == show_serial(award_of(people[0]).serial)
