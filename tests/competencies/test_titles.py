"""How competencies are called."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.competencies.queries import competency_title
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
    assert competency_title(publish_drafts(), competency, "en").text == said
