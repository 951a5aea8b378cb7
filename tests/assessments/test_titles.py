"""How competencies are called on quizzes' pages."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.assessments.views.titles import competency_title
from tests.factories.learning import publish_drafts


@pytest.mark.parametrize(
    ("competency", "said"),
    [
        ("skills/talk", "Talking"),
        ("skills/gone", "skills/gone"),
        ("gone/talk", "gone/talk"),
    ],
)
def test_a_competency_has_its_title_or_its_key(app: Flask, competency: str, said: str) -> None:
    library = publish_drafts()
    with app.test_request_context():
        assert competency_title(library, competency).text == said
