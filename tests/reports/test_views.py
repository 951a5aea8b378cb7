"""The pages of reports, for every role, and their files."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from lms.actor import ROLES
from lms.content.library import Text
from lms.db import reading, write
from lms.i18n import TAGS
from lms.organizations.models import Contract
from lms.reports import jobs, messages, views
from lms.reports.cli import group as cli
from lms.reports.forms import filter_form
from lms.reports.messages import Answer
from lms.reports.models import ReportRelease
from lms.reports.rules import GROUPS, Period, Question, Report
from tests.factories import MadePerson, sign_in
from tests.reports.conftest import CORE, FIRST, NOON, County, counted_queries

pytestmark = pytest.mark.usefixtures("content_app", "today")

READERS = {"supervisor", "analyst", "viewer", "certifier", "administrator"}
MARCH = date(2026, 3, 2)
CONTRACT: dict[str, Any] = {"program": "Promotores", "started_on": date(2024, 1, 1), "ended_on": None}
ADDRESSES = ("/reports", "/reports/completions", "/reports/completions/csv", "/reports/completions/xlsx")


@pytest.fixture
def full(county: County) -> dict[str, Any]:
    """Two CBOs with a supervisor each, a department with a contract with both, completions in 2025 and 2026."""
    a, b = county.cbo("=Alofa ʻOfa & Sons", 1, 2), county.cbo("Bienestar", 2)
    department = county.department("Health", a, b)
    people = [county.worker(a) for _ in range(12)]
    for number, person in enumerate(people):
        county.assign(person, a)
        county.done(person, date(2026, 1 + number % 3, 1), language="es" if number % 2 else "en")
    alone = county.worker(b)
    county.assign(alone, b)
    county.done(alone, MARCH, language="to")
    county.crowd(a, 40, date(2025, 2, 3))
    county.crowd(b, 4, date(2025, 2, 3), FIRST, language="to")
    return {
        "a": a,
        "b": b,
        "department": department,
        "supervisor_a": county.make.supervisor(a),
        "supervisor_b": county.make.supervisor(b),
        "analyst": county.make.person(roles=("analyst",)),
        "viewer": county.make.person(roles=("viewer",), views=department),
        "stray": county.make.person(roles=("viewer",)),
    }


def get(client: FlaskClient, person: MadePerson, address: str, status: int = 200) -> str:
    answer = sign_in(client, person).get(address)
    assert answer.status_code == status, address
    return html.unescape(answer.get_data(as_text=True))


def lead(page: str) -> str:
    found = re.search(r'<p class="lead">(.*?)</p>', page)
    return found[1] if found else ""


def cells(page: str) -> list[list[str]]:
    """Return the words of each line of the table."""
    body = re.search(r"<tbody.*?</tbody>", page, re.DOTALL)
    lines = re.findall(r"<tr.*?</tr>", body[0], re.DOTALL) if body else []
    return [re.findall(r"<(?:th|td)[^>]*>(?:<span[^>]*>)?(.*?)</", line) for line in lines]


# Who may


def test_every_role(client: FlaskClient, county: County) -> None:
    one = county.cbo("One", 1)
    department = county.department("Health", one)
    for role in ROLES:
        person = county.make.person(roles=(role,), views=department)
        if role == "supervisor":
            assert get(client, person, "/reports/completions", 404)  # granted, but of no organization
            assert get(client, person, "/reports", 404)
            person = county.make.supervisor(one)
        for address in ADDRESSES:
            nothing_out = role == "viewer" and address.endswith(("csv", "xlsx"))
            expected = 200 if role in READERS and not nothing_out else 404
            assert sign_in(client, person).get(address).status_code == expected, (role, address)


def test_a_stranger_signs_in_first(client: FlaskClient) -> None:
    answer = client.get("/reports/completions?track=core")
    assert answer.status_code == 302
    assert "/sign-in" in answer.location


def test_what_there_is_not(client: FlaskClient, full: dict[str, Any]) -> None:
    for address in ("/reports/other", "/reports/completions/pdf", "/reports/other/csv", "/reports/completions/json"):
        get(client, full["analyst"], address, 404)


# What they see


def test_the_sentence_comes_first(client: FlaskClient, full: dict[str, Any]) -> None:
    page = get(client, full["analyst"], "/reports/completions?track=core")
    assert lead(page) == "13 workers of 2 CBOs completed Core training this year."
    order = [page.index(mark) for mark in ('class="lead"', 'class="chart"', "<table", "How this was counted")]
    assert order == sorted(order)
    assert cells(page) == [["=Alofa ʻOfa & Sons", "12", "12"], ["Bienestar", "1", "1"]]
    assert "The rows add up to the total." in page


def test_filters_stay_in_the_address(client: FlaskClient, full: dict[str, Any]) -> None:
    address = "/reports/completions?track=core&period=custom&since=2026-02-01&until=2026-02-28&group=language"
    page = get(client, full["analyst"], address)
    assert lead(page).endswith("completed Core training from February 1, 2026 to February 28, 2026.")
    assert cells(page) == [["English", "2", "2"], ["Español", "2", "2"]]
    assert address.replace("/completions?", "/completions/csv?") in page
    assert re.search(r'<option value="core" selected>', page)


KINDS_OF_ROWS = {
    "track": [["Core training", "13", "13"]],
    "language": [["English", "6", "6"], ["Español", "6", "6"], ["Lea faka-Tonga", "1", "1"]],
    "area": [["SPA 1, Antelope Valley", "12", "12"], ["SPA 2, San Fernando", "13", "13"]],
    "month": [["January 2026", "4", "4"], ["February 2026", "4", "4"], ["March 2026", "5", "5"]],
}


def test_rows_of_every_kind(client: FlaskClient, full: dict[str, Any]) -> None:
    for group, expected in KINDS_OF_ROWS.items():
        page = get(client, full["analyst"], f"/reports/completions?group={group}")
        assert cells(page) == expected
        assert ("do not add up" in page) == (group == "area")


def test_a_supervisor_never_reads_of_another_organization(client: FlaskClient, full: dict[str, Any]) -> None:
    for query in ("", "?org=Bienestar", f"?organization={full['b']}", "?of=staff&period=this-year"):
        page = get(client, full["supervisor_a"], f"/reports/completions{query}")
        assert cells(page) == [["=Alofa ʻOfa & Sons", "12", "12"]]
        assert ">Bienestar<" not in page
    assert lead(get(client, full["supervisor_b"], "/reports/completions")) == (
        "1 worker of 1 CBO completed a track this year."
    )
    for kind in ("csv", "xlsx"):
        data = sign_in(client, full["supervisor_b"]).get(f"/reports/completions/{kind}?org={full['a']}").data
        assert b"Alofa" not in data


def test_a_scope_that_is_not_hers_is_refused(client: FlaskClient, full: dict[str, Any]) -> None:
    for of in ("all", "programs", "x"):
        page = get(client, full["supervisor_a"], f"/reports/completions?of={of}")
        assert (lead(page), cells(page)) == ("", [])
        get(client, full["supervisor_a"], f"/reports/completions/csv?of={of}", 404)


WRONG = {
    "period=custom": "Please choose a day.",
    "period=custom&since=2026-02-02&until=2026-02-01": "The last day must not be before the first day.",
    "period=custom&since=yesterday&until=2026-02-01": "Please write a day, month and year that exist.",
    "period=next-year": "Please choose one of those that are offered.",
    "track=unknown": "Please choose one of those that are offered.",
    "group=person": "Please choose one of those that are offered.",
}


def test_wrong_filters_say_what_to_do(client: FlaskClient, full: dict[str, Any]) -> None:
    for query, words in WRONG.items():
        page = get(client, full["analyst"], f"/reports/completions?{query}")
        assert words in page
        assert cells(page) == []
        assert '<details class="help" open>' in page
        get(client, full["analyst"], f"/reports/completions/csv?{query}", 404)


def test_any_year_or_quarter_can_be_named(client: FlaskClient, full: dict[str, Any]) -> None:
    assert lead(get(client, full["analyst"], "/reports/completions?period=2025")) == (
        "44 workers of 2 CBOs completed a track in 2025."
    )
    page = get(client, full["analyst"], "/reports/completions?period=2025-q2")
    assert lead(page) == "Nobody completed a track from April 2025 to June 2025."
    assert "Nothing in this period" in page


def test_departments_are_organizations_too(client: FlaskClient, full: dict[str, Any], county: County) -> None:
    county.done(county.worker(full["department"]), MARCH)
    page = get(client, full["analyst"], "/reports/completions")
    assert lead(page) == "14 workers of 3 organizations completed a track this year."


def test_completions_without_an_employer_have_a_row(client: FlaskClient, county: County) -> None:
    county.done(county.worker(), MARCH)
    page = get(client, county.make.person(roles=("analyst",)), "/reports/completions")
    assert lead(page) == "1 worker completed a track this year."
    assert cells(page) == [["No employer recorded on that day", "1", "1"]]
    page = get(client, county.make.person(roles=("analyst",)), "/reports/completions?group=area")
    assert cells(page) == [["No planning area recorded", "1", "1"]]


def test_long_reports_have_pages(client: FlaskClient, county: County) -> None:
    for number in range(53):
        county.done(county.worker(county.cbo(f"CBO {number:02}", 1)), MARCH)
    analyst = county.make.person(roles=("analyst",))
    first, second = (get(client, analyst, f"/reports/completions?group=organization&page={n}") for n in (1, 2))
    assert [len(cells(page)) for page in (first, second)] == [50, 3]
    assert cells(second)[0][0] == "CBO 50"
    assert "/reports/completions?group=organization&page=2" in first
    assert get(client, analyst, "/reports/completions?page=nonsense")
    assert cells(get(client, analyst, "/reports/completions?page=-3")) == cells(first)


def test_a_page_after_the_last_is_the_last(client: FlaskClient, full: dict[str, Any]) -> None:
    assert len(cells(get(client, full["analyst"], "/reports/completions?page=99"))) == 2


def test_days_are_needed_for_days_alone(client: FlaskClient, full: dict[str, Any]) -> None:
    page = get(client, full["analyst"], "/reports/completions")
    assert page.count("Needed for “From one day to another”.") == 2
    assert "(if you like)" not in page


def test_titles_that_are_not_translated_are_marked_as_english(content_app: Flask) -> None:
    title = Text("Core <training>", "missing", "Core <training>")
    question = Question(Period("2025", date(2025, 1, 1), date(2025, 12, 31)), CORE, "track")
    answer = Answer("completions", Report(question, 1, 1, 1, ()), "1 completed Core <training>.", (), (), title)
    marked = '<span lang="en">Core &lt;training&gt;</span>'
    assert messages.marked_sentence(answer) == f"1 completed {marked}."
    assert views._named(title) == marked
    with content_app.test_request_context():
        form = filter_form(MultiDict(), [("all", "Everybody")], None, [(CORE, title)], MARCH)
        assert form.track.choices[1] == (CORE, "Core <training>", {"lang": "en"})
    shown = replace(answer, track=Text("Básico", "draft", "Core"), sentence="1 terminó Básico.")
    assert messages.marked_sentence(shown) == "1 terminó Básico."


def test_in_every_language(client: FlaskClient, county: County) -> None:
    county.done(county.worker(county.cbo("One", 1)), MARCH)
    for language in TAGS:
        person = county.make.person(roles=("analyst",), language=language)
        for group in GROUPS:
            page = get(client, person, f"/reports/completions?group={group}")
            assert f'<html lang="{language}">' in page
            assert lead(page)


def test_the_page_costs_few_queries(client: FlaskClient, full: dict[str, Any]) -> None:
    for person in (full["analyst"], full["supervisor_a"], full["viewer"]):
        get(client, person, "/reports/completions")
        with counted_queries() as said:
            get(client, person, "/reports/completions")
        assert 3 <= len([each for each in said if each.startswith("SELECT")]) <= 9


# Viewers


@pytest.fixture
def released(full: dict[str, Any], content_app: Flask) -> dict[str, Any]:
    assert jobs.run(content_app.config["LMS"], at=NOON) == "5 released"
    reading().rollback()
    return full


def test_before_anything_is_out(client: FlaskClient, full: dict[str, Any]) -> None:
    page = get(client, full["viewer"], "/reports/completions")
    assert "No figures yet" in page
    assert cells(page) == []
    assert "not linked with a department" in get(client, full["stray"], "/reports/completions")


def test_a_viewer_reads_aggregates_with_small_groups_hidden(client: FlaskClient, released: dict[str, Any]) -> None:
    page = get(client, released["viewer"], "/reports/completions?period=2025")
    assert lead(page) == "Workers of 2 CBOs completed a track 44 times in 2025."
    assert cells(page) == [["=Alofa ʻOfa & Sons", "not shown"], ["Bienestar", "not shown"]]
    assert "2 numbers are not shown, to protect people in small groups." in page
    assert "a number that tells of 1 to 10 people is not shown" in page
    assert "The rows add up to the total." in page
    assert "somebody who completed two tracks counts twice" in page
    by_area = get(client, released["viewer"], "/reports/completions?period=2025&group=area")
    assert "The rows need not add up to the total." in by_area
    for group in ("organization", "track", "language", "area", "month"):
        for query in (f"period=2025&group={group}", f"period=2025-q1&group={group}"):
            numbers = [line[1] for line in cells(get(client, released["viewer"], f"/reports/completions?{query}"))]
            assert numbers
            assert not set(numbers) & {str(number) for number in range(1, 11)}
            assert "4" not in numbers


def test_the_newest_period_comes_first(client: FlaskClient, released: dict[str, Any]) -> None:
    page = get(client, released["viewer"], "/reports/completions")
    assert re.findall(r"<option[^>]*value=\"(20[^\"]*)\"", page) == [
        "2025",
        "2025-q4",
        "2025-q3",
        "2025-q2",
        "2025-q1",
    ]


def test_a_viewer_cannot_ask_for_less_than_what_is_out(client: FlaskClient, released: dict[str, Any]) -> None:
    for query in (
        "period=this-year",
        "period=2026",
        "period=2026-q1",
        "period=custom&since=2025-01-01&until=2025-12-30",
        "period=2025-q1&track=first-steps",
        "of=all",
        "of=staff",
        "period=2025&group=organization,language",
    ):
        page = get(client, released["viewer"], f"/reports/completions?{query}")
        assert (lead(page), cells(page)) == ("", [])
        for kind in ("csv", "xlsx"):
            get(client, released["viewer"], f"/reports/completions/{kind}?{query}", 404)


def test_one_track_of_a_whole_year(client: FlaskClient, released: dict[str, Any]) -> None:
    page = get(client, released["viewer"], "/reports/completions?period=2025&track=core")
    assert lead(page) == "How often workers of 2 CBOs completed Core training in 2025 is not shown."
    page = get(client, released["viewer"], "/reports/completions?period=2025-q1&track=core")
    assert "The figures of one track are released for whole years." in page


def test_a_choice_without_figures_says_so(client: FlaskClient, released: dict[str, Any]) -> None:
    """What is released later holds no figures of a track that was not there then."""

    def forget(session: Session) -> None:
        for row in session.scalars(select(ReportRelease)):
            row.body = {**row.body, "counts": [each for each in row.body["counts"] if each[1] != CORE]}

    write(forget)
    page = get(client, released["viewer"], "/reports/completions?period=2025&track=core")
    assert "No figures for this choice" in page
    assert "No figures for this choice" not in get(client, released["viewer"], "/reports/completions?period=2025")


def test_a_late_entry_does_not_show(client: FlaskClient, released: dict[str, Any], county: County) -> None:
    address = "/reports/completions?period=2025&group=month"
    before = get(client, released["viewer"], address)
    county.crowd(released["a"], 1, date(2025, 6, 1))
    assert cells(get(client, released["viewer"], address)) == cells(before)


def test_a_program_that_two_departments_share_is_read_by_itself(
    client: FlaskClient, county: County, released: dict[str, Any], content_app: Flask
) -> None:
    shared = county.cbo("Shared", 3)
    county.crowd(shared, 30, date(2025, 2, 3))
    county.department("Parks", shared)
    write(
        lambda session: session.add(Contract(department_id=released["department"], **CONTRACT, organization_id=shared))
    )
    write(lambda session: session.execute(delete(ReportRelease)) and None)
    jobs.run(content_app.config["LMS"], at=NOON)
    page = get(client, released["viewer"], "/reports/completions?period=2025")
    assert lead(page) == "Workers of 2 CBOs completed a track 44 times in 2025."
    key = re.search(r'<option value="([^"]*)">Programs that Health and Parks share</option>', page)
    assert key
    page = get(client, released["viewer"], f"/reports/completions?period=2025&of={key[1]}")
    assert lead(page) == "Workers of 1 CBO completed a track 30 times in 2025."
    assert "under contract with all of these departments" in page


def test_who_supervises_and_views_chooses(client: FlaskClient, county: County, released: dict[str, Any]) -> None:
    person = county.make.supervisor(released["b"], roles=("viewer",), views=released["department"])
    assert cells(get(client, person, "/reports/completions")) == [["Bienestar", "1", "1"]]
    page = get(client, person, "/reports/completions")
    assert "Whose completions" in page
    key = re.search(r'<option value="([^"]*)">Programs of Health</option>', page)
    assert key
    assert len(cells(get(client, person, f"/reports/completions?of={key[1]}&period=2025"))) == 2


# Files


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_csv_file(client: FlaskClient, full: dict[str, Any]) -> None:
    answer = sign_in(client, full["analyst"]).get("/reports/completions/csv?period=2026&group=organization")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="completions-2026-organization.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert rows_of(answer.data) == [
        ["Organization", "Workers", "Completions"],
        ["'=Alofa ʻOfa & Sons", "12", "12"],
        ["Bienestar", "1", "1"],
        ["Total", "13", "13"],
    ]


def test_a_workbook(client: FlaskClient, full: dict[str, Any]) -> None:
    answer = sign_in(client, full["analyst"]).get("/reports/completions/xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    assert book.get_sheet_by_index(0).to_python() == [
        ["Organization", "Workers", "Completions"],
        ["=Alofa ʻOfa & Sons", 12.0, 12.0],
        ["Bienestar", 1.0, 1.0],
        ["Total", 13.0, 13.0],
    ]
    assert book.get_sheet_by_index(1).to_python()[0] == ["13 workers of 2 CBOs completed a track this year."]


def test_a_viewers_files_hide_the_same(client: FlaskClient, released: dict[str, Any]) -> None:
    answer = sign_in(client, released["viewer"]).get("/reports/completions/csv?period=2025")
    expected = [
        ["Organization", "Completions"],
        ["'=Alofa ʻOfa & Sons", "not shown"],
        ["Bienestar", "not shown"],
        ["Total", "44"],
    ]
    assert rows_of(answer.data) == expected
    answer = sign_in(client, released["viewer"]).get("/reports/completions/xlsx?period=2025")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    assert book.get_sheet_by_index(0).to_python()[2:] == [["Bienestar", "not shown"], ["Total", 44.0]]


# Commands


def export(app: Flask, tmp_path: Path, *options: str) -> tuple[int, str, bytes]:
    out = tmp_path / "report"
    done = app.test_cli_runner().invoke(cli, ["export", "completions", "--out", str(out), *options])
    return done.exit_code, done.output, out.read_bytes() if out.exists() else b""


def test_the_list_of_reports(content_app: Flask) -> None:
    assert "completions" in content_app.test_cli_runner().invoke(cli, ["list"]).output


def test_exports(content_app: Flask, full: dict[str, Any], tmp_path: Path) -> None:
    code, said, data = export(content_app, tmp_path, "--format", "csv", "--group", "track", "--language", "es")
    assert (code, len(rows_of(data))) == (0, 3)
    assert said
    code, said, data = export(content_app, tmp_path, "--format", "json", "--period", "2025", "--track", CORE)
    facts = json.loads(data)
    assert (code, facts["total"], facts["track"]) == (0, {"workers": 40, "completions": 40}, CORE)
    assert facts["rows"] == [{"key": str(full["a"]), "name": "=Alofa ʻOfa & Sons", "workers": 40, "completions": 40}]
    days = ("--since", "2026-01-01", "--until", "2026-01-31")
    assert export(content_app, tmp_path, "--format", "xlsx", "--period", "custom", *days)[0] == 0


def test_wrong_usage(content_app: Flask, tmp_path: Path) -> None:
    for options, words in (
        (("--format", "pdf"), "PDF"),
        (("--format", "csv", "--period", "someday"), "someday"),
        (("--format", "csv", "--period", "custom"), "custom"),
        (("--format", "csv", "--track", "unknown"), "core"),
    ):
        code, said, data = export(content_app, tmp_path, *options)
        assert (code, data) == (2, b"")
        assert words in said
