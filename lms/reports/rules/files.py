"""Tables as files for spreadsheets: what is text stays text, whatever it begins with."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from lms.organizations.rules import csv_lines

Cell = str | int


@dataclass(frozen=True)
class Sheet:
    """A table to download. `notes` say what it is and how it was counted, a sentence each."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()


def as_csv(sheet: Sheet) -> bytes:
    """Return the table as CSV: UTF-8 with the mark that spreadsheets look for, text that could run made harmless."""
    return csv_lines((sheet.columns, *sheet.rows)).encode("utf-8-sig")


def as_xlsx(sheet: Sheet, notes_title: str) -> bytes:
    """Return the table as a workbook with two sheets: the table, and the notes under `notes_title`."""
    file = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        page = book.add_worksheet(_sheet_name(sheet.title))
        page.set_column(0, 0, 40)
        page.set_column(1, max(1, len(sheet.columns) - 1), 18)
        page.freeze_panes(1, 0)
        for column, text in enumerate(sheet.columns):
            page.write_string(0, column, text, bold)
        for number, row in enumerate(sheet.rows, 1):
            for column, cell in enumerate(row):
                _write(page, number, column, cell)
        about = book.add_worksheet(_sheet_name(notes_title))
        about.set_column(0, 0, 100, book.add_format({"text_wrap": True}))
        for number, text in enumerate(sheet.notes):
            about.write_string(number, 0, text)
    return file.getvalue()


def _write(page: Any, row: int, column: int, cell: Cell) -> None:
    if isinstance(cell, str):
        page.write_string(row, column, cell)
    else:
        page.write_number(row, column, cell)


def _sheet_name(title: str) -> str:
    """Return `title` as Excel allows it: at most 31 letters, no brackets, slashes, colons, stars or questions."""
    return "".join(letter for letter in title if letter not in "[]:*?/\\")[:31].strip("' ") or "1"


def as_json(facts: Mapping[str, Any]) -> bytes:
    """Return `facts` as readable JSON in UTF-8."""
    return (json.dumps(facts, ensure_ascii=False, indent=2) + "\n").encode()
