"""Reading a table from the bytes of a CSV or Excel file, whatever program saved it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import python_calamine

from lms.errors import BadInput, RowProblem

LARGEST_FILE = 5 * 1024 * 1024
MOST_ROWS = 20_000
_EXCEL = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_DELIMITERS = ",;\t"


@dataclass(frozen=True)
class TableRow:
    """One row: its number as a spreadsheet shows it (headers are row 1), and its cells by column."""

    number: int
    cells: dict[str, str]


def read_table(data: bytes, columns: Sequence[str], required: Sequence[str]) -> list[TableRow]:
    """Return the rows of a CSV or Excel file that are not blank; raise `BadInput` naming every faulty row.

    Headers stand in any order and case; a blank or a hyphen counts as an underscore. CSV may be UTF-8, with
    or without a mark, UTF-16 or Windows-1252, parted by commas, semicolons or tabs.
    """
    if len(data) > LARGEST_FILE:
        raise BadInput([RowProblem(1, f"the file is larger than {LARGEST_FILE // 1024 // 1024} MB")])
    grid = _read_excel(data) if data.startswith(_EXCEL) else _read_csv(_decode(data))
    filled = [(number, cells) for number, cells in enumerate(grid, 1) if any(cells)]
    if not filled:
        raise BadInput([RowProblem(1, "the file is empty; its first row must name the columns")])
    if len(filled) > MOST_ROWS:
        raise BadInput([RowProblem(MOST_ROWS, f"the file has more than {MOST_ROWS} rows; split it")])
    headers = _headers(filled[0], columns, required)
    return _rows(headers, filled[1:])


def read_grid(data: bytes) -> list[tuple[int, list[str]]]:
    """Return the rows of a CSV or Excel file that are not blank, each with its number; raise `BadInput`.

    The first row may or may not name the columns. What is read is what `read_table` reads.
    """
    if len(data) > LARGEST_FILE:
        raise BadInput([RowProblem(1, f"the file is larger than {LARGEST_FILE // 1024 // 1024} MB")])
    grid = _read_excel(data) if data.startswith(_EXCEL) else _read_csv(_decode(data))
    filled = [(number, cells) for number, cells in enumerate(grid, 1) if any(cells)]
    if len(filled) > MOST_ROWS:
        raise BadInput([RowProblem(MOST_ROWS, f"the file has more than {MOST_ROWS} rows; split it")])
    return filled


def _headers(first: tuple[int, list[str]], columns: Sequence[str], required: Sequence[str]) -> list[str]:
    """Return the name of each column; raise `BadInput` for unknown, repeated and missing ones."""
    number, cells = first
    names = ["_".join(cell.casefold().replace("-", " ").replace("_", " ").split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    known = f"the columns are {', '.join(columns)}"
    faults = [f"there is no column {name!r}; {known}" for name in names if name not in columns]
    faults += [f"the column {name!r} is there twice" for name in columns if names.count(name) > 1]
    faults += [f"the column {name!r} is missing" for name in required if name not in names]
    if faults:
        raise BadInput(RowProblem(number, fault) for fault in faults)
    return names


def _rows(headers: list[str], filled: Iterable[tuple[int, list[str]]]) -> list[TableRow]:
    rows, faults = [], []
    for number, cells in filled:
        if any(cells[len(headers) :]):
            faults.append(RowProblem(number, f"has more cells than the {len(headers)} columns"))
        padded = [*cells, *[""] * len(headers)]
        rows.append(TableRow(number, dict(zip(headers, padded, strict=False))))
    if faults:
        raise BadInput(faults)
    return rows


def _decode(data: bytes) -> str:
    """Return the text of a CSV file; raise `BadInput` when it is none."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadInput([RowProblem(1, "this is not a table; save it as CSV (UTF-8) or as an Excel workbook")])


def _read_csv(text: str) -> list[list[str]]:
    """Return every row of a CSV text, blank ones too."""
    lines = (line for line in text.splitlines() if line.strip())
    first = next(lines, "")
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    grid: list[list[str]] = []
    try:
        for row in reader:
            grid.append([_tidy(cell) for cell in row])  # noqa: PERF401 -- the length tells where it broke
    except csv.Error as error:
        raise BadInput([RowProblem(len(grid) + 1, f"cannot be read: {error}")]) from error
    return grid


def _read_excel(data: bytes) -> list[list[str]]:
    """Return every row of a workbook's first sheet, blank ones too."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = book.get_sheet_by_index(0)
        grid = sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS + 2)
    except python_calamine.CalamineError as error:
        raise BadInput([RowProblem(1, "this Excel workbook cannot be opened; save it again as .xlsx")]) from error
    return [[_cell(value) for value in row] for row in grid]


def _cell(value: object) -> str:
    """Return what a person sees in an Excel cell: whole numbers without a point, dates as YYYY-MM-DD."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (date, datetime)):
        return value.isoformat()[:10]
    return _tidy(str(value))


def _tidy(cell: str) -> str:
    return " ".join(cell.split())
