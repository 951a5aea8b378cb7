"""The commands, as an operator types them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import update

from lms.certificates import queries
from lms.certificates.cli import group, keys_group
from lms.certificates.jobs import finish_issues
from lms.certificates.models import IssueTask
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
    result = lms(content_app, "certificates", "issue", "--no-pages")
    assert (result.exit_code, result.output) == (0, "1 released, 0 left; 1 pages to draw.\n")
    result = lms(content_app, "certificates", "issue")
    assert (result.exit_code, result.output) == (0, "0 released, 0 left; 0 pages to draw.\n")


def test_issue_says_what_is_left(content_app: Flask, worker: MadePerson) -> None:
    write(lambda s: s.execute(update(IssueTask).values(run_at=now() + timedelta(hours=1))) and None)
    result = lms(content_app, "certificates", "issue")
    assert (result.exit_code, result.output) == (1, "0 released, 1 left; 0 pages to draw.\n")


def test_issue_releases_no_more_than_the_limit(content_app: Flask, certifier: MadePerson, make: Make) -> None:
    people = [make.person() for _ in range(3)]
    complete(*people, at=now() - timedelta(days=1))
    for person in people:
        decide(certifier, person, at=now())
    result = lms(content_app, "certificates", "issue", "--limit", "1")
    assert (result.exit_code, result.output) == (1, "1 released, 2 left; 0 pages to draw.\n")


def test_issue_shows_how_far_it_is(content_app: Flask, worker: MadePerson, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr("click._termui_impl.ProgressBar.update", lambda bar, steps, *rest: told.append(steps))
    assert lms(content_app, "certificates", "issue").exit_code == 0
    assert told == [1, 1], "a bar of credentials, and one of pages"


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


def test_no_samples_in_production_or_without_content(
    content_app: Flask, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no published track" in lms(app, "certificates", "samples", tmp_path).stderr.lower()
    (tmp_path / "keys").mkdir(exist_ok=True)
    (tmp_path / "keys" / "a.pem").write_text("x")
    production = make_config(
        tmp_path,
        "sqlite://",
        LMS_ENV="production",
        LMS_BASE_URL="https://x.example",
        LMS_KEYS_DIR=str(tmp_path / "keys"),
        LMS_KEYS_PASSPHRASE="a passphrase of some length",
        LMS_HELP_NAME="Help",
        LMS_HELP_PHONE="+12135550100",
        LMS_HELP_EMAIL="help@x.example",
    )
    monkeypatch.setitem(app.config, "LMS", production)
    assert "not made where real" in lms(app, "certificates", "samples", tmp_path / "none").stderr
