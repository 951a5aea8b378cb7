"""While a wait between two tries runs, pages say when it ends, in local time, and have no button that leads nowhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.actor import Actor
from lms.courses.messages import step_words
from lms.courses.rules import NextStep
from tests.assessments.test_views import counting
from tests.assessments.timed import WRONG, limited, sheet, start, submit
from tests.conftest import AT
from tests.courses.test_service import finish
from tests.factories import Make, sign_in
from tests.factories.learning import actor_of

URL = "/modules/alpha"
BUTTON = "usa-button--big"


@pytest.fixture
def worker(app: Flask, client: FlaskClient, make: Make, monkeypatch: pytest.MonkeyPatch) -> Actor:
    """Return somebody who has read everything and failed the quiz at `AT`, two hours before each page is opened."""
    person = make.person("Ana", language="es")
    sign_in(client, person)
    for where in ("lms.courses.views.now", "lms.home.views.learn.now"):
        monkeypatch.setattr(where, lambda: AT + timedelta(hours=2))
    return actor_of(person)


def fail(worker: Actor, number: int = 1) -> None:
    for lesson in ("first", "second"):
        finish(worker, lesson)
    submit(worker, sheet(start(worker, number=number), WRONG), AT)


def test_the_page_says_when_instead_of_a_button(worker: Actor, client: FlaskClient) -> None:
    limited(attempts=3, wait_hours=24)
    fail(worker)
    page = client.get(URL).text
    # AT is 18:00 UTC on 5 March 2026: ten in the morning in Los Angeles, and so a day later.
    assert "Puede intentar este cuestionario otra vez desde: 6 de marzo de 2026, 10:00" in page
    assert BUTTON not in page
    assert 'href="/modules/alpha/quiz"' in page, "the way through still leads to her result"


@pytest.mark.parametrize(("hours", "waits"), [(1, False), (2, False), (3, True)])
def test_the_button_comes_back_with_the_end_of_the_wait(
    worker: Actor, client: FlaskClient, hours: int, *, waits: bool
) -> None:
    limited(wait_hours=hours)
    fail(worker)
    page = client.get(URL).text
    assert (BUTTON not in page) is waits
    assert ("otra vez desde" in page) is waits


def test_without_a_wait_nothing_is_asked_of_the_database(worker: Actor, client: FlaskClient) -> None:
    counts = []
    for limits in ({"attempts": 9}, {"attempts": 9, "wait_hours": 24}):
        limited(**limits)
        if not counts:
            fail(worker)
        client.get(URL)
        with counting() as seen:
            page = client.get(URL).text
        counts.append(len([each for each in seen if not each.startswith(("BEGIN", "PRAGMA"))]))
        assert (BUTTON in page) is ("wait_hours" not in limits)
    assert counts[1] - counts[0] <= 2
    assert max(counts) <= 12


def test_where_a_trainer_must_look_the_button_does_not_ask_for_more(app: Flask) -> None:
    with app.test_request_context():
        assert step_words(NextStep("quiz", quiz="waiting"), is_begun=True) == (
            "A trainer will look at your answers.",
            "See where it stands",
        )
