"""The folder of trust, and checking files with nothing but it: as a department does that has no network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask

from lms.certificates import queries, service
from lms.certificates.jobs import finish_issues
from lms.clock import now
from lms.config import ROOT
from lms.db import reading, write
from tests.certificates.story import actor_of, award_of, certify, config_of
from tests.certificates.test_cli import lms
from tests.certificates.workbench import content_of
from tests.factories import MadePerson, Make
from tests.keys import ensure_keys

#: A process of its own that refuses every connection, knows no settings, and runs the command.
ALONE = """
import socket, sys
def refuse(*_args, **_more):
    raise OSError("no network here")
socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse
from lms.certificates.cli import group
import sqlalchemy
sqlalchemy.create_engine = refuse
group.main(sys.argv[1:], prog_name="lms certificates")
"""


@pytest.fixture
def engine_name() -> str:
    """The commands are thin; the services beneath are tested on both engines."""
    return "sqlite"


@pytest.fixture
def holder(content_app: Flask, make: Make) -> MadePerson:
    worker, _certifier = certify(content_app, make, at=now() - timedelta(minutes=1))
    return worker


@pytest.fixture
def trust(content_app: Flask, holder: MadePerson, tmp_path: Path) -> Path:
    folder = tmp_path / "trust"
    result = lms(content_app, "certificates", "trust-bundle", folder)
    assert result.exit_code == 0, result.output
    return folder


def file_of(app: Flask, person: MadePerson, kind: str, folder: Path) -> Path:
    path = folder / f"certificate.{kind}"
    path.write_bytes(content_of(app, person, kind))
    return path


def verify(path: Path, folder: Path, empty: Path) -> tuple[int, str]:
    """Run the command in an empty folder without settings; return its exit code and all it said."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    environ = {**known, "PYTHONPATH": str(ROOT), "HOME": str(empty)}
    command = [sys.executable, "-c", ALONE, "verify", str(path), "--trust", str(folder)]
    done = subprocess.run(command, cwd=empty, env=environ, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_department_needs_the_folder_alone(
    content_app: Flask, holder: MadePerson, trust: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    for kind in ("vc", "jwt", "pdf"):
        path = file_of(content_app, holder, kind, tmp_path)
        code, said = verify(path, trust, tmp_path / "empty")
        assert code == 0, said
        assert "edition 1: the signature is good" in said
        assert "Malia ʻAnau: First steps" in said
        assert "Valid until" in said
        assert said.startswith("FOR DEMONSTRATION ONLY: the person is invented")
        assert f"Not revoked or replaced as of {now():%Y-%m-%d}; a suspension is only known online: http" in said
    assert list((tmp_path / "empty").iterdir()) == [], "it writes nothing"


def test_the_folder_holds_what_is_published_and_no_secret(content_app: Flask, trust: Path, client: object) -> None:
    names = {str(path.relative_to(trust)) for path in trust.rglob("*") if path.is_file()}
    served = {".well-known/did.json", ".well-known/jwks.json", "credentials/root.pem", "credentials/status/1"}
    assert served | {"trust.json", "credentials/status/1.jwt"} < names
    assert len([name for name in names if name.startswith("credentials/keys/")]) == 4
    assert not any(b"PRIVATE" in path.read_bytes() for path in trust.rglob("*") if path.is_file())
    for name in served:
        answer = content_app.test_client().get(f"/{name}")
        assert answer.data == (trust / name).read_bytes(), name


def check(app: Flask, path: Path, trust: Path) -> tuple[int, str]:
    result = lms(app, "certificates", "verify", path, "--trust", trust)
    return result.exit_code, result.output


def test_what_was_altered_is_refused(content_app: Flask, holder: MadePerson, trust: Path, tmp_path: Path) -> None:
    badge = file_of(content_app, holder, "vc", tmp_path)
    document = json.loads(badge.read_bytes())
    document["validFrom"] = "2020-01-01T00:00:00Z"
    badge.write_text(json.dumps(document))
    token = file_of(content_app, holder, "jwt", tmp_path)
    token.write_text(token.read_text()[:-4] + "AAAA")
    page = file_of(content_app, holder, "pdf", tmp_path)
    page.write_bytes(page.read_bytes().replace(b"/Title", b"/Titel", 1))
    other = tmp_path / "letter.txt"
    other.write_text("Dear department")
    for path in (badge, token, page, other):
        code, said = check(content_app, path, trust)
        assert code == 1, said
        assert str(path) in said, "it names the file"


def test_what_was_replaced_or_revoked_is_told_by_the_list(
    content_app: Flask, holder: MadePerson, trust: Path, tmp_path: Path, make: Make
) -> None:
    path, award = file_of(content_app, holder, "jwt", tmp_path), award_of(holder).public_id
    certifier = actor_of(make.person(roles=("certifier",)))
    write(lambda s: service.correct_name(s, certifier, award, "Malia Tuʻi", at=now()))
    assert check(content_app, path, trust)[0] == 0, "the folder is older than the correction"
    assert finish_issues(content_app, at=now()) == 1
    lms(content_app, "certificates", "trust-bundle", trust)
    code, said = check(content_app, path, trust)
    assert code == 1
    assert "revoked, or replaced by a newer edition" in said
    assert check(content_app, file_of(content_app, holder, "jwt", tmp_path), trust)[0] == 0


def test_what_expired_and_lists_that_are_too_old(
    content_app: Flask, holder: MadePerson, trust: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file_of(content_app, holder, "vc", tmp_path)
    later = now() + timedelta(days=31)
    monkeypatch.setattr("lms.certificates.cli.certificates.now", lambda: later)
    code, said = check(content_app, path, trust)
    assert (code, "Whether it was revoked or suspended is not known" in said) == (0, True)
    assert "too old" in said
    monkeypatch.setattr("lms.certificates.cli.certificates.now", lambda: later + timedelta(days=5000))
    code, said = check(content_app, path, trust)
    assert (code, "it expired at" in said) == (1, True)


def test_after_a_move_the_folder_has_the_lists_of_both_addresses(
    content_app: Flask, holder: MadePerson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Make
) -> None:
    old, trust = config_of(content_app), tmp_path / "trust"
    first = file_of(content_app, holder, "vc", tmp_path)
    config = replace(old, base_url="https://moved.example.org")
    monkeypatch.setitem(content_app.config, "LMS", config)
    ensure_keys(config, at=now() - timedelta(seconds=30), number=1)
    assert lms(content_app, "certificates", "trust-bundle", trust).exit_code == 0
    code, said = check(content_app, first, trust)
    assert (code, "is not known" in said) == (0, False), said
    place = trust / "addresses" / quote(urlsplit(old.base_url).netloc, safe="")
    assert (place / ".well-known" / "did.json").is_file()
    award, certifier = award_of(holder).public_id, actor_of(make.person(roles=("certifier",)))
    write(lambda s: service.correct_name(s, certifier, award, "Malia Tuʻi", at=now()))
    assert finish_issues(content_app, at=now()) == 1
    second = file_of(content_app, holder, "jwt", tmp_path)
    assert lms(content_app, "certificates", "trust-bundle", trust).exit_code == 0
    assert check(content_app, first, trust)[0] == 1, "the list of the old address says that it was replaced"
    assert check(content_app, second, trust)[0] == 0
    for key in queries.list_keys(reading()):
        if key.issuer_url == old.base_url:
            (old.keys_dir / f"{key.key_id}.pem").unlink()
    later = tmp_path / "later"
    assert lms(content_app, "certificates", "trust-bundle", later).exit_code == 0
    assert "hether it was revoked or suspended is not known" in check(content_app, first, later)[1]


def test_a_page_under_a_compromised_root_is_told_as_that(
    content_app: Flask, holder: MadePerson, trust: Path, tmp_path: Path
) -> None:
    path = file_of(content_app, holder, "pdf", tmp_path)
    index = json.loads((trust / "trust.json").read_bytes())
    (key,) = (each for each in index["keys"] if each["purpose"] == "root")
    key["compromised_at"], index["roots"] = "2026-11-29T00:00:00Z", []
    (trust / "trust.json").write_text(json.dumps(index))
    code, said = check(content_app, path, trust)
    assert (code, "the root of the signature was compromised" in said) == (1, True)


def test_a_folder_of_something_else_is_refused(content_app: Flask, holder: MadePerson, tmp_path: Path) -> None:
    path = file_of(content_app, holder, "vc", tmp_path)
    code, said = check(content_app, path, tmp_path)
    assert code == 1
    assert "is not a folder of trust" in said


def test_no_folder_without_keys(app: Flask, tmp_path: Path) -> None:
    result = lms(app, "certificates", "trust-bundle", tmp_path)
    assert result.exit_code == 1
    assert "lms keys" in result.stderr, "it names the remedy"


def test_no_folder_without_the_private_keys(content_app: Flask, holder: MadePerson, tmp_path: Path) -> None:
    for path in config_of(content_app).keys_dir.glob("*.pem"):
        path.unlink()
    result = lms(content_app, "certificates", "trust-bundle", tmp_path)
    assert result.exit_code == 1
    assert "is not in LMS_KEYS_DIR" in result.stderr
