"""What people were promised who answered a survey: it is never made weaker."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.content.library import Library, Source, versions_of
from lms.surveys.models import SurveyReceipt
from lms.surveys.rules import MINIMUM_GROUP


@dataclass(frozen=True)
class Weakened:
    """A survey that somebody has answered would be read from fewer people than was promised."""

    key: str
    was: int
    becomes: int


def list_weakened(session: Session, old: Library, new: Library) -> tuple[Weakened, ...]:
    """Return the surveys of `new` that break what was promised under `old`, or before they were retired."""
    answered = set(session.execute(select(SurveyReceipt.survey_key).distinct()).scalars())
    found = []
    for key in new.keys("survey"):
        if key in answered:
            present = old.find("survey", key)
            known = [present] if present else versions_of(session, "survey", key)
            was = max((_group(each) for each in known), default=MINIMUM_GROUP)
            becomes = _group(new.get("survey", key))
            if becomes < was:
                found.append(Weakened(key, was, becomes))
    return tuple(found)


def _group(source: Source) -> int:
    return int(source.file(f"{source.key}.yml").get("group", MINIMUM_GROUP))
