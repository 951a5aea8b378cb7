"""Signing, checking and releasing; drawing behind; what happens when something fails in between."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lms.certificates import queries, service
from lms.certificates.events import CertificateIssued, certificate_issued
from lms.certificates.jobs import (
    auditing,
    check_issued,
    checking,
    ensure_keys,
    finish_issues,
    finishing,
    make_page_now,
    run,
)
from lms.certificates.jobs.checking.page import check_page
from lms.certificates.jobs.making import make
from lms.certificates.models import Artifact, Edition, IssueTask, SigningKey, StatusEvent
from lms.certificates.rules.kinds import CREDENTIAL_KINDS, PAGE_KINDS
from lms.db import reading, write
from tests import keys
from tests.certificates.story import actor_of, award_of, complete, config_of, decide
from tests.certificates.workbench import content_of, count, keys_of, known_of, lease_one, one, task, workshop_of
from tests.conftest import AT
from tests.factories import MadePerson, Make

LATER = AT + timedelta(minutes=10)


@pytest.fixture
def certifier(content_app: Flask, make: Make) -> MadePerson:
    keys.ensure_keys(config_of(content_app), at=AT - timedelta(days=30))
    return make.person("Certifier One", roles=("certifier",))


@pytest.fixture
def reserved(certifier: MadePerson, make: Make) -> MadePerson:
    """A worker whose certificate is reserved."""
    person = make.person("ʻAnaseini Fakafānuamālōlōtuʻu", language="to")
    complete(person, language="to")
    decide(certifier, person)
    return person


def test_a_released_certificate_verifies_for_anybody(content_app: Flask, reserved: MadePerson) -> None:
    heard: list[CertificateIssued] = []
    with certificate_issued.connected_to(lambda fact, session: heard.append(fact)):
        assert run(config_of(content_app), at=AT) == "1 certificates released"
        assert finish_issues(content_app, at=AT) == 0
    known, trust = known_of(reserved), workshop_of(content_app).trust
    assert [fact.subjects[0].serial for fact in heard] == [known.serial]
    badge = checking.check_badge(content_of(content_app, reserved, "vc"), trust)
    token = checking.check_jwt(content_of(content_app, reserved, "jwt").decode(), trust)
    told = checking.check_code(content_of(content_app, reserved, "code").decode(), trust)
    assert badge.name == token.name == told.name == "ʻAnaseini Fakafānuamālōlōtuʻu"
    assert badge.payload_sha256 == token.payload_sha256 == known.shown.sha256
    page = check_page(content_of(content_app, reserved, "pdf"), roots=trust.roots)
    assert page.attachment == content_of(content_app, reserved, "vc")
    assert (task().locked_by, task().problem, task().tries) == (None, None, 1)
    assert AT <= (task().done_at or LATER) < LATER, "time passes while it works"
    assert task("pdf").done_at is not None
    assert check_issued(config_of(content_app), at=AT) == []


def test_it_is_released_before_its_page_is_drawn(content_app: Flask, reserved: MadePerson) -> None:
    assert finish_issues(content_app, at=AT, pages=False) == 1
    assert {row[0] for row in queries.files_of(reading(), known_of(reserved).shown.edition_id)} == set(CREDENTIAL_KINDS)
    assert (queries.count_waiting(reading()), queries.count_waiting_pages(reading())) == (0, 1)
    reading().rollback()
    told: list[int] = []
    assert finish_issues(content_app, at=LATER, told=told.append) == 0
    assert told == [1]
    reading().rollback()
    assert queries.count_waiting_pages(reading()) == 0


def test_every_page_is_made_when_it_is_asked_for_and_once(content_app: Flask, reserved: MadePerson) -> None:
    finish_issues(content_app, at=AT, pages=False)
    config, edition = config_of(content_app), known_of(reserved).shown.edition_id
    made = {kind: make_page_now(config, edition, kind, at=LATER) for kind in PAGE_KINDS}
    assert len(set(made.values())) == len(PAGE_KINDS)
    reading().rollback()
    assert {kind: make_page_now(config, edition, kind, at=LATER) for kind in PAGE_KINDS} == made
    assert (queries.count_waiting_pages(reading()), count(Artifact)) == (0, 3 + len(PAGE_KINDS))
    reading().rollback()
    assert check_issued(config, at=LATER) == []


def test_a_page_that_another_draws_is_not_drawn_twice(content_app: Flask, reserved: MadePerson) -> None:
    finish_issues(content_app, at=AT, pages=False)
    edition = known_of(reserved).shown.edition_id
    lease = write(lambda s: service.lease_page(s, edition, "pdf", holder="one", at=LATER))
    assert lease is not None
    assert make_page_now(config_of(content_app), edition, "pdf", at=LATER) is None
    made = make(reading(), workshop_of(content_app), lease, at=LATER)
    keep = lambda holder: write(lambda s: service.keep_pages(s, [made], holder=holder, at=LATER))  # noqa: E731
    assert [keep("two"), keep("one"), keep("one")] == [0, 1, 0]
    assert write(lambda s: service.lease_page(s, edition, "pdf", holder="one", at=LATER)) is None


def test_making_it_again_gives_the_same_bytes(content_app: Flask, reserved: MadePerson) -> None:
    lease, workshop = lease_one(), workshop_of(content_app)
    assert make(reading(), workshop, lease, at=AT) == make(reading(), workshop, lease, at=AT)
    finish_issues(content_app, at=LATER, pages=False)
    soon = LATER + timedelta(minutes=1)
    (page,) = write(lambda s: service.lease_tasks(s, holder="me", at=soon, limit=5, pages=True))
    assert make(reading(), workshop, page, at=soon) == make(reading(), workshop, page, at=soon)


def test_a_lease_is_one_workers_until_it_ends(reserved: MadePerson) -> None:
    lease = lambda holder, at: write(lambda s: service.lease_tasks(s, holder=holder, at=at, limit=5))  # noqa: E731
    assert len(lease("one", AT)) == 1
    assert lease("two", AT + timedelta(minutes=4)) == []
    (second,) = lease("two", AT + timedelta(minutes=5))
    made = service.Made(second, (("vc", "a" * 64, 1), ("jwt", "b" * 64, 2)))
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
    path = config_of(content_app).keys_dir / f"{keys_of(reserved)['code']}.pem"
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
    lease = lease_one()
    write(lambda s: s.execute(update(IssueTask).values(tries=100)) and None)
    postpone = lambda who: write(lambda s: service.postpone(s, lease, holder=who, problem="x" * 600, at=AT))  # noqa: E731
    postpone("you")
    assert task().problem is None
    postpone("me")
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


def test_retired_keys_finish_what_is_reserved(content_app: Flask, certifier: MadePerson, make: Make) -> None:
    people = [make.person(f"Worker {number}") for number in range(3)]
    complete(*people)
    config, used = config_of(content_app), []
    for number, person in enumerate(people):
        decide(certifier, person, at=AT + timedelta(seconds=number))
        used.append(keys_of(person))
        at = AT + timedelta(seconds=number, milliseconds=500)
        keys.ensure_keys(config, at=at, number=number + 1)
        for key_id in used[-1].values():
            write(lambda s, key_id=key_id, at=at: service.retire_key(s, key_id, at=at))
    assert len({each for by_purpose in used for each in by_purpose.values()}) == 4 * len(people)
    assert finish_issues(content_app, at=LATER) == len(people)
    assert [keys_of(each) for each in people] == used
    assert check_issued(config, at=LATER) == []


def test_a_compromised_key_signs_nothing_more(
    content_app: Flask, reserved: MadePerson, caplog: pytest.LogCaptureFixture
) -> None:
    config, old = config_of(content_app), keys_of(reserved)
    write(lambda s: service.compromise_key(s, old["jwt"], at=AT))
    with caplog.at_level(logging.CRITICAL):
        assert finish_issues(content_app, at=AT) == 0  # no other key yet
    keys.ensure_keys(config, at=AT, number=1)
    at = max(LATER, task().run_at)
    assert finish_issues(content_app, at=at) == 1
    assert known_of(reserved).shown.number == 2
    assert not set(keys_of(reserved).values()) & set(old.values())
    assert count(Edition, Edition.reason == "rekey") == 1
    assert (
        one(select(IssueTask.problem).where(IssueTask.problem.is_not(None)))
        == "given up: its key is compromised, or its format an old one"
    )
    assert count(Artifact) == 4


def test_a_key_compromised_while_it_is_made_releases_nothing(content_app: Flask, reserved: MadePerson) -> None:
    config, lease = config_of(content_app), lease_one()
    made = make(reading(), workshop_of(content_app), lease, at=AT)
    write(lambda s: service.compromise_key(s, lease.keys["badge"], at=AT))
    keys.ensure_keys(config, at=AT, number=1)
    assert write(lambda s: service.release(s, [made], holder="me", at=AT)) == []
    assert count(StatusEvent) == count(Artifact) == 0
    assert finish_issues(content_app, at=AT) == 1
    assert known_of(reserved).shown.number == 2


def test_everything_under_a_compromised_key_is_issued_again(
    content_app: Flask, certifier: MadePerson, make: Make
) -> None:
    people = [make.person(f"Worker {number}") for number in range(7)]
    complete(*people)
    for person in people:
        decide(certifier, person)
    assert finish_issues(content_app, at=AT, pages=False) == 7
    revoked, actor = award_of(people[3]).public_id, actor_of(certifier)
    request = write(lambda s: service.request_revocation(s, actor, revoked, "issued-in-error", "", at=AT))
    second = actor_of(make.person(roles=("certifier",)))
    write(lambda s: service.settle_revocation(s, second, request, confirm=True, at=AT))
    old = keys_of(people[0])
    write(lambda s: service.compromise_key(s, old["badge"], at=LATER))
    keys.ensure_keys(config_of(content_app), at=LATER, number=1)
    assert queries.count_signed_with(reading(), [old["badge"]]) == 6
    reading().rollback()
    assert finish_issues(content_app, at=LATER, limit=2, pages=False) == 2
    assert finish_issues(content_app, at=LATER + timedelta(minutes=1), pages=False) == 4
    for number, person in enumerate(people):
        known = known_of(person)
        assert known.shown.number == (1 if number == 3 else 2)
        assert (old["badge"] in keys_of(person).values()) == (number == 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(auditing, "CHUNK", 2)
        assert check_issued(config_of(content_app), at=LATER) == [], "what was replaced or revoked is whole still"
    write(lambda s: service.compromise_key(s, keys_of(people[0])["badge"], at=LATER))
    left = check_issued(config_of(content_app), at=LATER)
    assert len(left) == 6
    assert all("edition 2: the key" in each.text and "was compromised" in each.text for each in left)


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


def test_what_is_not_held_is_not_released(reserved: MadePerson) -> None:
    gone = service.Lease(99, "credential", "nothing", "0" * 13, 1, b"", 0, None, {})
    assert write(lambda s: service.release(s, [service.Made(gone, ())], holder="me", at=AT)) == []


def test_a_clock_that_is_behind_stops_the_release(
    content_app: Flask, reserved: MadePerson, caplog: pytest.LogCaptureFixture
) -> None:
    write(lambda s: s.execute(update(IssueTask).values(run_at=AT - timedelta(days=2))) and None)
    with caplog.at_level(logging.CRITICAL):
        assert finish_issues(content_app, at=AT - timedelta(days=1)) == 0
    assert "is the clock right?" in str(task().problem)


def test_keys_are_made_once(content_app: Flask) -> None:
    made = ensure_keys(config_of(content_app), at=AT, issuer="Tests")
    assert [key.purpose for key in made] == ["badge", "jwt", "root", "page", "code"]
    assert ensure_keys(config_of(content_app), at=AT) == []
    assert count(SigningKey) == 5


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
    made = make(reading(), workshop_of(content_app), lease_one("dead"), at=AT)
    assert finish_issues(content_app, at=AT) == 0
    assert finish_issues(content_app, at=LATER, pages=False) == 1
    stored = {path.name for path in (config.data_dir / "files").rglob("*") if path.is_file()}
    assert stored == {sha256 for _, sha256, _ in made.artifacts}
