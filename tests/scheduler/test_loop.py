"""The clockwork: what a tick runs, what it keeps, several schedulers at once, and a clean end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask, has_app_context

from lms.app import create_app
from lms.clock import now
from lms.config import ROOT, Config
from lms.db import db, reading, write
from lms.notifications.jobs import send_letters
from lms.people import service as people
from lms.scheduler import queries, service
from lms.scheduler.jobs import JOBS, Job
from lms.scheduler.loop import Loop, run_forever, run_job, start_thread
from lms.scheduler.rules import Daily, Every
from tests.conftest import AT

SECOND = timedelta(seconds=1)


class Diary:
    """A job that writes down when it ran, and answers or fails as told."""

    def __init__(self, *answers: str | Exception) -> None:
        self.answers = list(answers)
        self.ran: list[datetime] = []

    def __call__(self, config: Config, *, at: datetime) -> str:
        assert has_app_context()
        assert config.env == "test"
        self.ran.append(at)
        answer = self.answers.pop(0) if self.answers else ""
        if isinstance(answer, Exception):
            raise answer
        return answer


def result(name: str) -> tuple[str | None, datetime | None, datetime] | None:
    task = queries.find_task(reading(), name)
    reading().rollback()
    return (task.last_result, task.last_run_at, task.next_run_at) if task else None


def test_a_constant_job_runs_at_each_tick_and_writes_only_news(app: Flask) -> None:
    diary = Diary("", "", "3 sent", "", "")
    job = Job("letters", "", Every(5), diary)
    loop = Loop(app, (job,))
    kept = []
    for n in range(5):
        loop.tick(job, at=AT + 5 * n * SECOND)
        kept.append(result("letters"))
    assert diary.ran == [AT + 5 * n * SECOND for n in range(5)]
    assert [(each[0], each[1]) for each in kept if each] == [
        ("ok", None),
        ("ok", None),
        ("3 sent", AT + 10 * SECOND),
        ("ok", AT + 10 * SECOND),
        ("ok", AT + 10 * SECOND),
    ], "the time is that of the run in which there was something to do"


def test_a_job_with_an_hour_waits_for_it_and_runs_once(app: Flask) -> None:
    diary = Diary("2 mended")
    job = Job("recompute", "", Daily(2, 30), diary)
    loop = Loop(app, (job,))
    due = datetime.fromisoformat("2026-03-06T10:30:00+00:00")
    assert loop.tick(job, at=AT) is None
    assert loop.tick(job, at=due - SECOND) is None
    assert diary.ran == []
    outcome = loop.tick(job, at=due)
    assert outcome is not None
    assert outcome.words == "2 mended"
    assert loop.tick(job, at=due + SECOND) is None
    assert diary.ran == [due]
    assert result("recompute") == ("2 mended", due, due + timedelta(days=1))


def test_hours_that_were_slept_through_are_made_up_for_once(app: Flask) -> None:
    diary = Diary()
    job = Job("recompute", "", Daily(2, 30), diary)
    loop = Loop(app, (job,))
    loop.tick(job, at=AT)
    for n in range(3):
        loop.tick(job, at=AT + timedelta(days=5) + n * SECOND)
    assert diary.ran == [AT + timedelta(days=5)]


def test_a_job_that_fails_is_noted_and_tried_again_soon(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    diary = Diary(ValueError("no disk"), "fine")
    job = Job("chain", "", Every(600), diary)
    loop = Loop(app, (job,))
    loop.tick(job, at=AT)
    outcome = loop.tick(job, at=AT + 600 * SECOND)
    assert outcome is not None
    assert outcome.failed
    assert result("chain") == ("ValueError: no disk", AT + 600 * SECOND, AT + 660 * SECOND)
    assert "the job chain failed" in caplog.text
    assert loop.tick(job, at=AT + 659 * SECOND) is None
    loop.tick(job, at=AT + 660 * SECOND)
    assert result("chain") == ("fine", AT + 660 * SECOND, AT + 1260 * SECOND)


def test_a_daily_job_that_fails_is_tried_again_on_the_same_day(app: Flask) -> None:
    diary = Diary(ValueError("no disk"), ValueError("no disk"), "fine")
    job = Job("recompute", "", Daily(2, 30), diary)
    loop = Loop(app, (job,))
    due = datetime.fromisoformat("2026-03-06T10:30:00+00:00")
    for at in (AT, due, due + 60 * SECOND, due + 120 * SECOND, due + 300 * SECOND):
        loop.tick(job, at=at)
    assert diary.ran == [due, due + 60 * SECOND, due + 300 * SECOND], "the pause grows"
    assert result("recompute") == ("fine", due + 300 * SECOND, due + timedelta(days=1))


def test_who_does_not_lead_runs_nothing(app: Flask) -> None:
    diary = Diary()
    job = Job("letters", "", Every(5), diary)
    one, two = Loop(app, (job,)), Loop(app, (job,))
    assert one.holder != two.holder
    one.tick(job, at=AT)
    assert two.tick(job, at=AT + SECOND) is None
    for n in range(1, 40):
        assert one.tick(job, at=AT + 5 * n * SECOND) is not None, "renewed in time"
        assert two.tick(job, at=AT + 5 * n * SECOND) is None
    last = AT + 5 * 39 * SECOND
    assert two.tick(job, at=last + service.LEASE + SECOND) is not None, "one died"
    assert one.tick(job, at=last + service.LEASE + 2 * SECOND) is None


def test_idle_ticks_write_nothing_but_the_lease(app: Flask) -> None:
    job = Job("letters", "", Every(5), Diary())
    loop = Loop(app, (job,))
    loop.tick(job, at=AT)
    before = queries.find_lease(reading(), service.LEADER)
    reading().rollback()
    for n in range(1, 6):
        loop.tick(job, at=AT + 5 * n * SECOND)
    assert queries.find_lease(reading(), service.LEADER) == before


def test_the_jobs_of_the_program_run_on_an_empty_database(app: Flask) -> None:
    for job in JOBS:
        if job.fits(app.config["LMS"]):
            assert not run_job(app, job, at=AT).failed, job.name
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert all(job.about for job in JOBS)


def test_the_log_of_sqlite_is_emptied(app: Flask, engine_name: str) -> None:
    job = next(job for job in JOBS if job.name == "checkpoint")
    assert job.fits(app.config["LMS"]) is (engine_name == "sqlite")
    if engine_name != "sqlite":
        return
    log = Path(f"{db.engines['write'].url.database}-wal")
    write(lambda session: service.take_lease(session, "one", at=AT))
    assert log.stat().st_size > 0
    assert run_job(app, job, at=AT).words == ""
    assert log.stat().st_size == 0
    write(lambda session: service.take_lease(session, "one", at=AT + SECOND))
    queries.list_tasks(reading())  # a reader holds its place in the log
    assert "put off" in run_job(app, job, at=AT).words
    reading().rollback()
    with db.engines["write"].connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 10000


def wait_until(true: Callable[[], Any], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


def test_a_thread_runs_jobs_until_stopped_and_lets_another_lead(app: Flask) -> None:
    running, finish = threading.Event(), threading.Event()

    def slow(_config: Config, *, at: datetime) -> str:
        running.set()
        finish.wait(10)
        return "whole"

    loop = Loop(app, (Job("slow", "", Every(1), slow),))
    loop.start()
    assert running.wait(10)
    threading.Timer(0.2, finish.set).start()
    loop.stop()
    kept = result("slow")
    assert kept is not None
    assert kept[0] == "whole", "a job that is running finishes first"
    lease = queries.find_lease(reading(), service.LEADER)
    assert lease is not None
    assert lease.holder == loop.holder
    assert write(lambda session: service.take_lease(session, "another", at=lease.until + 2 * SECOND))


def test_a_tick_that_cannot_reach_the_database_does_not_end_the_loop(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    loop = Loop(app, (Job("letters", "", Every(1), Diary()),))
    write(lambda session: session.execute(db.text("DROP TABLE leases")) and None)
    loop._tick(loop.jobs[0])
    assert "the tick of job letters failed" in caplog.text


def test_the_thread_of_the_server_runs_the_programs_jobs(app: Flask) -> None:
    at = now()
    write(lambda session: people.invite(session, None, name="Ana", language="en", email="a@test.example", at=at))
    loop = start_thread(app)
    try:
        wait_until(lambda: list(app.config["LMS"].data_dir.glob("mail/*.eml")))
        wait_until(lambda: result("letters") and result("audit-chain"))
    finally:
        loop.stop()


def test_ticks_are_of_the_process_and_nothing_is_pickled_or_dropped(app: Flask) -> None:
    """The traps of APScheduler: a shared store runs twice, a busy process drops runs, local cron drifts."""
    loop = Loop(app)
    loop.start()
    try:
        ticks = loop._scheduler.get_jobs()
        assert {each._jobstore_alias for each in ticks} == {"default"}
        assert isinstance(loop._scheduler._jobstores["default"], MemoryJobStore)
        assert str(loop._scheduler.timezone) == "UTC"
        assert {type(each.trigger) for each in ticks} == {IntervalTrigger}
        assert {(each.coalesce, each.max_instances, each.misfire_grace_time) for each in ticks} == {(True, 1, None)}
        assert {each.id for each in ticks} == {job.name for job in loop.jobs}
    finally:
        loop.stop()


def test_no_server_process_starts_the_jobs_by_itself(app: Flask) -> None:
    """Workers of a server that forks, and the reloader, build the application too: that must not start a scheduler."""
    before = {each.name for each in threading.enumerate()}
    create_app(app.config["LMS"])
    assert not [name for name in {each.name for each in threading.enumerate()} - before if "APScheduler" in name]


def environment(app: Flask) -> dict[str, str]:
    config: Config = app.config["LMS"]
    reading().rollback()
    return {
        **os.environ,
        "LMS_ENV": "test",
        "LMS_DATA_DIR": str(config.data_dir),
        "LMS_DATABASE_URL": config.database_url,
        "LMS_BASE_URL": config.base_url,
        "LMS_SECRET_KEY": config.secret_key,
    }


def race(app: Flask, folder: Path, *, letters: int, seconds: int) -> None:
    """Let three schedulers run, of which one dies, and check that each job and letter had its turn once."""
    for n in range(letters):
        write(
            lambda session, n=n: people.invite(
                session, None, name="Ana", language="en", email=f"a{n}@test.example", at=AT
            )
        )
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.scheduler.drill", str(folder), fate, str(seconds)],
            cwd=ROOT,
            env=environment(app),
        )
        for fate in ("dies", "lives", "lives")
    ]
    wait_until(lambda: len(list(folder.glob("ready-*"))) == 3, 90)
    (folder / "go").touch()
    assert sorted(each.wait(90 + seconds) for each in running) == [0, 0, 7]

    slots = [line.split() for line in (folder / "slots").read_text().splitlines()]
    instants = sorted(datetime.fromisoformat(at) for at, _ in slots)
    assert len(instants) >= seconds, "somebody led"
    assert min(later - earlier for earlier, later in pairwise(instants)) >= 60 * SECOND, "twice for one slot"
    mail = app.config["LMS"].data_dir / "mail"
    assert len(list(mail.iterdir())) >= 6, "letters left during the race"
    while send_letters(app, at=AT + timedelta(days=1)):
        pass
    counts = Counter(file.name[-24:] for file in mail.iterdir())
    assert len(counts) == letters
    assert set(counts.values()) == {1}


def test_three_schedulers_run_each_job_once_also_when_the_leader_dies(app: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "drill"
    folder.mkdir()
    race(app, folder, letters=50, seconds=4)


@pytest.mark.soak
def test_three_schedulers_send_a_thousand_letters_once(app: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "drill"
    folder.mkdir()
    race(app, folder, letters=1000, seconds=60)


def test_the_process_ends_when_told_and_lets_another_lead(app: Flask) -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    told = threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGTERM))
    told.start()
    try:
        run_forever(app)
    finally:
        told.cancel()
        for number, handler in before.items():
            signal.signal(number, handler)
    assert write(lambda session: service.take_lease(session, "another", at=now() + SECOND))


def test_the_command_ends_cleanly_on_sigterm(app: Flask) -> None:
    code = "from lms.commands import cli; cli.main(['jobs', 'loop'])"
    running = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment(app))
    wait_until(lambda: result("letters"), 90)
    running.send_signal(signal.SIGTERM)
    assert running.wait(60) == 0
    assert write(lambda session: service.take_lease(session, "another", at=now()))
