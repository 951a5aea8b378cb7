"""Who takes part in the tests of assessors."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.assessments.assessing import Cast, publish
from tests.factories import Make


@pytest.fixture
def cast(app: Flask, make: Make) -> Cast:
    """Return the people, with the quizzes published."""
    publish()
    return Cast.of(make)
