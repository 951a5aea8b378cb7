"""A record is sealed so often and no oftener: each time costs a processor."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from lms.clock import now
from lms.home.views.transcript import turns
from tests.certificates.story import config_of
from tests.factories import Make, sign_in
from tests.keys import ensure_keys

PATH = "/record/transcript.pdf"


def test_one_person_has_so_many(client: FlaskClient, content_app: Flask, make: Make, monkeypatch: Any) -> None:
    ensure_keys(config_of(content_app), at=now() - timedelta(days=1))
    monkeypatch.setattr(turns, "MOST", 2)
    one, other = make.person("Malia", language="en"), make.person("Sela", language="en")
    sign_in(client, one)
    assert [client.get(PATH).status_code for _ in range(3)] == [200, 200, 429]
    refused = client.get(PATH)
    assert refused.headers["Retry-After"] == "600"
    assert "Please wait ten minutes" in refused.get_data(as_text=True)
    sign_in(client, other)
    assert client.get(PATH).status_code == 200
    sign_in(client, one)
    monkeypatch.setattr(turns, "WINDOW", 0.0)
    assert client.get(PATH).status_code == 200


def test_whom_it_remembers_is_bounded(client: FlaskClient, content_app: Flask, make: Make, monkeypatch: Any) -> None:
    ensure_keys(config_of(content_app), at=now() - timedelta(days=1))
    monkeypatch.setattr(turns, "MOST", 1)
    monkeypatch.setattr(turns, "MOST_PEOPLE", 1)
    people = [make.person("Malia"), make.person("Sela")]
    for person in (*people, people[0]):
        sign_in(client, person)
        assert client.get(PATH).status_code == 200
