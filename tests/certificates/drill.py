"""A program that certifies in many processes and kills them, run by `test_drills.py` in a process of its own.

It forks, so that each victim starts at once, with engines of its own. A victim counts its durable steps
(statements, commits, flushes, renames) by wrapping them, and kills itself before the step that it is told.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, func, select

from lms import files
from lms.app import create_app
from lms.certificates import queries, service
from lms.certificates.jobs import check_issued, finish_issues
from lms.certificates.models import Artifact, Award, Decision, Edition, StatusEvent
from lms.db import db, reading, write
from lms.web.fonts import load_fonts
from tests.certificates.story import actor_of, application_of, complete, config_of
from tests.conftest import AT
from tests.databases import make_config
from tests.factories import Make
from tests.keys import ensure_keys

ROUNDS = 4


def die_at(number: int) -> None:
    """Have this process kill itself before its durable step `number`, counted from 1; 0 never."""
    done = [0]

    def step(*_: Any, **__: Any) -> None:
        done[0] += 1
        if done[0] == number:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in ("fsync", "replace"):
        real = getattr(os, name)
        setattr(os, name, lambda *args, real=real, **more: (step(), real(*args, **more))[1])
    engine = db.engines["write"]
    for kind in ("begin", "before_cursor_execute", "commit"):
        event.listen(engine, kind, step)


def in_child(app: Flask, work: Callable[[Flask], None], *, die: int = 0) -> int:
    """Run `work` in a forked process with connections of its own; return 0, or -9 when it was killed."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        with app.app_context():
            die_at(die)
            work(app)
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


class Drill:
    """One database with people who completed a track, and a certifier."""

    def __init__(self, url: str, folder: Path, people: int) -> None:
        self.config = make_config(folder, url)
        self.app = create_app(self.config)
        with self.app.app_context():
            make = Make(write)
            ensure_keys(config_of(self.app), at=AT - timedelta(days=1))
            self.certifier = make.person("Certifier", roles=("certifier",))
            self.people = [make.person(f"Worker {number:04}") for number in range(people)]
            for start in range(0, people, 200):
                complete(*self.people[start : start + 200])
            self.actor = actor_of(self.certifier)
            self.applications = [application_of(each) for each in self.people]
            load_fonts()
            self.let_go()

    @staticmethod
    def let_go() -> None:
        """Close every connection, so that children begin with none."""
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()

    def certify(self, number: int, at: datetime) -> Callable[[Flask], None]:
        """Return the work of certifying one person and finishing what is reserved, as a retried request would."""

        def work(app: Flask) -> None:
            ids, key = [self.applications[number]], f"{number:032x}"
            write(lambda s: service.certify_many(s, self.actor, ids, client_id=key, at=at))
            finish_issues(app, at=at)

        return work

    def faults(self) -> list[str]:
        """Return everything that is wrong once all work is done."""
        with self.app.app_context():
            files.sweep(self.config.data_dir, before=AT + timedelta(days=365 * 50))
            return [
                *_row_faults(len(self.people)),
                *check_issued(self.config, at=AT + timedelta(days=1)),
                *self._litter(),
            ]

    def _litter(self) -> list[str]:
        known = set(reading().scalars(select(Artifact.sha256)))
        stored = {path.name for path in (self.config.data_dir / "files").rglob("*") if path.is_file()}
        return [f"{len(stored - known)} files that no row names"] if stored - known else []


def _row_faults(people: int) -> list[str]:
    """Return the numbers that are not as they should be: one of each for each person, two artifacts."""
    wanted = {Award: people, Decision: people, Edition: people, StatusEvent: people, Artifact: 2 * people}
    found = [
        f"{count} rows of {model.__tablename__}, not {number}"
        for model, number in wanted.items()
        if (count := reading().execute(select(func.count()).select_from(model)).scalar_one()) != number
    ]
    serials = reading().execute(select(func.count(func.distinct(Award.serial)))).scalar_one()
    waiting = queries.count_waiting(reading())
    return [*found, *([f"{serials} serials"] if serials != people else []), *([f"{waiting} wait"] if waiting else [])]


def every_point(url: str, folder: Path, size: int, stride: int = 1) -> dict[str, Any]:
    """Die before each durable step (or each of `stride`) of certifying and releasing, retry, die again recovering."""
    drill = Drill(url, folder, size)
    at, killed, again = AT, 0, 0
    for number in range(size):
        point = number * stride + 1
        code = in_child(drill.app, drill.certify(number, at), die=point)
        if code == 0:
            break
        killed += code == -signal.SIGKILL
        at += timedelta(minutes=10)  # leases of the dead end
        if number % 3 == 0:
            again += in_child(drill.app, drill.certify(number, at), die=max(1, point // 2)) == -signal.SIGKILL
            at += timedelta(minutes=10)
        if in_child(drill.app, drill.certify(number, at)) != 0:
            return {"faults": [f"point {point} does not recover"]}
    in_child(drill.app, lambda app: [drill.certify(rest, at)(app) for rest in range(number, size)] and None)
    return {"killed": killed, "again": again, "points": number, "faults": drill.faults()}


def race(url: str, folder: Path, size: int, _stride: int = 1) -> dict[str, Any]:
    """Have eight processes certify overlapping batches and release, kill a good part of them, and finish."""
    drill = Drill(url, folder, size)
    chance = random.Random(7)
    ends: list[int] = []
    round_number = 0
    while round_number < ROUNDS:
        at = AT + timedelta(minutes=10 * round_number)
        victims = [
            chance.randrange(5, 60) if chance.random() < 0.6 and round_number < ROUNDS - 1 else 0 for _ in range(8)
        ]
        ends += _round(drill, at, victims, chance.randrange(10**6))
        round_number += 1
    at = AT + timedelta(minutes=10 * round_number)
    code = in_child(drill.app, lambda app: finish_issues(app, at=at, limit=10**6) and None)
    return {"killed": ends.count(9), "broken": ends.count(1), "last": code, "faults": drill.faults()}


def _round(drill: Drill, at: datetime, victims: list[int], seed: int) -> list[int]:
    """Run eight processes at once; return how each ended: 0 done, 9 killed, 1 refused by the database or broken."""
    children = []
    for number, die in enumerate(victims):
        child = os.fork()
        if child == 0:
            code = in_child(drill.app, _certify_all(drill, at, seed + number), die=die)
            os._exit({0: 0, -signal.SIGKILL: 9}.get(code, 1))
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def _certify_all(drill: Drill, at: datetime, seed: int) -> Callable[[Flask], None]:
    """Return the work of certifying everybody in batches of ten, in an order of one's own."""

    def work(app: Flask) -> None:
        chance = random.Random(seed)
        ids = list(drill.applications)
        chance.shuffle(ids)
        for start in range(0, len(ids), 10):
            chosen, key = ids[start : start + 10], f"{chance.getrandbits(128):032x}"
            write(lambda s, c=chosen, k=key: service.certify_many(s, drill.actor, c, client_id=k, at=at))
            if chance.random() < 0.5:
                finish_issues(app, at=at, limit=10)
        finish_issues(app, at=at, limit=10**6)

    return work


if __name__ == "__main__":
    name, address, place, many, step = sys.argv[1:6]
    drills = {"every_point": every_point, "race": race}
    print(json.dumps(drills[name](address, Path(place), int(many), int(step))))
