"""Pages of lists of staff, moves and standing in, over HTTP; the command; and who may not."""

from __future__ import annotations

import csv
import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from lms.commands import cli
from lms.db import write
from lms.i18n import TAGS
from lms.ids import new_client_id
from lms.organizations import messages, service
from lms.organizations.models import Employment, StaffImport, StaffImportRow, Supervision
from lms.organizations.rules import STAFF_COLUMNS, Fault
from lms.organizations.views import lists
from lms.people.models import Account, Person
from tests.factories import MadePerson, Make, day
from tests.home.conftest import counted
from tests.organizations.conftest import crowd, public_id_of, rows
from tests.organizations.test_views import Site, text_of

LINES = "Mele Tau, 213 555 0101, CHW\nTevita, tongan, CHW"


@pytest.fixture
def site(make: Make, app: Flask) -> Site:
    """Return organizations with people."""
    return Site(make, app)


def send(browser: FlaskClient, path: str = "/team/import", **values: Any) -> Any:
    """Send the form that brings a list."""
    data = {"client_id": new_client_id(), "language": "en", "lines": "", "organization": "", **values}
    return browser.post(path, data=data, content_type="multipart/form-data")


def paste(site: Site, person: MadePerson, lines: str = LINES, **values: Any) -> tuple[FlaskClient, str]:
    """Bring pasted lines to Hope, and return the browser and the list's address."""
    browser = site.browser(person)
    answer = send(browser, lines=lines, organization=site.hope_id, **values)
    assert answer.status_code == 302, text_of(answer, answer.status_code)
    return browser, answer.location


def test_forty_lines_from_a_phone(site: Site) -> None:
    lines = "\n".join(f"Person {chr(97 + n % 26)}{chr(97 + n // 26)}, 213 555 {n:04d}" for n in range(40))
    browser, here = paste(site, site.boss, lines, title="Promotora", language="es")
    said = text_of(browser.get(here))
    assert "40 rows were read. Nothing is changed yet." in said
    assert "Do it: 40 rows" in said
    assert len(rows(Person.id)) == 4
    assert browser.post(f"{here}/apply", data={"invites": "y"}).location == here
    said = text_of(browser.get(here))
    assert "The list is done" in said
    assert "40 begin here" in said
    assert len(rows(Person.id)) == 44
    assert {tag for _id, tag in rows(Person.id, Person.language)[4:]} == {"es"}
    assert "Pasted lines" in text_of(browser.get("/team/import"))


@pytest.mark.parametrize("tag", TAGS)
def test_refused_rows_come_back_mended_in_the_words_of_their_file(site: Site, tag: str) -> None:
    boss = site.boss
    write(lambda s: s.execute(update(Person).where(Person.id == boss.person_id).values(language=tag)) and None)
    browser = site.browser(boss)
    here = send(browser, lines="Mele Tau, 213 555 01, CHW\nLuis Gil, 213 555 0101, CHW").location
    file = browser.get(f"{here}/refused.csv").get_data()
    with site.app.test_request_context(headers={"Accept-Language": tag}):
        names = [str(messages.COLUMN_NAMES[column]) for column in STAFF_COLUMNS]
        reason = messages.reason(Fault("phone_wrong", "phone"))
    heads, row = csv.reader(io.StringIO(file.decode("utf-8-sig")))
    assert heads[1:-1] == names
    assert (row[0], row[-1]) == ("1", reason)
    mended = file.replace(b"213 555 01", b"213 555 0142")
    here = send(browser, file=(io.BytesIO(mended), "refused.csv")).location
    browser.post(f"{here}/apply")
    assert ("Mele Tau",) in rows(Person.name)
    assert ("Luis Gil",) not in rows(Person.name)


def test_a_file_and_the_rows_that_are_refused(site: Site) -> None:
    browser = site.browser(site.boss)
    text = "Nombre;Teléfono;Puesto;Notas\r\nMele;12;CHW;secret\r\n=1+1;;CHW;\r\nLuis;+1 213 555 0101;CHW;\r\n"
    here = send(browser, file=(io.BytesIO(text.encode("cp1252")), "staff.csv")).location
    said = text_of(browser.get(here))
    assert "2 cannot be done" in said
    assert "Notas" in said
    assert "Phone: This does not look like a phone number." in said
    refused = browser.get(f"{here}/refused.csv")
    assert refused.mimetype == "text/csv"
    table = refused.get_data().decode("utf-8-sig").splitlines()
    assert table[0] == (
        '"Row","Name","E-mail","Phone","Invitation by text message","Language","Organization","Job title","First day",'
        '"Hours a week","Reason"'
    )
    assert table[2].startswith('3,"\'=1+1",')
    assert "secret" not in refused.get_data(as_text=True)
    assert text_of(browser.post(f"{here}/apply", data={}), 400).count("Some rows cannot be done yet.") == 1
    assert browser.post(f"{here}/apply", data={"only_valid": "y"}).status_code == 302
    assert "1 begin here" in text_of(browser.get(here))
    assert "(213) 555-0101" in text_of(browser.get(f"{here}?show=start"))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "Please choose a file, or paste the lines."),
        ({"lines": "A", "file": (b"name\nA", "a.csv")}, "Please choose a file or paste lines, not both."),
        ({"file": (b"name\n", "a.csv")}, "There is nobody in this list."),
        ({"file": (b"phone\n1", "a.csv")}, "The column “Name” is missing."),
        ({"file": (b'name\nA\nB,"', "a.csv")}, "Row 3: The file cannot be read from this row on."),
        ({"file": (b"PK\x03\x04 broken", "a.xlsx")}, "This Excel workbook cannot be opened."),
        ({"file": (b"\xd0\xcf\x11\xe0", "a.xls")}, "This is an old Excel file"),
        ({"file": (b"x" * (5 * 1024 * 1024 + 1), "a.csv")}, "The file is larger than 5 MB."),
        ({"file": (b"name\n" + b"A\n" * 20_000, "a.csv")}, "There are more than 20000 rows."),
        ({"lines": "A\n" * 501}, "There are more than 500 rows."),
    ],
)
def test_what_cannot_be_read_is_told_beside_the_field(site: Site, values: dict[str, Any], expected: str) -> None:
    if "file" in values:
        values = {**values, "file": (io.BytesIO(values["file"][0]), values["file"][1])}
    answer = send(site.browser(site.boss), **values)
    said = text_of(answer, 400)
    assert expected in said
    assert re.search(r'id="(file|lines)-error"', answer.get_data(as_text=True))
    assert rows(StaffImport.id) == []


def test_a_double_tap_brings_one_list_and_the_language_can_be_changed(site: Site) -> None:
    browser, key = site.browser(site.boss), new_client_id()
    places = {send(browser, lines=LINES, client_id=key).location for _ in range(2)}
    assert len(places) == len(rows(StaffImport.id)) == 1
    assert "This form was sent before, with other choices." in text_of(send(browser, lines="X", client_id=key), 400)
    switched = send(browser, lines=LINES, _language="es")
    assert switched.status_code == 200
    assert "Mele Tau" in switched.get_data(as_text=True)


def test_who_is_meant_is_asked_and_answered(site: Site, make: Make) -> None:
    make.employment(make.person("Mele Tau"), site.hope)
    browser, here = paste(site, site.boss, LINES + "\nTevita, 213 555 0199, CHW\nSina, 213 555 0199, CHW")
    said = text_of(browser.get(here))
    assert "Yes: Mele Tau, Hope" in said
    assert "The same person as in row 2" in said
    assert "Do it" not in said
    answers = {"row-1": "0", "row-x": "0", "other": "1"}
    assert browser.post(f"{here}/answers", data=answers).location == here
    assert "2 rows are left to settle." in text_of(browser.get(here))
    browser.post(f"{here}/answers", data={"do": "rest"})
    assert "Everything is settled." in text_of(browser.get(here))
    browser.post(f"{here}/apply", data={})
    assert [name for (name,) in rows(Person.name)].count("Tevita") == 2
    browser.post(f"{here}/answers", data={"do": "rest"})
    assert "This list was begun already." in text_of(browser.get(here))
    browser.post(f"{here}/withdraw")
    assert "This list was begun already." in text_of(browser.get(here))


def test_a_stranger_who_is_known_reads_like_somebody_new(site: Site, make: Make) -> None:
    known = make.person("Mele Tau", email="mele@x.org")
    pages = []
    for name in ("Mele Tau", "Sina Tau"):
        browser, here = paste(site, site.boss, f"{name}, mele@x.org, CHW")
        pages.append(text_of(browser.get(here)).replace(name, "N").replace(name.split()[0], "N"))
    assert pages[0] == pages[1]
    assert "1 begin here" in pages[0]
    browser, here = paste(site, site.admin, "Mele Tau, mele@x.org, CHW")
    assert "1 begin here" in text_of(browser.get(here))
    assert known.person_id


def test_a_list_that_is_being_done_can_be_left(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, here = paste(site, site.boss)
    left = service.apply_part
    monkeypatch.setattr(service, "apply_part", lambda s, key, *, at: left(s, key, most=1, at=at))
    monkeypatch.setattr(lists, "PATIENCE", -1)
    browser.post(f"{here}/apply", data={})
    page = browser.get(here)
    assert "1 of 2 rows done" in text_of(page)
    assert '<meta http-equiv="refresh"' in page.get_data(as_text=True)
    assert browser.post(f"{here}/go-on").location == here
    assert "The list is done" in text_of(browser.get(here))


def test_a_list_that_is_put_away_and_one_that_is_forgotten(site: Site) -> None:
    browser, here = paste(site, site.boss)
    assert browser.post(f"{here}/withdraw").location == "/team/import"
    assert "Nothing was changed." in text_of(browser.get("/team/import"))
    write(lambda s: s.query(StaffImportRow).delete() and None)
    assert "The rows are forgotten" in text_of(browser.get(here))


def test_administrators_bring_lists_of_any_organization(site: Site) -> None:
    browser = site.browser(site.admin)
    text = "name,organization,title,started_on\nMele,Hope,CHW,\nSina,Other,CHW,\nLuis,,CHW,\n"
    here = send(browser, "/admin/people/import", lines=text).location
    said = text_of(browser.get(here))
    assert "1 cannot be done" in said
    assert "Please write the organization" in said
    assert "Hope" in text_of(browser.get(f"{here}?show=create"))
    assert "Add many people" in text_of(browser.get("/admin/people"))


def test_strangers_find_nothing(site: Site) -> None:
    _browser, here = paste(site, site.boss)
    assert site.browser(site.admin).get(here).status_code == 200
    for person in (site.stranger, site.ana):
        browser = site.browser(person)
        assert browser.get(here).status_code == browser.get(f"{here}/refused.csv").status_code == 404
        for act in ("answers", "apply", "go-on", "withdraw"):
            assert browser.post(f"{here}/{act}", data={"only_valid": "y"}).status_code == 404, act
    assert site.browser(site.stranger).get("/admin/people/import").status_code == 404
    assert site.browser(site.ana).get("/team/import").status_code == 404
    assert {state for (_id, state) in rows(StaffImport.id, StaffImport.state)} == {"ready"}
    answer = send(site.browser(site.stranger), lines="A", organization=site.hope_id)
    assert answer.status_code == 400, "an organization that is not hers is no choice"


def test_a_page_of_a_list_takes_the_same_queries_however_long_it_is(site: Site) -> None:
    crowd(site.hope, [f"Known {chr(97 + n)}" for n in range(20)])
    costs = []
    for many in (2, 20):
        browser, here = paste(site, site.boss, "\n".join(f"Known {chr(97 + n)}, 213 555 0{n:03d}" for n in range(many)))
        with counted() as statements:
            text_of(browser.get(here))
        costs.append(len(statements))
    assert costs[0] == costs[1]


# ── Moves and standing in ────────────────────────────────────────────────────


def test_an_administrator_moves_somebody(site: Site) -> None:
    browser, here = site.browser(site.admin), f"/team/staff/{site.key()}/transfer"
    page = text_of(browser.get(here))
    assert "Ana López moves" in page
    values = {
        "client_id": new_client_id(),
        "organization": public_id_of(site.other),
        "title": "Lead",
        "kind": "employee",
    }
    unsaid = text_of(browser.post(here, data=values | {"organization": "", "started_on": day().isoformat()}), 400)
    assert "Where she goes: " in unsaid, "no place is chosen beforehand, for one tap must not move her to the first"
    wrong = browser.post(here, data=values | {"started_on": "2025-01-01"})
    assert "The last day must not be before that." in text_of(wrong, 400)
    moved = browser.post(here, data=values | {"started_on": day().isoformat()})
    assert "Ana López" in text_of(browser.get(moved.location))
    found = rows(Employment.organization_id, Employment.ended_on, Employment.end_reason)
    assert found[-2:] == [(site.hope, day(-1), "moved"), (site.other, None, None)]
    for person in (site.boss, site.stranger, site.ana):
        assert site.browser(person).get(here).status_code == 404


def test_a_colleague_stands_in_and_everybody_concerned_sees_it(site: Site) -> None:
    boss, key = site.browser(site.boss), site.key()
    assert "Nobody now" in text_of(boss.get("/team/stand-ins"))
    wrong = boss.post("/team/stand-ins", data={"colleague": key, "until": day(-1).isoformat()})
    assert "Please choose today or a later day." in text_of(wrong, 400)
    until = day(7)
    assert boss.post("/team/stand-ins", data={"colleague": key, "until": until.isoformat()}).status_code == 302
    assert "Ana López Boss" in text_of(boss.get("/team/stand-ins")).replace("Stands in for ", "")
    assert "stands in for Boss" in text_of(
        site.browser(site.admin).get(f"/admin/organizations/{site.hope_id}/supervisors")
    )
    ana = site.browser(fresh(site.ana))
    assert "You stand in here for Boss until" in text_of(ana.get("/team/staff"))
    page = text_of(ana.get("/team/stand-ins"))
    assert "Let her stand in" not in page
    assert ana.post("/team/stand-ins", data={"colleague": site.key(), "until": until.isoformat()}).status_code in (
        400,
        404,
    )
    assert ana.post(f"/team/stand-ins/{key}/end").status_code == 404
    stranger = site.browser(site.stranger)
    assert stranger.get(f"/team/stand-ins?organization={site.hope_id}").status_code == 404
    assert stranger.post(f"/team/stand-ins/{key}/end?organization={site.hope_id}").status_code == 404
    assert boss.post(f"/team/stand-ins/{key}/end").status_code == 302
    assert [row for row in rows(Supervision.id, Supervision.delegated_from_id) if row[1]] == []
    assert ana.get("/team/staff").status_code == 404, "from the next request on"


def fresh(person: MadePerson) -> MadePerson:
    """Return a person who has signed in anew."""
    found = {
        number: f"{key}:{stamp}" for number, key, stamp in rows(Account.id, Account.public_id, Account.security_stamp)
    }
    return replace(person, session_id=found[person.account_id])


# ── The command ──────────────────────────────────────────────────────────────

TABLE = "name,phone,organization,title\nMele,213 555 0101,org-1,CHW\nSina,213 555 0102,Hope,CHW\n"


def run(app: Flask, path: Path, text: str, *more: str) -> Any:
    """Run `lms people import` on a file and return its result: in a thread, which has no context of the tests' own."""
    path = path / "people.csv"
    path.write_text(text, encoding="utf-8")
    people = cli.commands["people"]
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(app.test_cli_runner().invoke, people, ["import", str(path), *more]).result()


def test_the_command_brings_people_once(app: Flask, site: Site, tmp_path: Path) -> None:
    dry = run(app, tmp_path, TABLE, "--dry-run")
    assert (dry.exit_code, dry.output.strip()) == (
        0,
        "would be: 2 created, 0 started, 0 changed, 0 refused, 0 unchanged",
    )
    assert len(rows(Person.id)) == 4
    done = run(app, tmp_path, TABLE)
    assert done.stdout.strip() == "2 created, 0 started, 0 changed, 0 refused, 0 unchanged"
    again = json.loads(run(app, tmp_path, TABLE, "--json").stdout)
    assert again["created"] == []
    assert again["unchanged"] == [{"row": 2, "name": "Mele"}, {"row": 3, "name": "Sina"}]
    assert len(rows(Person.id)) == 6


def test_the_command_refuses_by_row_and_changes_nothing(app: Flask, site: Site, tmp_path: Path) -> None:
    text = TABLE + "Boss,,Hope,Lead\nLuis,12,Hope,CHW\nBoss,213 555 0109,Hope,Lead\n"
    refused = run(app, tmp_path, text)
    assert str(refused.exception).splitlines() == [
        "row 5: Phone: This does not look like a phone number. Write it like 213 555 0142.",
        "row 6: Somebody with this name, or one like it, is known. It may be she.",
    ]
    assert len(rows(Person.id)) == 4
    told = json.loads(run(app, tmp_path, text, "--json").stdout)
    assert [each["row"] for each in told["refused"]] == [5, 6]
    assert told["refused"][0]["reasons"] == [
        "Phone: This does not look like a phone number. Write it like 213 555 0142."
    ]
    assert rows(StaffImport.id) == []
    done = run(app, tmp_path, text, "--valid-rows-only", "--no-invitations")
    assert done.stdout.strip().splitlines()[-1] == "2 created, 0 started, 1 changed, 2 refused, 0 unchanged"
    assert len(rows(Person.id)) == 6


def test_the_command_knows_where_rows_belong_that_do_not_say(app: Flask, site: Site, tmp_path: Path) -> None:
    text = "name,title\nMele,CHW\n"
    assert "organization" in str(run(app, tmp_path, text).exception)
    assert run(app, tmp_path, text, "--organization", "none").exit_code == 2
    assert run(app, tmp_path, text, "--organization", "ORG-1", "--language", "to").exit_code == 0
    assert rows(Person.name, Person.language)[-1] == ("Mele", "to")
    assert rows(Employment.started_on)[-1] == (day(),)
    assert run(app, tmp_path, "name\n").stdout.strip().startswith("0 created")
