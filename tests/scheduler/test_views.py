"""The administrators' page of jobs."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask

from lms.clock import now
from lms.db import reading, write
from lms.i18n import TAGS, force_locale, format_instant
from lms.scheduler import queries, service
from lms.scheduler.jobs import JOBS
from lms.scheduler.loop import Loop
from lms.scheduler.messages import when
from lms.scheduler.rules import Daily, Every, Weekly
from tests.conftest import Browser
from tests.factories import MadePerson, Make, sign_in


@pytest.fixture
def admin(app: Flask, make: Make) -> MadePerson:
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return make.person("Admin", roles=("administrator",))


def page(app: Flask, person: MadePerson) -> str:
    response = sign_in(app.test_client(), person).get("/admin/jobs")
    assert response.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))).split())


def test_every_job_is_listed_with_last_run_next_run_and_result(app: Flask, admin: MadePerson) -> None:
    text = page(app, admin)
    for job in JOBS:
        if job.fits(app.config["LMS"]):
            assert str(job.about) in text
    assert "Nobody runs the jobs at the moment" in text
    write(lambda s: service.take_lease(s, "host:1", at=now()))
    write(lambda s: service.finish_task(s, "forget", Daily(3, 15), "OSError: disk", failures=1, at=now(), zone="UTC"))
    write(lambda s: service.finish_task(s, "digest", Weekly(0, 8, 0), "4 to supervisors", at=now(), zone="UTC"))
    text = page(app, admin)
    assert "The scheduler is running. host:1" in text
    assert "failed OSError: disk" in text
    assert "digest · Mondays at 8:00 AM done 4 to supervisors" in text


def test_a_job_that_is_asked_for_runs_at_the_next_tick_of_whoever_leads(app: Flask, admin: MadePerson) -> None:
    browser = sign_in(app.test_client(), admin)
    loop = Loop(app)
    reminders = next(job for job in JOBS if job.name == "reminders")
    assert loop.tick(reminders, at=now()) is None, "seen for the first time"
    reading().rollback()
    assert browser.post("/admin/jobs/reminders/run").status_code == 302
    outcome = loop.tick(reminders, at=now() + timedelta(seconds=1))
    assert outcome is not None
    assert not outcome.failed
    task = queries.find_task(reading(), "reminders")
    assert task is not None
    assert task.next_run_at > now(), "its own hour is kept"


def test_only_what_makes_sense_can_be_asked_for_by_an_administrator(app: Flask, admin: MadePerson, make: Make) -> None:
    browser = sign_in(app.test_client(), admin)
    assert browser.post("/admin/jobs/letters/run").status_code == 404, "it runs every five seconds anyway"
    assert browser.post("/admin/jobs/unknown/run").status_code == 404
    stranger = sign_in(app.test_client(), make.person())
    assert stranger.get("/admin/jobs").status_code == 404
    assert stranger.post("/admin/jobs/reminders/run").status_code == 404
    assert queries.list_tasks(reading()) == {}


def test_no_page_tells_a_next_run_that_has_passed(app: Flask, admin: MadePerson) -> None:
    """A job that runs every five seconds notes a next run only when it had something to do: hours ago, perhaps."""
    long_ago = now() - timedelta(hours=5)
    for job in (job for job in JOBS if job.name in {"letters", "forget"}):
        words = "OSError: disk" if job.name == "forget" else "3 sent"
        write(
            lambda s, job=job, words=words: service.finish_task(s, job.name, Every(5), words, at=long_ago, zone="UTC")
        )
    write(lambda s: service.finish_task(s, "gone", Daily(1, 0), "ok", at=now(), zone="UTC"))
    passed = format_instant(long_ago + timedelta(seconds=5))
    browser = sign_in(app.test_client(), admin)
    for path in ("/admin", "/admin/jobs"):
        text = words_of(browser.get(path))
        assert f"waiting since {passed}" in text, "nobody runs the jobs"
        assert text.count(f"waiting since {passed}") == 1, "of the one that has an hour"
        assert "every 5 seconds" in text
        assert "3 sent" in text
        assert "OSError: disk" in text
    assert "not any more" in words_of(browser.get("/admin")), "a job of another release"


def words_of(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))).split())


@pytest.mark.parametrize("tag", TAGS)
def test_schedules_are_told_in_words(app: Flask, tag: str) -> None:
    schedules: tuple[Any, ...] = (Every(5), Every(60), Every(600), Daily(2, 5), *(Weekly(n, 8, 0) for n in range(7)))
    with force_locale(tag):
        told = [when(each) for each in schedules]
    assert len(set(told)) == len(told)
    assert all("%" not in each for each in told)
    assert tag != "en" or told[:5] == [
        "every 5 seconds",
        "every minute",
        "every 10 minutes",
        "daily at 2:05 AM",
        "Mondays at 8:00 AM",
    ]
