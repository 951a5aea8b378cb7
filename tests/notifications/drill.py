"""Three schedulers on one database, killed while they send: `python -m tests.notifications.drill KILLS`.

One process is made ready and then forks: three children tick as `lms jobs loop` does, with time running 60 times as
fast. Until KILLS have died, each that is started dies by SIGKILL in the first batch of letters that it claims: before
its first letter leaves, or after some of them, before or after the last one is handed over, never having noted that
one. A child that dies is replaced. The parent ends when every letter is settled, and prints how many died.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from random import Random

from flask import Flask
from sqlalchemy import func, select

from lms.app import create_app
from lms.config import Config
from lms.content.library import current
from lms.db import db, reading
from lms.mail import Sender, Senders, open_senders
from lms.notifications import messages, rules
from lms.notifications.jobs import Sending
from lms.notifications.models import Letter
from lms.notifications.queries import Facts, Item
from lms.notifications.rules import Title
from lms.scheduler.jobs import Job
from lms.scheduler.loop import Loop
from lms.scheduler.rules import Every
from lms.tracks import queries as tracks
from tests.conftest import AT

#: A lease of 15 minutes takes 15 seconds, and its margin 2: longer than one letter takes on a busy machine.
SPEED = 60
SCHEDULERS = 3
LIMIT = 30


@dataclass
class Fatal:
    """Sends for real, and ends its process as a power cut would: before or after the letter whose turn it is."""

    real: Sender[EmailMessage]
    left: int
    dies_after: bool

    def send(self, message: EmailMessage) -> None:
        """Send `message`, or die."""
        if self.left == 0 and not self.dies_after:
            os.kill(os.getpid(), signal.SIGKILL)
        self.real.send(message)
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1


@dataclass
class Hasty(Sending):
    """A run of the job by the clock of the drill, so that leases end for those who hold them too."""

    clock: Callable[[], datetime] = field(default=lambda: AT)

    def now(self) -> datetime:
        """Return the time that all of them believe in."""
        return self.clock()


class Fleet:
    """The schedulers, and how many of them have died."""

    def __init__(self, app: Flask, kills: int) -> None:
        self.app, self.kills = app, kills
        self.rng = Random(kills)
        self.began = time.time()
        self.killed = 0
        self.running: dict[int, bool] = {}

    def now(self) -> datetime:
        """Return the time that all of them believe in."""
        return AT + timedelta(seconds=(time.time() - self.began) * SPEED)

    def run(self) -> None:
        """Keep three alive until every letter is settled."""
        while True:
            while len(self.running) < SCHEDULERS and not self.is_done():
                self.start()
            if not self.running:
                break
            pid, status = os.wait()
            is_mortal = self.running.pop(pid)
            died = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
            assert died == is_mortal or not died, "an immortal one died"
            assert died or os.waitstatus_to_exitcode(status) == 0
            self.killed += died

    def start(self) -> None:
        """Start one; it is mortal while too few have died."""
        is_mortal = self.killed < self.kills
        place, dies_after = self.rng.randrange(rules.BATCH), self.rng.random() < 0.5
        pid = os.fork()
        if pid:
            self.running[pid] = is_mortal
            return
        try:
            self.live(place if is_mortal else 10**9, dies_after=dies_after)
        finally:
            os._exit(0 if sys.exc_info()[0] is None else 1)

    def live(self, place: int, *, dies_after: bool) -> None:
        """Tick until every letter is settled, or death comes."""

        def letters(config: Config, *, at: datetime) -> str:
            real = open_senders(config)
            senders = Senders(Fatal(real.mail, place, dies_after), real.sms)
            sending = Hasty(config, senders, at, clock=self.now)
            sent = 0
            while sent < LIMIT and (batch := sending.claim(rules.BATCH)):
                sent += sending.post(batch).total()
            return f"{sent} sent"

        job = Job("letters", "", Every(5), letters)
        loop = Loop(self.app, (job,))
        while not self.is_done():
            loop.tick(job, at=self.now())
            time.sleep(0.3)

    def is_done(self) -> bool:
        """Return whether every letter is settled."""
        with self.app.app_context():
            unsettled = select(func.count()).where(Letter.state.in_(("pending", "sending")))
            return reading().execute(unsettled).scalar_one() == 0


def prepare(config: Config) -> None:
    """Read and compile once, before the forks, what every letter needs."""
    title = tracks.track_title(current(reading()), "first-steps", "to").text
    item = Item("track", Title(title), AT.date(), "tracks.show", {"key": "first-steps"})
    facts = Facts("Mele", "to", "email", "a@test.example", {"items": [item]})
    messages.render("reminder", facts, config, letter_id="k" * 20)


def main() -> None:
    """Run the drill that the command line asks for."""
    app = create_app(Config.from_env())
    with app.app_context():
        prepare(app.config["LMS"])
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
    fleet = Fleet(app, int(sys.argv[1]))
    fleet.run()
    print(fleet.killed)


if __name__ == "__main__":
    main()
