"""Questions some time after a track that the reader was asked and has not answered: they wait on her home page too."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, url_for

from lms.actor import Actor
from lms.config import Config
from lms.content.library import Library, Text
from lms.db import reading
from lms.i18n import language
from lms.surveys.queries import list_open
from lms.surveys.rules import follow_up_token
from lms.surveys.specs import SurveySpec


@dataclass(frozen=True)
class FollowUp:
    """One survey that waits, and where it is answered."""

    title: Text
    href: str


def list_follow_ups(library: Library, actor: Actor) -> list[FollowUp]:
    """Return what waits for the reader's answers, the oldest first. One query."""
    config: Config = current_app.config["LMS"]
    return [
        FollowUp(
            _title(library, each.survey_key),
            url_for("surveys.follow_up", token=follow_up_token(config.secret_key, each.public_id)),
        )
        for each in list_open(reading(), actor.person_id, actor.today)
        if library.find("survey", each.survey_key) is not None
    ]


def _title(library: Library, key: str) -> Text:
    english = library.spec(SurveySpec, "survey", key).title
    return library.words("survey", key, language()).text(f"{key}.yml:title", english)
