"""What the pages of this feature gather: people who learn, are asked, finish and are certified."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments.models import Attempt
from lms.certificates.models import (
    Application,
    Award,
    CertificateShare,
    Decision,
    Edition,
    Reply,
    StatusEvent,
)
from lms.certificates.service import confirm_name
from lms.clock import local_date, now
from lms.content.library import current
from lms.courses.models import LessonProgress, ModuleCompletion
from lms.courses.specs import ModuleSpec
from lms.db import db, write
from lms.ids import new_client_id, new_public_id
from lms.organizations.models import Employment, EmploymentTerms
from lms.organizations.queries import ties_of
from lms.people.models import Person
from lms.people.rules import search_key
from lms.surveys.models import SurveyReceipt
from lms.tracks import service as tracks
from lms.tracks.models import Assignment, AssignmentBatch
from lms.tracks.specs import TrackSpec
from tests.factories import MadePerson, Make, day

CORE, FIRST = "core", "first-steps"
_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def instant(offset: int) -> datetime:
    """Return an instant at noon, Los Angeles winter time, so many days from today."""
    return datetime.combine(day(offset), datetime.min.time(), UTC) + timedelta(hours=20)


@dataclass
class Story:
    """Writes what happens to people, at once."""

    make: Make
    serials: int = 0

    def run(self, fn: Callable[[Session], Any]) -> Any:
        """Run one write."""
        return write(fn)

    def actor(self, person: MadePerson, *roles: str) -> Actor:
        """Return a person as the roof builds her."""

        def fn(session: Session) -> Actor:
            ties = ties_of(session, person.person_id, day())
            held = {"worker", *roles} | ({"supervisor"} if ties.supervises else set())
            return Actor(
                person.account_id,
                person.person_id,
                person.person_public_id,
                "Somebody",
                "en",
                day(),
                frozenset(held),
                ties.employments,
                ties.supervises,
            )

        return self.run(fn)

    def crowd(self, place: int, number: int) -> list[int]:
        """Write so many people who work at an organization, and return their ids."""

        def fn(session: Session) -> list[int]:
            names = [f"Person {each:03}" for each in range(number)]
            people = [Person(name=name, search_key=search_key(name), created_at=instant(-99)) for name in names]
            session.add_all(people)
            session.flush()
            spells = [
                Employment(person_id=each.id, organization_id=place, started_on=date(2025, 1, 1)) for each in people
            ]
            session.add_all(spells)
            session.flush()
            session.add_all(
                EmploymentTerms(employment_id=each.id, since=each.started_on, title="Promotora") for each in spells
            )
            return [each.id for each in people]

        return self.run(fn)

    def enrol(self, person: MadePerson, track: str = FIRST, *, at: datetime | None = None) -> None:
        self.run(lambda session: tracks.enrol(session, [person.person_id], track, at=at or instant(-40)))

    def assign(
        self,
        supervisor: MadePerson,
        organization: int,
        people: Sequence[MadePerson | int],
        track: str = FIRST,
        *,
        due: int | None = None,
        at: datetime | None = None,
    ) -> str:
        """Assign a track; a date in the past is written over the refusal of the service. Return the batch."""
        actor = self.actor(supervisor)

        def fn(session: Session) -> str:
            ids = [each if isinstance(each, int) else each.person_id for each in people]
            made = tracks.assign(
                session, actor, organization, track, ids, due_on=None, client_id=new_client_id(), at=at or now()
            )
            due_on = None if due is None else day(due)
            session.query(Assignment).filter_by(batch_id=made.batch_id).update({"due_on": due_on})
            session.query(AssignmentBatch).filter_by(id=made.batch_id).update({"due_on": due_on})
            if at is not None:
                session.query(Assignment).filter_by(batch_id=made.batch_id).update({"assigned_on": local_date(at)})
            return made.batch_public_id

        return self.run(fn)

    def lesson(self, person: MadePerson, module: str, *lessons: str) -> None:
        def fn(session: Session) -> None:
            revision = current(session).get("module", module).revision_id
            for lesson in lessons:
                session.add(
                    LessonProgress(
                        person_id=person.person_id,
                        module_key=module,
                        lesson_key=lesson,
                        finished_at=instant(-3),
                        revision_id=revision,
                        shown_language="en",
                    )
                )

        self.run(fn)

    def lessons(self, person: MadePerson, module: str) -> None:
        """Finish every lesson of a module."""
        keys = self.run(lambda s: [each.key for each in current(s).spec(ModuleSpec, "module", module).lessons])
        self.lesson(person, module, *keys)

    def attempt(
        self, person: MadePerson, module: str, *, passed: bool | None, number: int = 1, waits: bool = False
    ) -> None:
        """Begin a quiz (`passed` None), or submit it; `waits`: for an assessor."""

        def fn(session: Session) -> None:
            done = passed is not None
            session.add(
                Attempt(
                    person_id=person.person_id,
                    module_key=module,
                    number=number,
                    revision_id=current(session).get("module", module).revision_id,
                    shown_language="en",
                    form=[],
                    started_at=instant(-2),
                    submitted_at=instant(-2) if done or waits else None,
                    graded_at=instant(-2) if done else None,
                    percent=(90 if passed else 37) if done else None,
                    points=9 if done else None,
                    max_points=10 if done else None,
                    passed=passed,
                )
            )

        self.run(fn)

    def survey(self, person: MadePerson, module: str) -> None:
        receipt = SurveyReceipt(
            person_id=person.person_id,
            survey_key="end-of-module",
            subject_key=f"module:{module}",
            round=1,
            answered_on=day(-1),
        )
        self.run(lambda session: session.add(receipt))

    def modules_of(self, track_key: str) -> tuple[str, ...]:
        """Return the keys of the modules that a track asks for."""
        return self.run(lambda session: current(session).spec(TrackSpec, "track", track_key).modules)

    def complete(self, person: MadePerson, *modules: str, on: int = -10, language: str = "en") -> None:
        """Complete modules, and whatever tracks follow from them."""

        def fn(session: Session) -> None:
            library = current(session)
            for module in modules:
                session.execute(
                    insert(ModuleCompletion).values(
                        public_id=new_public_id(),
                        person_id=person.person_id,
                        module_key=module,
                        completed_at=instant(on),
                        completed_on=day(on),
                        minutes=45,
                        revision_id=library.get("module", module).revision_id,
                        language=language,
                        round=1,
                    )
                )
            tracks.refresh(session, library, [person.person_id], at=instant(on))

        self.run(fn)

    def finish_first(self, person: MadePerson, *, on: int = -10, is_named: bool = True) -> None:
        """Enrol in the short track, long ago, and complete it; with `is_named` she confirms her name at once."""
        self.enrol(person)
        self.complete(person, "communication", "outreach", on=on)
        if is_named:
            who = self.actor(person)
            own = select(Application.public_id).where(Application.person_id == person.person_id)
            key, at = new_client_id(), now()
            self.run(lambda s: confirm_name(s, who, s.scalars(own).one(), who.name, client_id=key, at=at))

    def decide(self, person: MadePerson, by: MadePerson, outcome: str, *, track: str = FIRST) -> str:
        """Write a decision on her application and return its public id."""
        states = {"ask": "asked", "refuse": "refused", "certify": "certified"}

        def fn(session: Session) -> str:
            row = session.scalars(
                select(Application).where(Application.person_id == person.person_id, Application.track_key == track)
            ).one()
            row.state = states[outcome]
            session.add(
                Decision(
                    application_id=row.id,
                    outcome=outcome,
                    reason_code=None if outcome == "certify" else "other",
                    note="Which day was it?",
                    decided_by=by.account_id,
                    decided_at=instant(-1),
                    client_id=new_client_id(),
                )
            )
            session.add(Reply(application_id=row.id, text="Tuesday", written_at=instant(-1), client_id=new_client_id()))
            return row.public_id

        return self.run(fn)

    def award(
        self,
        person: MadePerson,
        track: str = FIRST,
        *,
        kinds: tuple[str, ...] = ("issued",),
        until: int | None = 600,
        on: int = -5,
        cycle: int = 1,
        editions: int = 1,
    ) -> str:
        """Write a certificate with these status events (of its newest edition) and return its public id."""
        self.serials += 1
        serial = "7K" + "".join(_SYMBOLS[(self.serials >> shift) & 31] for shift in range(50, -5, -5))

        def fn(session: Session) -> str:
            revision = current(session).get("certificate", "completion").revision_id
            award = Award(
                award_key=f"{person.person_id}:{track}:{cycle}",
                person_id=person.person_id,
                track_key=track,
                cycle=cycle,
                serial=serial,
                awarded_at=instant(on),
            )
            session.add(award)
            session.flush()
            payload = {"name": "As signed", "track": {"title": {"en": "First steps"}}}
            for number in range(1, editions + 1):
                edition = Edition(
                    award_id=award.id,
                    number=number,
                    reason="initial" if number == 1 else "name_correction",
                    payload=json.dumps(payload).encode(),
                    payload_sha256="0" * 64,
                    created_at=instant(on),
                    valid_until=None if until is None else day(until),
                    design_revision_id=revision,
                )
                session.add(edition)
                session.flush()
                if number < editions:
                    self._event(session, award.id, edition.id, "issued", on)
            for kind in kinds:
                self._event(session, award.id, edition.id, kind, on)
            return award.public_id

        return self.run(fn)

    def histories(self, person: MadePerson, histories: Sequence[Sequence[tuple[int, str]]]) -> None:
        """Write an award of two editions for each history of (edition, kind), of the track with its number."""

        def fn(session: Session) -> None:
            revision = current(session).get("certificate", "completion").revision_id
            edition = {"reason": "initial", "payload": b"{}", "payload_sha256": "0" * 64}
            edition |= {"created_at": instant(-5), "design_revision_id": revision}
            awards, editions, events = [], [], []
            for number, history in enumerate(histories, 1):
                award = {"person_id": person.person_id, "track_key": str(number), "cycle": 1, "awarded_at": instant(-5)}
                awards.append({"id": number, "award_key": str(number), "serial": f"{number:013}", **award})
                for edition_number in (1, 2):
                    own = {"id": 2 * number + edition_number, "award_id": number, "number": edition_number}
                    editions.append(edition | own | {"valid_until": day(edition_number)})
                for of, kind in history:
                    events.append({"award_id": number, "edition_id": 2 * number + of, "kind": kind, "at": instant(-5)})
            for model, rows in ((Award, awards), (Edition, editions), (StatusEvent, events)):
                session.execute(insert(model), rows)

        self.run(fn)

    @staticmethod
    def _event(session: Session, award_id: int, edition_id: int, kind: str, on: int) -> None:
        session.add(StatusEvent(award_id=award_id, edition_id=edition_id, kind=kind, at=instant(on)))
        session.flush()

    def share(self, award: str, organization: int, *, withdrawn: bool = False) -> None:
        def fn(session: Session) -> None:
            award_id = session.scalars(select(Award.id).where(Award.public_id == award)).one()
            session.add(
                CertificateShare(
                    award_id=award_id,
                    organization_id=organization,
                    shared_at=instant(-2),
                    withdrawn_at=instant(-1) if withdrawn else None,
                )
            )

        self.run(fn)


@pytest.fixture
def story(content_app: Any, make: Make) -> Story:
    """Return the writer of what happens to people."""
    return Story(make)


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements that are run inside the block."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE", "SET ", "SHOW")):
            statements.append(statement)

    engines = set(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
