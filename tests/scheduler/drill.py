"""One of several schedulers on one database: `python -m tests.scheduler.drill FOLDER dies|lives SECONDS`.

Time runs 200 times as fast for all of them, from the moment when the file `go` appears. Each run of the job "slot"
and each leadership is one line of a file. One that dies stops without giving its lease back.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from lms.app import create_app
from lms.config import Config
from lms.notifications.jobs import send_letters
from lms.scheduler.jobs import Job
from lms.scheduler.loop import Loop
from lms.scheduler.rules import Every
from tests.conftest import AT

SPEED = 200
DIES_AFTER = 1.5


def main() -> None:
    """Tick as fast as possible until the drill is over."""
    folder, fate, seconds = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    app = create_app(Config.from_env())

    def slot(_config: Config, *, at: datetime) -> str:
        note(folder / "slots", f"{at.isoformat()} {os.getpid()}")
        return "done"

    def letters(_config: Config, *, at: datetime) -> str:
        return send_letters(app, at=at, limit=3)

    jobs = (Job("slot", "", Every(60), slot), Job("letters", "", Every(5), letters))
    loop = Loop(app, jobs)
    note(folder / f"ready-{os.getpid()}", "")
    while not (folder / "go").exists():
        time.sleep(0.01)
    began = (folder / "go").stat().st_mtime
    while (elapsed := time.time() - began) < seconds:
        if fate == "dies" and elapsed > DIES_AFTER:
            os._exit(7)
        for job in jobs:
            loop.tick(job, at=AT + timedelta(seconds=(time.time() - began) * SPEED))
        time.sleep(0.02)


def note(file: Path, line: str) -> None:
    """Add one line to a file, whole."""
    with file.open("a") as out:
        out.write(line + "\n")


if __name__ == "__main__":
    main()
