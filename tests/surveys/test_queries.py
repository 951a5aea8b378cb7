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
from tests.factories.learning import publish_drafts
from tests.surveys.test_service import answer, publish_short, reader


def test_receipts_of_persons_and_subjects(app: Flask, make: Make) -> None:
    publish_short()
    one, two = reader(make), reader(make)
    answer(one)
    key = (one.person_id, "feedback", "module:alpha", 1)
    assert queries.receipts_of(reading(), None) == {key: date(2026, 3, 5)}
    assert queries.receipts_of(reading(), [one.person_id], ["module:alpha"]) == {key: date(2026, 3, 5)}
    assert queries.receipts_of(reading(), [two.person_id]) == {}
    assert queries.receipts_of(reading(), [one.person_id], ["module:beta"]) == {}
    assert queries.has_answered(reading(), one.person_id, "feedback", "module:alpha")
    assert not queries.has_answered(reading(), one.person_id, "feedback", "module:alpha", 2)
    assert not queries.has_answered(reading(), two.person_id, "feedback", "module:alpha")
    ids = [one.person_id, two.person_id]
    since = {date(2026, 3, 5): {(one.person_id, "module:alpha")}, date(2026, 3, 6): set()}
    for day, found in since.items():
        assert queries.answered_since(reading(), dict.fromkeys(ids, day), ["module:alpha"]) == found
    assert queries.answered_since(reading(), dict.fromkeys(ids, date(2026, 3, 5)), ["module:beta"]) == set()
    assert queries.answered_since(reading(), {}, ["module:alpha"]) == set()


def test_the_survey_of_a_module(app: Flask) -> None:
    library = publish_drafts()
    assert queries.survey_key_of(library, "alpha") == "feedback"
    assert queries.survey_key_of(library, "beta") is None
    with pytest.raises(NotFound):
        queries.survey_key_of(current(reading()), "nothing")
