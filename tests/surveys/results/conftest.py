"""Released cells of sheets and texts, and staff who read what comes of them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from lms.actor import Actor
from lms.content.library import current
from lms.content.service import publish
from lms.db import reading, write
from lms.ids import new_public_id
from lms.surveys import jobs
from lms.surveys.models import SurveyAnswer, SurveyWords
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.factories.learning import actor_of, module, standard
from tests.surveys.test_service import publish_short

MODULE = "module:alpha"
MONTH = date(2026, 3, 1)
#: When alpha is published anew, some days after `AT`.
CHANGED_AT = AT + timedelta(days=10)


def revision(kind: str = "module", key: str = "alpha") -> int:
    """Return the revision that is current now."""
    reading().rollback()
    return current(reading()).get(kind, key).revision_id


def release(
    sheets: Sequence[Mapping[str, Any]],
    *,
    subject: str | None = MODULE,
    language: str | None = "en",
    version: int | None = 0,
    survey: str = "feedback",
) -> str:
    """Write a released cell and return its batch; `version` 0 is the current one of alpha."""
    batch = new_public_id()
    head = {
        "batch": batch,
        "survey_key": survey,
        "subject_key": subject,
        "revision_id": None,
        "subject_revision_id": revision() if version == 0 else version,
        "language": language,
        "month": MONTH,
    }
    rows = [{"id": secrets.token_hex(16), **head, "answers": dict(each)} for each in sheets]
    write(lambda s: s.execute(insert(SurveyAnswer), rows) and None)
    return batch


def write_words(*texts: str, language: str = "en", subject: str | None = MODULE, question: str = "change") -> list[str]:
    """Write released texts and return their ids."""
    head = {
        "batch": new_public_id(),
        "survey_key": "feedback",
        "subject_key": subject,
        "revision_id": None,
        "subject_revision_id": None,
        "language": language,
        "month": MONTH,
        "question_id": question,
    }
    rows = [{"id": secrets.token_hex(16), **head, "text": text} for text in texts]
    write(lambda s: s.execute(insert(SurveyWords), rows) and None)
    return [row["id"] for row in rows]


def sheets(number: int, useful: int = 4, **more: Any) -> list[dict[str, Any]]:
    """Return so many sheets that all say the same."""
    return [{"useful": useful, **more} for _ in range(number)]


def count() -> int:
    """Do what the night does with released cells."""
    reading().rollback()
    counted = jobs.count_released()
    reading().rollback()
    return counted


def publish_changed(at: datetime = CHANGED_AT) -> int:
    """Publish alpha with another text at that instant; return the number of the publication."""
    alpha = module("alpha", ["only"], quiz=None, credits={"skills/talk": 5}, summary="Shorter.")
    rest = [each for each in standard() if each.key != "alpha"]
    write(lambda s: publish(s, [*rest, alpha], None, at=at) and None)
    reading().rollback()
    return current(reading()).publication_number


Staff = Callable[..., tuple[MadePerson, Actor]]


@pytest.fixture
def staff(app: Flask, make: Make) -> Staff:
    """Return a maker of people with roles, and of the actors that they are."""
    publish_short()

    def made(*roles: str, languages: Sequence[str] = (), supervises: Sequence[int] = ()) -> tuple[MadePerson, Actor]:
        person = make.person(roles=roles)
        actor = replace(
            actor_of(person),
            roles=frozenset({*roles, "worker"}),
            translates=frozenset(languages),
            supervises=tuple(supervises),
        )
        return person, actor

    return made
