"""What the tests of tracks share: actors, credits and what was announced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import insert

from lms.clock import local_date
from lms.content.library import current
from lms.courses.models import LessonProgress, ModuleCompletion
from lms.db import write
from lms.ids import new_public_id
from lms.tracks.events import track_assigned, track_completed
from tests.conftest import AT
from tests.factories import MadePerson
from tests.organizations.conftest import actor_of

MODULES = ("communication", "outreach")
__all__ = ["MODULES", "actor_of", "earn", "open_lesson"]


def earn(person: MadePerson, *modules: str, at: datetime = AT, language: str = "to") -> None:
    """Write completed modules without telling anybody."""

    def fn(session: Any) -> None:
        library = current(session)
        for module in modules:
            session.execute(
                insert(ModuleCompletion).values(
                    public_id=new_public_id(),
                    person_id=person.person_id,
                    module_key=module,
                    round=1,
                    completed_at=at,
                    completed_on=local_date(at),
                    minutes=45,
                    revision_id=library.get("module", module).revision_id,
                    language=language,
                )
            )

    write(fn)


def open_lesson(person: MadePerson, module: str, *, at: datetime) -> None:
    """Write that a lesson of a module was opened."""

    def fn(session: Any) -> None:
        session.execute(
            insert(LessonProgress).values(
                person_id=person.person_id,
                module_key=module,
                lesson_key="first",
                round=1,
                opened_at=at,
                seen_at=at,
                revision_id=current(session).get("module", module).revision_id,
                shown_language="en",
            )
        )

    write(fn)


@pytest.fixture
def heard() -> Iterator[list[Any]]:
    """Return the facts that tracks announces during the test."""
    facts: list[Any] = []

    def hear(fact: Any, **_more: Any) -> None:
        facts.append(fact)

    with track_assigned.connected_to(hear), track_completed.connected_to(hear):
        yield facts
