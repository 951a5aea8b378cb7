"""An edition that was reserved and drafted anew: nobody outside learns that it ever was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.certificates import queries, service
from lms.certificates.jobs import finish_issues
from lms.certificates.jobs.making import write_credential
from lms.certificates.jobs.received import judge_file
from lms.certificates.rules.serials import show_serial
from lms.clock import now
from lms.db import reading, write
from tests.certificates.story import actor_of, award_of, complete, config_of, decide
from tests.certificates.workbench import known_of, workshop_of
from tests.factories import MadePerson, Make
from tests.keys import ensure_keys

JSON = {"Accept": "application/json"}


@pytest.fixture
def worker(content_app: Flask, make: Make) -> MadePerson:
    """Somebody whose first edition was drafted anew before it was released."""
    at = now() - timedelta(days=1)
    ensure_keys(config_of(content_app), at=at - timedelta(days=1))
    person, certifier = make.person("Malia ʻAnau"), make.person("Certifier", roles=("certifier",))
    complete(person, at=at)
    decide(certifier, person, at=at)
    actor, award = actor_of(certifier, at=at), award_of(person).public_id
    write(lambda s: service.redraft(s, actor, award, at=at))
    return person


def test_it_answers_like_an_unknown_one(client: FlaskClient, content_app: Flask, worker: MadePerson) -> None:
    assert finish_issues(content_app, at=now()) == 1
    serial = show_serial(award_of(worker).serial)
    for path, state in ((f"/V/{serial}/2", "valid"), (f"/V/{serial}/1", "unknown"), (f"/V/{serial}/3", "unknown")):
        assert client.get(path, headers=JSON).get_json()["state"] == state
    sent = {"data": f"https://host/V/{serial}/1", "content_type": "text/csv"}
    (line,) = client.post("/verify/many", headers=JSON, **sent).get_json()["lines"]
    assert line == {"line": 1, "typed": f"https://host/V/{serial}/1", "state": "unknown"}


def test_its_file_is_one_that_we_do_not_know(content_app: Flask, worker: MadePerson) -> None:
    first = known_of(worker).editions[0].edition_id
    (lease,) = service.leases_of(reading(), [(first, "credential")])
    made = write_credential(workshop_of(content_app), lease)
    assert finish_issues(content_app, at=now()) == 1
    assert [each.number for each in known_of(worker).released] == [2]
    for kind in ("vc", "jwt"):
        assert judge_file(reading(), config_of(content_app), made[kind], at=now()).outcome == "unknown"
    assert queries.find_artifact(reading(), first, "vc") is None
