"""What must not happen with lists of staff and with standing in: a table that stops the machine, a stay too long."""

from __future__ import annotations

import io
import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from lms.db import reading, write
from lms.errors import BadInput, RuleBroken
from lms.ids import new_client_id
from lms.organizations import queries, rules, service
from lms.organizations.models import Employment, EmploymentTerms
from lms.organizations.rules.tables import MOST_COLUMNS, read_grid, read_table
from tests.conftest import AT
from tests.factories import Make, sign_in
from tests.organizations.conftest import TODAY, actor_of, public_id_of, rows
from tests.organizations.test_service_lists import HEAD, Cbo, bring
from tests.organizations.test_service_supervision import Two, let, refusal, supervises

DAY = timedelta(days=1)


@pytest.fixture
def cbo(app: Flask, make: Make) -> Cbo:
    return Cbo(make)


def test_a_table_of_very_many_columns_is_refused_at_once() -> None:
    """64 kB of commas over 2,000 short rows took six seconds, and grew with the product of both."""
    wide = b"name" + b",a" * 100_000 + b"\n" + b"x\n" * 15_000
    began = time.process_time()
    for read in (
        read_grid,
        lambda data: rules.read_sheet(data, rules.STAFF_COLUMNS, rules.STAFF_REQUIRED),
        lambda data: read_table(data, rules.STAFF_COLUMNS, rules.STAFF_REQUIRED),
    ):
        with pytest.raises(BadInput) as caught:
            read(wide)
        assert [each.code for each in caught.value.problems] == ["file-too-wide"]
    assert time.process_time() - began < 2
    widest = ",".join(["name", *(f"more {number}" for number in range(MOST_COLUMNS - 1))])
    assert len(rules.read_sheet(f"{widest}\nAna\n".encode(), rules.STAFF_COLUMNS, rules.STAFF_REQUIRED).rows) == 1
    padded = f"name\nAna{',' * 5 * MOST_COLUMNS}\n".encode()
    assert len(rules.read_sheet(padded, rules.STAFF_COLUMNS, rules.STAFF_REQUIRED).rows) == 1


def test_nobody_stands_in_longer_than_the_employment_that_it_stands_for(app: Flask, make: Make) -> None:
    two = Two(make)
    last = TODAY + 3 * DAY
    ending = update(Employment).where(Employment.person_id == two.boss.person_id).values(ended_on=last)
    write(lambda s: s.execute(ending) and None)
    boss = actor_of(two.boss)
    assert refusal(lambda: let(boss, two.hope, two.spell, last + DAY)) == "delegation-outlasts"
    let(boss, two.hope, two.spell, last)
    assert [supervises(two.ana, day) for day in (last, last + DAY)] == [(two.hope,), ()]
    write(lambda s: service.end_delegation(s, boss, two.hope, two.spell, at=AT))


def test_answers_of_two_windows_and_two_taps(cbo: Cbo, make: Make) -> None:
    """Rows are judged before the transaction, so that nobody waits: what changed since is noticed in it."""
    make.employment(make.person("Ana López"), cbo.id)
    public_id = bring(cbo.actor, HEAD + "Ana López,213 555 0101,,CHW,,\n", cbo.id)
    same, new = (service.judge_answers(reading(), cbo.actor, public_id, {2: each}, at=AT) for each in ("0", "new"))
    for _ in range(2):
        assert write(lambda s: service.answer_rows(s, cbo.actor, public_id, same)) == 0
    with pytest.raises(RuleBroken, match="list-changed"):
        write(lambda s: service.answer_rows(s, cbo.actor, public_id, new))


def test_a_file_with_an_odd_name_is_refused_or_named_plainly(cbo: Cbo, app: Flask) -> None:
    """The character NUL in the name of a file made PostgreSQL fail."""
    app.config["WTF_CSRF_ENABLED"] = False
    browser = sign_in(app.test_client(), cbo.boss)
    sent = {"client_id": new_client_id(), "language": "en", "title": "CHW", "organization": public_id_of(cbo.id)}
    for name, status in (("a\0b.csv", 400), ("a\u202egpj.csv", 302)):
        file = (io.BytesIO(b"name\nAna Silva\n"), name)
        assert browser.post("/team/import", data={**sent, "file": file}).status_code == status
    assert [each.file_name for each in queries.list_imports(reading(), None)] == ["agpj.csv"]


def test_a_workbook_with_control_characters_is_read_without_them(cbo: Cbo, app: Flask) -> None:
    """A cell may say NUL as _x0000_. PostgreSQL cannot store it: a list that was begun could never be finished."""
    app.config["WTF_CSRF_ENABLED"] = False
    browser = sign_in(app.test_client(), cbo.boss)
    people = [(f"Ana {word}", "C\0H\x1bW\x85") for word in words(250)]
    sent = {"client_id": new_client_id(), "language": "en", "organization": public_id_of(cbo.id)}
    file = (io.BytesIO(rules.write_workbook("Staff", [("name", "title"), *people])), "staff.xlsx")
    assert browser.post("/team/import", data={**sent, "file": file}).status_code == 302
    (public_id,) = (each.public_id for each in queries.list_imports(reading(), None))
    assert browser.post(f"/team/import/{public_id}/apply", data={"only_valid": "y"}).status_code == 302
    reading().rollback()
    assert queries.get_import(reading(), public_id).state == "done"
    assert {title for (title,) in rows(EmploymentTerms.title)} == {"Supervisor", "C H W"}
    assert read_grid(b"name\nAna\x1b\x01Silva\n")[1] == (2, ["Ana Silva"])


def words(count: int) -> list[str]:
    """Return so many words of letters that are all different."""
    return ["".join(chr(ord("A") + int(digit)) for digit in str(number)) for number in range(count)]


@pytest.mark.parametrize("first", ["0001-01-01", "1949-12-31", "9999-12-31"])
def test_nobody_moves_on_a_day_that_cannot_be(cbo: Cbo, make: Make, app: Flask, first: str) -> None:
    """Of the first day that a calendar has there is no day before."""
    app.config["WTF_CSRF_ENABLED"] = False
    make.employment(make.person("Ana"), cbo.id)
    spell = queries.list_staff(reading(), [cbo.id], TODAY, search="Ana")[0].employment_public_id
    browser = sign_in(app.test_client(), make.person(roles=("administrator",)))
    sent = {"client_id": new_client_id(), "organization": public_id_of(cbo.other), "title": "CHW", "kind": "employee"}
    assert browser.post(f"/team/staff/{spell}/transfer", data={**sent, "started_on": first}).status_code == 400
    assert len(rows(Employment.id)) == 2
