"""Rules of organizations: what is seen, when spells begin and end, who is whom, what an import changes."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from lms.actor import Span
from lms.errors import BadInput, RuleBroken
from lms.organizations import rules
from lms.organizations.models import GEOGRAPHIES, KINDS, POPULATIONS
from lms.organizations.rules import Alike, Contracted, Present, Sight, TableRow, Wanted
from lms.organizations.rules.tables import LARGEST_FILE, MOST_ROWS

TODAY = date(2026, 3, 5)
DAY = timedelta(days=1)
OURS, THEIRS = 1, 2


def span(since: int, until: int | None = None, organization_id: int = OURS) -> Span:
    """Return a spell from and to so many days after today."""
    return Span(organization_id, TODAY + since * DAY, None if until is None else TODAY + until * DAY)


def code_of(function: object, *args: object, **more: object) -> str:
    """Return the code of the rule that a call breaks."""
    with pytest.raises(RuleBroken) as caught:
        function(*args, **more)  # type: ignore[operator]
    return caught.value.code


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], Sight.NONE),
        ([span(0)], Sight.STAFF),
        ([span(-9, 0)], Sight.STAFF),
        ([span(-9, -1)], Sight.PAST),
        ([span(1)], Sight.NONE),
        ([span(-9, -1), span(1)], Sight.PAST),
        ([span(-9, organization_id=THEIRS)], Sight.NONE),
    ],
)
def test_how_an_organization_stands_to_a_person(spans: list[Span], expected: Sight) -> None:
    assert rules.sight_of(spans, OURS, TODAY) is expected


def test_an_employer_sees_what_it_recorded_and_what_she_shares() -> None:
    here = [span(-9)]
    assert rules.may_see(here, OURS, TODAY, recorded_on=TODAY)
    assert rules.may_see(here, OURS, TODAY, is_shared=True)
    assert not rules.may_see(here, OURS, TODAY)
    assert not rules.may_see(here, THEIRS, TODAY, recorded_on=TODAY, is_shared=True)


def test_after_the_end_only_what_was_recorded_in_the_span_is_left() -> None:
    left = [span(-9, -3), span(2)]
    assert rules.may_see(left, OURS, TODAY, recorded_on=TODAY - 3 * DAY)
    assert not rules.may_see(left, OURS, TODAY, recorded_on=TODAY - 2 * DAY)
    assert not rules.may_see(left, OURS, TODAY, recorded_on=TODAY + 2 * DAY)
    assert not rules.may_see(left, OURS, TODAY, is_shared=True)


def test_when_a_spell_may_begin() -> None:
    rules.check_start([], OURS, TODAY, TODAY)
    rules.check_start([span(-9, -1), span(-9, organization_id=THEIRS)], OURS, TODAY, TODAY)
    rules.check_start([], OURS, TODAY + 366 * DAY, TODAY)
    assert code_of(rules.check_start, [], OURS, TODAY + 367 * DAY, TODAY) == "start-too-late"
    assert code_of(rules.check_start, [], OURS, date(1949, 12, 31), TODAY) == "start-too-early"
    for present in (span(-9), span(-9, 0), span(5)):
        assert code_of(rules.check_start, [present], OURS, TODAY, TODAY) == "already-employed"


def test_when_a_spell_may_end() -> None:
    own, next_one = span(0), span(5)
    spans = [span(-9, -5), own, next_one, span(1, organization_id=THEIRS)]
    rules.check_end(own, TODAY, TODAY, [own])
    rules.check_end(own, TODAY + 366 * DAY, TODAY, [own])
    rules.check_end(own, TODAY + 4 * DAY, TODAY, spans)
    assert code_of(rules.check_end, own, TODAY + 5 * DAY, TODAY, spans) == "end-in-next"
    assert code_of(rules.check_end, own, TODAY - DAY, TODAY, spans) == "end-before-start"
    assert code_of(rules.check_end, own, TODAY + 367 * DAY, TODAY, [own]) == "end-too-late"


def test_terms_lie_within_the_spell() -> None:
    rules.check_terms_day(TODAY, None, TODAY)
    rules.check_terms_day(TODAY, TODAY, TODAY)
    assert code_of(rules.check_terms_day, TODAY, None, TODAY - DAY) == "terms-outside"
    assert code_of(rules.check_terms_day, TODAY, TODAY, TODAY + DAY) == "terms-outside"


def test_hours_titles_and_programs() -> None:
    for hours in (None, Decimal(0), Decimal("37.5"), Decimal(80)):
        rules.check_hours(hours)
    for hours in map(Decimal, ("-1", "80.1", "7.25", "NaN", "sNaN", "Infinity", "-Infinity")):
        assert code_of(rules.check_hours, hours) == "hours-implausible"
    assert rules.title_of("  Promotora   de salud ") == "Promotora de salud"
    assert code_of(rules.title_of, "  ") == "title-empty"
    assert code_of(rules.title_of, "x" * 121) == "title-too-long"
    assert rules.program_of(" Community  Teams ") == "Community Teams"
    assert code_of(rules.program_of, "") == "program-empty"
    assert code_of(rules.program_of, "x" * 121) == "program-too-long"


def test_names_and_keys() -> None:
    assert rules.name_of("  Rising   Hope ") == "Rising Hope"
    assert code_of(rules.name_of, " ") == "name_empty"
    assert rules.key_from_name("Niños & ʻAlisi’s Center") == "ninos-alisis-center"
    assert rules.key_from_name("健康") == ""
    assert len(rules.key_from_name("a b " * 40)) <= 60
    assert rules.valid_key("rising-hope-2")
    for wrong in ("", "Rising", "a--b", "-a", "a_b", "x" * 61):
        assert not rules.valid_key(wrong)


def test_contracts() -> None:
    rules.check_contract("department", TODAY, None)
    rules.check_contract("department", TODAY, TODAY)
    assert code_of(rules.check_contract, "cbo", TODAY, None) == "payer-not-a-department"
    assert code_of(rules.check_contract, "department", TODAY, TODAY - DAY) == "contract-ends-first"
    rules.check_within(TODAY, None, TODAY, None)
    rules.check_within(TODAY, TODAY + DAY, TODAY + DAY, None)
    for opened, closed, since, until in (
        (TODAY, None, TODAY - DAY, None),
        (TODAY, TODAY, TODAY, TODAY + DAY),
        (TODAY, TODAY, TODAY + DAY, None),
        (TODAY, None, TODAY + DAY, TODAY),
    ):
        assert code_of(rules.check_within, opened, closed, since, until) == "paid-outside"


@pytest.mark.parametrize(
    ("typed", "known", "expected"),
    [
        ("ana lopez", "ana lopez", True),
        ("ana lopez garcia", "ana maria lopez", True),
        ("jo li", "jo li", True),
        ("jo wu", "jo li", False),
        ("ana lopez", "luis perez", False),
    ],
)
def test_two_names_may_be_one_person(typed: str, known: str, *, expected: bool) -> None:
    assert rules.is_likely_same(typed, known) is expected


def test_only_a_name_with_a_contact_tells_who_it_is() -> None:
    ana, namesake = Alike(7, "ana lopez", by_contact=True), Alike(8, "ana lopez", by_contact=False)
    sister = Alike(9, "rosa perez", by_contact=True)
    key = "ana lopez"
    assert rules.find_same(key, [], "") is None
    assert code_of(rules.find_same, key, [ana, sister], "") == "alike-contact"
    assert code_of(rules.find_same, key, [namesake], "") == "alike-name"
    assert code_of(rules.find_same, key, [namesake, sister], "") == "alike-name"
    assert code_of(rules.find_same, key, [sister], "") == "alike-shared"
    assert rules.find_same(key, [ana, sister], "same") == 7
    assert rules.find_same(key, [ana, sister], "other") is None
    for unclear in ([namesake], [sister], [ana, Alike(6, "ana lopez", by_contact=True)], []):
        assert code_of(rules.find_same, key, unclear, "same") == "unclear-person"


# Tables

COLUMNS, REQUIRED = ("key", "name", "areas"), ("key", "name")


def problems(error: pytest.ExceptionInfo[BadInput]) -> list[str]:
    """Return the printed problems."""
    return [str(problem) for problem in error.value.problems]


def read(data: bytes) -> list[TableRow]:
    """Return the rows of a table with the columns above."""
    return rules.read_table(data, COLUMNS, REQUIRED)


@pytest.mark.parametrize(
    "data",
    [
        b"key,name,areas\na,Ni\xc3\xb1os,4\n",
        b"\xef\xbb\xbfkey,name,areas\r\na,Ni\xc3\xb1os,4\r\n",
        b"name;areas;key\r\nNi\xf1os;4;a\r\n",
        "Key\tAREAS\tName\na\t4\tNiños\n".encode("utf-16"),
        b"key,name,areas,,\na,Ni\xc3\xb1os,4,,\n",
        "\n , \nkey, name ,areas\n\na,  Niños ,4".encode(),
        'key,name,areas\n"a","Niños","4"'.encode(),
    ],
)
def test_a_table_is_read_however_it_was_saved(data: bytes) -> None:
    (row,) = read(data)
    assert row.cells == {"key": "a", "name": "Niños", "areas": "4"}


def workbook(*rows: list[object]) -> bytes:
    """Return an Excel workbook."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(number, column, value)  # type: ignore[arg-type]
            else:
                sheet.write(number, column, value)
    book.close()
    return target.getvalue()


def test_an_excel_workbook_is_read_as_people_see_it() -> None:
    rows = read(workbook(["name", "Key", "areas"], [], ["Niños", 12, date(2026, 7, 1)], ["B", "b", 4.5]))
    assert [(row.number, row.cells["key"], row.cells["areas"]) for row in rows] == [
        (3, "12", "2026-07-01"),
        (4, "b", "4.5"),
    ]


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    assert [row.number for row in read(b'key,name\n\na,"two\nlines"\n,\nb,B\n')] == [3, 5]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ["row 1: the file is empty; its first row must name the columns"]),
        (b"\n , \n", ["row 1: the file is empty; its first row must name the columns"]),
        (b"x" * (LARGEST_FILE + 1), ["row 1: the file is larger than 5 MB"]),
        (
            b"key,nom,key\n",
            [
                "row 1: there is no column 'nom'; the columns are key, name, areas",
                "row 1: the column 'key' is there twice",
                "row 1: the column 'name' is missing",
            ],
        ),
        (b"key,name\na,A\nb,B,more\nc,C,,\nd,D,x\n", [
            "row 3: has more cells than the 2 columns",
            "row 5: has more cells than the 2 columns",
        ]),
        (b'key,name\na,A\nb,"B\n', ["row 3: cannot be read: unexpected end of data"]),
        (b"\x00\x01\x02", ["row 1: this is not a table; save it as CSV (UTF-8) or as an Excel workbook"]),
        (b"key,\x81name", ["row 1: this is not a table; save it as CSV (UTF-8) or as an Excel workbook"]),
        (b"\xff\xfe\x00", ["row 1: this is not a table; save it as CSV (UTF-8) or as an Excel workbook"]),
        (b"PK\x03\x04 broken", ["row 1: this Excel workbook cannot be opened; save it again as .xlsx"]),
        (b"key,name\n" + b"a,A\n" * MOST_ROWS, ["row 20000: the file has more than 20000 rows; split it"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_table_is_said_by_row(data: bytes, expected: list[str]) -> None:
    with pytest.raises(BadInput) as caught:
        read(data)
    assert problems(caught) == expected


@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_problems(data: bytes) -> None:
    try:
        read(b"key,name\n" + data)
    except BadInput as error:
        assert error.problems


# Importing

KNOWN = {"kind": KINDS, "geographies": GEOGRAPHIES, "populations": POPULATIONS}


def wanted(*rows: dict[str, str]) -> list[Wanted]:
    """Return what table rows ask for."""
    return rules.read_rows([TableRow(number, cells) for number, cells in enumerate(rows, 2)], KNOWN)


def faults(*rows: dict[str, str]) -> list[str]:
    """Return what is wrong with table rows."""
    with pytest.raises(BadInput) as caught:
        wanted(*rows)
    return problems(caught)


def test_every_cell_is_understood() -> None:
    (row,) = wanted(
        {
            "key": "Rising-Hope",
            "name": "Rising Hope",
            "kind": "CBO",
            "areas": "SPA 4; 6, spa-8",
            "boundary_year": "2012",
            "geographies": "South LA | antelope-valley",
            "populations": "Immigrants / LGBTQ",
            "department": "DPH",
            "program": "Teams",
            "contract_start": "7/1/2025",
            "contract_end": "2026-06-30",
        }
    )
    assert row == Wanted(
        row=2,
        key="rising-hope",
        name="Rising Hope",
        kind="cbo",
        boundary_year=2012,
        areas=frozenset({4, 6, 8}),
        geographies=frozenset({"south-la", "antelope-valley"}),
        populations=frozenset({"immigrants", "lgbtq"}),
        contracts=(Contracted("dph", "Teams", date(2025, 7, 1), date(2026, 6, 30)),),
    )


def test_blank_cells_ask_for_nothing() -> None:
    (row,) = wanted({"key": "a", "name": "A", "kind": "", "areas": " ; "})
    assert (row.kind, row.areas, row.geographies, row.contracts) == (None, None, None, ())


def test_further_rows_of_a_key_add_contracts() -> None:
    contract = {"department": "dph", "program": "One", "contract_start": "2025-07-01"}
    (row,) = wanted(
        {"key": "a", "name": "A", "areas": "4", **contract},
        {"key": "a", "name": "A", **contract, "program": "Two"},
    )
    assert row.areas == {4}
    assert [each.program for each in row.contracts] == ["One", "Two"]


def test_every_fault_of_every_row_is_named() -> None:
    long = {"department": "dph", "program": "x" * 121, "contract_start": "2025-07-01", "contract_end": "2025-06-30"}
    assert faults(
        {"key": "Bad Key", "name": "", "kind": "shop", "areas": "4,9", "boundary_year": "1999"},
        {"key": "b", "name": "B", "geographies": "mars", "populations": "everyone"},
        {"key": "c", "name": "C", "program": "P", "contract_start": "soon"},
        {"key": "d", "name": "D", **long},
        {"key": "e", "name": "D!", "contract_end": "2025-06-30"},
    ) == [
        "row 2: areas: '9' is not known; use the numbers 1 to 8",
        "row 2: boundary_year: '1999' is not known; use 2002, 2012, 2022",
        "row 2: key: 'Bad Key' is not a key; use small letters, digits and single hyphens",
        "row 2: kind: 'shop' is not known; use department or cbo",
        "row 2: name: write the organization's name, at most 200 letters",
        f"row 3: geographies: 'mars' is not known; use {', '.join(GEOGRAPHIES)}",
        f"row 3: populations: 'everyone' is not known; use {', '.join(POPULATIONS)}",
        "row 4: contract_start: 'soon' is not a date; write it as 2026-07-31",
        "row 4: department: a contract needs a department, a program and a first day",
        "row 5: contract_end: the contract would end before it begins",
        "row 5: program: at most 120 letters",
        "row 6: contract_start: a contract needs a department, a program and a first day",
        "row 6: department: a contract needs a department, a program and a first day",
        "row 6: name: row 5 has the same name under the key 'd'",
        "row 6: program: a contract needs a department, a program and a first day",
    ]


def test_rows_of_one_key_must_not_contradict_each_other() -> None:
    contract = {"department": "dph", "program": "One", "contract_start": "2025-07-01"}
    assert faults(
        {"key": "a", "name": "A", "areas": "4", **contract},
        {"key": "a", "name": "Other", "areas": "5", **contract},
    ) == [
        "row 3: areas: row 2 says otherwise of 'a'",
        "row 3: name: row 2 says otherwise of 'a'",
        "row 3: the same contract of 'a' is there twice",
    ]


OPEN = Contracted("dph", "One", date(2025, 7, 1))
THERE = {
    "dph": Present("department", "Public Health"),
    "a": Present(
        "cbo",
        "A",
        frozenset({(4, 2022), (5, 2022), (1, 2012)}),
        frozenset({"south-la"}),
        frozenset({"lgbtq"}),
        frozenset({OPEN}),
    ),
}


def lines(*rows: dict[str, str]) -> list[str]:
    """Return what an import of table rows would change."""
    return [line for change in rules.plan_import(wanted(*rows), THERE) for line in change.lines()]


def test_what_is_as_the_table_says_is_left() -> None:
    contract = {"department": "dph", "program": "One", "contract_start": "2025-07-01"}
    assert lines({"key": "a", "name": "A"}, {"key": "dph", "name": "Public Health", "kind": "department"}) == []
    assert lines({"key": "a", "name": "A", "areas": "5 ; 4", "geographies": "south-la", **contract}) == []


def test_each_change_is_told() -> None:
    ended = {"department": "dph", "program": "One", "contract_start": "2025-07-01", "contract_end": "2026-06-30"}
    new = {"department": "dph", "program": "Two", "contract_start": "2026-07-01"}
    assert lines(
        {"key": "a", "name": "Ahora", "areas": "4,6", "geographies": "antelope-valley", "populations": "immigrants"}
        | ended,
        {"key": "a", "name": "Ahora", **new},
        {"key": "b", "name": "B", "areas": "8", "boundary_year": "2012"},
        {"key": "dhs", "name": "Health Services", "kind": "department"},
    ) == [
        "a: rename 'A' to 'Ahora'",
        "a: add area 6 (2022)",
        "a: remove area 5 (2022)",
        "a: add geography antelope-valley",
        "a: remove geography south-la",
        "a: add population immigrants",
        "a: remove population lgbtq",
        "a: add contract dph / Two, 2026-07-01 to open",
        "a: set the last day of contract dph / One, 2025-07-01 to 2026-06-30",
        "b: create cbo 'B'",
        "b: add area 8 (2012)",
        "dhs: create department 'Health Services'",
    ]


def test_what_cannot_be_imported() -> None:
    contract = {"department": "a", "program": "P", "contract_start": "2025-07-01"}
    with pytest.raises(BadInput) as caught:
        lines(
            {"key": "a", "name": "A", "kind": "department"},
            {"key": "b", "name": "B", **contract},
            {"key": "c", "name": "C", **contract, "department": "nobody"},
            {"key": "d", "name": "PUBLIC health"},
        )
    assert problems(caught) == [
        "row 2: kind: 'a' is a cbo here; a file cannot change that",
        "row 3: department: there is no department with the key 'a'",
        "row 4: department: there is no department with the key 'nobody'",
        "row 5: name: 'PUBLIC health' is already here under the key 'dph'; use that key",
    ]


def test_a_rename_takes_no_name_that_is_kept() -> None:
    there = {"a": Present("cbo", "Hope"), "b": Present("cbo", "Rising"), "c": Present("cbo", "HOPE")}

    def plan(**names: str) -> list[str]:
        wanted = [Wanted(row, key, name) for row, (key, name) in enumerate(names.items(), 2)]
        return [line for change in rules.plan_import(wanted, there) for line in change.lines()]

    with pytest.raises(BadInput) as caught:
        plan(b="hope")
    assert problems(caught) == ["row 2: name: 'hope' is already here under the key 'c'; choose another name"]
    assert plan(a="Rising", b="Hopeful") == ["a: rename 'Hope' to 'Rising'", "b: rename 'Rising' to 'Hopeful'"]
    assert plan(a="Hope!") == ["a: rename 'Hope' to 'Hope!'"], "two that were alike before may stay so"
    assert plan(b="Other", d="Rising")[1] == "d: create cbo 'Rising'", "a name that is given up is free"


def test_a_department_of_the_same_table_may_pay() -> None:
    contract = {"department": "dmh", "program": "P", "contract_start": "2025-07-01"}
    assert lines({"key": "a", "name": "A", **contract}, {"key": "dmh", "name": "Mental Health", "kind": "department"})
