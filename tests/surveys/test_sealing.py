"""Applications with secrets of their own, side by side in one process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms import doctor
from lms.app import create_app
from lms.db import db
from lms.surveys import jobs
from tests.conftest import AT
from tests.courses.test_service import finish
from tests.factories import Make, sign_in
from tests.factories.learning import actor_of
from tests.surveys.test_service import publish_short, waiting
from tests.surveys.test_views import ANSWERS, URL


@pytest.fixture
def other(app: Flask) -> Iterator[Flask]:
    """Return a second application on the same database, made later and with another secret."""
    found = create_app(replace(app.config["LMS"], secret_key="of another installation " * 2))
    yield found
    with found.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


def test_each_seals_and_opens_with_its_own_secret(app: Flask, client: FlaskClient, make: Make, other: Flask) -> None:
    publish_short()
    ana = make.person("Ana")
    finish(actor_of(ana), "only")
    assert sign_in(client, ana).post(URL, data=ANSWERS).status_code == 302
    assert waiting()[0]["answers"] == {"useful": 4, "length": "long"}
    assert doctor.recompute(at=AT, fix=False) == doctor.Found((), ())
    with other.app_context():
        (said,) = doctor.recompute(at=AT, fix=False).remaining
        assert said.endswith("1 waiting answers cannot be opened; was LMS_SECRET_KEY changed?")
        assert jobs.run(other.config["LMS"], at=AT) == "0 released, 1 wait", "it is kept, closed"
    assert waiting()[0]["answers"] == {"useful": 4, "length": "long"}
    assert jobs.run(app.config["LMS"], at=AT) == "0 released, 1 wait"
    assert doctor.recompute(at=AT, fix=False) == doctor.Found((), ())
