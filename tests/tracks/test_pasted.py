"""Names in pasted lines, long files read in parts, and dates of a file that leave too little time."""

# ruff: noqa: F811 -- fixtures of another file are arguments here
from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from lms.clock import now
from lms.content.library import current
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.ids import new_client_id
from lms.organizations.models import Supervision
from lms.organizations.rules import read_grid
from lms.people.rules import Identifier
from lms.tracks import jobs, queries, service
from lms.tracks.models import Assignment, AssignmentUpload, UploadRow
from lms.tracks.rules import Due, Known, find_meant, read_people, words_of
from lms.tracks.service import uploading
from lms.tracks.views import files
from tests.conftest import AT
from tests.factories import MadePerson, Make, day, sign_in
from tests.racing import race
from tests.tracks.conftest import MODULES, actor_of, earn
from tests.tracks.test_files import Team, browser, file, run, send, team  # noqa: F401
from tests.tracks.test_service import TRACK, rows
from tests.tracks.test_views import text_of

TODAY = date(2026, 3, 5)


@pytest.fixture(autouse=True)
def _content(content_app: Flask) -> None:
    """Every test here runs on the published content."""


# Whom a name means


def known(names: dict[str, list[int]], **more: Any) -> Known:
    """Return staff by folded name; everybody works at 7, and 3 at 8, too."""
    people = {each for ids in names.values() for each in ids}
    spells = {each: {7: TODAY, 8: TODAY} if each == 3 else {7: TODAY} for each in people}
    places = {"rising hope": 7, "hope": 7, "care": 8}
    return Known(more.get("holders", {}), {}, spells, places, names, words_of(names))


STAFF = {"ana lopez": [1], "luis perez": [2], "rosa perez": [3], "mele tau": [4, 5], "ana": [6]}


@pytest.mark.parametrize(
    ("line", "fault", "person", "offered"),
    [
        ("Ana López", None, 1, ()),
        ("ana", None, 6, ()),
        ("López, Ana", "which-person", None, (1, 6)),
        ("Ana López, Hope", None, 1, ()),
        ("Rising Hope; Ana López", None, 1, ()),
        ("Ana López, Nowhere", "no-organization", None, ()),
        ("Rosa Pérez", "which-organization", None, ()),
        ("Rosa Pérez, Care", None, 3, ()),
        ("Luis Perez, Care", "works-elsewhere", None, ()),
        ("Mele Tau", "which-person", None, (4, 5)),
        ("María Pérez", "which-person", None, (2, 3)),
        ("Sina Li", "not-found", None, ()),
        ("ana@x.example, Somebody Else", None, 1, ()),
        ("Hope, ana@x.example", None, 1, ()),
    ],
)
def test_a_pasted_name_means_one_of_the_staff(
    line: str, fault: str | None, person: int | None, offered: tuple[int, ...]
) -> None:
    staff = known(STAFF, holders={Identifier("email", "ana@x.example"): [1]})
    found = read_people(read_grid(line.encode()), is_pasted=True)
    (meant,) = find_meant(found or [], staff)
    assert (meant.fault, meant.person_id, meant.offered) == (fault, person, offered)


def test_of_those_who_were_offered_one_is_chosen_and_nobody_else() -> None:
    rows_ = read_people(read_grid(b"Mele Tau"), is_pasted=True) or []
    (chosen,) = find_meant(rows_, known(STAFF), {1: 5})
    assert (chosen.fault, chosen.person_id) == (None, 5)
    (other,) = find_meant(rows_, known(STAFF), {1: 2})
    assert other.fault == "which-person"


def test_many_who_may_be_meant_are_offered_likeliest_first() -> None:
    names = {f"maria perez {number}": [number] for number in range(20, 30)} | {"maria soto": [1], "ma perez soto": [2]}
    (meant,) = find_meant(read_people(read_grid(b"Maria Perez Soto"), is_pasted=True) or [], known(names))
    assert meant.offered == (1, 2, 20, 21, 22), "two words of the name, then who came first"


def test_a_column_of_names_is_known_in_every_language() -> None:
    for header in ("Name", "Nombre completo", "Hingoa", "Igoa atoa"):
        (row,) = read_people(read_grid(f"{header}\nAna".encode())) or []
        assert (row.name, row.fault) == ("Ana", None)
    assert read_people(read_grid(b"Ana Lopez\nLuis")) is None, "a file of mere words may be anything"


# On the pages


@pytest.fixture
def homonyms(make: Make, team: Team) -> list[MadePerson]:
    """Return two of the staff who have one name, and somebody of that name who works elsewhere."""
    people = [make.person("Sēini Taufa") for _ in range(3)]
    for person, place in zip(people, (team.id, team.id, team.far), strict=True):
        make.employment(person, place, since=date(2026, 1, 10))
    return people


def test_names_are_pasted_asked_about_and_done(team: Team, browser: Any, homonyms: list[MadePerson]) -> None:
    kept = send(browser, lines="ana\nSeini Taufa\nRosa").location
    page = browser.get(kept)
    said = text_of(page)
    assert "1 person will be asked Ana" in said, "the only one of that name"
    assert "Who is meant in 1 row?" in said
    assert "Row 3 Rosa Nobody on your staff" in said, "who works elsewhere is nobody"
    html = page.get_data(as_text=True)
    first, second, stranger = (each.person_public_id for each in homonyms)
    assert html.count('name="row-2"') == 2
    assert first in html and second in html and stranger not in html
    for wrong in ({"row-2": stranger}, {"row-2": team.luis.person_public_id}, {"row-3": first}, {"row-x": first}, {}):
        said = text_of(browser.post(f"{kept}/answers", data=wrong, follow_redirects=True))
        assert "0 rows are settled." in said
    said = text_of(browser.post(f"{kept}/answers", data={"row-2": second}, follow_redirects=True))
    assert "1 row is settled." in said
    assert "2 people will be asked" in said
    browser.post(f"{kept}/apply", data={"rows": "valid"})
    asked = {row.person_id for row in rows(Assignment, "person_id")}
    assert asked == {team.ana.person_id, homonyms[1].person_id}
    assert "0 rows are settled." in text_of(
        browser.post(f"{kept}/answers", data={"row-2": first}, follow_redirects=True)
    )


def test_one_who_stands_there_already_is_not_chosen_twice(team: Team, homonyms: list[MadePerson]) -> None:
    found = read_people(read_grid(f"{homonyms[0].email}\nSeini Taufa".encode()), is_pasted=True) or []
    kept = write(lambda s: service.stage(s, team.actor, TRACK, Due(), found, client_id=new_client_id(), at=AT))
    said = {2: homonyms[0].person_public_id}
    assert write(lambda s: service.answer_upload(s, team.actor, kept, said, at=AT)) == 1
    faults = [line.fault for line in queries.list_upload_rows(reading(), rows(AssignmentUpload, "id")[0].id)]
    assert faults == [None, "named-twice"]


def test_the_command_finds_names_within_one_organization_alone(
    team: Team,
    content_app: Flask,
    file: Path,
) -> None:
    file.write_text("name\nAna\n", encoding="utf-8")
    assert "row 2: Nobody on your staff" in str(run(content_app, file).exception)
    assert run(content_app, file, "--organization", "rising hope").exit_code == 0
    assert [row.person_id for row in rows(Assignment, "person_id")] == [team.ana.person_id]


# A long file


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let a file of more than one row be a long one, and return how to say how many rows are a part."""
    monkeypatch.setattr(uploading, "AT_ONCE", 1)

    def part_of(rows_: int) -> None:
        monkeypatch.setattr(uploading, "PART", rows_)

    part_of(1)
    return part_of


def part(public_id: str) -> int:
    """Judge a part of a file, and return how many rows are left."""
    return write(lambda s: service.read_part(s, public_id, at=AT))


def test_a_long_file_is_read_in_parts_and_waits_until_then(team: Team, long: Any, content_app: Flask) -> None:
    kept = team.stage(team.ana.email, team.luis.email, team.ana.email, "nobody@x.example")
    upload = rows(AssignmentUpload, "id")[0].id
    assert queries.count_rows(reading(), upload) == (4, 0)
    for valid_only in (False, True):
        with pytest.raises(RuleBroken, match="still-reading"):
            team.apply(kept, valid_only=valid_only)
    assert part(kept) == 3
    long(2)
    assert part(kept) == 1
    reading().rollback()
    assert queries.count_rows(reading(), upload) == (4, 3)
    reading().rollback()
    assert jobs.read_files(content_app.config["LMS"], at=AT) == f"{kept}: 0 rows left"
    assert jobs.read_files(content_app.config["LMS"], at=AT) == ""
    assert part(kept) == part("no-such") == 0
    faults = [line.fault for line in queries.list_upload_rows(reading(), upload)]
    assert faults == [None, None, "named-twice", "not-found"], "as if it had been read at once"
    assert team.apply(kept, valid_only=True).assigned == 2


def test_what_is_read_later_is_read_by_what_she_answers_for_then(team: Team, long: Any) -> None:
    long(9)
    kept = team.stage(team.ana.email, team.luis.email)
    ended = update(Supervision).values(ended_on=TODAY - timedelta(days=1))
    write(lambda session: session.execute(ended) and None)
    assert part(kept) == 0
    assert {row.fault for row in rows(UploadRow, "fault")} == {"not-found"}


def test_two_who_read_a_file_at_once_judge_each_row_once(team: Team, long: Any, content_app: Flask) -> None:
    long(2)
    kept = team.stage(team.ana.email, team.luis.email, team.boss.email, team.ana.email)
    assert sorted(race(content_app, lambda: part(kept), lambda: part(kept))) == [0, 2]
    faults = [line.fault for line in queries.list_upload_rows(reading(), rows(AssignmentUpload, "id")[0].id)]
    assert faults == [None, None, None, "named-twice"]


def test_a_job_that_has_no_time_does_one_part_and_one_that_has_does_all(team: Team, long: Any) -> None:
    long(1)
    kept = team.stage(team.ana.email, team.luis.email, team.boss.email)
    assert jobs.read_for(kept, -1, at=AT) == 2
    assert jobs.read_for(kept, 60, at=AT) == 0


def test_the_page_shows_how_far_a_long_file_is(
    team: Team,
    browser: Any,
    long: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    long(1)
    monkeypatch.setattr(files, "PATIENCE", -1)
    kept = send(browser, lines=f"{team.ana.email}\n{team.luis.email}\n{team.boss.email}").location
    page = browser.get(kept)
    assert "1 of 3 rows read" in text_of(page)
    assert "You may leave this page." in text_of(page)
    assert "data-follow" in page.get_data(as_text=True)
    assert browser.get(f"{kept}/plan.csv").status_code == 200
    assert "2 of 3 rows read" in text_of(browser.post(f"{kept}/go-on", follow_redirects=True))
    assert "3 people will be asked" in text_of(browser.post(f"{kept}/go-on", follow_redirects=True))


# Dates of a file


def test_a_files_tight_date_names_whom_and_offers_a_day(team: Team, browser: Any) -> None:
    earn(team.luis, *MODULES)
    most = queries.track_work(current(reading()), TRACK).days
    reading().rollback()
    kept = send(browser, lines=f"{team.ana.email}\n{team.luis.email}", due_on=day(1).isoformat()).location
    said = text_of(browser.get(kept))
    assert "This leaves little time What is left takes at least" in said
    assert "Until this date there are 2 days." in said
    assert "1 person has done all of it before" in said
    assert "Luis An application opens" in said
    eased = text_of(browser.post(f"{kept}/ease", follow_redirects=True))
    assert "This leaves little time" not in eased
    browser.post(f"{kept}/apply")
    due = {row.due_on for row in rows(Assignment, "due_on")}
    assert due == {day(most + 7)}
    assert browser.post(f"{kept}/ease").status_code == 302
    assert {row.due_on for row in rows(AssignmentUpload, "due_on")} == due, "what is done stays as it is"


def test_a_files_own_days_are_given_until_there_is_time(team: Team, browser: Any) -> None:
    kept = send(browser, lines=team.ana.email, due_on="", due_kind="employed", due_days="5").location
    said = text_of(browser.get(kept))
    assert "For 1 person this date has passed, or leaves little time Ana January 15, 2026" in said
    assert "Give them until" in said
    assert "For 1 person" not in text_of(browser.post(f"{kept}/ease", follow_redirects=True))
    assert [row.due_eased for row in rows(AssignmentUpload, "due_eased")] == [True]


def test_a_file_is_moved_to_a_day_that_can_be_by_who_brought_it(team: Team, make: Make) -> None:
    kept = team.stage(team.ana.email)
    with pytest.raises(RuleBroken, match="due-past"):
        write(lambda s: service.move_upload(s, team.actor, kept, Due("date", TODAY - timedelta(days=1)), at=AT))
    stranger = actor_of(make.supervisor(team.id))
    for act in (
        lambda s: service.move_upload(s, stranger, kept, Due(), at=AT),
        lambda s: service.answer_upload(s, stranger, kept, {}, at=AT),
    ):
        with pytest.raises(NotFound):
            write(act)


def test_a_file_that_vanishes_is_missing_to_answers_too(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, look = team.stage(team.ana.email), queries.get_upload

    def look_and_lose(session: Any, *given: Any) -> Any:
        found = look(session, *given)
        service.forget_uploads(session, at=AT + timedelta(days=2))
        return found

    monkeypatch.setattr(queries, "get_upload", look_and_lose)
    with pytest.raises(NotFound):
        write(lambda s: service.answer_upload(s, team.actor, kept, {}, at=AT))


def test_a_stranger_finds_none_of_a_files_pages(team: Team, make: Make, content_app: Flask, browser: Any) -> None:
    kept = send(browser, lines=team.ana.email).location
    for person in (make.supervisor(team.id), team.ana):
        other = sign_in(content_app.test_client(), person)
        assert other.get(f"{kept}/plan.csv").status_code == 404
        for act in ("go-on", "answers", "ease"):
            posted = other.post(f"{kept}/{act}", data={"row-1": team.ana.person_public_id}, follow_redirects=True)
            assert posted.status_code == 404, act


# By name


def test_a_dry_run_names_everybody_and_warns(team: Team, content_app: Flask, file: Path) -> None:
    earn(team.luis, *MODULES, at=now())
    file.write_text(f"email\n{team.ana.email}\n{team.luis.email}\n{team.boss.email}\n", encoding="utf-8")
    asked = actor_of(team.boss, at=now())
    boss = [team.boss.person_id]
    write(lambda s: service.assign(s, asked, team.id, TRACK, boss, due_on=None, client_id=new_client_id(), at=now()))
    tight, table = day(1).isoformat(), file.with_name("plan.csv")
    shown = run(content_app, file, "--due", tight, "--dry-run", "--plan", str(table))
    assert shown.exit_code == 0, shown.output
    ana, luis = team.ana.person_public_id, team.luis.person_public_id
    opens = "An application for the certificate opens."
    assert f"  Ana ({ana}), Rising Hope: Is asked; {tight}; This leaves little time." in shown.output
    assert f"  Luis ({luis}), Rising Hope: Has done all of it already; {tight}; {opens}" in shown.output
    assert "Boss" in shown.output and "Has it already" in shown.output
    assert "warning: too little time for 1, at least" in shown.output
    assert "would be comfortable" in shown.output
    cells = list(csv.reader(io.StringIO(table.read_text(encoding="utf-8-sig"))))
    assert [row[0] for row in cells] == ["Name", "Ana", "Luis", "Boss"]
    found = json.loads(run(content_app, file, "--due", tight, "--dry-run", "--json").stdout)["people"]
    assert [(each["name"], each["outcome"], each["too_little_time"], each["application_opens"]) for each in found] == [
        ("Ana", "asked", True, False),
        ("Luis", "done", False, True),
        ("Boss", "already", False, False),
    ]
    done = run(content_app, file, "--due", tight)
    assert "warning: too little time for 1" in done.output
    assert "2 asked, 1 asked before" in done.output
    assert f"({ana})" not in done.output, "only a dry run lists everybody"


def test_a_files_plan_can_be_saved(team: Team, browser: Any) -> None:
    kept = send(browser, lines=f"{team.ana.email}\nnobody@x.example").location
    assert f"{kept}/plan.csv" in browser.get(kept).get_data(as_text=True)
    text = browser.get(f"{kept}/plan.csv").get_data(as_text=True)
    (row,) = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))[1:]
    assert row == ["Ana", team.ana.person_public_id, "Rising Hope", "Is asked", day(60).isoformat(), ""]
