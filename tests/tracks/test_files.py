"""Assigning from a file: read whatever its shape, judged row by row, done once, forgotten after a day."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from lms.clock import local_date
from lms.commands import cli
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import TAGS
from lms.ids import new_client_id
from lms.organizations.models import Employment
from lms.organizations.rules import read_grid
from lms.people.rules import Identifier
from lms.tracks import jobs, messages, queries, service
from lms.tracks.models import Assignment, AssignmentBatch, AssignmentUpload, UploadRow
from lms.tracks.rules import Due, FileRow, Known, find_meant, read_people, without_repeats
from lms.tracks.service import Asked, FileDone
from tests.conftest import AT, Browser
from tests.factories import Make, day, sign_in
from tests.racing import race
from tests.tracks.conftest import MODULES, actor_of, earn
from tests.tracks.test_service import TRACK, actions, rows

TODAY = date(2026, 3, 5)


@pytest.fixture(autouse=True)
def _content(content_app: Flask) -> None:
    """Every test here runs on the published content."""


# What a file says


def faults(text: str, known: Known | None = None) -> list[tuple[int, str | None]]:
    """Return number and fault of each row of a text."""
    found = read_people(read_grid(text.encode()))
    assert found is not None
    meant = without_repeats(find_meant(found, known)) if known else None
    return [(each.row.number, each.fault) for each in meant] if meant else [(row.number, row.fault) for row in found]


@pytest.mark.parametrize(
    "header", ["E-mail;Organization", "Correo electrónico;Organización", "imeili;Kautaha", "IMEILI;Faʻalāpotopotoga"]
)
def test_headers_are_known_in_every_language(header: str) -> None:
    (row,) = read_people(read_grid(f"{header};Shoe size\nA@Hope.Example;hope;38".encode("utf-8-sig"))) or []
    assert row == FileRow(
        2, {"email": "A@Hope.Example", "organization": "hope"}, (Identifier("email", "a@hope.example"),), "", "", "hope"
    )


def test_without_headers_cells_are_known_by_their_look() -> None:
    found = read_people(read_grid(b"213 555 0142\r\n\r\na@hope.example, Rising Hope\r\n0123456789abcdefghjk\r\n"))
    assert found is not None
    assert [(row.number, dict(row.cells)) for row in found] == [
        (1, {"phone": "213 555 0142"}),
        (3, {"email": "a@hope.example", "organization": "Rising Hope"}),
        (4, {"person": "0123456789abcdefghjk"}),
    ]
    assert faults("broken@\n(213) 555\n") == [(1, "bad-email"), (2, "bad-phone")]
    assert read_people(read_grid(b"Names\nAna\n")) is None
    assert read_people([]) == []


def test_each_row_says_what_is_wrong_with_it() -> None:
    known = Known(
        holders={
            Identifier("email", "ana@x.example"): [1],
            Identifier("email", "luis@x.example"): [2],
            Identifier("phone", "+12135550142"): [1, 2],
            Identifier("email", "gone@x.example"): [9],
        },
        people={"a" * 20: 1},
        spells={1: {7: TODAY}, 2: {7: TODAY, 8: TODAY}},
        organizations={"hope": 7, "care": 8, "far": 9},
    )
    text = "\n".join(
        [
            "email,phone,person,organization",
            "ana@x.example,,,",
            "no address,,,",
            ",12,,",
            ",,,hope",
            "nobody@x.example,,,",
            "gone@x.example,,,",
            "ana@x.example,,,far",
            ",213 555 0142,,",
            "luis@x.example,,,",
            "luis@x.example,213 555 0142,,Hope",
            "luis@x.example,,,nowhere",
            f"luis@x.example,,{'a' * 20},hope",
            f",,{'b' * 20},",
            f",,{'a' * 20},hope",
        ]
    )
    assert faults(text, known) == [
        (2, None),
        (3, "bad-email"),
        (4, "bad-phone"),
        (5, "nobody-named"),
        (6, "not-found"),
        (7, "not-found"),
        (8, "works-elsewhere"),
        (9, "shared"),
        (10, "which-organization"),
        (11, None),
        (12, "no-organization"),
        (13, "differ"),
        (14, "not-found"),
        (15, "named-twice"),
    ]


# What is done


class Team:
    """A CBO with a supervisor and two workers, and another one far away."""

    def __init__(self, make: Make) -> None:
        self.id, self.far = make.organization("Rising Hope"), make.organization("Far Away")
        self.boss = make.supervisor(self.id, "Boss")
        self.ana, self.luis, self.rosa = (make.person(name) for name in ("Ana", "Luis", "Rosa"))
        for person, place in ((self.ana, self.id), (self.luis, self.id), (self.rosa, self.far)):
            make.employment(person, place, since=date(2026, 1, 10))
        self.actor = actor_of(self.boss)

    def stage(self, *lines: str, key: str = "", due: Due | None = None, track: str = TRACK) -> str:
        """Keep a file of these lines and return its public id."""
        found, key = read_people(read_grid("\n".join(lines).encode())) or [], key or new_client_id()
        return write(lambda s: service.stage(s, self.actor, track, due or Due(), found, client_id=key, at=AT))

    def apply(self, public_id: str, *, valid_only: bool = False, at: Any = AT) -> FileDone:
        """Do a file."""
        return write(lambda s: service.apply_upload(s, self.actor, public_id, valid_only=valid_only, at=at))


@pytest.fixture
def team(make: Make) -> Team:
    """Return a CBO with staff."""
    return Team(make)


def test_a_file_is_kept_looked_at_and_done_once(team: Team, heard: list[Any]) -> None:
    key = new_client_id()
    due = Due("employed", days=90)
    first = team.stage(team.ana.email, team.luis.email, key=key, due=due)
    assert team.stage(team.ana.email, team.luis.email, key=key, due=due) == first, "a double tap brings one file"
    with pytest.raises(RuleBroken, match="sent-before"):
        team.stage(team.ana.email, key=key, due=due)
    assert rows(Assignment, "id") == []
    wanted = [Asked(team.ana.person_id, team.id), Asked(team.luis.person_id, team.id)]
    assert list(service.sort_rows(reading(), TRACK, wanted, local_date(AT)).new) == wanted
    done = team.apply(first)
    assert (len(done.batches), done.assigned) == (1, 2)
    assert team.apply(first) == FileDone((), 0, 0, 0)
    assert {row.due_on for row in rows(Assignment, "due_on")} == {date(2026, 1, 10) + timedelta(days=90)}
    assert len(heard) == 1
    assert actions() == ["tracks.assigned"]
    again = team.apply(team.stage(team.ana.email, team.luis.email))
    assert (again.batches, again.assigned, again.already) == ((), 0, 2), "the same file twice changes nothing"


def test_all_or_nothing_or_the_valid_rows(team: Team) -> None:
    mixed = team.stage(team.ana.email, team.rosa.email, "nobody@x.example")
    faults = [row.fault for row in queries.list_upload_rows(reading(), rows(AssignmentUpload, "id")[0].id)]
    assert faults == [None, "not-found", "not-found"], "who works elsewhere looks like nobody"
    with pytest.raises(RuleBroken, match="has-faults"):
        team.apply(mixed)
    assert rows(Assignment, "id") == []
    assert team.apply(mixed, valid_only=True).assigned == 1
    with pytest.raises(RuleBroken, match="nobody-chosen"):
        team.apply(team.stage("nobody@x.example"), valid_only=True)


def test_what_cannot_be_kept_is_refused(team: Team, make: Make) -> None:
    with pytest.raises(RuleBroken, match="file-empty"):
        team.stage()
    with pytest.raises(RuleBroken, match="due-past"):
        team.stage(team.ana.email, due=Due("date", TODAY - timedelta(days=1)))
    with pytest.raises(NotFound):
        team.stage(team.ana.email, track="no-such")
    worker = actor_of(team.ana)
    with pytest.raises(NotFound):
        write(lambda s: service.stage(s, worker, TRACK, Due(), [], client_id=new_client_id(), at=AT))
    mine = team.stage(team.ana.email)
    stranger = actor_of(make.supervisor(team.id))
    with pytest.raises(NotFound):
        write(lambda s: service.apply_upload(s, stranger, mine, valid_only=True, at=AT))


def test_who_left_between_the_looks_is_not_asked(team: Team) -> None:
    kept = team.stage(team.ana.email, team.luis.email)
    gone = update(Employment).where(Employment.person_id == team.ana.person_id).values(ended_on=TODAY)
    write(lambda session: session.execute(gone) and None)
    with pytest.raises(RuleBroken, match="changed"):
        team.apply(kept, at=AT + timedelta(hours=23))
    assert rows(Assignment, "id") == []


def test_a_day_that_passes_while_a_file_waits_is_refused(team: Team) -> None:
    kept = team.stage(team.ana.email, due=Due("date", TODAY))
    with pytest.raises(RuleBroken, match="due-past"):
        team.apply(kept, at=AT + timedelta(hours=23))


def test_a_file_is_forgotten_after_a_day(team: Team, content_app: Flask) -> None:
    kept = team.stage(team.ana.email)
    assert jobs.forget_uploads(content_app.config["LMS"], at=AT + timedelta(hours=23)) == ""
    with pytest.raises(NotFound):
        team.apply(kept, at=AT + timedelta(days=1))
    assert jobs.forget_uploads(content_app.config["LMS"], at=AT + timedelta(days=1)) == "1 forgotten"
    assert rows(UploadRow, "id") == rows(AssignmentUpload, "id") == []


def test_a_file_that_vanishes_while_it_is_done_is_missing(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, look = team.stage(team.ana.email), queries.list_upload_rows

    def look_and_lose(session: Any, upload_id: int) -> Any:
        found = look(session, upload_id)
        service.forget_uploads(session, at=AT + timedelta(days=2))
        return found

    monkeypatch.setattr(queries, "list_upload_rows", look_and_lose)
    with pytest.raises(NotFound):
        team.apply(kept)


def test_two_taps_at_once_do_a_file_once(team: Team, content_app: Flask) -> None:
    kept = team.stage(team.ana.email, team.luis.email)
    results = race(content_app, lambda: team.apply(kept), lambda: team.apply(kept))
    assert sorted(done.assigned for done in results) == [0, 2]
    assert len(rows(AssignmentBatch, "id")) == 1


def test_any_order_of_files_and_undoing_leaves_what_an_oracle_says(team: Team) -> None:
    chance, people, asked = Random(11), (team.boss, team.ana, team.luis), set()
    for _ in range(25):
        if chance.random() < 0.35:
            standing = [row for row in rows(AssignmentBatch, "id", "public_id", "undone_at") if row.undone_at is None]
            if standing:
                batch = chance.choice(standing)
                theirs = {
                    row.person_id for row in rows(Assignment, "batch_id", "person_id") if row.batch_id == batch.id
                }
                write(lambda s, b=batch: service.undo_batch(s, team.actor, b.public_id, at=AT))
                asked -= theirs
        else:
            chosen = chance.sample(people, chance.randint(1, 3))
            kept = team.stage(*(each.email for each in chosen))
            wanted = [Asked(each.person_id, team.id) for each in chosen]
            plan = {each.person_id for each in service.sort_rows(reading(), TRACK, wanted, local_date(AT)).new}
            assert plan == {each.person_id for each in chosen} - asked
            assert team.apply(kept).assigned == len(plan)
            asked |= plan
        now_asked = {row.person_id for row in rows(Assignment, "person_id", "undone_at") if row.undone_at is None}
        assert now_asked == asked


# The command


def run(app: Flask, file: Path, *more: str) -> Any:
    """Run the command on a file."""
    return app.test_cli_runner().invoke(cli, ["tracks", "assign", "--track", TRACK, "--file", str(file), *more])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where the file lies."""
    return tmp_path / "staff.csv"


def test_the_command_asks_for_every_organization(team: Team, content_app: Flask, file: Path) -> None:
    earn(team.ana, *MODULES)
    file.write_text(f"email\n{team.ana.email}\n{team.rosa.email}\n", encoding="utf-8")
    planned = json.loads(run(content_app, file, "--dry-run", "--json").stdout)
    assert (planned["assigned"], planned["batches"], rows(Assignment, "id")) == (2, [], [])
    done = run(content_app, file, "--due", day(60).isoformat())
    assert done.exit_code == 0, done.output
    assert "2 of 2 rows read" in done.output
    assert "2 asked, 0 asked before, 0 finished" in done.output
    again = json.loads(run(content_app, file, "--json").stdout)
    assert (again["assigned"], again["already"], again["finished"]) == (0, 1, 1)
    assert {row.organization_id for row in rows(AssignmentBatch, "organization_id")} == {team.id, team.far}
    assert {row.made_by for row in rows(AssignmentBatch, "made_by")} == {None}


def test_the_command_refuses_rows_or_passes_over_them(team: Team, content_app: Flask, file: Path) -> None:
    file.write_text(f"email\n{team.ana.email}\n{team.rosa.email}\n", encoding="utf-8")
    place = ("--organization", "rising hope")
    with pytest.raises(Exception, match=r"row 3: Nobody on your staff has this\."):
        raise run(content_app, file, *place).exception
    assert rows(Assignment, "id") == []
    passed = run(content_app, file, *place, "--valid-rows-only")
    assert passed.exit_code == 0
    assert "row 3: Nobody" in passed.output
    assert "1 asked, 0 asked before, 0 finished, 1 rows passed over" in passed.output
    for options in (("--organization", "nowhere"), ("--due", "2020-01-01"), ("--track", "no-such")):
        assert run(content_app, file, *options).exit_code == 2
    for text in ("", "names\nAna\n", "email\n"):
        file.write_text(text, encoding="utf-8")
        assert run(content_app, file).exception is not None
    assert len(rows(Assignment, "id")) == 1


def test_the_command_stops_when_somebody_left_meanwhile(
    team: Team, content_app: Flask, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(f"email\n{team.ana.email}\n", encoding="utf-8")
    look = service.sort_rows

    def look_and_leave(*given: Any) -> Any:
        gone = update(Employment).where(Employment.person_id == team.ana.person_id).values(ended_on=day(-1))
        write(lambda session: session.execute(gone) and None)
        return look(*given)

    monkeypatch.setattr(service, "sort_rows", look_and_leave)
    assert "Somebody joined" in str(run(content_app, file).exception)


# The pages


@pytest.fixture
def browser(team: Team, content_app: Flask) -> Any:
    """Return the supervisor's browser."""
    content_app.config["WTF_CSRF_ENABLED"] = False
    content_app.test_client_class = Browser
    return sign_in(content_app.test_client(), team.boss)


def send(browser: Any, **values: Any) -> Any:
    """Bring a file or lines."""
    known = {"track": TRACK, "client_id": new_client_id(), "due_on": day(60).isoformat()}
    return browser.post("/team/assign/file", data=known | values, content_type="multipart/form-data")


def test_a_pasted_list_is_looked_at_and_done(team: Team, browser: Any) -> None:
    assert "Bring a list of your staff" in browser.get("/team/assign/file").get_data(as_text=True)
    kept = send(browser, lines=f"{team.ana.email}\n=cmd@x.example\n{team.rosa.email}")
    assert kept.status_code == 302
    page = browser.get(kept.location).get_data(as_text=True)
    assert "Ana" in page and "Rosa" not in page
    assert "2 rows cannot be done" in page
    refused = browser.get(f"{kept.location}/refused.csv").get_data(as_text=True)
    assert refused.splitlines()[0] == '\ufeff"E-mail","Reason"'
    assert refused.splitlines()[1].startswith('"\'=cmd@x.example",')
    assert "Some rows cannot be done" in browser.post(f"{kept.location}/apply").get_data(as_text=True)
    done = browser.post(f"{kept.location}/apply", data={"rows": "valid"})
    assert "/team/assign/" in done.location
    assert "This file is done" in browser.get(kept.location).get_data(as_text=True)
    assert browser.post(f"{kept.location}/apply", data={"rows": "valid"}).location == "/team/assign/recent"
    assert len(rows(Assignment, "id")) == 1


@pytest.mark.parametrize("tag", TAGS)
def test_files_are_headed_in_words_that_are_read_again(content_app: Flask, tag: str) -> None:
    with content_app.test_request_context(headers={"Accept-Language": tag}):
        heads = [str(name) for name in messages.COLUMN_NAMES.values()]
    cells = ["Ana", "ana@x.example", "213 555 0142", "k" * 20, "Hope"]
    (row,) = read_people([(1, heads), (2, cells)]) or ()
    assert row.cells == dict(zip(messages.COLUMN_NAMES, cells, strict=True))


def test_a_workbook_or_a_file_of_any_shape_is_read(team: Team, browser: Any) -> None:
    file = (io.BytesIO(f"Teléfono;Correo\r\n;{team.luis.email}\r\n".encode("cp1252")), "lista.csv")
    page = browser.get(send(browser, file=file, due_on="", due_kind="employed", due_days="5").location)
    said = page.get_data(as_text=True)
    assert "Luis" in said
    assert "5 days after the employment began" in said
    assert "For 1 person this date has passed" in said


def test_what_cannot_be_read_is_said_beside_its_field(team: Team, browser: Any) -> None:
    for values, words in (
        ({"lines": ""}, "There is nobody in it."),
        ({"file": (io.BytesIO(b"just words"), "x.csv")}, "We cannot tell who is meant."),
        ({"file": (io.BytesIO(b"\x00\x01\x02"), "x.csv")}, "This file cannot be read."),
        ({"lines": "a@x.example\n" * 41}, "These are more than 40 lines."),
        ({"lines": "a@x.example", "due_on": day(-1).isoformat()}, "This day has passed."),
        ({"lines": "a@x.example", "track": ""}, "Please choose one."),
        ({"lines": "x\n" * 3, "client_id": "no"}, "Please"),
    ):
        response = send(browser, **values)
        assert response.status_code == 400, values
        assert words in response.get_data(as_text=True).replace("&#39;", "'")
    assert rows(AssignmentUpload, "id") == []


def test_a_strangers_file_is_missing(team: Team, make: Make, content_app: Flask, browser: Any) -> None:
    kept = send(browser, lines=team.ana.email).location
    for person in (make.supervisor(team.id), team.ana):
        other = sign_in(content_app.test_client(), person)
        assert other.get(kept).status_code == 404
        assert other.get(f"{kept}/refused.csv").status_code == 404
        assert other.post(f"{kept}/apply", data={"rows": "valid"}).status_code == 404
    assert rows(Assignment, "id") == []
