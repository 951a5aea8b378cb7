"""Whatever happens, in whatever order: what the rows say of a track is what follows from all that happened.

After every event of two workers' lives the enrolments, the completions, what these counted and the progress that pages
show are compared with `ledger`, which judges from the plain events alone, and with the program's own recomputing, which
may find nothing to mend. At the end of each life all that `lms doctor` recomputes is asked the same.

Seen to fail, once each: when countersigned hours and sign-offs were not followed by a look at the tracks that waited
for them, and when a sign-off counted after its last day.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from lms import doctor
from lms.content.library import current
from lms.db import reading, write
from lms.tracks import queries, service
from lms.tracks.models import Enrolment, TrackCompletion
from lms.tracks.rules.versions import Choices
from tests.databases import Databases
from tests.factories import Make
from tests.tracks.ledger import WAYS, local
from tests.tracks.life import MODULES, Life

WHO = st.sampled_from([0, 0, 0, 1])
KEY = st.sampled_from(["first", "way"])
SOME = st.integers(0, 9)
PARTS = st.sampled_from(["base", "start", "talk", "walk", "practicum", "seen", "track:first"])
CHOICES = st.builds(
    lambda label, way, finished: Choices(label, way, way, finished, 60 if finished == "renew" else 0),
    st.sampled_from(["retraining", "retraining", "equivalent"]),
    st.sampled_from(["move", "stay"]),
    st.sampled_from(["stay", "stay", "renew"]),
)


class Lives(RuleBasedStateMachine):
    """Everything that can happen to two workers on two tracks."""

    #: Where the lives are lived, and what was seen in all of them.
    databases: Databases
    engine: str
    folder: Path
    seen: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.ends = ExitStack()
        self.ends.enter_context(self.databases.get(self.engine, content=False).take(self.folder))
        self.life = Life(Make(write), self.seen)
        self.granted: dict[tuple[int, str, int], Any] = {}
        self.is_right = False
        self.seen["lives"] += 1

    def teardown(self) -> None:
        try:
            reading().rollback()
            assert not self.is_right or doctor.recompute(at=self.life.at, fix=False) == doctor.Found((), ())
        finally:
            self.ends.close()

    @initialize(who=WHO, keys=st.lists(KEY, min_size=1, max_size=2, unique=True))
    def begins(self, who: int, keys: list[str]) -> None:
        for key in keys:
            self.life.enrol(who, key)

    @rule(who=WHO, key=KEY)
    def enrols(self, who: int, key: str) -> None:
        self.life.enrol(who, key)

    @rule(place=st.sampled_from([0, 1]), key=KEY, people=st.sampled_from([[0], [1], [0, 1]]))
    def is_assigned(self, place: int, key: str, people: list[int]) -> None:
        self.life.assign(place, key, people)

    @precondition(lambda self: self.life.asked)
    @rule(number=SOME)
    def is_undone(self, number: int) -> None:
        self.life.undo(number)

    @rule(who=WHO, modules=st.lists(st.sampled_from(MODULES), min_size=1, max_size=3, unique=True))
    def learns(self, who: int, modules: list[str]) -> None:
        self.life.learn(who, modules)

    @rule(who=WHO, minutes=st.sampled_from([30, 60, 120]), days=st.sampled_from([0, 0, 1, 20]))
    def practises(self, who: int, minutes: int, days: int) -> None:
        self.life.practise(who, minutes, days)

    @rule(who=WHO, more=st.sampled_from(["", "c", "d", "cd"]), is_seen=st.booleans())
    def does_much(self, who: int, more: str, is_seen: bool) -> None:
        self.life.learn(who, ["a", "b", *more])
        self.life.practise(who, 120, 0)
        if is_seen:
            self.life.observe(who, is_independent=True, days=0)

    @precondition(lambda self: self.life.countersigned)
    @rule(number=SOME)
    def loses_hours(self, number: int) -> None:
        self.life.uncountersign(number)

    @rule(who=WHO, is_independent=st.sampled_from([True, True, False]), days=st.sampled_from([0, 0, 3, 25]))
    def is_observed(self, who: int, is_independent: bool, days: int) -> None:
        self.life.observe(who, is_independent=is_independent, days=days)

    @precondition(lambda self: self.life.observed)
    @rule(number=SOME)
    def loses_a_sign_off(self, number: int) -> None:
        self.life.unsign(number)

    @rule(who=WHO, key=st.sampled_from("aabe"), days=st.sampled_from([0, 5, 400]))
    def is_recognized(self, who: int, key: str, days: int) -> None:
        self.life.recognize(who, key, days)

    @precondition(lambda self: self.life.recognized)
    @rule(number=SOME)
    def loses_a_recognition(self, number: int) -> None:
        self.life.unrecognize(number)

    @rule(who=WHO, key=KEY, part=PARTS, days=st.sampled_from([None, None, 0, 2, 30]))
    def is_spared(self, who: int, key: str, part: str, days: int | None) -> None:
        self.life.waive(who, key, part, days)

    @precondition(lambda self: self.life.waived)
    @rule(number=SOME)
    def loses_a_waiver(self, number: int) -> None:
        self.life.unwaive(number)

    @rule(who=WHO, key=KEY, by_certifier=st.booleans())
    def renews(self, who: int, key: str, by_certifier: bool) -> None:
        self.life.renew(who, key, by_certifier=by_certifier)

    @rule(days=st.sampled_from([1, 3, 35, 340]))
    def time_passes(self, days: int) -> None:
        self.life.tick(days=days)

    @rule(who=WHO, place=st.sampled_from([0, 1, 1]))
    def leaves(self, who: int, place: int) -> None:
        self.life.leave(who, place)

    @rule(way=st.integers(0, len(WAYS) - 1), choices=CHOICES)
    def is_published(self, way: int, choices: Choices) -> None:
        self.life.publish(way, choices)

    @invariant()
    def rows_follow_from_what_happened(self) -> None:
        enrolled, completed = _stored()
        people = {person.person_id: who for who, person in enumerate(self.life.people)}
        expected = {
            (person_id, key, number): (cycle.state, cycle.began)
            for person_id, who in people.items()
            for key, own in self.life.ledgers[who].cycles.items()
            for number, cycle in enumerate(own, 1)
        }
        assert enrolled == expected
        done = {
            (person_id, key, number): (cycle.done_at, local(cycle.done_at))
            for person_id, who in people.items()
            for key, own in self.life.ledgers[who].cycles.items()
            for number, cycle in enumerate(own, 1)
            if cycle.done_at is not None
        }
        assert {place: row[:2] for place, row in completed.items()} == done
        kept = {place: completed.get(place) for place in self.granted}
        assert kept == self.granted, "granted stays granted, as it was"
        self.seen["completed"] += len(completed.keys() - self.granted.keys())
        self.seen["completed again"] += sum(place[2] > 1 for place in completed.keys() - self.granted.keys())
        self.granted = completed
        _check_counted(completed)

    @invariant()
    def pages_show_it(self) -> None:
        self.is_right = False
        ids = [person.person_id for person in self.life.people]
        library = current(reading())
        standing = queries.standing_of(reading(), library, ids, today=local(self.life.at))
        for person_id, ledger in zip(ids, self.life.ledgers, strict=True):
            for key, spec in self.life.specs.items():
                shown = standing.progress(person_id, key)
                assert shown is not None
                state, cycle, done, total = ledger.shown(key, spec, self.life.at)
                assert (shown.state, shown.cycle, shown.total) == (state, cycle, total)
                assert shown.done == (total if done is None else done)
        reading().rollback()

    @invariant()
    def there_is_nothing_to_mend(self) -> None:
        assert write(lambda session: service.recompute(session, current(session), at=self.life.at)) == []
        self.seen["steps"] += 1
        self.is_right = True


def _stored() -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Return enrolments and completions, by person, track and cycle."""
    place = (Enrolment.person_id, Enrolment.track_key, Enrolment.cycle)
    enrolled = {
        tuple(row[:3]): tuple(row[3:])
        for row in reading().execute(select(*place, Enrolment.state, Enrolment.started_at))
    }
    done = (TrackCompletion.person_id, TrackCompletion.track_key, TrackCompletion.cycle)
    more = (TrackCompletion.completed_at, TrackCompletion.completed_on, TrackCompletion.counted)
    rows = reading().execute(select(*done, *more)).all()
    reading().rollback()
    assert len({tuple(row[:3]) for row in rows}) == len(rows), "nobody completes a cycle twice"
    return enrolled, {tuple(row[:3]): tuple(row[3:]) for row in rows}


def _check_counted(completed: dict[Any, Any]) -> None:
    """Check that a track counts every fact once, also over its cycles."""
    used: Counter[Any] = Counter()
    for (person_id, key, _cycle), (_at, _on, counted) in completed.items():
        assert len({entry["item"] for entry in counted}) == len(counted)
        for entry in counted:
            kind = entry.get("kind", "module")
            name = (entry.get("module"), entry.get("round"), entry.get("source"), entry.get("cycle"))
            if kind in {"module", "recognized", "waiver"} or key == "way":
                used[person_id, key, kind, name, entry["item"] if kind in {"hours", "sign-off"} else ""] += 1
    assert max(used.values(), default=1) == 1, used


def live(databases: Databases, engine: str, folder: Path, *, lives: int, steps: int, derandomize: bool) -> Counter[str]:
    """Live so many lives of so many events, and return what was seen."""
    seen: Counter[str] = Counter()
    machine = type("TheseLives", (Lives,), {"databases": databases, "engine": engine, "folder": folder, "seen": seen})
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=lives,
            stateful_step_count=steps,
            deadline=None,
            derandomize=derandomize,
            phases=[Phase.generate, Phase.shrink],
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return seen


def test_some_lives(databases: Databases, engine_name: str, tmp_path: Path) -> None:
    lives, steps = (8, 25) if engine_name == "sqlite" else (2, 15)
    seen = live(databases, engine_name, tmp_path, lives=lives, steps=steps, derandomize=True)
    print(sorted(seen.items()))
    assert seen["lives"] >= lives
    assert seen["steps"] >= lives * steps // 2
    assert seen["completed"] >= lives // 2


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_lives(databases: Databases, engine_name: str, tmp_path: Path) -> None:
    seen = live(databases, engine_name, tmp_path, lives=300, steps=60, derandomize=False)
    print(sorted(seen.items()))
    assert seen["completed again"] >= 20
    assert all(
        seen[each] >= 20 for each in ("withdrawn", "hours taken back", "sign-off withdrawn", "recognition withdrawn")
    )
    assert all(seen[each] >= 20 for each in ("waiver withdrawn", "renewed", "left", "published anew", "label refused"))
