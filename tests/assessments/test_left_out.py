"""Attempts that a correction leaves out: what a person is shown of them, and that the others are corrected."""

from __future__ import annotations

import html
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.assessments import queries
from lms.assessments.queries import Missed
from lms.assessments.rules import Amendment
from lms.assessments.rules.proposals import Proposal
from lms.assessments.service import Shown
from lms.db import reading
from lms.errors import RuleBroken
from tests.assessments.test_regrading import EVERYONE, Office, faults, outcome_of
from tests.assessments.test_service import WRONG
from tests.factories import Make, sign_in
from tests.factories.learning import QUIZ, RIGHT, item, module, publish_drafts, standard

THIRD = Amendment("q-three", "everyone")
LAST_WRONG = {**RIGHT, "q-three": ("false",)}
OFFERED = "1 result was open or waiting then, and is not corrected yet."
EMPTIED = "1 attempt stays as it is: nothing worth a point would be left of it."


@pytest.fixture
def office(app: Flask, make: Make) -> Office:
    return Office(make)


def missed(public_id: str) -> Missed:
    reading().rollback()
    return queries.read_missed(reading(), queries.get_regrade(reading(), public_id))


def mend_third() -> None:
    """Publish other words of the third question."""
    items = [*QUIZ["items"][:2], item("q-three", "true-false", prompt="Mended?")]
    publish_drafts([*standard()[:4], module("alpha", survey=None, quiz={**QUIZ, "items": items})])


def page_of(client: FlaskClient, make: Make, path: str) -> str:
    return html.unescape(sign_in(client, make.person(roles=("certifier",))).get(path).text)


def test_an_attempt_that_holds_only_some_of_the_versions_is_offered(
    client: FlaskClient, make: Make, office: Office
) -> None:
    office.took(WRONG)
    public_id = office.propose(EVERYONE, THIRD)
    office.apply(public_id)
    mend_third()
    assert missed(public_id) == Missed()
    mixed = office.took(WRONG)
    assert outcome_of(mixed) == (0, 5, 0, False), "nothing is corrected by itself"
    assert missed(public_id) == Missed(touched=1)
    assert OFFERED in page_of(client, make, f"/content/regrades/{public_id}")
    office.took(LAST_WRONG)
    assert missed(public_id) == Missed(touched=1), "she is wrong in the mended question alone"
    office.apply(office.propose(EVERYONE))
    assert missed(public_id) == Missed(), "somebody has looked"
    assert outcome_of(mixed) == (1, 5, 20, False)


def emptying(office: Office) -> tuple[Any, Any]:
    """Return somebody to whom the third question alone counts, and somebody else to whom all do."""
    one = office.took(RIGHT, shown=Shown("to"))
    office.apply(office.propose(Amendment("q-one", "drop"), Amendment("q-two", "drop"), locale="to"))
    assert outcome_of(one) == (1, 1, 100, True)
    return one, office.took(LAST_WRONG)


DROP = Amendment("q-three", "drop")
NEW = "/content/regrades/new?key=alpha&d=q-three:drop"


def test_who_would_keep_nothing_stays_and_the_others_are_corrected(
    client: FlaskClient, make: Make, office: Office
) -> None:
    one, other = emptying(office)
    plan = queries.read_plan(reading(), Proposal("alpha", (DROP,)))
    assert (len(plan.lines), plan.emptied) == (1, 1)
    assert EMPTIED in page_of(client, make, NEW)
    public_id = office.propose(DROP)
    assert EMPTIED in page_of(client, make, f"/content/regrades/{public_id}")
    assert office.apply(public_id) == 1
    assert outcome_of(one) == (1, 1, 100, True)
    assert outcome_of(other) == (4, 4, 100, True)
    assert faults(office) == []
    page = page_of(client, make, f"/content/regrades/{public_id}")
    assert EMPTIED in page
    assert "not corrected yet" not in page


def test_the_others_that_were_left_out_are_offered_all_the_same(
    client: FlaskClient, make: Make, office: Office
) -> None:
    emptying(office)
    public_id = office.propose(DROP)
    office.apply(public_id)
    office.take(office.second, LAST_WRONG)
    assert missed(public_id) == Missed(touched=1, emptied=1), "nobody corrects herself"
    page = page_of(client, make, f"/content/regrades/{public_id}")
    assert OFFERED in page
    assert EMPTIED in page


def test_where_nothing_would_be_left_of_any_it_is_refused(office: Office) -> None:
    emptying(office)
    with pytest.raises(RuleBroken, match="nothing_left"):
        queries.read_plan(reading(), Proposal("alpha", (DROP,), locale="to"))
