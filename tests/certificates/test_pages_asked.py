"""Pages that somebody asks for: which are drawn then, which wait, and which never come."""

from __future__ import annotations

import logging
import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from lms.certificates import service
from lms.certificates.jobs import finish_issues
from lms.certificates.models import Artifact, IssueTask
from lms.certificates.rules.serials import show_serial
from lms.clock import now
from lms.db import write
from tests.certificates.story import actor_of, award_of, complete, config_of, decide
from tests.certificates.test_views import text_of
from tests.certificates.workbench import count, keys_of, task
from tests.factories import MadePerson, Make, sign_in
from tests.keys import ensure_keys


@pytest.fixture
def people(content_app: Flask, make: Make) -> tuple[MadePerson, MadePerson]:
    """A worker with a released certificate, whose page is not drawn yet, and her certifier."""
    ensure_keys(config_of(content_app), at=now() - timedelta(days=1))
    worker, certifier = make.person("Malia ʻAnau"), make.person("Certifier", roles=("certifier",))
    complete(worker, at=now() - timedelta(hours=1))
    decide(certifier, worker, at=now())
    assert finish_issues(content_app, at=now(), pages=False) == 1
    return worker, certifier


def path_of(person: MadePerson) -> str:
    return f"/certificates/{show_serial(award_of(person).serial)}.pdf"


def revoke(people: tuple[MadePerson, MadePerson], make: Make) -> None:
    award, actor = award_of(people[0]).public_id, actor_of(people[1], at=now())
    second = actor_of(make.person("Second", roles=("certifier",)), at=now())
    asked = write(lambda s: service.request_revocation(s, actor, award, "issued-in-error", "", at=now()))
    write(lambda s: service.settle_revocation(s, second, asked, confirm=True, at=now()))


def test_no_page_is_drawn_of_a_revoked_certificate(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson], make: Make
) -> None:
    sign_in(client, people[0])
    path = path_of(people[0])
    drawn = client.get(f"{path}?page=pdf-a4")
    assert drawn.status_code == 200
    revoke(people, make)
    made = count(Artifact), count(IssueTask)
    assert client.get(path).status_code == 404  # it was given up before it was drawn
    assert client.get(f"{path}?page=pdf-en").status_code == 404
    assert client.get(f"{path}?page=pdf-a4").data == drawn.data  # what she has, she has
    finish_issues(content_app, at=now())
    assert (count(Artifact), count(IssueTask)) == made


def test_pages_of_a_suspended_certificate_are_drawn(client: FlaskClient, people: tuple[MadePerson, MadePerson]) -> None:
    actor, award = actor_of(people[1], at=now()), award_of(people[0]).public_id
    write(lambda s: service.suspend(s, actor, award, "under-review", at=now()))
    sign_in(client, people[0])
    assert client.get(path_of(people[0])).status_code == 200


def test_a_page_that_was_given_up_is_missing(client: FlaskClient, people: tuple[MadePerson, MadePerson]) -> None:
    given_up = (
        update(IssueTask)
        .where(IssueTask.stage == "pdf")
        .values(done_at=now(), run_at=now() + timedelta(hours=1), problem="given up")
    )
    write(lambda s: s.execute(given_up) and None)
    sign_in(client, people[0])
    assert client.get(path_of(people[0])).status_code == 404


def test_a_page_that_failed_is_left_in_peace_for_a_while(
    client: FlaskClient, content_app: Flask, people: tuple[MadePerson, MadePerson], caplog: pytest.LogCaptureFixture
) -> None:
    key = config_of(content_app).keys_dir / f"{keys_of(people[0])['page']}.pem"
    kept = key.read_bytes()
    key.unlink()
    sign_in(client, people[0])

    def asked(at: datetime | None = None) -> tuple[int, int]:
        if at:
            write(lambda s: s.execute(update(IssueTask).where(IssueTask.stage == "pdf").values(run_at=at)) and None)
        return client.get(path_of(people[0])).status_code, task("pdf").tries

    with caplog.at_level(logging.CRITICAL):
        status, tries = asked()
        assert status == 503
        assert [asked() for _ in range(2)] == [(503, tries)] * 2, "not tried on every request"
        assert asked(now()) == (503, tries + 1)
    key.write_bytes(kept)
    key.chmod(0o600)
    assert asked() == (503, tries + 1)
    assert asked(now())[0] == 200


def test_the_page_that_waits_does_not_do_so_for_ever(
    client: FlaskClient, people: tuple[MadePerson, MadePerson]
) -> None:
    held = update(IssueTask).where(IssueTask.stage == "pdf").values(run_at=datetime.max.replace(tzinfo=now().tzinfo))
    write(lambda s: s.execute(held) and None)
    sign_in(client, people[0])
    path, asked = f"{path_of(people[0])}?page=pdf", 0
    while path and asked < 50:
        answer = client.get(path)
        assert answer.status_code == 503
        found = re.search(r'http-equiv="refresh" content="10; url=([^"]+)"', answer.get_data(as_text=True))
        path, asked = path_of(people[0]) + found[1].replace("&amp;", "&") if found else "", asked + 1
    assert asked == 13
    assert "It takes longer than it should" in text_of(answer)
    assert answer.headers["Retry-After"] == "600"
    assert client.get(f"{path_of(people[0])}?tries=nonsense").status_code == 503
