"""Periods, and files that run nothing."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from lms.reports.rules import (
    CUSTOM,
    Period,
    Question,
    Report,
    Row,
    Sheet,
    as_csv,
    as_json,
    as_xlsx,
    find_period,
    is_small,
    quarter_of,
)

TODAY = date(2026, 2, 9)
DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "\0x", "=cmd|' /C calc'!A0"]
HARMLESS = ["ʻAna Kalolaine ʻOtukolo", "1-2", " =x", "", "O'Brien", "a\nb", 'said "yes", twice']


@pytest.mark.parametrize(
    ("key", "since", "until"),
    [
        ("this-year", date(2026, 1, 1), date(2026, 12, 31)),
        ("last-year", date(2025, 1, 1), date(2025, 12, 31)),
        ("this-quarter", date(2026, 1, 1), date(2026, 3, 31)),
        ("last-quarter", date(2025, 10, 1), date(2025, 12, 31)),
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-q2", date(2024, 4, 1), date(2024, 6, 30)),
        ("2024-q4", date(2024, 10, 1), date(2024, 12, 31)),
    ],
)
def test_periods(key: str, since: date, until: date) -> None:
    assert find_period(key, TODAY) == Period(key, since, until)


@pytest.mark.parametrize("key", ["", "2024-q5", "24", "2024-q", "next-year", "1999", "2024-01", "2024\n"])
def test_what_is_no_period(key: str) -> None:
    assert find_period(key, TODAY) is None


def test_a_period_of_ones_own() -> None:
    since, until = date(2025, 5, 6), date(2025, 5, 7)
    assert find_period(CUSTOM, TODAY, since, until) == Period(CUSTOM, since, until)
    assert find_period(CUSTOM, TODAY, since, since) is not None
    for days in ((None, until), (since, None), (None, None), (until, since)):
        assert find_period(CUSTOM, TODAY, *days) is None
    assert not Period(CUSTOM, since, until).is_year
    assert Period(CUSTOM, date(2025, 1, 1), date(2025, 12, 31)).is_year


def test_quarters() -> None:
    assert [quarter_of(date(2025, month, 1))[5:] for month in range(1, 13)] == [
        f"q{n}" for n in (1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4)
    ]


def test_small() -> None:
    assert [count for count in range(-1, 15) if is_small(count)] == list(range(1, 11))


def test_whether_rows_add_up() -> None:
    question = Question(Period("2025", date(2025, 1, 1), date(2025, 12, 31)))
    rows = (Row("1", 2, 3), Row("2", 3, 3))
    assert Report(question, 5, 6, 2, rows).adds_up is True
    assert Report(question, 4, 6, 2, rows).adds_up is False
    assert Report(question, 4, 6, 2, rows).hidden == 0


def csv_cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_of_a_csv_file_is_a_formula(text: str) -> None:
    cells = csv_cells(as_csv(Sheet("Report", [text, "n"], [[text, 5]])))
    assert cells == [[f"'{text}", "n"], [f"'{text}", "5"]]


@pytest.mark.parametrize("text", HARMLESS)
def test_text_comes_back_from_a_csv_file_as_it_was(text: str) -> None:
    data = as_csv(Sheet("Report", ["name", "n"], [[text, 0]]))
    assert data.startswith(b"\xef\xbb\xbf")
    assert csv_cells(data)[1] == [text, "0"]


def test_a_workbook_keeps_text_as_text_and_numbers_as_numbers() -> None:
    texts = [text for text in DANGEROUS + HARMLESS if text and not set(text) & set("\r\0")]
    data = as_xlsx(Sheet("Completions", ["name", "n"], [[text, 7] for text in texts], ["One.", "=Two"]), "How")
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert book.sheet_names == ["Completions", "How"]
    rows = book.get_sheet_by_name("Completions").to_python()
    assert rows[0] == ["name", "n"]
    assert [row[0] for row in rows[1:]] == texts
    assert {row[1] for row in rows[1:]} == {7.0}
    assert book.get_sheet_by_name("How").to_python() == [["One."], ["=Two"]]
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())


@pytest.mark.parametrize("title", ["A: [very] long/title of a report? yes* \\ it is", "'quoted'", ":", "x" * 80])
def test_any_title_can_name_a_sheet(title: str) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx(Sheet(title, ["n"], [[1]]), "Notes")))
    assert len(book.sheet_names[0]) <= 31
    assert book.get_sheet_by_index(0).to_python() == [["n"], [1.0]]


def test_json() -> None:
    assert json.loads(as_json({"name": "ʻAna", "n": None})) == {"name": "ʻAna", "n": None}
    assert "ʻAna".encode() in as_json({"name": "ʻAna"})
