"""Figures are released once: by the service, the job and the command."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.audit.models import AuditEvent
from lms.content.library import current
from lms.db import reading, write
from lms.reports import jobs, queries, service
from lms.reports.cli import group as cli
from lms.reports.messages import find_answer
from lms.reports.models import ReportRelease
from lms.reports.policy import PROGRAMS, Scope
from lms.reports.rules import Cell, Count, Period, Question, Release, ReleaseLabel, Report, find_period
from tests.reports.conftest import CORE, FIRST, NOON, County

pytestmark = pytest.mark.usefixtures("app")

TODAY = date(2026, 3, 5)
LABEL = ReleaseLabel("2025-q1", "", "total", "")


def keep(*programs: tuple[int, ...], completions: int = 20) -> bool:
    counts = (Count(LABEL, completions, is_hidden=False),)
    released = {ids: Release(counts, {}, {Cell(4, CORE, "en", "2025-02"): range(completions)}) for ids in programs}
    return write(lambda session: service.keep_release(session, "2025-q1", released, at=NOON))


def count(model: type) -> int:
    reading().rollback()
    return int(reading().execute(select(func.count()).select_from(model)).scalar_one())


def test_a_release_is_kept_once_and_stays_as_it_is() -> None:
    assert not keep()
    assert keep((3,), (3, 7))
    assert not keep((3,), (3, 7), completions=21)
    assert not keep((9,)), "a period is out with its first figures"
    reading().rollback()
    assert queries.list_released(reading()) == {(3,): ("2025-q1",), (3, 7): ("2025-q1",)}
    bodies = reading().scalars(select(ReportRelease.body)).all()
    cells = [[4, CORE, "en", "2025-02", list(range(20))]]
    assert bodies == [{"counts": [[*LABEL, 20, False]], "program": {}, "cells": cells}] * 2
    assert count(AuditEvent) == 2


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
    assert queries.list_released(reading()) == {
        programs.ids: ("2025", "2025-q4", "2025-q3", "2025-q2", "2025-q1"),
    }
    assert count(AuditEvent) == 5


def test_a_small_group_is_hidden_in_every_answer(app: Flask, county: County, programs: Scope) -> None:
    run(app, NOON)
    little, large = str(county.ids["little"]), str(county.ids["large"])
    for period in ("2025", "2025-q1"):
        report = ask(programs, period)
        assert report is not None
        told = {row.key: row.completions for row in report.rows}
        assert told[little] is None
        assert len([key for key, number in told.items() if number is None]) >= 2 or report.completions is None
    year = ask(programs, "2025", track=FIRST)
    assert year is not None
    assert (year.completions, {row.key: row.completions for row in year.rows}[large]) == (60, 0)
    for group in ("organization", "track", "language", "area", "month"):
        report = ask(programs, "2025", group)
        assert report is not None
        assert not any(number is not None and 0 < number < 11 for number in (row.completions for row in report.rows))


def test_few_people_are_hidden_however_much_they_did(app: Flask, county: County, programs: Scope) -> None:
    """Six speakers of Samoan complete two tracks in one quarter, and one of them again in the next."""
    for _ in range(6):
        person = county.worker(county.ids["large"])
        county.done(person, date(2025, 5, 10), FIRST, language="sm")
        county.done(person, date(2025, 6, 10), CORE, language="sm")
        county.done(person, date(2025, 8, 10), CORE, language="sm", cycle=2)
    run(app, NOON)
    for period, many in (("2025-q2", 12), ("2025", 18 + 2)):
        report = ask(programs, period, "language")
        assert report is not None
        told = {row.key: row.completions for row in report.rows}
        assert told["sm"] is None, f"{many} completions of six people"
        assert told["en"] is not None or told["es"] is not None


def test_late_entries_do_not_uncover_the_few_of_a_quarter(app: Flask, county: County, programs: Scope) -> None:
    """A year counts what its quarters counted, so whom it tells of are those few, whoever was entered since."""
    for _ in range(6):
        person = county.worker(county.ids["large"])
        county.done(person, date(2025, 5, 10), FIRST, language="sm")
        county.done(person, date(2025, 5, 10), CORE, language="sm")
    run(app, datetime(2026, 1, 10, 12, tzinfo=UTC))
    for track in (FIRST, CORE):
        county.crowd(county.ids["large"], 20, date(2025, 5, 3), track, language="sm")
    run(app, NOON)
    report = ask(programs, "2025", "language")
    assert report is not None
    assert {row.key: row.completions for row in report.rows}["sm"] is None


def test_a_late_entry_changes_nothing_that_is_out(app: Flask, county: County, programs: Scope) -> None:
    run(app, NOON)
    before = [ask(programs, period) for period in ("2025", "2025-q1")]
    county.crowd(county.ids["large"], 1, date(2025, 2, 3))
    assert run(app, NOON + timedelta(days=1)) == ""
    assert [ask(programs, period) for period in ("2025", "2025-q1")] == before


def test_a_year_is_made_of_what_its_quarters_were_made_of(app: Flask, county: County, programs: Scope) -> None:
    """Else the year less its quarters would tell what was entered late, and by whom."""
    run(app, datetime(2026, 1, 10, 12, tzinfo=UTC))
    assert queries.list_released(reading())[programs.ids] == ("2025-q3", "2025-q2", "2025-q1")
    county.crowd(county.ids["large"], 3, date(2025, 2, 3))
    run(app, NOON)
    year = ask(programs, "2025", "month")
    assert year is not None
    assert year.completions == 4 * 45 + 2


def test_two_grants_tell_no_more_than_one_and_one(app: Flask, county: County) -> None:
    """Of A and B together there are no figures but for what both pay for: A 40 and both 43 would tell B."""
    only_a, only_b, both = county.cbo("Only A", 1), county.cbo("Only B", 1), county.cbo("Both", 2)
    a, b = county.department("A", only_a, both), county.department("B", only_b, both)
    county.crowd(only_a, 40, date(2025, 2, 3))
    county.crowd(only_b, 3, date(2025, 2, 3))
    county.crowd(both, 20, date(2025, 2, 3))
    run(app, NOON)
    totals = {ids: getattr(ask(Scope(PROGRAMS, ids), "2025"), "completions", "") for ids in ((a,), (b,), (a, b))}
    assert totals == {(a,): 40, (b,): None, (a, b): 20}
    rows = [row.key for ids in totals for row in getattr(ask(Scope(PROGRAMS, ids), "2025"), "rows", ())]
    assert sorted(rows) == sorted(str(each) for each in (only_a, only_b, both)), "no organization is in two programs"


def test_other_departments_and_open_periods_are_not_answered(app: Flask, programs: Scope) -> None:
    run(app, NOON)
    assert ask(Scope(PROGRAMS, (programs.ids[0] + 1,)), "2025") is None
    assert ask(Scope(PROGRAMS, ()), "2025") is None
    assert ask(programs, "2026") is None
    assert ask(programs, "2025-q1", track=CORE) is None
    question = Question(Period("2026", date(2026, 1, 1), date(2026, 12, 31)))
    library = current(reading())
    assert find_answer("completions", programs, reading(), library, question, locale="en", today=TODAY) is None


def test_the_commands(app: Flask, programs: Scope) -> None:
    runner = app.test_cli_runner()
    said = runner.invoke(cli, ["release", "--dry-run"]).output
    assert said.split()[:5] == ["2025-q1", "2025-q2", "2025-q3", "2025-q4", "2025"]
    assert count(ReportRelease) == 0
    assert "released" in runner.invoke(cli, ["release"]).output
    assert runner.invoke(cli, ["release"]).output == "nothing to release\n"
    assert count(ReportRelease) >= 5
