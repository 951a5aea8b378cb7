"""What rows of a list of staff say, whose they are and what would come of them: values in, values out."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.errors import BadInput, RuleBroken
from lms.i18n import TAGS
from lms.organizations import messages, rules
from lms.organizations.rules import Asked, Defaults, Entry, Fault, Known, Spell, TableRow, Verdict, find_near, judge
from lms.organizations.rules import workbooks as limits
from lms.people.rules import Identifier, search_key

TODAY = date(2026, 3, 5)
HOPE, OTHER = 1, 2
PLACES = {"hope": HOPE, "rising hope": HOPE, "other": OTHER}


def sheet(data: bytes | str) -> rules.Sheet:
    """Return the rows of a file."""
    text = data.encode() if isinstance(data, str) else data
    return rules.read_sheet(text, rules.STAFF_COLUMNS, rules.STAFF_REQUIRED, rules.column_names())


def entry(defaults: Defaults | None = None, **cells: str) -> Entry:
    """Return what one row says, at Hope unless another organization is given."""
    return rules.read_entry(TableRow(2, cells), defaults or Defaults(HOPE), PLACES)


def codes(found: Entry | Verdict) -> list[str]:
    """Return why a row is refused."""
    return [fault.code for fault in found.faults]


# ── Files ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "data",
    [
        "name,phone\nAna López,213 555 0142\n".encode(),
        "\ufeffname;phone\r\nAna López;213 555 0142\r\n".encode(),
        "NAME\tPhone\nAna López\t213 555 0142".encode("utf-16"),
        "name,phone\nAna López,213 555 0142 ".encode("utf-16-le"),
        "name,phone\nAna López,213 555 0142 ".encode("utf-16-be"),
        "Nombre;Teléfono\r\n;\r\nAna López;213 555 0142".encode("cp1252"),
        "Hingoa,Telefoni\nAna López,213 555 0142".encode(),
        "igoa,telefoni,\nAna López,213 555 0142,\n".encode(),
        '"Full name",Cell-Phone\n"Ana\nLópez","213 555\n0142"'.encode(),
    ],
)
def test_any_program_may_have_saved_the_file(data: bytes) -> None:
    (row,) = sheet(data).rows
    assert (row.cells["name"], row.cells["phone"], row.is_too_long) == ("Ana López", "213 555 0142", False)


def test_what_nobody_asked_for_is_left_out_and_told() -> None:
    found = sheet("name,immigration status,,phone\nAna,secret,x,213 555 0142,more\n")
    assert found.left_out == ("immigration status",)
    assert found.rows == (TableRow(2, {"name": "Ana", "phone": "213 555 0142"}, is_too_long=True),)
    assert codes(rules.read_entry(found.rows[0], Defaults(HOPE), PLACES)) == ["row-too-long"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"phone\n213", "column-missing"),
        (b"name,nombre\nA,B", "column-twice"),
        (b"\xd0\xcf\x11\xe0old", "file-old-excel"),
        (b"\n" * 50_000, "file-too-long"),
        (b'name\n"open', "file-broken"),
    ],
)
def test_faults_of_a_file_have_codes(data: bytes, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        sheet(data)
    assert [each.code for each in caught.value.problems if isinstance(each, rules.TableProblem)] == [code]


def workbook(**parts: bytes) -> bytes:
    """Return an Excel workbook of one name, with parts that are added or replaced."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        page = book.add_worksheet()
        page.write_string(0, 0, "name")
        page.write_string(1, 0, "Ana")
        page.write_formula(2, 0, "=1+1", None, "Luis")
    out = io.BytesIO()
    with zipfile.ZipFile(target) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.pop(name, old.read(name)))
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


def test_a_workbook_is_read_with_what_its_formulas_last_showed() -> None:
    assert [row.cells["name"] for row in sheet(workbook()).rows] == ["Ana", "Luis"]


SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
FAR = b'<worksheet><sheetData><row><c r="A1" t="s"><v>0</v></c><c r="XFD1048576" t="s"><v>0</v></c></row></sheetData>'
BARE = b"<worksheet><sheetData>" + b"<row r='900000'>" + b"<c><v>1</v></c>" * 9 + b"</row></sheetData></worksheet>"
MANY = b"<worksheet><sheetData>" + b'<c r="A1" t="s"><v>0</v></c>' * 20_000 + b"</sheetData></worksheet>"
LONG = b"<sst><si><t>short</t></si><si><t>" + b"x" * 300_000 + b"</t></si></sst>"


@pytest.mark.parametrize(
    "parts",
    [
        {"big.xml": b"\0" * (limits.LARGEST_UNPACKED + 1)},
        {SHEET: FAR},
        {"elsewhere.xml": FAR},
        {SHEET: BARE},
        {SHEET: MANY, TEXTS: LONG},
        {"content.xml": b"<ods/>"},
        {"xl/workbook.bin": b""},
        {f"{number}.xml": b"" for number in range(limits.MOST_PARTS)},
        {SHEET: b"<worksheet"},
    ],
    ids=[
        "bomb",
        "far cell",
        "far cell elsewhere",
        "far row",
        "one text in many cells",
        "two formats",
        "binary",
        "parts",
        "broken",
    ],
)
def test_a_hostile_workbook_is_not_opened(parts: dict[str, bytes]) -> None:
    data = workbook(**parts)
    assert len(data) < 1_000_000
    with pytest.raises(BadInput) as caught:
        sheet(data)
    assert "cannot be opened" in str(caught.value)


def test_another_zip_is_no_workbook() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        new.writestr("readme.txt", "x")
    with pytest.raises(limits.BadWorkbook):
        limits.read_workbook(out.getvalue(), 10)


def test_a_table_that_is_written_is_harmless_and_read_again_as_it_was() -> None:
    rows = [["name", "phone"], ["=cmd|' /C calc'!A0", "+1 213 555 0142"], *[["Ana", 5]] * 300]
    data = b"".join(rules.write_table(rows))
    assert b"\n\"'=cmd" in data
    assert b"'+1 213" in data
    found = sheet(data).rows
    assert (found[0].cells["name"], found[0].cells["phone"]) == ("=cmd|' /C calc'!A0", "+1 213 555 0142")
    assert len(found) == 301
    book = rules.write_workbook("A title that is longer than a sheet's name may be", rows)
    assert [row.cells["name"] for row in sheet(book).rows[:1]] == ["=cmd|' /C calc'!A0"]


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("Ana;=1+1", "Ana;'=1+1"),
        ("Ana; @cmd", "Ana; '@cmd"),
        ('Ana;"=1+1"', 'Ana;"\'=1+1"'),
        ("Ana\t-1;+2", "Ana\t'-1;'+2"),
        ("Ana;\t;=1", "Ana;\t;'=1"),
        ("Ana; Mele - 2 + 3, =1", "Ana; Mele - 2 + 3, =1"),
        ("x" * 200, "x" * 200),
    ],
)
def test_a_cell_is_harmless_whatever_parts_the_cells(cell: str, safe: str) -> None:
    assert rules.harmless(cell) == safe
    assert rules.csv_lines([[cell, 5]]) == '"' + safe.replace('"', '""') + '",5\r\n'
    found = [row for mark in ",;\t" for row in csv.reader(io.StringIO(rules.csv_lines([["a", cell]])), delimiter=mark)]
    assert not [part for row in found for part in row if part.lstrip(' "').startswith(("=", "+", "-", "@"))]


def test_what_was_made_harmless_inside_is_read_as_it_was() -> None:
    cells = ["Ana;=1+1", "Ana; +1 213;-2", "it's; '70s", "Ana;'plain"]
    data = b"".join(rules.write_table([["name"], *([each] for each in cells)]))
    assert [row.cells["name"] for row in sheet(data).rows] == cells


@pytest.mark.parametrize("text", ["name,,phone\nAna,,213\n", "name,,phone,\nAna,x,213,\n", ",name,phone\ny,Ana,213\n"])
def test_a_blank_header_and_what_stands_under_it_are_passed_over(text: str) -> None:
    expected = [TableRow(2, {"name": "Ana", "phone": "213"})]
    assert rules.read_table(text.encode(), ("name", "phone"), ("name",)) == expected
    found = sheet(text)
    assert (list(found.rows), found.left_out) == (expected, ())


def test_a_table_knows_its_columns_by_other_names_too() -> None:
    found = rules.read_table("Teléfono,Name\n213,Ana\n".encode(), ("name", "phone"), ("name",), {"telefono": "phone"})
    assert found == [TableRow(2, {"phone": "213", "name": "Ana"})]


@pytest.mark.parametrize("tag", TAGS)
def test_lists_are_headed_in_words_that_are_read_again(app: Flask, tag: str) -> None:
    with app.test_request_context(headers={"Accept-Language": tag}):
        heads = [str(messages.COLUMN_NAMES[column]) for column in rules.STAFF_COLUMNS]
    found = sheet(b"".join(rules.write_table([heads, [str(number) for number in range(len(heads))]])))
    assert list(found.rows[0].cells) == list(rules.STAFF_COLUMNS)


# ── Pasted lines ─────────────────────────────────────────────────────────────


def test_lines_pasted_on_a_phone_need_no_headers() -> None:
    found = rules.read_pasted(
        "Ana López, (213) 555-0142, Promotora\n\nMele; mele@x.org; tongan; 2026-01-05; 37.5\nx,y,z"
    )
    assert found is not None
    assert [row.cells for row in found.rows] == [
        {"name": "Ana López", "phone": "(213) 555-0142", "title": "Promotora"},
        {
            "name": "Mele",
            "email": "mele@x.org",
            "language": "tongan",
            "started_on": "2026-01-05",
            "hours_per_week": "37.5",
        },
        {"name": "x", "title": "y"},
    ]
    assert [(row.number, row.surplus) for row in found.rows] == [(1, ()), (3, ()), (4, ("z",))]


@pytest.mark.parametrize(
    ("line", "faults"),
    [
        ("Ana López, 213 555 01, Promotora", [("phone_wrong", "phone")]),
        ("Ana López, 2135550, Promotora", [("phone_wrong", "phone")]),
        ("Ana López, (213) 555-014, Promotora", [("phone_wrong", "phone")]),
        ("Ana López, 31/31/2026, Promotora", [("date-wrong", "started_on")]),
        ("Ana López, 2026-31-31, Promotora", [("date-wrong", "started_on")]),
        ("Ana López, 213 555 0142, 213 555 0143", [("cell-surplus", "")]),
        ("Ana López, 213 555 0142, CHW, South LA, more", [("cell-surplus", ""), ("cell-surplus", "")]),
        ("Ana López, 213 555 0142, CHW, 120", [("hours-implausible", "hours_per_week")]),
    ],
)
def test_a_pasted_line_says_what_is_wrong_with_it(app: Flask, line: str, faults: list[tuple[str, str]]) -> None:
    found = rules.read_pasted(line)
    assert found is not None
    entry = rules.read_entry(found.rows[0], Defaults(HOPE), PLACES)
    assert sorted((fault.code, fault.column) for fault in entry.faults) == faults
    with app.test_request_context():
        said = [messages.reason(each) for each in map(rules.fault_of, map(rules.fault_json, entry.faults))]
    assert ("South LA" in " ".join(said)) == ("South LA" in line)


def test_lines_copied_from_a_telephone_read_as_if_typed() -> None:
    found = rules.read_pasted(
        "\u202aAna L\u00f3pez\u202c; \u202a+1\u00a0(213)\u00a0555\u20110142\u202c; \u2068ana@x.org\u2069\n"
        "Mele Tau\t213.555.0143 ext. 7\tPromotora\n\u200f\u200e\n"
    )
    assert found is not None
    entries = [rules.read_entry(row, Defaults(HOPE), PLACES) for row in found.rows[:2]]
    assert [(each.name, each.phone, each.email, each.title) for each in entries] == [
        ("Ana L\u00f3pez", "+12135550142", "ana@x.org", ""),
        ("Mele Tau", "+12135550143", None, "Promotora"),
    ]
    assert codes(entry(name="\u202a=1+1\u202c".strip("\u202a\u202c"))) == ["cell-formula"]
    table = sheet("\ufeffName;\u202aPhone\u202c\n\u202aAna\u202c;\u2066(213) 555-0142 x5\u2069\n\u202a=1\u202c;\n")
    assert [row.cells for row in table.rows] == [
        {"name": "Ana", "phone": "(213) 555-0142 x5"},
        {"name": "=1", "phone": ""},
    ]


@pytest.mark.parametrize("text", ["", " \n", "nombre, teléfono\nAna, 213 555 0142", "hours per week\tname\n5\tAna"])
def test_lines_with_headers_are_a_table(text: str) -> None:
    assert rules.read_pasted(text) is None


def test_too_many_pasted_lines_are_a_file() -> None:
    with pytest.raises(BadInput):
        rules.read_pasted("Ana\n" * (rules.MOST_PASTED + 1))


@given(st.text(max_size=80))
def test_any_text_is_rows_or_problems(text: str) -> None:
    try:
        found = rules.read_pasted(text)
        for row in (found or rules.Sheet((), ())).rows:
            again = rules.entry_of(rules.read_entry(row, Defaults(HOPE), PLACES).as_json())
            assert again == rules.read_entry(row, Defaults(HOPE), PLACES)
    except BadInput as error:
        assert error.problems


# ── Cells ────────────────────────────────────────────────────────────────────


def test_every_cell_is_understood() -> None:
    found = entry(
        name=" Faʻafetai  Mata'utia ".strip(),
        email="ANA@X.org",
        phone="213.555.0142",
        language="Gagana Sāmoa",
        organization="Rising Hope",
        title="Promotora",
        started_on="1/5/2026",
        hours_per_week="37,5",
    )
    assert found == Entry(
        2,
        "Faʻafetai Mata'utia",
        "faafetai matautia",
        "ana@x.org",
        "+12135550142",
        "sm",
        HOPE,
        "Promotora",
        date(2026, 1, 5),
        Decimal("37.5"),
    )
    assert rules.entry_of(found.as_json()) == found
    assert entry(Defaults(None, "to", "CHW"), name="A", organization="OTHER") == Entry(
        2, "A", "a", language="to", organization_id=OTHER, usual_title="CHW"
    )


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, ["name_empty"]),
        ({"name": "123"}, ["name_empty"]),
        ({"name": "x" * 201}, ["name_too_long"]),
        ({"name": "=HYPERLINK(1)"}, ["cell-formula"]),
        ({"name": "@SUM(1)"}, ["cell-formula"]),
        ({"name": "A", "title": "-cmd"}, ["cell-formula"]),
        ({"name": "A", "email": "a@b", "phone": "12"}, ["email_wrong", "phone_wrong"]),
        ({"name": "A", "language": "french"}, ["language_unknown"]),
        ({"name": "A", "organization": "Nobody"}, ["organization-unknown"]),
        ({"name": "A", "title": "x" * 121}, ["title-too-long"]),
        ({"name": "A", "started_on": "31/12/2026"}, ["date-wrong"]),
        ({"name": "A", "hours_per_week": "many"}, ["hours-implausible"]),
        ({"name": "A", "hours_per_week": "81"}, ["hours-implausible"]),
        ({"name": "A", "hours_per_week": "1" * 21}, ["hours-implausible"]),
        ({"name": "A", "phone": "+1 213 555 0142"}, []),
    ],
)
def test_a_cell_that_cannot_be_is_refused_with_its_reason(cells: dict[str, str], expected: list[str]) -> None:
    assert codes(entry(**cells)) == expected


def test_a_row_names_its_organization_where_there_is_no_other() -> None:
    assert codes(entry(Defaults(), name="A")) == ["organization-missing"]
    fault = Fault("already-employed", "started_on", {"since": TODAY})
    assert rules.fault_of(rules.fault_json(fault)) == fault
    assert codes(rules.with_fault(entry(name="A"), fault)) == ["already-employed"]


# ── Whose row it is ──────────────────────────────────────────────────────────


def said(row: int, name: str, **more: Any) -> Entry:
    """Return a row of somebody at Hope who begins as Promotora."""
    values = {"organization_id": HOPE, "title": "Promotora", **more}
    return Entry(row, name, search_key(name), **values)


def spell(organization_id: int = HOPE, *, until: date | None = None, **more: Any) -> Spell:
    """Return a spell since the New Year."""
    values = {"title": "Promotora", "hours": None, **more}
    return Spell(10 * organization_id, organization_id, date(2026, 1, 1), until, **values)


def known(*people: tuple[int, str, str, list[Spell]], seen: set[int] | None = None, **more: Any) -> Known:
    """Return who is there: id, name, phone and spells of each."""
    holders: dict[Identifier, list[int]] = {}
    names: dict[str, list[int]] = {}
    for number, name, phone, _spells in people:
        names.setdefault(search_key(name), []).append(number)
        if phone:
            holders.setdefault(Identifier("email" if "@" in phone else "phone", phone), []).append(number)
    return Known(
        holders,
        names,
        {each[0]: search_key(each[1]) for each in people},
        {each[0]: each[3] for each in people},
        None if seen is None else frozenset(seen),
        **more,
    )


def outcome(entries: list[Entry], there: Known, **more: Any) -> list[str]:
    """Return what comes of rows, in words: the outcome with whom, or why not."""
    found = judge(entries, there, TODAY, **more)
    return [
        " ".join(
            [each.what]
            + ([str(each.person_id)] if each.person_id else [])
            + ([f"as {each.same_as}"] if each.same_as else [])
            + ([each.question, *each.candidates] if each.question else [])
            + codes(each)
        )
        for each in found
    ]


A, B, C = "+12135550101", "+12135550102", "+12135550103"
ANA = (7, "Ana López", A, [spell()])
AWAY = (8, "Ana López", B, [spell(OTHER)])


@pytest.mark.parametrize(
    ("row", "there", "expected"),
    [
        (said(2, "Ana López", phone=A), known(), "create"),
        (said(2, "ana lopez", phone=A), known(ANA), "unchanged 7"),
        (said(2, "Ana", phone=A), known(ANA), "unchanged 7"),
        (said(2, "Ana María López", phone=A), known(ANA), "unchanged 7"),
        (said(2, "Luis López", phone=A), known(ANA), "ask alike-contact person:7"),
        (said(2, "Ana López", phone=B), known(AWAY), "start 8"),
        (said(2, "Ana López"), known(ANA), "unchanged 7"),
        (said(2, "Ana López"), known(AWAY), "ask alike-name person:8"),
        (said(2, "Ana López", phone=C), known(ANA), "ask alike-name person:7"),
        (said(2, "Ana Pérez", phone=B), known(AWAY), "ask alike-contact person:8"),
        (said(2, "Luis", phone=A), known(ANA), "ask alike-shared person:7"),
        (said(2, "Ana López", phone=A, title="Lead"), known(ANA), "change 7"),
        (said(2, "Ana López", phone=A, title=""), known(ANA), "unchanged 7"),
        (said(2, "Ana López", phone=A, hours=Decimal(20)), known(ANA), "change 7"),
        (said(2, "Ana López", phone=A, started_on=date(2026, 1, 1)), known(ANA), "unchanged 7"),
        (said(2, "Ana López", phone=A, started_on=TODAY), known(ANA), "refuse already-employed"),
        (said(2, "Luis", title=""), known(), "refuse title-empty"),
        (said(2, "Luis", title="", usual_title="CHW"), known(), "create"),
        (said(2, "Luis", started_on=date(1900, 1, 1)), known(), "refuse start-too-early"),
        (said(2, "Ana López", phone=A), known((7, "Ana López", A, [spell(until=date(2026, 2, 1))])), "start 7"),
        (
            said(2, "Ana López", phone=A, started_on=date(2026, 1, 15)),
            known((7, "Ana López", A, [spell(until=date(2026, 2, 1))])),
            "refuse already-employed",
        ),
        (said(2, "Luis", faults=(Fault("phone_wrong"),)), known(), "refuse phone_wrong"),
    ],
)
def test_whose_row_it_is_and_what_comes_of_it(row: Entry, there: Known, expected: str) -> None:
    assert outcome([row], there) == [expected]


@pytest.mark.parametrize(
    ("row", "expected", "contacts"),
    [
        (said(2, "Ana López", phone=B), "start 8", 0),
        (said(2, "Ana Pérez", phone=B), "create", 1),
        (said(2, "Ana López"), "create", 0),
        (said(2, "Ana López", phone=C), "create", 1),
        (said(2, "Luis", phone=B), "create", 1),
        (said(2, "Luis", email="x@x.org"), "create", 0),
    ],
)
def test_a_supervisor_is_never_told_of_strangers(row: Entry, expected: str, contacts: int) -> None:
    """Only who gives name and contact as they are gets the person herself; all else reads as if nobody were there."""
    there = known(AWAY, (9, "Somebody", "x@x.org", []), seen={7})
    assert outcome([row], there) == [expected]
    assert len(judge([row], there, TODAY)[0].contacts) == contacts


def test_a_contact_that_cannot_be_given_twice_is_refused_where_it_may_be_told() -> None:
    there = known((9, "Somebody", "x@x.org", []))
    row = said(2, "Luis", email="x@x.org")
    assert outcome([row], there) == ["ask alike-shared person:9"]
    assert outcome([row], there, asked={2: Asked(("person:9",), "new")}) == ["refuse email_in_use"]
    crowd = known(*[(number, f"P{number}", A, []) for number in range(11, 15)])
    new = Asked(tuple(f"person:{number}" for number in range(11, 15)), "new")
    assert outcome([said(2, "Luis", phone=A)], crowd, asked={2: new}) == ["refuse contact_shared_by_many"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Asked(), "ask alike-name person:7"),
        (Asked(("person:7",), "person:7"), "unchanged 7"),
        (Asked(("person:7",), "new"), "create"),
        (Asked(("person:6",), "new"), "ask alike-name person:7"),
        (Asked(("person:6",), "person:6"), "ask alike-name person:7"),
    ],
)
def test_an_answer_counts_while_nobody_else_comes_into_question(asked: Asked, expected: str) -> None:
    assert outcome([said(2, "Ana López", phone=C)], known(ANA), asked={2: asked}) == [expected]


def test_rows_of_one_person_are_one_person() -> None:
    rows = [
        said(2, "Mele Tau", phone=A),
        said(3, "mele tau", phone=A, organization_id=OTHER),
        said(4, "Mele Tau", phone=A),
        said(5, "Mele Tau", phone=A, title="Lead"),
    ]
    assert outcome(rows, known()) == ["create", "create as 2", "unchanged as 2", "refuse row-twice"]
    begun = [(7, "Mele Tau", A, [])]
    assert outcome(rows, known(*begun)) == ["start 7", "start 7", "unchanged as 2", "refuse row-twice"]


def test_rows_that_are_alike_are_asked_about() -> None:
    rows = [said(2, "Mele Tau", phone=A), said(3, "Mele Tau", phone=B), said(4, "Sione", phone=A)]
    assert outcome(rows, known()) == ["create", "ask alike-row row:2", "ask alike-row row:2"]
    same = {3: Asked(("row:2",), "row:2"), 4: Asked(("row:2",), "new")}
    assert outcome(rows, known(), asked=same) == ["create", "unchanged as 2", "create"]
    person = known((7, "Mele Tau", A, []))
    assert outcome(rows[:2], person)[1] == "ask alike-name person:7 row:2"
    assert outcome(rows[:2], person, asked={3: Asked(("row:2",), "row:2")}) == ["start 7", "unchanged as 2"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ana Garc\u00eda L\u00f3pez", "Ana L\u00f3pez Garc\u00eda"),
        ("L\u00f3pez, Ana", "Ana L\u00f3pez"),
        ("Sina Tuala-Fonoti", "Sina Tuala"),
        ("Sina Fonoti", "Sina Tuala\u2010Fonoti"),
        ("Sina Fonoti-Tuala", "Sina Tuala-Fonoti"),
        ("Begon\u0303a Nu\u0301n\u0303ez", "Bego\u00f1a N\u00fa\u00f1ez Pe\u00f1a"),
        ("Mata\u02bbutia, Fa\u02bbafetai", "Fa`afetai Mata\u00b4utia"),
        ("Ana de la Cruz", "Ana Dela Cruz"),
        ("Ana De La Cruz", "Ana DelaCruz"),
        ("Siobhan O Brien", "Siobhan O'Brien"),
        ("Ana M. L\u00f3pez", "Ana Mar\u00eda L\u00f3pez"),
        ("Ana Mar\u00eda L\u00f3pez Garc\u00eda", "Ana Garc\u00eda"),
    ],
)
def test_a_near_name_is_found(typed: str, kept: str) -> None:
    key = search_key(typed)
    assert find_near([key], {7: search_key(kept), 8: "other person"}) == {key: [7]}
    assert find_near([search_key(kept)], {9: key}) == {search_key(kept): [9]}, "either may be the longer one"


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("Ana L\u00f3pez", "Ana P\u00e9rez"),
        ("Ana L\u00f3pez", "Luis L\u00f3pez"),
        ("Ana", "Ana L\u00f3pez"),
        ("Ana L\u00f3pez P\u00e9rez", "Ana L\u00f3pez Garc\u00eda"),
        ("Ana A. P\u00e9rez", "Ana A. Ruiz"),
        ("Ana L\u00f3pez", "ana lopez"),
    ],
)
def test_other_names_and_the_same_name_are_not_near(typed: str, other: str) -> None:
    assert find_near([search_key(typed)], {7: search_key(other)}) == {}


def test_a_near_name_is_a_question_and_never_decides() -> None:
    there = replace(known(ANA, AWAY), near={"ana lopez ruiz": [7, 8]})
    row = said(2, "Ana L\u00f3pez Ruiz", phone=C)
    assert outcome([row], there) == ["ask alike-name person:7 person:8"]
    assert outcome([row], replace(there, seen=frozenset({7}))) == ["ask alike-name person:7"], "of others, not a word"
    assert outcome([row], there, asked={2: Asked(("person:7", "person:8"), "new")}) == ["create"]
    assert outcome([row], there, asked={2: Asked(("person:7",), "person:7")}) == ["unchanged 7"]
    rows = [said(2, "Ana L\u00f3pez"), said(3, "Ana L\u00f3pez Ruiz")]
    assert outcome(rows, replace(known(ANA), near={"ana lopez ruiz": [7]}))[1] == "create", (
        "whose own row has been found is not asked about again"
    )


def test_rows_whose_names_have_another_order_are_asked_about() -> None:
    rows = [said(2, "Ana Garc\u00eda L\u00f3pez", phone=A), said(3, "Ana L\u00f3pez Garc\u00eda", phone=B)]
    assert outcome(rows, known()) == ["create", "ask alike-row row:2"]
    rows = [said(2, "Ana de la Cruz", phone=A), said(3, "Ana Delacruz", phone=B), said(4, "Ana Cruz", phone=C)]
    assert outcome(rows, known()) == ["create", "ask alike-row row:2", "create"]


def test_names_without_contacts_are_counted_one_by_one() -> None:
    rows = [said(2, "Mele Tau"), said(3, "Mele Tau")]
    two = known((7, "Mele Tau", "", [spell()]), (8, "Mele Tau", "", [spell()]))
    assert outcome(rows, two) == ["unchanged 7", "unchanged 8"]
    one = known((7, "Mele Tau", "", [spell()]))
    assert outcome(rows, one) == ["unchanged 7", "ask alike-row row:2"]
    assert outcome(rows, one, asked={3: Asked(("row:2",), "new")}) == ["unchanged 7", "create"]


def test_a_row_waits_for_the_one_that_it_is_the_same_as() -> None:
    rows = [said(2, "Mele Tau", phone=A, title=""), said(3, "Mele Tau", phone=A, organization_id=OTHER)]
    assert outcome(rows, known()) == ["refuse title-empty", "refuse row-first"]


def test_a_part_of_a_list_knows_what_came_of_the_rows_before() -> None:
    there = known(
        (7, "Mele Tau", A, [spell()]), (8, "Mele Tau", "", [spell()]), earlier={2: 7, 3: 8}, made=frozenset({7})
    )
    rows = [said(5, "Mele Tau", phone=B), said(6, "Mele Tau", phone=C, organization_id=OTHER), said(9, "Mele Tau")]
    asked = {5: Asked(("row:2", "person:8"), "new")}
    same = {6: 2, 9: 4}
    assert outcome(rows, there, asked=asked, same_as=same) == ["create", "start 7 as 2", "refuse row-first"]


def test_more_than_one_certain_person_is_a_question_or_nobody() -> None:
    twins = [(7, "Ana López", A, [spell(OTHER)]), (8, "Ana López", A, [spell(OTHER)])]
    row = said(2, "Ana López", phone=A)
    assert outcome([row], known(*twins)) == ["ask alike-contact person:7 person:8"]
    assert outcome([row], known(*twins, seen=set())) == ["create"]


@pytest.mark.parametrize(
    ("until", "own_end", "code"),
    [
        (TODAY, None, None),
        (date(2026, 3, 4), None, "delegation-past"),
        (date(2026, 10, 1), None, "delegation-too-long"),
        (date(2026, 4, 1), date(2026, 3, 31), "delegation-outlasts"),
        (date(2026, 3, 31), date(2026, 3, 31), None),
    ],
)
def test_how_long_somebody_may_stand_in(until: date, own_end: date | None, code: str | None) -> None:
    try:
        rules.check_delegation(until, TODAY, own_end)
        assert code is None
    except RuleBroken as error:
        assert error.code == code
