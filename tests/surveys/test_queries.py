"""Reads of receipts."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from lms.content.library import current
from lms.db import reading
from lms.errors import NotFound
from lms.surveys import queries
from tests.factories import Make
from tests.factories.learning import actor_of, publish_drafts
from tests.surveys.test_service import answer


def test_receipts_of_persons_and_subjects(app: Flask, make: Make) -> None:
    publish_drafts()
    one, two = actor_of(make.person()), actor_of(make.person())
    answer(one)
    key = (one.person_id, "feedback", "module:alpha", 1)
    assert queries.receipts_of(reading(), None) == {key: date(2026, 3, 5)}
    assert queries.receipts_of(reading(), [one.person_id], ["module:alpha"]) == {key: date(2026, 3, 5)}
    assert queries.receipts_of(reading(), [two.person_id]) == {}
    assert queries.receipts_of(reading(), [one.person_id], ["module:beta"]) == {}
    assert queries.has_answered(reading(), one.person_id, "feedback", "module:alpha")
    assert not queries.has_answered(reading(), one.person_id, "feedback", "module:alpha", 2)
    assert not queries.has_answered(reading(), two.person_id, "feedback", "module:alpha")


def test_the_survey_of_a_module(app: Flask) -> None:
    library = publish_drafts()
    assert queries.survey_key_of(library, "alpha") == "feedback"
    assert queries.survey_key_of(library, "beta") is None
    with pytest.raises(NotFound):
        queries.survey_key_of(current(reading()), "nothing")
