"""Certificates of the first format after the upgrade: served as they are, and made again in the format of today."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from lms import files
from lms.certificates import queries, service
from lms.certificates.jobs import check_issued, finish_issues
from lms.certificates.models import Artifact, Award, Edition, EditionKey, IssueTask, StatusEvent
from lms.certificates.rules.payloads import is_current
from lms.certificates.rules.serials import serial_from, show_serial
from lms.certificates.service import NewKey
from lms.clock import now
from lms.content.library import current
from lms.db import reading, write
from tests.certificates.story import TRACK, certify, config_of
from tests.certificates.test_cli import lms
from tests.certificates.workbench import count, known_of
from tests.factories import MadePerson, Make, sign_in

NAME = "Malia ʻAnau"
SERIALS = serial_from(11), serial_from(12)
#: Of the first format these are all.
OLD_KEY = NewKey("0123456789abcdef", "badge", b"an old key")
GONE = ("round", "awarded_at", "ends_at", "keys", "status", "frozen_at", "signers", "level", "started_on")


@pytest.fixture
def sample(content_app: Flask, make: Make) -> dict[str, Any]:
    """Return what a certificate of today states, to be told in the first format."""
    other, _certifier = certify(content_app, make, "Other", at=now() - timedelta(days=1))
    found = known_of(other).newest.payload
    return {**found, "track": dict(found["track"])}


def old_award(app: Flask, person: MadePerson, sample: dict[str, Any], *, number: int = 0, is_released: bool) -> None:
    """Insert a certificate as the upgrade leaves it: one key, no place in a list, a JSON file and a page."""
    payload = {name: value for name, value in sample.items() if name not in GONE}
    payload |= {"type": "chw-certificate/1", "key_id": OLD_KEY.key_id, "issuer": "Consortium", "name": NAME}
    payload |= {"serial": show_serial(SERIALS[number]), "track": {"key": TRACK, "title": sample["track"]["title"]}}
    content = json.dumps(payload).encode()
    stored = {kind: files.put(config_of(app).data_dir, kind.encode() + content) for kind in ("json", "pdf")}

    def fn(session: Any) -> None:
        service.add_keys(session, [OLD_KEY], issuer_url="", at=now() - timedelta(days=2000))
        award = Award(award_key=f"{person.person_id}:{TRACK}:1", person_id=person.person_id, track_key=TRACK)
        award.serial, award.awarded_at = SERIALS[number], now() - timedelta(days=3)
        session.add(award)
        session.flush()
        edition = Edition(award_id=award.id, number=1, reason="initial", payload=content, payload_sha256="0" * 64)
        edition.created_at = now() - timedelta(days=3)
        edition.design_revision_id = current(session).get("certificate", "completion").revision_id
        session.add(edition)
        session.flush()
        session.add(EditionKey(edition_id=edition.id, purpose="badge", key_id=OLD_KEY.key_id))
        done = now() if is_released else None
        session.add(IssueTask(edition_id=edition.id, stage="credential", run_at=now(), tries=0, done_at=done))
        if is_released:
            session.add(StatusEvent(award_id=award.id, edition_id=edition.id, kind="issued", at=now()))
            for kind, each in stored.items():
                session.add(Artifact(edition_id=edition.id, kind=kind, sha256=each.sha256, size=each.size))

    write(fn)
    reading().rollback()


def test_what_was_reserved_before_the_upgrade_is_made_in_the_format_of_today(
    content_app: Flask, make: Make, sample: dict[str, Any]
) -> None:
    worker = make.person(NAME)
    old_award(content_app, worker, sample, is_released=False)
    assert not is_current(known_of(worker).newest.payload)
    assert finish_issues(content_app, at=now()) == 1
    known = known_of(worker)
    assert (known.standing.edition, is_current(known.shown.payload), known.shown.payload["name"]) == (2, True, NAME)
    assert check_issued(config_of(content_app), at=now()) == []
    assert write(lambda s: service.recompute(s, current(s), at=now() + timedelta(days=1))) == []
    assert finish_issues(content_app, at=now() + timedelta(days=1)) == 0


def test_one_of_the_first_format_is_served_as_it_is(
    content_app: Flask, client: FlaskClient, make: Make, sample: dict[str, Any]
) -> None:
    worker = make.person(NAME)
    old_award(content_app, worker, sample, is_released=True)
    sign_in(client, worker)
    address, own = f"/certificates/{show_serial(SERIALS[0])}", f"/record/certificates/{known_of(worker).public_id}"
    assert client.get(f"{address}.json").data.startswith(b"json{")
    assert client.get(f"{address}.pdf").data.startswith(b"pdf{")
    assert client.get(f"{address}.jwt").status_code == 404
    tasks = count(IssueTask)
    assert client.get(f"{address}.pdf?page=pdf-a4").status_code == 404
    assert count(IssueTask) == tasks, "no page is due that nobody can draw"
    assert "page=pdf-a4" not in client.get(own).text
    assert "Open Badges" not in client.get(own).text
    assert "page=pdf-a4" in other_page(client, content_app, make)


def other_page(client: FlaskClient, app: Flask, make: Make) -> str:
    """Return the page of a holder of a certificate of today."""
    worker, _certifier = certify(app, make, "Third", at=now())
    sign_in(client, worker)
    return client.get(f"/record/certificates/{known_of(worker).public_id}").text


def test_old_ones_are_issued_again_by_a_command(content_app: Flask, make: Make, sample: dict[str, Any]) -> None:
    people = make.person(NAME), make.person("Second")
    for number, person in enumerate(people):
        old_award(content_app, person, sample, number=number, is_released=True)
    (first, _second) = check_issued(config_of(content_app), at=now())
    assert "first format" in first.text

    def run(*words: str) -> Result:
        return lms(content_app, "certificates", "reissue", *words)

    assert run("--old", "--dry-run").output == "2 certificates would be issued again.\n"
    assert run("--old", "--dry-run").output == "2 certificates would be issued again.\n", "nothing changed"
    assert run(show_serial(SERIALS[0]), "--dry-run").output == "1 certificates would be issued again.\n"
    again = run("--old")
    assert again.output == "2 certificates are reserved again; `lms certificates issue` makes them.\n"
    assert run("--old").output.startswith("0 "), "they wait to be made"
    assert [known_of(each).standing.edition for each in people] == [1, 1], "the old ones count until then"
    assert finish_issues(content_app, at=now()) == 2
    assert {(known_of(each).standing.edition, is_current(known_of(each).shown.payload)) for each in people} == {
        (2, True)
    }
    assert check_issued(config_of(content_app), at=now()) == [], "what was replaced is not told any more"
    assert run(show_serial(SERIALS[0])).output.startswith("1 "), "one of today can be issued again, too"
    assert finish_issues(content_app, at=now()) == 1
    assert known_of(people[0]).standing.edition == 3
    for words in ((), ("--old", "X")):
        assert run(*words).exit_code == 2
    wrong = run(show_serial(SERIALS[0])[:-1] + "0")
    assert (wrong.exit_code, "mistyped" in wrong.stderr) == (1, True)


def test_only_what_counts_is_issued_again(content_app: Flask, make: Make, sample: dict[str, Any]) -> None:
    worker = make.person(NAME)
    old_award(content_app, worker, sample, is_released=True)
    award = known_of(worker)
    event = {"award_id": award.award_id, "edition_id": award.shown.edition_id, "kind": "revoked", "at": now()}
    write(lambda s: s.add(StatusEvent(**event)))
    assert write(lambda s: service.reissue(s, [award.award_id], at=now())) == 0
    assert queries.list_to_reissue(reading()) == []
    reading().rollback()
