"""Figures are released once: by the service, the job and the command."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.audit.models import AuditEvent
from lms.content.library import current
from lms.db import reading, write
from lms.errors import NotAllowed
from lms.reports import jobs, queries, service
from lms.reports.cli import group as cli
from lms.reports.messages import find_answer
from lms.reports.models import ReportRelease
from lms.reports.policy import EVERYTHING, PROGRAMS, Scope
from lms.reports.rules import Count, Period, Question, ReleaseLabel, Report, find_period
from tests.reports.conftest import CORE, FIRST, NOON, County

pytestmark = pytest.mark.usefixtures("app")

LABEL = ReleaseLabel("2025-q1", "", "total", "")


def keep(scope: Scope, workers: int) -> bool:
    counts = [Count(LABEL, workers, is_hidden=False)]
    return write(lambda session: service.keep_release(session, scope, "2025-q1", counts, at=NOON))


def count(model: type) -> int:
    reading().rollback()
    return int(reading().execute(select(func.count()).select_from(model)).scalar_one())


def test_a_release_is_kept_once_and_stays_as_it_is() -> None:
    scope = Scope(PROGRAMS, (3, 7))
    assert keep(scope, 20)
    assert not keep(scope, 21)
    assert keep(Scope(PROGRAMS, (3,)), 5)
    reading().rollback()
    assert queries.released_periods(scope, reading()) == ("2025-q1",)
    rows = reading().execute(select(ReportRelease.departments, ReportRelease.body)).all()
    assert sorted(rows) == [("3", [[*LABEL, 5, False]]), ("3,7", [[*LABEL, 20, False]])]
    assert count(AuditEvent) == 2


def test_only_aggregates_are_released() -> None:
    with pytest.raises(NotAllowed):
        keep(EVERYTHING, 20)
    assert count(ReportRelease) == count(AuditEvent) == 0


def run(app: Flask, at: datetime) -> str:
    reading().rollback()
    return jobs.run(app.config["LMS"], at=at)


def ask(scope: Scope, period: str, group: str = "organization", track: str = "") -> Report | None:
    reading().rollback()
    found = find_period(period, date(2026, 3, 5))
    assert found is not None
    return queries.find_report(scope, reading(), Question(found, track, group))


@pytest.fixture
def programs(county: County) -> Scope:
    """A department with three CBOs, a viewer, and completions in 2025."""
    large, middle, little = county.cbo("Large", 1, 2), county.cbo("Middle", 2), county.cbo("Little", 3)
    department = county.department("Health", large, middle, little)
    county.make.person(roles=("viewer",), views=department)
    for month in (1, 4, 7, 10):
        county.crowd(large, 30, date(2025, month, 10))
        county.crowd(middle, 15, date(2025, month + 1, 10), FIRST, language="es")
    county.crowd(little, 2, date(2025, 2, 10), language="sm")
    county.ids |= {"large": large, "little": little}
    return Scope(PROGRAMS, (department,))


def test_the_job_releases_what_is_due(app: Flask, programs: Scope) -> None:
    assert run(app, datetime(2025, 4, 14, 12, tzinfo=UTC)) == ""
    assert run(app, datetime(2025, 4, 15, 12, tzinfo=UTC)) == "1 released"
    assert run(app, datetime(2025, 4, 15, 12, tzinfo=UTC)) == ""
    assert run(app, NOON) == "4 released"
    reading().rollback()
    assert queries.released_periods(programs, reading()) == ("2025", "2025-q4", "2025-q3", "2025-q2", "2025-q1")
    assert count(AuditEvent) == 5


def test_a_small_group_is_hidden_in_every_answer(app: Flask, county: County, programs: Scope) -> None:
    run(app, NOON)
    little, large = str(county.ids["little"]), str(county.ids["large"])
    for period in ("2025", "2025-q1"):
        report = ask(programs, period)
        assert report is not None
        workers = {row.key: row.workers for row in report.rows}
        assert workers[little] is None
        assert len([key for key, number in workers.items() if number is None]) >= 2 or report.workers is None
    year = ask(programs, "2025", track=FIRST)
    assert year is not None
    assert (year.workers, {row.key: row.workers for row in year.rows}[large]) == (60, 0)
    for group in ("organization", "track", "language", "area", "month"):
        report = ask(programs, "2025", group)
        assert report is not None
        assert not any(number is not None and 0 < number < 11 for number in (row.workers for row in report.rows))


def test_a_late_entry_changes_nothing_that_is_out(app: Flask, county: County, programs: Scope) -> None:
    run(app, NOON)
    before = [ask(programs, period) for period in ("2025", "2025-q1")]
    county.crowd(county.ids["large"], 1, date(2025, 2, 3))
    assert run(app, NOON + timedelta(days=1)) == ""
    assert [ask(programs, period) for period in ("2025", "2025-q1")] == before


def test_other_departments_and_open_periods_are_not_answered(app: Flask, programs: Scope) -> None:
    run(app, NOON)
    assert ask(Scope(PROGRAMS, (programs.ids[0] + 1,)), "2025") is None
    assert ask(Scope(PROGRAMS, ()), "2025") is None
    assert ask(programs, "2026") is None
    assert ask(programs, "2025-q1", track=CORE) is None
    question = Question(Period("2026", date(2026, 1, 1), date(2026, 12, 31)))
    library = current(reading())
    assert find_answer(programs, reading(), library, question, locale="en", today=date(2026, 3, 5)) is None


def test_the_commands(app: Flask, programs: Scope) -> None:
    runner = app.test_cli_runner()
    said = runner.invoke(cli, ["release", "--dry-run"]).output
    assert re.search(rf"^2025-q1 for departments {programs.ids[0]}$", said, re.MULTILINE)
    assert count(ReportRelease) == 0
    assert "released" in runner.invoke(cli, ["release"]).output
    assert runner.invoke(cli, ["release"]).output == "nothing to release\n"
    assert count(ReportRelease) >= 5
