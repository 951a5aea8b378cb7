"""What a worker is told of a quiz that she handed in: by its policy, of her own attempts, in their own version."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.actor import Actor
from lms.assessments.models import Attempt
from lms.db import reading
from lms.ids import new_client_id
from tests.assessments.assessing import as_actor, hand_in
from tests.assessments.assessing import publish as assessing_publish
from tests.assessments.test_service import WRONG, sheet, start, submit
from tests.assessments.test_views import counting
from tests.conftest import AT
from tests.factories import Make, sign_in
from tests.factories.learning import CANARY, QUIZ, RIGHT, actor_of, item, module, publish_drafts, standard

URL = "/modules/alpha/quiz"


def publish(**changes: Any) -> None:
    publish_drafts([*standard()[:4], module("alpha", survey=None, quiz={**QUIZ, **changes})])


def take(worker: Actor, chosen: Any, hour: int = 0) -> str:
    public_id = start(worker)
    submit(worker, sheet(public_id, chosen), key=new_client_id(), at=AT + timedelta(hours=hour))
    return public_id


@pytest.fixture
def ana(app: Flask, client: FlaskClient, make: Make) -> Actor:
    publish()
    person = make.person("Ana")
    sign_in(client, person)
    return actor_of(person)


def page_of(client: FlaskClient, path: str = URL, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return html.unescape(answer.text)


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("now", "every answer is explained"),
        ("after-passing", "explained when you have passed"),
        ("never", "The answers are not explained."),
    ],
)
def test_the_policy_is_said_before_the_start(ana: Actor, client: FlaskClient, policy: str, said: str) -> None:
    publish(feedback=policy)
    assert said in page_of(client)


@pytest.mark.parametrize(
    ("policy", "chosen", "explains", "topics"),
    [
        ("now", WRONG, True, False),
        ("now", RIGHT, True, False),
        ("after-passing", WRONG, False, True),
        ("after-passing", RIGHT, True, False),
        ("never", WRONG, False, False),
        ("never", RIGHT, False, False),
    ],
)
def test_the_page_tells_what_the_policy_allows(
    ana: Actor, client: FlaskClient, policy: str, chosen: Any, explains: bool, topics: bool
) -> None:
    publish(feedback=policy)
    public_id = take(ana, chosen)
    for path in (URL, f"{URL}/attempts/{public_id}"):
        page = page_of(client, path)
        assert (CANARY in page) is explains
        assert ("Prompt of q-one?" in page) is explains, "neither which questions were right"
        assert ("Please read again" in page) is topics
        assert ("Talking" in page) is topics, "the competency in words"
        assert "percent" in page


def test_earlier_attempts_are_explained_after_a_pass(ana: Actor, client: FlaskClient) -> None:
    publish(feedback="after-passing")
    first = take(ana, WRONG)
    assert CANARY not in page_of(client, f"{URL}/attempts/{first}")
    take(ana, RIGHT, hour=1)
    page = page_of(client, f"{URL}/attempts/{first}")
    assert CANARY in page
    assert "Attempt 1" in page
    assert "Try again" not in page


def test_all_attempts_are_listed_newest_first(ana: Actor, client: FlaskClient) -> None:
    assert "Nothing yet" in page_of(client, f"{URL}/attempts")
    first, second = take(ana, WRONG), take(ana, RIGHT, hour=1)
    start_page = page_of(client, f"{URL}/attempts")
    assert start_page.index(second) < start_page.index(first)
    assert "0 percent" in start_page
    assert "100 percent" in start_page


def test_an_attempt_is_shown_in_the_version_in_which_it_was_taken(ana: Actor, client: FlaskClient) -> None:
    public_id = take(ana, WRONG)
    publish(items=[item("q-one", prompt="Newer words?", critical=True), *QUIZ["items"][1:]])
    page = page_of(client, f"{URL}/attempts/{public_id}")
    assert "Prompt of q-one?" in page
    assert "Newer words?" not in page
    assert "the questions of version 1," in page


def test_only_ones_own_submitted_attempts_are_there(ana: Actor, client: FlaskClient, make: Make) -> None:
    other = actor_of(make.person("Bea"))
    page_of(client, f"{URL}/attempts/{take(other, WRONG)}", 404)
    page_of(client, f"{URL}/attempts/{start(ana)}", 404)
    page_of(client, f"{URL}/attempts/{'x' * 20}", 404)
    own = reading().execute(select(Attempt.public_id).where(Attempt.person_id == ana.person_id)).scalar_one()
    submit(ana, sheet(own, WRONG), key=new_client_id())
    page_of(client, f"/modules/beta/quiz/attempts/{own}", 404)
    page_of(client, "/modules/none/quiz/attempts", 404)


def test_an_unknown_competency_stands_by_its_key(ana: Actor, client: FlaskClient) -> None:
    publish_drafts(
        [*standard()[1:4], module("alpha", survey=None, quiz={**QUIZ, "feedback": "after-passing"}, credits={})]
    )
    take(ana, WRONG)
    assert "skills/talk" in page_of(client)


def test_review_pages_ask_few_queries(ana: Actor, client: FlaskClient) -> None:
    public_id = take(ana, WRONG)
    for path in (f"{URL}/attempts", f"{URL}/attempts/{public_id}"):
        page_of(client, path)
        with counting() as seen:
            page_of(client, path)
        assert len(seen) <= 10, seen


def test_an_attempt_that_waits_says_so_and_tells_no_result_yet(app: Flask, client: FlaskClient, make: Make) -> None:
    assessing_publish()
    person = make.person("Ana")
    sign_in(client, person)
    public_id = hand_in(as_actor(person))
    url = "/modules/delta/quiz/attempts"
    listed = page_of(client, url)
    assert "Waiting for a trainer" in listed
    assert client.get(f"{url}/{public_id}").location == "/modules/delta/quiz"
    page = page_of(client, "/modules/delta/quiz")
    assert "A trainer will look at your answers." in page
    assert CANARY not in page
    for each in (listed, page):
        assert "None" not in each
        assert "Not passed yet" not in each
