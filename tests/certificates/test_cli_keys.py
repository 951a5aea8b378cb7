"""`lms keys`: making, rotating, retiring; and the drill of a key that somebody else may have."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms.certificates import queries, service
from lms.certificates.cli import keys as commands
from lms.certificates.jobs import check_issued, finish_issues, finishing
from lms.certificates.jobs.keyring import KeyFolder, making
from lms.certificates.jobs.publishing import CREDENTIAL
from lms.certificates.models import Edition, StatusEvent
from lms.certificates.queries.statuses import list_withdrawn
from lms.clock import now
from lms.db import reading
from tests import keys
from tests.certificates.story import complete, config_of, decide
from tests.certificates.test_cli import lms
from tests.certificates.workbench import content_of, count, keys_of, known_of
from tests.factories import MadePerson, Make

PURPOSES = ("badge", "jwt", "code", "page", "root")


@pytest.fixture
def engine_name() -> str:
    """The commands are thin; the services beneath are tested on both engines."""
    return "sqlite"


@pytest.fixture(autouse=True)
def _lent_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the keys that commands make from those that this process made once: an RSA key takes a second."""
    numbers: dict[str, int] = {}
    real = KeyFolder.create

    def create(folder: KeyFolder, purpose: str) -> tuple[str, bytes]:
        if folder.path.name.startswith("keys-"):  # one of those that are lent
            return real(folder, purpose)
        numbers[purpose] = numbers.get(purpose, 0) + 1
        place, made = keys.lent(numbers[purpose])
        key_id, public = made[purpose]
        folder.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = folder.path / f"{key_id}.pem"
        target.write_bytes((place / target.name).read_bytes())
        target.chmod(0o600)
        return key_id, public

    monkeypatch.setattr(KeyFolder, "create", create)


@pytest.fixture
def holders(content_app: Flask, make: Make) -> list[MadePerson]:
    """Five workers with released certificates, without pages."""
    keys.ensure_keys(config_of(content_app), at=now() - timedelta(days=30))
    certifier = make.person("Certifier", roles=("certifier",))
    people = [make.person(f"Worker {number}") for number in range(5)]
    complete(*people, at=now() - timedelta(days=2))
    for person in people:
        decide(certifier, person, at=now())
    assert finish_issues(content_app, at=now(), pages=False) == 5
    finish_issues(content_app, at=now(), limit=1)
    return people


def in_force() -> dict[str, str]:
    """Return the keys in force by purpose."""
    found = {key.purpose: key.key_id for key in queries.list_keys(reading()) if key.is_in_force}
    reading().rollback()
    return found


def test_keys_are_made_rotated_and_retired(content_app: Flask) -> None:
    assert lms(content_app, "keys", "list").output == ""
    made = lms(content_app, "keys", "create")
    assert made.exit_code == 0, made.output
    assert made.output.count("is in force") == 5
    assert str(config_of(content_app).keys_dir) in made.output
    assert "There is a key of each kind" in lms(content_app, "keys", "create").output
    first = in_force()
    listed = lms(content_app, "keys", "list").output.splitlines()
    assert sorted(line.split()[1] for line in listed) == sorted(PURPOSES)
    assert all("in force since" in line and "not here" not in line for line in listed)
    rotated = lms(content_app, "keys", "rotate", "--purpose", "code").output
    assert f"{first['code']} (code) is retired." in rotated
    assert {purpose for purpose, key_id in in_force().items() if first[purpose] != key_id} == {"code"}
    assert lms(content_app, "keys", "rotate").exit_code == 0
    assert {purpose for purpose, key_id in in_force().items() if first[purpose] != key_id} == {*PURPOSES} - {"root"}
    badge = in_force()["badge"]
    assert lms(content_app, "keys", "retire", badge).output == f"{badge} is retired.\n"
    assert "badge" not in in_force()
    assert "retired since" in lms(content_app, "keys", "list").output
    missing = lms(content_app, "keys", "create").output
    assert missing.count("is in force") == 1, "what is missing alone"
    unknown = lms(content_app, "keys", "retire", "nothing")
    assert (unknown.exit_code, unknown.stderr) == (1, "There is no key nothing.\n")


def test_a_key_that_is_elsewhere_is_told(content_app: Flask) -> None:
    lms(content_app, "keys", "create")
    for path in config_of(content_app).keys_dir.glob("*.pem"):
        path.unlink()
    assert lms(content_app, "keys", "list").output.count("private half not here") == 5


def test_without_tables_no_key_is_made(tmp_path: Path, content_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_session: object) -> None:
        raise RuntimeError("no such table")

    monkeypatch.setattr(commands.queries, "list_keys", fail)
    assert lms(content_app, "keys", "create").exit_code == 1
    folder = config_of(content_app).keys_dir
    assert not folder.exists() or not list(folder.iterdir())


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_compromised_key_is_replaced_and_all_is_issued_again(
    content_app: Flask, holders: list[MadePerson], purpose: str, tmp_path: Path
) -> None:
    config, old = config_of(content_app), in_force()
    lost = [old[purpose], *([old["page"]] if purpose == "root" else [])]
    files = {kind: content_of(content_app, holders[0], kind) for kind in ("vc", "jwt", "pdf")}
    dry = lms(content_app, "keys", "compromise", old[purpose], "--dry-run")
    affected = 0 if purpose == "root" and "page" not in old else 5
    assert dry.output == f"{affected} certificates would be issued again.\n"
    assert in_force() == old, "nothing changed yet"
    result = lms(content_app, "keys", "compromise", old[purpose])
    assert result.exit_code == 0, result.output
    assert "\n0 certificates are left to issue again." in result.output
    assert "trust-bundle" in result.output
    assert not set(in_force().values()) & set(lost)
    assert set(in_force()) == set(old)
    assert count(Edition, Edition.reason == "rekey") == count(StatusEvent, StatusEvent.kind == "replaced") == 5
    assert len(list_withdrawn(reading(), 1)) == 5, "a bit for each edition that was replaced"
    reading().rollback()
    for person in holders:
        assert known_of(person).shown.number == 2
        assert not set(keys_of(person).values()) & set(lost)
    check_published(content_app, lost)
    lms(content_app, "certificates", "trust-bundle", tmp_path / "trust")
    for kind, content in files.items():
        path = tmp_path / f"old.{kind}"
        path.write_bytes(content)
        assert lms(content_app, "certificates", "verify", path, "--trust", tmp_path / "trust").exit_code == 1, kind
        path.write_bytes(content_of(content_app, holders[0], kind))
        again = lms(content_app, "certificates", "verify", path, "--trust", tmp_path / "trust")
        assert again.exit_code == 0, again.output
    left = check_issued(config, at=now())
    assert all("edition 1" in each.text for each in left), "what is new is whole"


def check_published(app: Flask, lost: list[str]) -> None:
    """Hold that no document which verifiers fetch names a lost key any more."""
    client = app.test_client()
    for address in ("/.well-known/did.json", "/.well-known/jwks.json"):
        said = client.get(address).text
        assert not any(key_id in said for key_id in lost), address
    assert all(client.get(f"/credentials/keys/{key_id}").status_code == 404 for key_id in lost)
    assert client.get("/credentials/status/1", headers={"Accept": CREDENTIAL}).status_code == 200


def test_an_interrupted_compromise_goes_on_with_the_job_or_the_command(
    content_app: Flask, holders: list[MadePerson], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = in_force()["badge"]
    monkeypatch.setattr(finishing, "BATCH", 2)
    real, calls = service.rekey, []

    def die(*args: Any, **more: Any) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*args, **more)

    monkeypatch.setattr(finishing.service, "rekey", die)
    assert lms(content_app, "keys", "compromise", old).exit_code == 1
    reading().rollback()
    assert count(Edition, Edition.reason == "rekey") == 2, "it was stopped in the middle"
    again = lms(content_app, "keys", "compromise", old)
    assert again.exit_code == 0, again.output
    assert count(Edition, Edition.reason == "rekey") == 5
    assert {known_of(person).shown.number for person in holders} == {2}


def test_a_compromise_may_leave_the_issuing_to_the_job(content_app: Flask, holders: list[MadePerson]) -> None:
    old = in_force()["code"]
    left = lms(content_app, "keys", "compromise", old, "--no-issue")
    assert left.exit_code == 0
    assert "5 certificates are left to issue again." in left.output, "none of them is even reserved"
    assert count(Edition, Edition.reason == "rekey") == 0
    assert finish_issues(content_app, at=now(), pages=False) == 5
    assert {known_of(person).shown.number for person in holders} == {2}


@pytest.mark.parametrize("steps", range(5))
def test_the_compromise_of_a_root_goes_on_wherever_it_was_killed(
    content_app: Flask, holders: list[MadePerson], monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """Each step is a transaction: two marks, a new root, a new page key. The fifth time all of them are done."""
    old, real, calls = in_force(), commands.write, []

    def die(change: Any) -> Any:
        calls.append(1)
        if len(calls) > steps:
            raise KeyboardInterrupt
        return real(change)

    with monkeypatch.context() as context:
        for module in (commands, making):
            context.setattr(module, "write", die)
        killed = lms(content_app, "keys", "compromise", old["root"], "--no-issue")
    assert (killed.exit_code, len(calls)) == ((1, steps + 1) if steps < 4 else (0, 4))
    marked = {key.key_id: key.compromised_at for key in queries.list_keys(reading()) if key.compromised_at}
    reading().rollback()
    again = lms(content_app, "keys", "compromise", old["root"])
    assert again.exit_code == 0, again.output
    assert set(in_force()) == set(old), "there is a key of each kind again"
    assert not {old["root"], old["page"]} & set(in_force().values())
    keys = queries.list_keys(reading())
    reading().rollback()
    assert sum(key.purpose in ("root", "page") for key in keys) == 4, "one new key of each, and no more"
    assert marked.items() <= {key.key_id: key.compromised_at for key in keys}.items(), "the first time stays"
    assert "\n0 certificates are left to issue again." in again.output
    assert {known_of(person).shown.number for person in holders} == {2}
