"""Joining records with attempts at the same quiz: which one she is at afterwards, and what becomes of an open one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.actor import Actor
from lms.assessments import queries, service
from lms.assessments.models import Attempt
from lms.db import reading, write
from lms.errors import RuleBroken
from lms.merging import messages
from lms.merging import service as merging
from lms.merging.rules import WAYS, Key, settle_attempts
from tests.assessments.assessing import WORST, Cast, given, hand_in, publish, score
from tests.assessments.timed import ENGLISH, WRONG, limited, save, sheet, start, submit
from tests.conftest import AT
from tests.factories import MadePerson, Make
from tests.factories.learning import RIGHT, actor_of
from tests.merging.conftest import boss_of, differing, dump, join, undo

LATER = AT + timedelta(days=1)


def attempts() -> list[tuple[int, int, bool, bool | None]]:
    """Return (person, number, whether handed in, whether passed) of all attempts, in that order."""
    reading().rollback()
    columns = (Attempt.person_id, Attempt.number, Attempt.submitted_at.is_not(None), Attempt.passed)
    rows = reading().execute(select(*columns).order_by(Attempt.person_id, Attempt.number))
    return [(row[0], row[1], bool(row[2]), row[3]) for row in rows]


def current_of(person: MadePerson, module_key: str = "alpha") -> queries.AttemptRow:
    reading().rollback()
    found = queries.find_attempt(reading(), person.person_id, module_key)
    assert found is not None
    return found


def begin_delta(actor: Actor) -> str:
    return write(lambda s: service.start_attempt(s, actor, "delta", shown=ENGLISH, at=LATER))


class TestWaiting:
    """A record with an attempt that waits, and one with an attempt that failed."""

    @pytest.fixture
    def who(self, app: Flask, make: Make) -> Cast:
        publish()
        return Cast.of(make)

    def test_what_waits_is_in_front_of_what_failed(self, who: Cast, make: Make) -> None:
        twin, root = make.person("Ana"), make.person("Root", roles=("administrator",))
        make.employment(twin, who.place)
        waiting, failed = hand_in(actor_of(who.ana)), hand_in(actor_of(twin))
        score(who.trainer, failed, given(WORST))
        before = dump()
        merge = join(root, who.ana, twin)
        assert attempts() == [(who.ana.person_id, 1, True, None), (who.ana.person_id, 2, True, False)]
        assert current_of(who.ana, "delta").public_id == waiting
        with pytest.raises(RuleBroken, match="attempt_waits"):
            begin_delta(actor_of(who.ana))
        assert queries.list_failed(reading(), who.ana.person_id) == [], "nobody is asked to give her a further one"
        undo(root, merge)
        assert differing(before, dump()) == {}

    def test_once_it_failed_the_next_one_has_the_next_number(self, who: Cast, make: Make) -> None:
        twin, root = make.person("Ana"), make.person("Root", roles=("administrator",))
        make.employment(twin, who.place)
        waiting, failed = hand_in(actor_of(who.ana)), hand_in(actor_of(twin))
        score(who.trainer, failed, given(WORST))
        join(root, who.ana, twin)
        score(who.trainer, waiting, given(WORST))
        assert current_of(who.ana, "delta").public_id == failed, "the last of those that failed"
        assert len(queries.list_failed(reading(), who.ana.person_id)) == 1
        begin_delta(actor_of(who.ana))
        assert (current_of(who.ana, "delta").number, current_of(who.ana, "delta").submitted_at) == (3, None)


class TestOpen:
    """A record with an open attempt without a limit of time, and one that passed or failed."""

    @pytest.fixture
    def root(self, app: Flask, make: Make) -> MadePerson:
        limited(attempts=9)
        return make.person("Root", roles=("administrator",))

    def opened(self, make: Make, *, failed: int = 0) -> MadePerson:
        person = make.person("Ana")
        for _ in range(failed):
            submit(actor_of(person), sheet(start(actor_of(person)), WRONG), AT)
        save(actor_of(person), sheet(start(actor_of(person)), RIGHT), AT)
        return person

    def done(self, make: Make, chosen: dict[str, tuple[str, ...]] = RIGHT) -> MadePerson:
        person = make.person("Ana")
        submit(actor_of(person), sheet(start(actor_of(person)), chosen), AT)
        return person

    def test_one_that_comes_to_a_pass_stays_behind_with_all_that_was_saved(self, root: MadePerson, make: Make) -> None:
        kept, merged = self.done(make), self.opened(make, failed=1)
        before = dump()
        merge = join(root, kept, merged)
        assert attempts() == [
            (kept.person_id, 1, True, True),
            (kept.person_id, 2, True, False),
            (merged.person_id, 2, False, None),
        ]
        assert not queries.states_of(reading(), [kept.person_id], ["alpha"])[kept.person_id, "alpha", 1].is_open
        assert dump()["attempt_answers"] == before["attempt_answers"]
        undo(root, merge)
        assert differing(before, dump()) == {}

    def test_one_to_which_a_pass_comes_goes_to_the_former_record(self, root: MadePerson, make: Make) -> None:
        kept, merged = self.opened(make, failed=1), self.done(make)
        before = dump()
        merge = join(root, kept, merged)
        assert attempts() == [
            (kept.person_id, 1, True, False),
            (kept.person_id, 3, True, True),
            (merged.person_id, 3, False, None),
        ]
        assert not queries.states_of(reading(), [kept.person_id], ["alpha"])[kept.person_id, "alpha", 1].is_open
        assert len(queries.passes_of(reading(), [kept.person_id])) == 1
        assert dump()["attempt_answers"] == before["attempt_answers"]
        undo(root, merge)
        assert differing(before, dump()) == {}

    def test_one_beside_a_failed_one_goes_on(self, root: MadePerson, make: Make) -> None:
        kept, merged = self.opened(make), self.done(make, WRONG)
        join(root, kept, merged)
        opened = current_of(kept)
        assert (opened.number, opened.submitted_at) == (1, None), "the failed one does not hide it"
        assert start(actor_of(kept)) == opened.public_id, "and nothing is begun beside it"
        passed = submit(actor_of(kept), sheet(opened.public_id, RIGHT, RIGHT), LATER).passed
        assert (passed, current_of(kept).public_id) == (True, opened.public_id)

    def test_the_preview_says_so(self, root: MadePerson, make: Make) -> None:
        kept, merged = self.opened(make), self.done(make)
        plan = merging.look(boss_of(root), kept.person_public_id, merged.person_public_id, at=AT)
        (one,) = [each for each in plan.twice if each.table_name == "attempts"]
        assert (one.outcome, one.is_kept_ones) == ("stays", True)
        from_library = messages.settled(None, plan)  # type: ignore[arg-type]
        assert "one try stays with the former record, with all that was saved in it" in " ".join(from_library)


def test_an_open_one_of_each_stays_where_it_is() -> None:
    """A pass may come to a record with an open attempt, when a question is corrected."""
    keys = (Key(("module_key", "round", "number")), Key(("module_key", "round"), "submitted_at"))

    def row(row_id: int, number: int, *, passed: bool = False) -> dict[str, object]:
        handed_in = AT if passed else None
        place = {"module_key": "a", "round": 1, "number": number}
        return {"id": row_id, **place, "submitted_at": handed_in, "passed": passed or None}

    done = settle_attempts(WAYS["attempts"], keys, [row(1, 1)], [row(2, 1, passed=True), row(3, 2)])
    assert (done.moves, done.stays, done.gives_up) == ({2: {"number": 2}}, {3}, set())
