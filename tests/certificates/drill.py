"""A program that certifies in many processes and kills them, run by `test_drills.py` in a process of its own.

It forks, so that each victim starts at once, with engines of its own. A victim counts its durable steps
(statements, commits, flushes, renames) by wrapping them, and kills itself before the step that it is told.
"""

from __future__ import annotations

import gc
import json
import os
import random
import signal
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import case, event, func, select

from lms import files
from lms.app import create_app
from lms.audit.models import AuditEvent
from lms.certificates import queries, service
from lms.certificates.jobs import check_issued, finish_issues
from lms.certificates.models import (
    Application,
    Artifact,
    Award,
    Decision,
    Edition,
    EditionKey,
    IssueTask,
    StatusEntry,
    StatusEvent,
)
from lms.certificates.rules.kinds import CREDENTIAL_KINDS, SIGNING_PURPOSES
from lms.db import db, reading, write
from lms.errors import RuleBroken
from lms.notifications.models import Letter
from lms.web.fonts import load_fonts
from tests.certificates.story import actor_of, application_of, complete, config_of
from tests.conftest import AT
from tests.databases import make_config
from tests.factories import Make
from tests.keys import ensure_keys, lent

#: The exit code of a client that came just when the keys were changed, and was told to ask again.
BUSY = 3
PROCESSES = 8
#: So many people are certified by each client and the next one: every person by two clients.
CHUNK = 5
#: How much later each process begins than the one before, by the drill's clock: leases of the dead end after fifteen.
STEP = timedelta(seconds=20)
#: How often the keys are changed.
KEY_SETS = 4


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
    """Run `work` in a forked process; return 0, or -9 when it was killed."""
    return os.waitstatus_to_exitcode(os.waitpid(start(app, work, die=die), 0)[1])


def start(app: Flask, work: Callable[[Flask], None], *, die: int = 0) -> int:
    """Begin `work` in a forked process with connections of its own, and return its id. It ends with 0, 1 or `BUSY`."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        with app.app_context():
            die_at(die)
            work(app)
        code = 0
    except RuleBroken as error:
        code = BUSY if error.code == "no_key" else 1
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
            for number in range(KEY_SETS + 1):  # made before the processes are, which inherit them
                lent(number)
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
        gc.collect()
        gc.freeze()  # what children inherit is not looked through again by each of them, and so not copied
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
                *self._broken_promises(),
                *(each.text for each in check_issued(self.config, at=AT + timedelta(days=1))),
                *self._litter(),
            ]

    def _broken_promises(self) -> list[str]:
        """Return the serials that a client was told and that are others now."""
        now_known = serials_of(self.applications)
        told = [json.loads(line) for line in self.ledger.read_text().splitlines()] if self.ledger.exists() else []
        return [
            f"{each} was told {serial}" for line in told for each, serial in line.items() if now_known[each] != serial
        ]

    @property
    def ledger(self) -> Path:
        """Return the file in which clients write what they were told."""
        return self.config.data_dir / "ledger.jsonl"

    def _litter(self) -> list[str]:
        known = set(reading().scalars(select(Artifact.sha256)))
        stored = {path.name for path in (self.config.data_dir / "files").rglob("*") if path.is_file()}
        return [f"{len(stored - known)} files that no row names"] if stored - known else []


def serials_of(applications: list[str]) -> dict[str, str]:
    """Return the serial of each application that was certified."""
    same = (Application.person_id == Award.person_id) & (Application.track_key == Award.track_key)
    rows = reading().execute(
        select(Application.public_id, Award.serial).join(Award, same & (Application.cycle == Award.cycle))
    )
    found = {row.public_id: row.serial for row in rows}
    reading().rollback()
    return {each: found[each] for each in applications if each in found}


def _row_faults(people: int) -> list[str]:
    """Return the numbers that are not as they should be: so many of each for each person."""
    counted = {
        "awards": (func.count(Award.id), people),
        "serials": (func.count(Award.serial.distinct()), people),
        "decisions": (func.count(Decision.id), people),
        "editions": (func.count(Edition.id), people),
        "keys of editions": (func.count(EditionKey.edition_id), len(SIGNING_PURPOSES) * people),
        "places": (func.count(StatusEntry.edition_id), people),
        "different places": (func.count((StatusEntry.list_number * 10**6 + StatusEntry.position).distinct()), people),
        "tasks": (func.count(IssueTask.edition_id), 2 * people),
        "tasks that are done": (func.count(IssueTask.done_at), 2 * people),
        "files": (func.count(Artifact.id), (len(CREDENTIAL_KINDS) + 1) * people),
        "events": (func.count(StatusEvent.id), people),
        "editions that were released": (func.count(StatusEvent.edition_id.distinct()), people),
        "audit rows of releases": (_one_of(AuditEvent.subject_id, AuditEvent.action == "certificates.issued"), people),
        "audit rows of awards": (_one_of(AuditEvent.subject_id, AuditEvent.action == "certificates.reserved"), people),
        "letters": (_one_of(Letter.person_id, Letter.kind == "certificate"), people),
    }
    found = {name: reading().execute(select(what)).scalar_one() for name, (what, _number) in counted.items()}
    return [f"{found[name]} {name}, not {number}" for name, (_what, number) in counted.items() if found[name] != number]


def _one_of(column: Any, criterion: Any) -> Any:
    """Return the count of rows that fit; -1 when two of them have the same value in `column`."""
    return case(
        (
            func.count(column.distinct()).filter(criterion) == func.count().filter(criterion),
            func.count().filter(criterion),
        ),
        else_=-1,
    )


def every_point(url: str, folder: Path, size: int, stride: int = 1) -> dict[str, Any]:
    """Die before each durable step (or each of `stride`) of certifying and finishing, retry, die again recovering."""
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


@dataclass
class Race:
    """Eight processes at a time: clients that certify, each person by two of them, and finish; and changes of keys."""

    drill: Drill
    #: Go on until so many processes were killed.
    kills: int
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    ends: list[int] = field(default_factory=list)
    begun: int = 0
    rotations: int = 0

    @property
    def clients(self) -> int:
        """Return how many clients there are."""
        return len(self.drill.applications) // CHUNK

    def run(self) -> None:
        """Let each client ask until it is answered, a third of them once more, and change keys meanwhile."""
        clients = self.clients
        todo = deque(self.chance.sample(range(clients), clients))
        turns = {clients * (number + 1) // (KEY_SETS + 1): -1 - number for number in range(KEY_SETS)}
        running: dict[int, int] = {}
        while todo or running or (self.ends.count(-signal.SIGKILL) < self.kills and self.begun < 20 * clients):
            while len(running) < PROCESSES and (todo or not running):
                if (turn := turns.pop(self.begun, None)) is not None:
                    todo.appendleft(turn)
                client = todo.popleft() if todo else self.chance.randrange(clients)
                running[self._start(client)] = client
            child, status = os.wait()
            self.ends.append(os.waitstatus_to_exitcode(status))
            if self.ends[-1] != 0:  # no answer came: it asks again
                todo.append(running[child])
            del running[child]

    def _start(self, client: int) -> int:
        """Begin one process; most of them will be killed somewhere on their way."""
        self.begun += 1
        at = AT + STEP * self.begun
        if client < 0:
            self.rotations += 1
            return start(
                self.drill.app, self._rotate(-client, at), die=self.chance.choice((0, self.chance.randrange(1, 20)))
            )
        # Certifying ten has some 20 steps, a credential 12, a page 4; who comes when all is done has few.
        most = self.chance.choice((25, 60, 120, 240)) if self.begun < self.clients * 2 else 12
        die = self.chance.randrange(1, most) if self.chance.random() < 0.55 else 0
        return start(self.drill.app, self._ask(client, at), die=die)

    def _ask(self, client: int, at: datetime) -> Callable[[Flask], None]:
        """Return the work of a client: it certifies ten people and finishes what is reserved, of whomever."""
        ids = self.drill.applications[client * CHUNK : (client + 2) * CHUNK]

        def work(app: Flask) -> None:
            for number in range(2 if client % 3 == 0 else 1):  # a third sends the same request again
                done = write(
                    lambda s: service.certify_many(s, self.drill.actor, ids, client_id=f"{client:032x}", at=at)
                )
                assert number == 0 or (done.certified, done.already) == (0, len(ids))
            with self.drill.ledger.open("a") as file:
                file.write(json.dumps(serials_of(ids)) + "\n")
            finish_issues(app, at=at, limit=2 * CHUNK)

        return work

    def _rotate(self, number: int, at: datetime) -> Callable[[Flask], None]:
        """Return the work of putting another set of keys in force, and retiring those before it."""

        def work(_app: Flask) -> None:
            ensure_keys(self.drill.config, at=at, number=number)
            before = {key_id for earlier in range(number) for key_id, _public in lent(earlier)[1].values()}
            old = [key.key_id for key in queries.list_keys(reading()) if key.is_in_force and key.key_id in before]
            for key_id in old:
                write(lambda session, key_id=key_id: service.retire_key(session, key_id, at=at))  # type: ignore[misc]

        return work


def race(url: str, folder: Path, size: int, kills: int) -> dict[str, Any]:
    """Certify everybody in a race of processes that are killed, finish, and return what is wrong."""
    drill = Drill(url, folder, size)
    race = Race(drill, kills)
    race.run()
    at = AT + STEP * race.begun + timedelta(hours=1)
    last = in_child(drill.app, lambda app: finish_issues(app, at=at, limit=10**6) and None)
    with drill.app.app_context():
        used = reading().execute(select(func.count(EditionKey.key_id.distinct()))).scalar_one()
    return {
        "killed": race.ends.count(-signal.SIGKILL),
        "broken": race.ends.count(1),
        "refused": race.ends.count(BUSY),
        "rotations": race.rotations,
        "keys": used,
        "last": last,
        "faults": drill.faults(),
    }


if __name__ == "__main__":
    name, address, place, many, step = sys.argv[1:6]
    drills = {"every_point": every_point, "race": race}
    print(json.dumps(drills[name](address, Path(place), int(many), int(step))))
