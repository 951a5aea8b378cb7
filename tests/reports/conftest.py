"""A county in small: departments with contracts, CBOs with areas, workers who completed tracks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
import time_machine
from sqlalchemy import event
from sqlalchemy.orm import Session

from lms.content.models import Revision
from lms.db import db, write
from lms.ids import new_client_id
from lms.organizations.models import Contract, Employment, OrganizationArea
from lms.people.models import Person
from lms.tracks.models import Assignment, AssignmentBatch, TrackCompletion
from tests.factories import MadePerson, Make

#: 10:00 on a Thursday in Los Angeles.
NOON = datetime(2026, 3, 5, 18, 0, tzinfo=UTC)
CORE, FIRST = "core", "first-steps"


def at(day: date) -> datetime:
    return datetime.combine(day, time(20), UTC)


@dataclass
class County:
    """Writes what reports count."""

    make: Make
    revision_id: int
    ids: dict[str, int] = field(default_factory=dict)

    def run(self, fn: Callable[[Session], Any]) -> Any:
        return write(fn)

    def insert(self, model: Any, **values: Any) -> int:
        def fn(session: Session) -> int:
            row = model(**values)
            session.add(row)
            session.flush()
            return int(row.id)

        return self.run(fn)

    def cbo(self, name: str, *areas: int, year: int = 2022) -> int:
        self.ids[name] = self.make.organization(name)
        for area in areas:
            self.area(self.ids[name], area, year)
        return self.ids[name]

    def area(self, organization: int, area: int, year: int = 2022) -> None:
        self.insert(OrganizationArea, organization_id=organization, spa=area, boundary_year=year)

    def department(self, name: str, *organizations: int, since: date = date(2024, 1, 1), until: Any = None) -> int:
        self.ids[name] = self.make.organization(name, kind="department")
        for organization in organizations:
            self.insert(
                Contract,
                department_id=self.ids[name],
                organization_id=organization,
                program="Promotores",
                started_on=since,
                ended_on=until,
            )
        return self.ids[name]

    def worker(self, *organizations: int, **more: Any) -> MadePerson:
        person = self.make.person(**more)
        for organization in organizations:
            self.make.employment(person, organization)
        return person

    def done(self, person: MadePerson, on: date, track: str = CORE, *, language: str = "en", cycle: int = 1) -> None:
        self.insert(
            TrackCompletion,
            person_id=person.person_id,
            track_key=track,
            cycle=cycle,
            completed_at=at(on),
            completed_on=on,
            revision_id=self.revision_id,
            language=language,
            counted=[],
        )

    def assign(self, person: MadePerson, organization: int, track: str = CORE, *, cycle: int = 1) -> int:
        batch = self.insert(
            AssignmentBatch,
            organization_id=organization,
            track_key=track,
            made_by=person.account_id,
            made_at=NOON,
            client_id=new_client_id(),
        )
        return self.insert(
            Assignment,
            batch_id=batch,
            person_id=person.person_id,
            organization_id=organization,
            track_key=track,
            cycle=cycle,
            assigned_at=NOON,
            assigned_on=date(2026, 1, 5),
        )

    def crowd(self, organization: int, number: int, on: date, track: str = CORE, *, language: str = "en") -> None:
        """Write many workers of one organization who completed a track on one day."""

        def fn(session: Session) -> None:
            people = [Person(name="Many", search_key="many", language="en", created_at=NOON) for _ in range(number)]
            session.add_all(people)
            session.flush()
            for person in people:
                session.add(Employment(person_id=person.id, organization_id=organization, started_on=date(2024, 1, 1)))
                session.add(
                    TrackCompletion(
                        person_id=person.id,
                        track_key=track,
                        completed_at=at(on),
                        completed_on=on,
                        revision_id=self.revision_id,
                        language=language,
                        counted=[],
                    )
                )

        self.run(fn)


@pytest.fixture
def county(make: Make) -> County:
    values = {"kind": "track", "key": "older", "locale": "en", "sha256": "0" * 64, "body": {"files": {}}}
    county = County(make, 0)
    county.revision_id = county.insert(Revision, **values)
    return county


@pytest.fixture
def today() -> Iterator[date]:
    """Make it 5 March 2026 in Los Angeles."""
    with time_machine.travel(NOON, tick=True):
        yield date(2026, 3, 5)


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """Collect every statement that the reading engine runs."""
    said: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    engine = db.engines[None]
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)
