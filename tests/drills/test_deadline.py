"""A thousand hand-ins around the deadline, while the sweep closes: one result each, saved answers never lost."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.actor import Actor
from lms.assessments import service
from lms.assessments.models import Attempt, AttemptAnswer
from lms.assessments.rules.timing import GRACE, SETTLING
from lms.audit.models import AuditEvent
from lms.clock import now
from lms.db import db, is_postgresql, reading, write
from lms.doctor import Found, recompute
from tests.assessments.timed import DEADLINE, limited, save, sheet, start, submit
from tests.conftest import AT
from tests.factories import Make
from tests.factories.learning import RIGHT, actor_of
from tests.racing import race

#: From two seconds before the deadline to two seconds after the grace.
FIRST, LAST = DEADLINE - timedelta(seconds=2), DEADLINE + GRACE + timedelta(seconds=2)
SWEPT = DEADLINE + GRACE + SETTLING + timedelta(seconds=1)
SAVED = {"q-one": ("a",), "q-two": ("a", "c")}
CREW = 4


def drilled(app: Flask, make: Make, *, count: int) -> None:
    """Hand in at `count` instants, each with saved answers, some while the sweep runs in another thread."""
    limited(minutes=10)
    step = (LAST - FIRST) / (count - 1)
    due = [(FIRST + step * number, actor_of(make.person(f"Worker {number}"))) for number in range(count)]
    begun = {actor.person_id: start(actor) for _, actor in due}
    for _, actor in due:
        save(actor, sheet(begun[actor.person_id], SAVED), AT)
    random.Random(3).shuffle(due)
    outcomes = handed_in_while_swept(app, due, begun)
    engine = "postgresql" if is_postgresql(reading()) else "sqlite"
    kinds = Counter("late" if each.is_late else "in time" for each in outcomes.values())
    swept = check_each(due, begun, outcomes)
    print(f"{engine}: {count} hand-ins, {dict(kinds)}, {swept} in time but closed by the sweep before")
    assert kinds["in time"] >= count / 2 and kinds["late"] >= count / 30, "too little was placed on one of the sides"
    assert swept >= 1 and kinds["in time"] > swept, "the race had one winner only"


def handed_in_while_swept(
    app: Flask, due: list[tuple[datetime, Actor]], begun: dict[int, str]
) -> dict[int, service.Outcome]:
    """Return {person id: outcome}; four threads hand in while a fifth sweeps, again and again, one by one."""
    outcomes: dict[int, service.Outcome] = {}
    waiting, gate, over = list(due), threading.Lock(), threading.Event()

    def hand_in() -> None:
        while True:
            with gate:
                if not waiting:
                    return
                at, actor = waiting.pop()
            outcome = submit(actor, sheet(begun[actor.person_id], RIGHT, SAVED), at)
            with gate:
                outcomes[actor.person_id] = outcome
            db.session.remove()

    def sweep() -> None:
        """Close somebody who is about to hand in, as if her request had waited longer than anything may."""
        while not over.is_set():
            with gate:
                some = [actor.person_id for _, actor in waiting[-2:-1]]
            if some:
                write(lambda session, some=some: service.close_overdue(session, some, at=SWEPT))  # type: ignore[misc]
            db.session.remove()
            time.sleep(0.02)

    def crew() -> None:
        threads = [threading.Thread(target=_inside, args=(app, hand_in)) for _ in range(CREW)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        over.set()

    race(app, crew, sweep)
    return outcomes


def _inside(app: Flask, act: Any) -> None:
    with app.app_context():
        act()
        db.session.remove()


def check_each(due: list[tuple[datetime, Actor]], begun: dict[int, str], outcomes: dict[int, service.Outcome]) -> int:
    """Compare what each was told with what is stored; return how many the sweep had closed although in time."""
    session = reading()
    session.rollback()
    rows = {row.person_id: row for row in session.execute(select(Attempt)).scalars()}
    stored: dict[int, dict[str, tuple[str, ...]]] = {}
    for answer in session.execute(select(AttemptAnswer)).scalars():
        stored.setdefault(answer.attempt_id, {})[answer.item_id] = tuple(answer.chosen)
    assert len(rows) == len(outcomes) == len(due)
    closing = AuditEvent.action.in_(("assessments.submitted", "assessments.time_up"))
    log = select(AuditEvent.subject_id, func.count()).where(closing).group_by(AuditEvent.subject_id)
    assert dict(session.execute(log).all()) == dict.fromkeys(begun.values(), 1), "a result was made twice, or never"
    swept = 0
    for at, actor in due:
        row, outcome = rows[actor.person_id], outcomes[actor.person_id]
        assert (row.passed, row.closed_by == "time") == (outcome.passed, outcome.is_late)
        assert stored[row.id] == (SAVED if outcome.is_late else RIGHT), "saved answers were lost, or late ones kept"
        assert outcome.is_late or at <= DEADLINE + GRACE, "what came late was taken"
        swept += outcome.is_late and at <= DEADLINE + GRACE
    assert recompute(at=SWEPT, fix=False) == Found((), ())
    return swept


def test_some_hand_ins(app: Flask, make: Make) -> None:
    drilled(app, make, count=65)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_thousand_hand_ins(app: Flask, make: Make) -> None:
    drilled(app, make, count=1000)


@pytest.mark.parametrize("hours", [-12, 12])
def test_what_a_phone_says_of_time_is_not_asked(app: Flask, make: Make, client: Any, hours: int) -> None:
    """A form may carry any time, and a request any date: only fields of ours are read, and the server's clock."""
    limited(minutes=10)
    person = make.person("Ana")
    one = start(actor_of(person), at=now())
    wrong = now() + timedelta(hours=hours)
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = person.session_id, True
    sent = {"client_id": "a" * 32, "attempt": one, "seen": sheet(one, {}).seen, "action": "submit"}
    answers = {f"a-{item_id}": list(chosen) for item_id, chosen in RIGHT.items()}
    assert client.post("/modules/alpha/quiz", data={**sent, **answers, "started_at": wrong}).status_code == 400
    headers = {"Date": wrong.strftime("%a, %d %b %Y %H:%M:%S GMT"), "X-Request-Start": str(wrong.timestamp())}
    assert client.post("/modules/alpha/quiz", data={**sent, **answers}, headers=headers).status_code == 302
    reading().rollback()
    row = reading().execute(select(Attempt)).scalar_one()
    assert (row.closed_by, row.passed) == ("submitted", True)
    assert abs((row.submitted_at - now()).total_seconds()) < 60
