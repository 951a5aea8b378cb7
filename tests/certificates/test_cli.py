"""The commands, as an operator types them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, update

from lms.certificates import queries
from lms.certificates.cli import group, keys_group
from lms.certificates.jobs import finish_issues
from lms.certificates.models import IssueTask, SigningKey
from lms.certificates.rules.serials import show_serial
from lms.clock import now
from lms.db import reading, write
from tests.certificates.story import actor_of, award_of, complete, config_of, decide
from tests.databases import make_config
from tests.factories import MadePerson, Make
from tests.keys import ensure_keys


@pytest.fixture
def engine_name() -> str:
    """The commands are thin; the services beneath are tested on both engines."""
    return "sqlite"


@pytest.fixture
def certifier(content_app: Flask, make: Make) -> MadePerson:
    ensure_keys(config_of(content_app), at=now() - timedelta(days=30))
    return make.person("Certifier One", roles=("certifier",))


@pytest.fixture
def worker(certifier: MadePerson, make: Make) -> MadePerson:
    person = make.person("Malia ʻAnau", language="to")
    complete(person, at=now() - timedelta(days=2), language="to")
    decide(certifier, person, at=now())
    return person


def lms(app: Flask, *words: Any) -> Result:
    """Run `lms certificates ...` or `lms keys ...`."""
    command = {"certificates": group, "keys": keys_group}[words[0]]
    result = app.test_cli_runner().invoke(command, [str(word) for word in words[1:]])
    reading().rollback()
    return result


def serial_of(person: MadePerson) -> str:
    return show_serial(award_of(person).serial)


def test_issue_finishes_what_is_reserved(content_app: Flask, worker: MadePerson) -> None:
    result = lms(content_app, "certificates", "issue")
    assert (result.exit_code, result.output) == (0, "1 released, 0 left.\n")


def test_issue_says_what_is_left(content_app: Flask, worker: MadePerson) -> None:
    write(lambda s: s.execute(update(IssueTask).values(run_at=now() + timedelta(hours=1))) and None)
    result = lms(content_app, "certificates", "issue")
    assert (result.exit_code, result.output) == (1, "0 released, 1 left.\n")


def test_check_reads_all_again(content_app: Flask, worker: MadePerson) -> None:
    finish_issues(content_app, at=now())
    assert lms(content_app, "certificates", "check").output == "Every released certificate is whole.\n"
    for path in (config_of(content_app).data_dir / "files").rglob("*"):
        if path.is_file():
            path.unlink()
    result = lms(content_app, "certificates", "check")
    assert result.exit_code == 1
    assert "a file is missing" in result.output


def test_revoke_takes_two(content_app: Flask, worker: MadePerson, certifier: MadePerson, make: Make) -> None:
    finish_issues(content_app, at=now())
    serial, second = serial_of(worker), make.person(roles=("administrator",))
    call = lambda *more: lms(content_app, "certificates", "revoke", serial, "--reason", "issued-in-error", *more)  # noqa: E731
    state = lambda: queries.list_certificates(reading(), [worker.person_id], today=now().date())[0].state  # noqa: E731
    dry = call("--by", certifier.email, "--confirmed-by", second.email, "--dry-run")
    assert dry.output == f"{serial} would be revoked for good.\n"
    assert call("--by", "nobody@test.example", "--dry-run").exit_code == 1
    no_note = lms(
        content_app, "certificates", "revoke", serial, "--reason", "other", "--by", certifier.email, "--dry-run"
    )
    assert (no_note.exit_code, no_note.output) == (1, "Refused: note_needed\n")
    assert queries.list_open_requests(reading(), actor_of(second)) == ([], [])
    asked = call("--by", certifier.email)
    assert asked.output == f"{serial} is marked for a second person to revoke.\n"
    assert call("--by", certifier.email, "--confirmed-by", certifier.email).exit_code == 1
    assert call("--by", certifier.email, "--confirmed-by", "nobody@test.example").exit_code == 1
    for other in (("--by", certifier.email, "--note", "another"), ("--by", second.email)):
        assert "another_request_waits" in call(*other, "--confirmed-by", second.email).stderr
    assert state() == "valid"
    done = call("--by", certifier.email, "--confirmed-by", second.email)
    assert (done.exit_code, done.output) == (0, f"{serial} is revoked for good.\n")
    reading().rollback()
    assert state() == "revoked"
    again = call("--by", certifier.email)
    assert again.exit_code == 1
    assert "already_revoked" in again.stderr


@pytest.mark.parametrize(
    ("serial", "said"), [("CHW-0000-0000-0000-1", "mistyped"), ("CHW-0000-0000-0000-0", "No cert")]
)
def test_revoke_knows_wrong_numbers(content_app: Flask, serial: str, said: str) -> None:
    result = lms(content_app, "certificates", "revoke", serial, "--reason", "duplicate", "--by", "x@test.example")
    assert result.exit_code == 2  # no such reason
    result = lms(content_app, "certificates", "revoke", serial, "--reason", "other", "--by", "x@test.example")
    assert result.exit_code == 1
    assert said in result.stderr


def test_a_file_is_verified_offline(content_app: Flask, worker: MadePerson, tmp_path: Path) -> None:
    finish_issues(content_app, at=now())
    known = queries.get_known(reading(), award_of(worker).public_id)
    paths = {}
    for kind in ("json", "pdf"):
        paths[kind] = tmp_path / f"certificate.{kind}"
        sha256 = queries.find_artifact(reading(), known.shown.edition_id, kind)
        source = config_of(content_app).data_dir / "files" / str(sha256)[:2] / str(sha256)
        paths[kind].write_bytes(source.read_bytes())
    trust = tmp_path / "trust"
    assert lms(content_app, "keys", "export", trust).exit_code == 0
    call = lambda *more: lms(content_app, "certificates", "verify", paths["json"], "--trust", trust, *more)  # noqa: E731
    good = call("--pdf", paths["pdf"], "--base-url", "http://localhost/")
    assert good.exit_code == 0
    assert "the signature is good" in good.output
    assert "Malia ʻAnau: First steps" in good.output
    assert call("--pdf", paths["pdf"], "--base-url", "https://elsewhere.example").exit_code == 1
    altered = json.loads(paths["json"].read_bytes())
    altered["payload"]["name"] = "Another"
    paths["json"].write_text(json.dumps(altered))
    bad = call()
    assert bad.exit_code == 1
    assert "it was altered" in bad.stderr
    (trust / "broken.pub.pem").write_text("no key")
    assert "holds no public key" in call().stderr


def test_no_samples_in_production_or_without_content(
    content_app: Flask, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no published track" in lms(app, "certificates", "samples", tmp_path).stderr.lower()
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "a.pem").write_text("x")
    production = make_config(
        tmp_path,
        "sqlite://",
        LMS_ENV="production",
        LMS_BASE_URL="https://x.example",
        LMS_KEYS_DIR=str(tmp_path / "keys"),
        LMS_HELP_NAME="Help",
        LMS_HELP_PHONE="+12135550100",
        LMS_HELP_EMAIL="help@x.example",
    )
    monkeypatch.setitem(app.config, "LMS", production)
    assert "not made where real" in lms(app, "certificates", "samples", tmp_path / "none").stderr


def test_the_life_of_keys(content_app: Flask) -> None:
    assert lms(content_app, "keys", "list").output == ""
    assert "is in force" in lms(content_app, "keys", "create").output
    (first,) = [key.key_id for key in queries.list_keys(reading())]
    rotated = lms(content_app, "keys", "rotate").output
    assert f"{first} is retired." in rotated
    second = queries.find_current_key(reading(), now())
    listed = lms(content_app, "keys", "list").output.splitlines()
    assert [line.split()[0] for line in listed] == [first, second]
    assert "retired since" in listed[0]
    assert "in force since" in listed[1]
    assert lms(content_app, "keys", "retire", second, "--compromised").exit_code == 0
    assert "compromised since" in lms(content_app, "keys", "list").output
    assert lms(content_app, "keys", "retire", first).exit_code == 0
    assert lms(content_app, "keys", "retire", "nothing").exit_code == 1
    for path in config_of(content_app).keys_dir.iterdir():
        path.unlink()
    assert "private half not here" in lms(content_app, "keys", "list").output
    assert queries.find_current_key(reading(), now()) is None
    assert len(reading().scalars(select(SigningKey.key_id)).all()) == 2
