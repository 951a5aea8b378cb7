"""The independent check: every planted fault is found; and files that are made again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms import files
from lms.certificates import queries
from lms.certificates.jobs import check_issued, checking, finish_issues, open_file
from lms.certificates.jobs.making import credential_of
from lms.certificates.models import Edition
from lms.certificates.rules.badges import tokens
from lms.db import reading
from lms.errors import NotFound
from tests import keys
from tests.certificates.story import complete, config_of, decide
from tests.certificates.workbench import content_of, known_of, one, workshop_of
from tests.conftest import AT
from tests.factories import MadePerson, Make


@pytest.fixture
def released(content_app: Flask, make: Make) -> MadePerson:
    """A worker whose certificate is released."""
    keys.ensure_keys(config_of(content_app), at=AT - timedelta(days=30))
    certifier = make.person("Certifier One", roles=("certifier",))
    person = make.person("ʻAnaseini Fakafānuamālōlōtuʻu", language="to")
    complete(person, language="to")
    decide(certifier, person)
    assert finish_issues(content_app, at=AT) == 1
    return person


def planted(app: Flask, person: MadePerson) -> dict[str, tuple[str, bytes]]:
    """Return faults by name: which file, and what it holds instead."""
    workshop, payload = workshop_of(app), json.loads(one(select(Edition.payload)))
    content = {kind: content_of(app, person, kind) for kind in ("vc", "jwt", "code", "pdf")}
    vc = json.loads(content["vc"])
    (proof,) = vc["proof"]

    def changed(**values: Any) -> bytes:
        return json.dumps({**vc, **values}, ensure_ascii=False).encode()

    def proven(**values: Any) -> bytes:
        return changed(proof=[{**proof, **values}])

    def signed(**values: Any) -> dict[str, bytes]:
        other = {**payload, **values}
        return {
            "vc": credential_of(other, workshop.sign_with(payload["keys"]["badge"])),
            "jwt": tokens.jwt(other, workshop.sign_with(payload["keys"]["jwt"])).encode(),
            "code": tokens.code(other, workshop.sign_with(payload["keys"]["code"])).encode(),
        }

    renamed, dated = signed(name="Signed By Mistake"), signed(ends_at="2099-01-01T00:00:00Z")
    moved = signed(status={"list": 1, "index": (payload["status"]["index"] + 1) % 131072})
    jwt = content["jwt"].decode()
    return {
        "name": ("vc", content["vc"].replace("ʻAnaseini".encode(), b"Another")),
        "expiry": ("vc", changed(validUntil="2099-01-01T00:00:00Z")),
        "added member": ("vc", changed(extra=1)),
        "added type": ("vc", changed(type=[*vc["type"], "Unknown"])),
        "another context": ("vc", changed(**{"@context": [vc["@context"][0]]})),
        "status elsewhere": (
            "vc",
            changed(credentialStatus={**vc["credentialStatus"], "statusListCredential": "https://x"}),
        ),
        "another issuer": ("vc", changed(issuer={**vc["issuer"], "id": "did:web:evil.example"})),
        "no proof": ("vc", changed(proof=[])),
        "two proofs": ("vc", changed(proof=[proof, proof])),
        "algorithm": ("vc", proven(cryptosuite="eddsa-jcs-2022")),
        "proof's time": ("vc", proven(created="2020-01-01T00:00:00Z")),
        "half a signature": ("vc", proven(proofValue=proof["proofValue"][:40])),
        "no signature": ("vc", proven(proofValue="z0")),
        "huge signature": ("vc", proven(proofValue="z" + "z" * 99)),
        "unknown key": ("vc", proven(verificationMethod=proof["verificationMethod"][:-16] + "0" * 16)),
        "a key for tokens": ("vc", proven(verificationMethod=f"{vc['issuer']['id']}#{payload['keys']['jwt']}")),
        "not json": ("vc", b"%PDF"),
        "a list": ("vc", b"[]"),
        "empty": ("vc", b""),
        "said twice": ("vc", content["vc"].replace(b'"name":', b'"name":"x","name":', 1)),
        "signed but other": ("vc", renamed["vc"]),
        "signed but longer": ("vc", dated["vc"]),
        "signed but elsewhere": ("vc", moved["vc"]),
        "other token": ("jwt", renamed["jwt"]),
        "altered token": ("jwt", (jwt[:-9] + ("A" if jwt[-9] != "A" else "B") + jwt[-8:]).encode()),
        "unsigned token": ("jwt", jwt.rpartition(".")[0].encode() + b"."),
        "no token": ("jwt", b"x"),
        "other code": ("code", renamed["code"]),
        "altered code": ("code", content["code"][:-8] + b"AAAAAAAA"),
        "no code": ("code", b"1"),
        "half a page": ("pdf", content["pdf"][: len(content["pdf"]) // 2]),
        "more after a page": ("pdf", content["pdf"] + b"\n"),
        "not a page": ("pdf", b"GIF89a"),
    }


def test_the_checker_finds_every_planted_fault(content_app: Flask, released: MadePerson) -> None:
    config = config_of(content_app)
    sound = {kind: content_of(content_app, released, kind) for kind in ("vc", "jwt", "code", "pdf")}
    faults = planted(content_app, released)
    assert len(faults) >= 30
    reading().rollback()
    for name, (kind, content) in faults.items():
        assert content != sound[kind], name
        with pytest.MonkeyPatch.context() as patch:
            rows = [(k, files.put(config.data_dir, content if k == kind else sound[k]).sha256) for k in sound]
            patch.setattr(queries, "files_of", lambda session, edition_id, rows=rows: rows)
            problems = check_issued(config, at=AT)
        assert [each.mendable for each in problems] == [False], name
        assert known_of(released).shown.payload["serial"].replace("-", "").endswith(problems[0].text[:13])
    assert check_issued(config, at=AT) == []


def test_missing_and_altered_files_are_found_and_made_again(content_app: Flask, released: MadePerson) -> None:
    config, edition = config_of(content_app), known_of(released).shown.edition_id
    for kind in ("pdf", "vc", "jwt", "code"):
        sha256 = str(queries.find_artifact(reading(), edition, kind))
        path = config.data_dir / "files" / sha256[:2] / sha256
        kept = path.read_bytes()
        path.write_bytes(kept + b" ")
        (altered,) = check_issued(config, at=AT)
        assert altered.text.endswith("a file was altered")
        assert altered.mendable
        path.unlink()
        assert check_issued(config, at=AT)[0].text.endswith("a file is missing")
        with pytest.raises(NotFound):
            files.get(config.data_dir, sha256)
        check_issued(config, at=AT, fix=True)
        assert path.read_bytes() == kept
        assert check_issued(config, at=AT) == []


def test_the_first_format_is_told_until_it_is_replaced(
    content_app: Flask, released: MadePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = config_of(content_app)
    monkeypatch.setattr(queries, "files_of", lambda session, edition_id: [("json", "a" * 64), ("pdf", "b" * 64)])
    (first,) = check_issued(config, at=AT)
    assert "the first format" in first.text
    rows = [replace(each, is_withdrawn=True) for each in queries.list_released(reading())]
    monkeypatch.setattr(queries, "list_released", lambda session, after, limit: [] if after else rows)
    assert check_issued(config, at=AT) == []


def test_all_files_at_once_are_made_again(content_app: Flask, released: MadePerson) -> None:
    config = config_of(content_app)
    for path in (config.data_dir / "files").rglob("*"):
        if path.is_file():
            path.unlink()
    (missing,) = check_issued(config, at=AT)
    assert missing.mendable
    check_issued(config, at=AT, fix=True)
    assert check_issued(config, at=AT) == []


def test_a_signed_file_cannot_be_made_again_without_its_key(content_app: Flask, released: MadePerson) -> None:
    config, edition = config_of(content_app), known_of(released).shown.edition_id
    sha256 = str(queries.find_artifact(reading(), edition, "vc"))
    path = config.data_dir / "files" / sha256[:2] / sha256
    kept = path.read_bytes()
    path.write_bytes(b"{}")
    assert open_file(config, edition, "vc", sha256) == kept == path.read_bytes()
    path.write_bytes(b"{}")
    for key in config.keys_dir.iterdir():
        key.unlink()
    with pytest.raises(files.DamagedFileError):
        open_file(config, edition, "vc", sha256)
    (left,) = check_issued(config, at=AT, fix=True)
    assert not left.mendable
    assert path.read_bytes() == b"{}"


def test_dates_that_cannot_be_are_refused(content_app: Flask, released: MadePerson) -> None:
    payload = json.loads(one(select(Edition.payload)))
    for values, said in (
        ({"awarded_on": "2020-01-01"}, "before the training"),
        ({"frozen_at": "2020-01-01T00:00:00Z"}, "is the clock right"),
        ({"frozen_at": "2099-01-01T00:00:00Z"}, "is the clock right"),
    ):
        with pytest.raises(checking.CheckFailedError, match=said):
            checking.check_dates(json.dumps({**payload, **values}).encode(), AT)
