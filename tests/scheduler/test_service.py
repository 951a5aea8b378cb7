"""Who leads, and who takes a job."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from lms.db import reading, write
from lms.scheduler import queries, service
from lms.scheduler.rules import Daily, Every
from tests.conftest import AT
from tests.factories import Make
from tests.organizations.conftest import actions, actor_of

ZONE = "America/Los_Angeles"
SECOND = timedelta(seconds=1)


def take(holder: str, after: timedelta = timedelta(0)) -> bool:
    return write(lambda session: service.take_lease(session, holder, at=AT + after))


def test_one_leads_until_its_lease_ends(app: Flask) -> None:
    assert take("one")
    assert not take("two")
    assert take("one", 30 * SECOND), "renewed"
    assert not take("two", service.LEASE + SECOND)
    assert not take("two", 30 * SECOND + service.LEASE)
    assert take("two", 31 * SECOND + service.LEASE)
    assert not take("one", 40 * SECOND + service.LEASE)


def test_a_lease_given_back_is_free_at_once(app: Flask) -> None:
    take("one")
    write(lambda session: service.give_lease_back(session, "two", at=AT))
    assert not take("two"), "only its holder gives it back"
    write(lambda session: service.give_lease_back(session, "one", at=AT))
    assert take("two")
    lease = queries.find_lease(reading(), service.LEADER)
    assert lease is not None
    assert (lease.holder, lease.until) == ("two", AT + service.LEASE)


def test_a_lease_written_by_a_clock_that_ran_ahead_is_no_lease(app: Flask) -> None:
    take("one", timedelta(hours=12))
    assert take("two")


def take_task(after: timedelta = timedelta(0)) -> bool:
    at = AT + after
    return write(lambda session: service.take_task(session, "job", Every(600), at=at, zone=ZONE))


def test_a_job_seen_for_the_first_time_waits_for_its_hour_and_is_taken_once(app: Flask) -> None:
    assert queries.find_task(reading(), "job") is None
    assert take_task() is False
    assert take_task(599 * SECOND) is False
    assert take_task(600 * SECOND) is True
    assert take_task(600 * SECOND) is False, "taken"
    assert take_task(600 * SECOND + service.TAKEN - SECOND) is False
    assert take_task(600 * SECOND + service.TAKEN) is True, "whoever took it died"


def test_a_job_that_ran_while_a_clock_was_far_ahead_does_not_wait_until_then(app: Flask) -> None:
    take_task()
    write(lambda s: service.finish_task(s, "job", Every(600), "ok", at=AT + timedelta(days=370), zone=ZONE))
    assert take_task(600 * SECOND) is False, "it gets its hour again"
    assert take_task(1200 * SECOND) is True
    write(lambda s: service.finish_task(s, "job", Every(600), "ok", at=AT + timedelta(hours=12), zone=ZONE))
    assert take_task(1200 * SECOND) is False, "a clock that was set back by hours repeats nothing"
    assert take_task(timedelta(hours=12) + 600 * SECOND) is True


def test_an_administrator_asks_for_a_run(app: Flask, make: Make) -> None:
    admin = actor_of(make.person(roles=("administrator",)))
    for name in ("job", "new"):
        write(lambda session, name=name: service.ask_now(session, admin, name, at=AT))
    assert take_task() is True, "at the next tick"
    assert take_task() is False
    assert actions() == ["job-asked", "job-asked"]


def test_how_a_job_went_is_kept_with_its_next_hour(app: Flask) -> None:
    write(lambda session: service.finish_task(session, "job", Daily(2, 30), "x" * 900, at=AT, zone=ZONE))
    task = queries.find_task(reading(), "job")
    assert task is not None
    assert task.last_run_at == AT
    assert task.last_result == "x" * service.LONGEST_RESULT
    assert task.next_run_at.isoformat() == "2026-03-06T10:30:00+00:00"
    assert list(queries.list_tasks(reading())) == ["job"]
    assert queries.list_tasks(reading(), "other") == {}
