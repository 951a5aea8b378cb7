"""Signing, drawing, checking and releasing; what happens when something fails in between."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from flask import Flask
from sqlalchemy import func, select, update

from lms import files
from lms.certificates import queries, service
from lms.certificates.events import CertificateIssued, certificate_issued
from lms.certificates.jobs import check_issued, ensure_key, finish_issues, finishing, keyring, open_file, run
from lms.certificates.jobs.keyring import KeyUnusableError
from lms.certificates.jobs.making import make_certificate
from lms.certificates.models import Artifact, Edition, IssueTask, SigningKey, StatusEvent
from lms.clock import local_date
from lms.db import reading, write
from lms.errors import NotFound
from tests.certificates.story import actor_of, award_of, complete, config_of, decide
from tests.conftest import AT
from tests.factories import MadePerson, Make

LATER = AT + timedelta(minutes=10)


@pytest.fixture
def certifier(content_app: Flask, make: Make) -> MadePerson:
    ensure_key(config_of(content_app), at=AT - timedelta(days=30))
    return make.person("Certifier One", roles=("certifier",))


@pytest.fixture
def reserved(certifier: MadePerson, make: Make) -> MadePerson:
    """A worker whose certificate is reserved."""
    person = make.person("ʻAnaseini Fakafānuamālōlōtuʻu", language="to")
    complete(person, language="to")
    decide(certifier, person)
    return person


def one(statement: Any) -> Any:
    reading().rollback()
    found = reading().execute(statement).scalar_one()
    reading().rollback()
    return found


def count(model: Any, *where: Any) -> int:
    return int(one(select(func.count()).select_from(model).where(*where)))


def task() -> IssueTask:
    return one(select(IssueTask).order_by(IssueTask.edition_id.desc()).limit(1))


def known_of(person: MadePerson) -> queries.Known:
    found = queries.get_known(reading(), award_of(person).public_id)
    reading().rollback()
    return found


def content_of(app: Flask, person: MadePerson, kind: str) -> bytes:
    sha256 = queries.find_artifact(reading(), known_of(person).shown.edition_id, kind)
    assert sha256 is not None
    return files.get(config_of(app).data_dir, sha256)


def test_a_released_certificate_verifies_for_anybody(content_app: Flask, reserved: MadePerson) -> None:
    heard: list[CertificateIssued] = []
    with certificate_issued.connected_to(lambda fact, session: heard.append(fact)):
        assert run(config_of(content_app), at=AT) == "1 certificates released"
        assert finish_issues(content_app, at=AT) == 0
    known = known_of(reserved)
    assert [fact.subjects[0].serial for fact in heard] == [known.serial]
    document = json.loads(content_of(content_app, reserved, "json"))
    (key,) = queries.list_keys(reading())
    signature = base64.urlsafe_b64decode(document["proof"]["signature"] + "==")
    canonical = json.dumps(document["payload"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, canonical)
    assert document["proof"]["key_id"] == hashlib.sha256(key.public_key).hexdigest()[:16]
    assert hashlib.sha256(canonical).hexdigest() == known.shown.sha256
    assert content_of(content_app, reserved, "pdf").startswith(b"%PDF")
    assert (task().locked_by, task().problem, task().tries) == (None, None, 1)
    assert AT <= (task().done_at or LATER) < LATER, "time passes while it works"
    reading().rollback()
    assert check_issued(config_of(content_app), at=AT) == []


def test_making_it_again_gives_the_same_bytes(content_app: Flask, reserved: MadePerson) -> None:
    config = config_of(content_app)
    (lease,) = write(lambda s: service.lease_tasks(s, holder="me", at=AT, limit=5))
    key = keyring.load_key(config.keys_dir, lease.key_id)
    public = {each.key_id: each.public_key for each in queries.list_keys(reading())}
    make_it = lambda: make_certificate(reading(), config, lease, key, public_keys=public, today=local_date(AT))  # noqa: E731
    assert make_it() == make_it()


def test_a_lease_is_one_workers_until_it_ends(reserved: MadePerson) -> None:
    lease = lambda holder, at: write(lambda s: service.lease_tasks(s, holder=holder, at=at, limit=5))  # noqa: E731
    assert len(lease("one", AT)) == 1
    assert lease("two", AT + timedelta(minutes=4)) == []
    (second,) = lease("two", AT + timedelta(minutes=5))
    made = service.Made(second, (("json", "a" * 64, 1), ("pdf", "b" * 64, 2)))
    release = lambda holder: write(lambda s: service.release(s, [made], holder=holder, at=LATER))  # noqa: E731
    assert release("one") == []
    assert count(StatusEvent) == count(Artifact) == 0
    assert len(release("two")) == 1
    assert release("two") == []
    assert (count(StatusEvent), count(Artifact)) == (1, 2)


def test_a_lease_before_its_time_is_not_given(reserved: MadePerson) -> None:
    assert write(lambda s: service.lease_tasks(s, holder="one", at=AT - timedelta(seconds=1), limit=5)) == []


def test_without_the_private_key_it_waits_and_says_why(
    content_app: Flask, reserved: MadePerson, caplog: pytest.LogCaptureFixture
) -> None:
    config = config_of(content_app)
    (path,) = config.keys_dir.iterdir()
    kept = path.read_bytes()
    path.unlink()
    at = AT
    with caplog.at_level(logging.CRITICAL):
        for pause in (1, 2, 4):
            assert finish_issues(content_app, at=at) == 0
            assert "is not in LMS_KEYS_DIR" in str(task().problem)
            assert task().run_at - at - timedelta(minutes=pause) < timedelta(seconds=30)
            assert task().locked_by is None
            assert finish_issues(content_app, at=at + timedelta(seconds=59)) == 0
            at = task().run_at
    path.write_bytes(kept)
    path.chmod(0o600)
    assert finish_issues(content_app, at=at) == 1
    assert (task().problem, task().tries) == (None, 4)


def test_the_pause_has_a_bound_and_strangers_cannot_postpone(reserved: MadePerson) -> None:
    edition = one(select(Edition.id))
    write(lambda s: s.execute(update(IssueTask).values(tries=100, locked_by="me")) and None)
    postpone = lambda who, number: write(  # noqa: E731
        lambda s: service.postpone(s, number, holder=who, problem="x" * 600, at=AT)
    )
    postpone("you", edition)
    postpone("me", edition + 1)
    assert task().problem is None
    postpone("me", edition)
    assert (len(task().problem or ""), task().run_at) == (500, AT + timedelta(hours=6))


def test_a_certificate_revoked_in_preparation_is_given_up(
    content_app: Flask, reserved: MadePerson, certifier: MadePerson, make: Make
) -> None:
    finish_issues(content_app, at=AT)
    award, actor = award_of(reserved).public_id, actor_of(certifier)
    write(lambda s: service.correct_name(s, actor, award, "New Name", at=AT))
    second = actor_of(make.person(roles=("certifier",)))
    request = write(lambda s: service.request_revocation(s, actor, award, "issued-in-error", "", at=AT))
    write(lambda s: service.settle_revocation(s, second, request, confirm=True, at=AT))
    assert finish_issues(content_app, at=LATER) == 0
    assert task().done_at == AT
    assert "revoked" in str(task().problem)
    assert count(StatusEvent, StatusEvent.kind == "issued") == 1


def test_a_retired_key_finishes_what_is_reserved(content_app: Flask, certifier: MadePerson, make: Make) -> None:
    people = [make.person(f"Worker {number}") for number in range(6)]
    complete(*people)
    config, used = config_of(content_app), []
    for number, person in enumerate(people):
        decide(certifier, person, at=AT + timedelta(seconds=number))
        used.append(known_of(person).newest.key_id)
        pair = keyring.create_key(config.keys_dir)
        at = AT + timedelta(seconds=number, milliseconds=500)
        write(lambda s, p=pair, at=at: service.add_key(s, p.key_id, p.public_key, at=at))
        write(lambda s, at=at: service.retire_key(s, used[-1], at=at))
    assert len(set(used)) == 6
    assert finish_issues(content_app, at=LATER) == 6
    assert [known_of(each).shown.key_id for each in people] == used
    assert check_issued(config, at=LATER) == []


def test_a_compromised_key_signs_nothing_more(content_app: Flask, reserved: MadePerson) -> None:
    config, old = config_of(content_app), known_of(reserved).newest.key_id
    write(lambda s: service.compromise_key(s, old, at=AT))
    assert finish_issues(content_app, at=AT) == 0  # no other key yet
    assert "RuleBroken: no_key" in str(task().problem)
    new = ensure_key(config, at=AT)
    assert finish_issues(content_app, at=LATER) == 1
    known = known_of(reserved)
    assert (known.shown.number, known.shown.key_id) == (2, new)
    assert count(Edition, Edition.reason == "rekey") == 1
    assert one(select(IssueTask.problem).where(IssueTask.problem.is_not(None))) == "given up: the key was compromised"
    assert count(Artifact) == 2


def test_a_key_compromised_while_the_page_is_drawn_releases_nothing(content_app: Flask, reserved: MadePerson) -> None:
    config, old = config_of(content_app), known_of(reserved).newest.key_id
    (lease,) = write(lambda s: service.lease_tasks(s, holder="me", at=AT, limit=5))
    public = {each.key_id: each.public_key for each in queries.list_keys(reading())}
    key = keyring.load_key(config.keys_dir, old)
    made = make_certificate(reading(), config, lease, key, public_keys=public, today=local_date(AT))
    write(lambda s: service.compromise_key(s, old, at=AT))
    new = ensure_key(config, at=AT)
    assert write(lambda s: service.release(s, [made], holder="me", at=AT)) == []
    assert count(StatusEvent) == count(Artifact) == 0
    assert finish_issues(content_app, at=AT) == 1
    assert (known_of(reserved).shown.number, known_of(reserved).shown.key_id) == (2, new)


def test_leases_taken_late_in_a_long_run_are_whole(
    content_app: Flask, certifier: MadePerson, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [make.person() for _ in range(2)]
    complete(*people)
    for person in people:
        decide(certifier, person)
    looks = iter(range(100))
    monkeypatch.setattr(finishing, "BATCH", 1)
    monkeypatch.setattr(finishing.Finishing, "now", lambda run: run.began_at + 400 * timedelta(seconds=next(looks)))
    held: list[tuple[Any, Any]] = []

    def hear(fact: CertificateIssued, session: Any) -> None:
        held.append((fact.at, session.scalar(select(func.max(IssueTask.done_at)))))

    with certificate_issued.connected_to(hear):
        assert finish_issues(content_app, at=AT) == 2
    instants = [at for at, _ in held]
    assert instants[1] > instants[0] > AT, "each batch has its own instant"
    assert [done for _, done in held] == instants


def test_remaking_belongs_to_the_holder(reserved: MadePerson) -> None:
    (lease,) = write(lambda s: service.lease_tasks(s, holder="me", at=AT, limit=5))
    assert write(lambda s: service.remake(s, lease, holder="you", at=AT)) is None
    gone = service.Lease(99, "nothing", "0" * 13, 1, b"", "", 0, None)
    assert write(lambda s: service.remake(s, gone, holder="me", at=AT)) is None
    made = service.Made(gone, ())
    assert write(lambda s: service.release(s, [made], holder="me", at=AT)) == []


def test_a_clock_that_is_behind_stops_the_release(
    content_app: Flask, reserved: MadePerson, caplog: pytest.LogCaptureFixture
) -> None:
    write(lambda s: s.execute(update(IssueTask).values(run_at=AT - timedelta(days=2))) and None)
    with caplog.at_level(logging.CRITICAL):
        assert finish_issues(content_app, at=AT - timedelta(days=1)) == 0
    assert "is the clock right?" in str(task().problem)


def test_a_key_is_made_once(content_app: Flask) -> None:
    first = ensure_key(config_of(content_app), at=AT)
    assert ensure_key(config_of(content_app), at=AT) == first
    assert count(SigningKey) == 1


def test_at_most_so_many_are_finished(content_app: Flask, certifier: MadePerson, make: Make) -> None:
    people = [make.person() for _ in range(3)]
    complete(*people)
    for person in people:
        decide(certifier, person)
    assert finish_issues(content_app, at=AT, limit=2) == 2
    assert queries.count_waiting(reading()) == 1


def test_a_third_worker_finds_a_half_of_the_files_and_goes_on(content_app: Flask, reserved: MadePerson) -> None:
    """A crash between storing and releasing leaves files; the next worker stores the same ones."""
    config = config_of(content_app)
    (lease,) = write(lambda s: service.lease_tasks(s, holder="dead", at=AT, limit=5))
    key = keyring.load_key(config.keys_dir, lease.key_id)
    public = {each.key_id: each.public_key for each in queries.list_keys(reading())}
    made = make_certificate(reading(), config, lease, key, public_keys=public, today=local_date(AT))
    assert finish_issues(content_app, at=AT) == 0
    assert finish_issues(content_app, at=LATER) == 1
    stored = {path.name for path in (config.data_dir / "files").rglob("*") if path.is_file()}
    assert stored == {sha256 for _, sha256, _ in made.artifacts}


# Private keys


def test_a_private_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    pair = keyring.create_key(tmp_path / "keys")
    path = tmp_path / "keys" / f"{pair.key_id}.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert keyring.load_key(tmp_path / "keys", pair.key_id).public_key().public_bytes_raw() == pair.public_key
    assert keyring.holds_key(tmp_path / "keys", pair.key_id)
    path.chmod(0o640)
    with pytest.raises(KeyUnusableError, match="chmod 600"):
        keyring.load_key(tmp_path / "keys", pair.key_id)
    assert not keyring.holds_key(tmp_path / "keys", pair.key_id)


def test_a_key_file_under_another_name_is_refused(tmp_path: Path) -> None:
    pair = keyring.create_key(tmp_path)
    (tmp_path / f"{pair.key_id}.pem").rename(tmp_path / "0123456789abcdef.pem")
    with pytest.raises(KeyUnusableError, match="another key"):
        keyring.load_key(tmp_path, "0123456789abcdef")
    with pytest.raises(KeyUnusableError, match="not in LMS_KEYS_DIR"):
        keyring.load_key(tmp_path, pair.key_id)


# The independent check: every planted fault is found


def resigned(app: Flask, document: dict[str, Any], key_id: str) -> bytes:
    key = keyring.load_key(config_of(app).keys_dir, key_id)
    canonical = json.dumps(document["payload"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    document["proof"]["signature"] = base64.urlsafe_b64encode(key.sign(canonical)).rstrip(b"=").decode()
    return json.dumps(document).encode()


def planted(app: Flask, person: MadePerson) -> dict[str, tuple[str, bytes]]:
    """Return faults by name: which file, and what it holds instead."""
    page = content_of(app, person, "pdf")
    document = json.loads(content_of(app, person, "json"))
    payload, proof = document["payload"], document["proof"]

    def changed(**values: Any) -> bytes:
        return json.dumps({**document, "payload": {**payload, **values}}).encode()

    def signed(**values: Any) -> bytes:
        return resigned(app, {"payload": {**payload, **values}, "proof": dict(proof)}, payload["key_id"])

    stranger = Ed25519PrivateKey.generate()
    forged = {**proof, "signature": base64.urlsafe_b64encode(stranger.sign(b"x")).rstrip(b"=").decode()}
    address = payload["serial"].encode()
    return {
        "name": ("json", changed(name="Another")),
        "minutes": ("json", changed(minutes={"class": 9000})),
        "expiry": ("json", changed(valid_until=None)),
        "added": ("json", changed(extra=1)),
        "removed": ("json", json.dumps({**document, "payload": {"name": "x", "key_id": payload["key_id"]}}).encode()),
        "signature": ("json", json.dumps({**document, "proof": forged}).encode()),
        "half signature": ("json", json.dumps({**document, "proof": {**proof, "signature": "AAAA"}}).encode()),
        "bad base64": ("json", json.dumps({**document, "proof": {**proof, "signature": "!!"}}).encode()),
        "unknown key": ("json", changed(key_id="0" * 16).replace(proof["key_id"].encode(), b"0" * 16)),
        "other key named": ("json", json.dumps({**document, "proof": {**proof, "key_id": "0" * 16}}).encode()),
        "algorithm": ("json", json.dumps({**document, "proof": {**proof, "type": "none"}}).encode()),
        "not json": ("json", b"%PDF"),
        "no proof": ("json", json.dumps({"payload": payload}).encode()),
        "a list": ("json", b"[]"),
        "not a number": ("json", changed(edition=float("nan"))),
        "empty": ("json", b""),
        "signed but other": ("json", signed(name="Signed By Mistake")),
        "future": ("json", signed(awarded_on="2027-01-01")),
        "half a page": ("pdf", page[: len(page) // 2]),
        "not a page": ("pdf", b"GIF89a"),
        "other host": ("pdf", page.replace(b"HTTP://LOCALHOST", b"HTTP://EVILHOST!")),
        "other serial": ("pdf", page.replace(address, address[:-1] + (b"0" if address[-1:] != b"0" else b"1"))),
        "no subject": ("pdf", page.replace(b"/Subject", b"/Subjekt")),
        "other hash": ("pdf", page.replace(b" sha256 ", b" sha256 0")),
    }


def test_the_checker_finds_every_planted_fault(content_app: Flask, reserved: MadePerson) -> None:
    finish_issues(content_app, at=AT)
    config = config_of(content_app)
    edition = known_of(reserved).shown.edition_id
    sound = {kind: content_of(content_app, reserved, kind) for kind in ("json", "pdf")}
    faults = planted(content_app, reserved)
    assert len(faults) >= 20
    reading().rollback()
    for name, (kind, content) in faults.items():
        assert content != sound[kind], name
        with pytest.MonkeyPatch.context() as patch:
            rows = [(k, files.put(config.data_dir, content if k == kind else sound[k]).sha256) for k in sound]
            patch.setattr(queries, "files_of", lambda session, edition_id, rows=rows: rows)
            problems = check_issued(config, at=AT)
        assert [each.mendable for each in problems] == [False], name
        assert known_of(reserved).shown.payload["serial"].replace("-", "").endswith(problems[0].text[:13])
    assert check_issued(config, at=AT) == []
    assert edition == known_of(reserved).shown.edition_id


def test_missing_and_altered_files_are_found(content_app: Flask, reserved: MadePerson) -> None:
    finish_issues(content_app, at=AT)
    config = config_of(content_app)
    sha256 = queries.find_artifact(reading(), known_of(reserved).shown.edition_id, "pdf")
    path = config.data_dir / "files" / str(sha256)[:2] / str(sha256)
    kept = path.read_bytes()
    path.write_bytes(kept + b" ")
    (altered,) = check_issued(config, at=AT)
    assert altered.text.endswith("a file was altered")
    assert altered.mendable
    path.unlink()
    assert check_issued(config, at=AT)[0].text.endswith("a file is missing")
    with pytest.raises(NotFound):
        files.get(config.data_dir, str(sha256))
    check_issued(config, at=AT, fix=True)
    assert path.read_bytes() == kept
    assert check_issued(config, at=AT) == []


def test_a_change_of_the_sites_address_is_told_as_such(content_app: Flask, reserved: MadePerson) -> None:
    finish_issues(content_app, at=AT)
    config = replace(config_of(content_app), base_url="https://elsewhere.example")
    (difference,) = check_issued(config, at=AT)
    assert f"leads to {config_of(content_app).base_url}/V/".casefold() in difference.text.casefold()
    assert difference.text.endswith("the check is at https://elsewhere.example")


def test_a_signed_file_cannot_be_made_again_without_its_key(content_app: Flask, reserved: MadePerson) -> None:
    finish_issues(content_app, at=AT)
    config = config_of(content_app)
    edition = known_of(reserved).shown.edition_id
    sha256 = str(queries.find_artifact(reading(), edition, "json"))
    path = config.data_dir / "files" / sha256[:2] / sha256
    kept = path.read_bytes()
    path.write_bytes(b"{}")
    assert open_file(config, edition, "json", sha256) == kept == path.read_bytes()
    path.write_bytes(b"{}")
    for key in config.keys_dir.iterdir():
        key.unlink()
    with pytest.raises(files.DamagedFileError):
        open_file(config, edition, "json", sha256)
    (left,) = check_issued(config, at=AT, fix=True)
    assert not left.mendable
    assert path.read_bytes() == b"{}"
