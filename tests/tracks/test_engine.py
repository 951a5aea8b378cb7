"""What makes a track complete besides modules, what one track does for another, and what mends it, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, event

from lms.clock import local_date
from lms.content.library import current
from lms.courses.models import ModuleCompletion
from lms.db import db, reading, write
from lms.fieldwork.events import FieldworkCredited, fieldwork_credited
from lms.fieldwork.rules import CreditedMinutes, SignedOff
from lms.signals import announce
from lms.tracks import queries, service
from lms.tracks.queries import progress as reads
from lms.training.events import TrainingRecognized, training_recognized
from lms.training.rules import Recognized
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.tracks.conftest import MODULES, earn
from tests.tracks.sample import WHOLE, publish_tracks

LATER = AT + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _content(content_app: Flask) -> None:
    """Every test here runs on the real content, with one track more."""
    publish_tracks(WHOLE)


class Elsewhere:
    """What other features would tell of a person: the seam is three functions that read."""

    def __init__(self) -> None:
        self.minutes: list[CreditedMinutes] = []
        self.sign_offs: list[SignedOff] = []
        self.recognized: list[Recognized] = []
        self.asked: list[str] = []

    def read(self, name: str) -> Any:
        """Return the stand-in for one of the three."""

        def rows(_session: Any, person_ids: Any) -> list[Any]:
            self.asked.append(name)
            return [each for each in getattr(self, name) if person_ids is None or each.person_id in person_ids]

        return rows


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    """Return what fieldwork and training tell in this test."""
    told = Elsewhere()
    for name, function in (("minutes", "credited_minutes"), ("sign_offs", "signed_off"), ("recognized", "recognized")):
        monkeypatch.setattr(reads, function, told.read(name))
    return told


def enrol(person: MadePerson, *keys: str) -> None:
    for key in keys:
        write(lambda session, key=key: service.enrol(session, [person.person_id], key, at=AT))


def done(person: MadePerson) -> list[tuple[str, Any]]:
    """Return the completed tracks, with when."""
    found = [(each.track_key, each.completed_at) for each in queries.list_completions(reading(), [person.person_id])]
    reading().rollback()
    return found


def tell(signal: Any, fact: Any) -> None:
    write(lambda session: announce(signal, session, fact))


def recompute() -> list[str]:
    return [str(each) for each in write(lambda session: service.recompute(session, current(session), at=LATER))]


def test_hours_a_sign_off_and_training_from_elsewhere_complete_a_track(make: Make, elsewhere: Elsewhere) -> None:
    ana = make.person()
    me = ana.person_id
    enrol(ana, "first-steps", "whole")
    earn(ana, "communication")
    today = local_date(AT)
    elsewhere.recognized += [
        Recognized(me, f"r{key}", key, None, 0, (), today - timedelta(days=900), today, LATER)
        for key in ("outreach", "public-health")
    ]
    tell(training_recognized, TrainingRecognized((me,), LATER))
    assert done(ana) == [("first-steps", LATER)]
    elsewhere.minutes.append(CreditedMinutes(me, "practicum", (), 120, today, LATER))
    tell(fieldwork_credited, FieldworkCredited((me,), LATER))
    assert len(done(ana)) == 1
    end = LATER + timedelta(hours=2)
    elsewhere.sign_offs.append(SignedOff(me, "visit", today, end, today, is_independent=False))
    tell(fieldwork_credited, FieldworkCredited((me,), end))
    assert done(ana) == [("first-steps", LATER), ("whole", end)]
    (whole,) = [each for each in queries.list_completions(reading(), [me]) if each.track_key == "whole"]
    assert [each.get("kind", "module") for each in whole.counted] == [
        "track",
        "recognized",
        "module",
        "hours",
        "sign-off",
    ]
    reading().rollback()
    assert recompute() == [], "all of it has its basis"
    elsewhere.minutes.clear()
    elsewhere.sign_offs.clear()
    elsewhere.recognized.pop()
    assert len(recompute()) == 3


def test_fieldwork_is_read_only_where_a_track_asks_for_it(make: Make, elsewhere: Elsewhere) -> None:
    ana, bea = make.person(), make.person()
    enrol(ana, "first-steps")
    elsewhere.asked.clear()
    write(lambda session: service.refresh(session, current(session), [ana.person_id], at=AT))
    assert elsewhere.asked == ["recognized"]
    elsewhere.asked.clear()
    write(lambda session: service.refresh(session, current(session), [bea.person_id], at=AT))
    assert elsewhere.asked == [], "she is on no track"
    enrol(ana, "whole")
    elsewhere.asked.clear()
    write(lambda session: service.refresh(session, current(session), [ana.person_id], at=AT))
    assert elsewhere.asked == ["minutes", "sign_offs", "recognized"]


def test_one_track_completes_what_waited_for_it(make: Make) -> None:
    small = {**WHOLE, "hours": [], "sign_offs": [], "sets": WHOLE["sets"][:1]}
    publish_tracks(small, {**small, "key": "next", "prerequisites": ["whole"]})
    ana, bea = make.person(), make.person()
    for person in (ana, bea):
        enrol(person, "next", "whole", "first-steps")
        earn(person, *MODULES, "public-health", at=LATER)
    write(lambda session: service.refresh(session, current(session), [ana.person_id], at=LATER))
    assert [key for key, _at in done(ana)] == ["first-steps", "whole", "next"]
    assert len(recompute()) == 3, "the others' chain is mended to its end"
    assert [key for key, _at in done(bea)] == ["first-steps", "whole", "next"]
    assert recompute() == []


def test_a_completion_whose_basis_was_taken_away_is_told(make: Make) -> None:
    ana = make.person()
    earn(ana, *MODULES)
    enrol(ana, "first-steps")
    write(lambda s: s.execute(delete(ModuleCompletion).where(ModuleCompletion.module_key == "outreach")) and None)
    told = f"track first-steps of person {ana.person_id}, cycle 1,"
    assert recompute() == [f"{told} counts module outreach of 2026-03-05, which is not credited"]


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Return the statements that the reading engine runs."""
    found: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    event.listen(db.engines[None], "before_cursor_execute", hear)
    yield found
    event.remove(db.engines[None], "before_cursor_execute", hear)


def test_the_standing_of_many_takes_as_many_questions_as_that_of_one(make: Make, statements: list[str]) -> None:
    people = [make.person().person_id for _ in range(12)]
    write(lambda session: service.enrol(session, people, "whole", at=AT))
    library = current(reading())
    queries.standing_of(reading(), library, people)
    counts = []
    for ids in (people[:1], people):
        statements.clear()
        queries.standing_of(reading(), library, ids)
        counts.append(len([each for each in statements if each.startswith("SELECT")]))
    assert counts == [4, 4]
