"""What a reader reports is what she has read: the page of a report tells nothing that her quiz has not told her."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.assessments.assessing import Cast, publish
from tests.assessments.test_service import start
from tests.courses.test_service import complete
from tests.factories import Make, sign_in
from tests.factories.learning import CANARY, QUIZ, actor_of, module, publish_drafts, standard

UNASKED = ["quiz", "quiz.yml", "quiz.yml:", "module", "lessons/first", "", ":", "quiz.yml:q-one.feedback", "quiz.yml:q"]


@pytest.mark.parametrize("at", UNASKED)
def test_no_short_address_opens_the_quiz(app: Flask, client: FlaskClient, make: Make, at: str) -> None:
    publish()
    ana = make.person("Ana")
    sign_in(client, ana)
    attempt = start(actor_of(ana), module_key="delta")
    for suffix in ("", f"&attempt={attempt}"):
        answer = client.get(f"/wording/module/delta?at={at}{suffix}")
        assert answer.status_code == 404
        assert CANARY not in answer.text


def test_an_open_attempt_shows_no_levels_that_an_assessor_gives(app: Flask, client: FlaskClient, make: Make) -> None:
    publish()
    who = Cast.of(make)
    sign_in(client, who.ana)
    attempt = start(actor_of(who.ana), module_key="delta")
    page = client.get(f"/wording/module/delta?at=quiz.yml:q-write&attempt={attempt}")
    assert page.status_code == 200
    assert "Prompt of q-write?" in page.text
    assert "What asks means" in page.text
    assert CANARY not in page.text
    for at in ("q-write.asks.strong", "q-show.does.shown"):
        assert client.get(f"/wording/module/delta?at=quiz.yml:{at}&attempt={attempt}").status_code == 404


def test_a_module_that_may_not_be_begun_is_not_read_here_either(app: Flask, client: FlaskClient, make: Make) -> None:
    quiz = QUIZ | {"linked": ["q-one"]}
    beta = module("beta", prerequisites=["alpha"], survey=None, quiz=quiz)
    publish_drafts([*(each for each in standard() if each.key != "beta"), beta])
    ana = make.person("Ana")
    sign_in(client, ana)
    inside = ("lessons/first.md:part-of-first.2", "lessons/first.md:title", "quiz.yml:q-one")
    missing = client.get("/wording/module/none?at=module.yml:title").text
    for at in inside:
        answer = client.get(f"/wording/module/beta?at={at}")
        assert (answer.status_code, _title(answer.text)) == (404, _title(missing)), at
        assert "Words of first" not in answer.text
        assert client.post(f"/wording/module/beta?at={at}", data={"fault": "misspelled"}).status_code == 404
    assert client.get("/wording/module/beta?at=module.yml:summary").status_code == 200, "its own page says this to all"
    complete(actor_of(ana))
    for at in inside:
        assert client.get(f"/wording/module/beta?at={at}").status_code == 200, at


def _title(page: str) -> str:
    return page.partition("<title>")[2].partition("</title>")[0]
