"""Reading a table from the bytes of a CSV or Excel file, whatever program saved it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import xlsxwriter

from lms.errors import BadInput, RowProblem
from lms.organizations.rules.workbooks import BadWorkbook, one_line, read_workbook
from lms.people.rules import search_key

LARGEST_FILE = 5 * 1024 * 1024
MOST_ROWS = 20_000
#: More than any list has. Each row is laid beside the headers, so that their product must stay small.
MOST_COLUMNS = 200
_PACKED, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_DELIMITERS = ",;\t"
#: What makes a spreadsheet take a cell of a CSV file for a formula.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
#: The same inside a cell, where a spreadsheet that parts cells otherwise (by semicolons, tabs) begins a new one.
_DANGEROUS_INSIDE = re.compile(r"""([;\t\r\n][\s"]*)(?=[=+\-@])""")
_DEFUSED_INSIDE = re.compile(r"""([;\t\r\n][\s"]*)'(?=[=+\-@])""")
_SENTENCES = {
    "file-broken": "cannot be read: %(what)s",
    "file-empty": "the file is empty; its first row must name the columns",
    "file-no-table": "this is not a table; save it as CSV (UTF-8) or as an Excel workbook",
    "file-no-workbook": "this Excel workbook cannot be opened; save it again as .xlsx",
    "file-old-excel": "this is an old Excel file, or one with a password; save it as .xlsx without one",
    "file-too-large": "the file is larger than %(most)s MB",
    "file-too-long": "the file has more than %(most)s rows; split it",
    "file-too-wide": "has more than %(most)s columns",
    "column-missing": "the column '%(column)s' is missing",
    "column-twice": "the column '%(column)s' is there twice",
    "column-unknown": "there is no column '%(column)s'; the columns are %(known)s",
    "row-too-long": "has more cells than the %(most)s columns",
}


@dataclass(frozen=True, order=True)
class TableProblem(RowProblem):
    """A fault of a table with the code of its sentence and what stands in it, for readers of other languages."""

    code: str = field(compare=False)
    values: Mapping[str, object] = field(compare=False)


@dataclass(frozen=True)
class TableRow:
    """One row: its number as a spreadsheet shows it (headers are row 1), and its cells by column.

    `is_too_long` tells of cells beyond the last column: something has slipped. `surplus` are the cells of a line
    without headers that say what another cell of it says already.
    """

    number: int
    cells: dict[str, str]
    is_too_long: bool = False
    surplus: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """The rows of a table that are not blank, and the columns that were left out because nobody asked for them."""

    rows: tuple[TableRow, ...]
    left_out: tuple[str, ...]


def problem(row: int, code: str, **values: object) -> TableProblem:
    """Return the fault of that code at a row."""
    return TableProblem(row, _SENTENCES[code] % values, code, values)


def read_table(
    data: bytes, columns: Sequence[str], required: Sequence[str], names: Mapping[str, str] | None = None
) -> list[TableRow]:
    """Return the rows of a CSV or Excel file that are not blank; raise `BadInput` naming every faulty row.

    Headers stand in any order and case; a blank or a hyphen counts as an underscore. What stands under a blank header
    is forgotten. `names` holds other names of the columns, as `fold_header` makes them. CSV may be UTF-8, with or
    without a mark, UTF-16 or Windows-1252, parted by commas, semicolons or tabs.
    """
    (number, cells), *filled = _filled(data)
    headers = _headers(cells, names)
    known, unknown = ", ".join(columns), [each for each in headers if each and each not in columns]
    faults = [problem(number, "column-unknown", column=each, known=known) for each in unknown]
    _check_headers(number, headers, columns, required, faults)
    rows = list(_rows(headers, filled))
    if too_long := [problem(row.number, "row-too-long", most=len(headers)) for row in rows if row.is_too_long]:
        raise BadInput(too_long)
    return rows


def read_sheet(
    data: bytes, columns: Sequence[str], required: Sequence[str], names: Mapping[str, str] | None = None
) -> Sheet:
    """Return the rows of a CSV or Excel file, and which of its columns are left out; raise `BadInput`.

    As `read_table`, but a row that is too long is only marked, and columns that are not asked for are forgotten.
    """
    (number, cells), *filled = _filled(data)
    found = _headers(cells, names)
    _check_headers(number, found, columns, required, [])
    left_out = tuple(cell for cell, each in zip(cells, found, strict=True) if cell and each not in columns)
    return Sheet(tuple(_rows([each if each in columns else "" for each in found], filled)), left_out)


def _headers(cells: Sequence[str], names: Mapping[str, str] | None) -> list[str]:
    """Return the columns that headers name; "" for a blank header."""
    return [(names or {}).get(fold_header(cell), _header(cell)) for cell in cells]


def _filled(data: bytes, *, may_be_blank: bool = False) -> list[tuple[int, list[str]]]:
    """Return the rows of a file that are not blank, each with its number; the first one names the columns."""
    if len(data) > LARGEST_FILE:
        raise BadInput([problem(1, "file-too-large", most=LARGEST_FILE // 1024 // 1024)])
    grid = _read_excel(data) if data.startswith((_PACKED, _OLD_EXCEL)) else _read_csv(_decode(data))
    filled = [(number, _trimmed(cells)) for number, cells in enumerate(grid, 1) if any(cells)]
    if wide := next((number for number, cells in filled if len(cells) > MOST_COLUMNS), None):
        raise BadInput([problem(wide, "file-too-wide", most=MOST_COLUMNS)])
    if not filled and not may_be_blank:
        raise BadInput([problem(1, "file-empty")])
    if len(filled) > MOST_ROWS:
        raise BadInput([problem(MOST_ROWS, "file-too-long", most=MOST_ROWS)])
    return filled


def _trimmed(cells: list[str]) -> list[str]:
    """Return cells without the blank ones at the end."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _header(cell: str) -> str:
    return "_".join(cell.casefold().replace("-", " ").replace("_", " ").split())


def read_grid(data: bytes) -> list[tuple[int, list[str]]]:
    """Return the rows of a CSV or Excel file that are not blank, each with its number; raise `BadInput`.

    The first row may or may not name the columns. What is read is what `read_table` reads; nothing of a blank file.
    """
    return _filled(data, may_be_blank=True)


def fold_header(cell: str) -> str:
    """Return a header without case, accents and glottal marks, an underscore for each blank or hyphen."""
    return "_".join(search_key(cell.replace("_", " ")).split())


def _check_headers(
    number: int, headers: Sequence[str], columns: Sequence[str], required: Sequence[str], faults: list[TableProblem]
) -> None:
    """Raise `BadInput` with `faults`, and for columns that are there twice or missing."""
    faults += [problem(number, "column-twice", column=name) for name in columns if headers.count(name) > 1]
    faults += [problem(number, "column-missing", column=name) for name in required if name not in headers]
    if faults:
        raise BadInput(faults)


def _rows(headers: list[str], filled: Iterable[tuple[int, list[str]]]) -> Iterator[TableRow]:
    """Yield the rows by column; a blank header's cells are forgotten."""
    for number, cells in filled:
        padded = [*cells, *[""] * len(headers)]
        named = {name: cell for name, cell in zip(headers, padded, strict=False) if name}
        yield TableRow(number, named, any(cells[len(headers) :]))


def _decode(data: bytes) -> str:
    """Return the text of a CSV file; raise `BadInput` when it is none."""
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadInput([problem(1, "file-no-table")])


def _encodings(data: bytes) -> tuple[str, ...]:
    """Return what a text may be written in; without a mark, UTF-16 shows by every other byte being nought."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    start = data[:200]
    if len(start) > 3 and len(data) % 2 == 0 and 0 in start:
        return ("utf-16-le",) if start[1] == 0 else ("utf-16-be",)
    return ("utf-8-sig", "cp1252")


def _read_csv(text: str) -> list[list[str]]:
    """Return every row of a CSV text, blank ones too."""
    lines = (line for line in text.splitlines() if line.strip())
    first = next(lines, "")
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    grid: list[list[str]] = []
    try:
        for row in reader:
            grid.append([_tidy(cell) for cell in row])
            if len(grid) > 2 * MOST_ROWS:
                raise BadInput([problem(MOST_ROWS, "file-too-long", most=MOST_ROWS)])
    except csv.Error as error:
        raise BadInput([problem(len(grid) + 1, "file-broken", what=error)]) from error
    return grid


def _tidy(cell: str) -> str:
    """Return a cell on one line, without invisible marks around it and without `harmless`'s apostrophes."""
    tidy = one_line(_DEFUSED_INSIDE.sub(r"\1", cell))
    return tidy[1:] if tidy.startswith("'") and tidy[1:].startswith(_DANGEROUS) else tidy


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: an apostrophe before what looks like one.

    Inside a cell too, after what parts cells elsewhere: where lists are written with semicolons, a spreadsheet takes
    `Ana;=1+1` for two cells, in quotation marks too unless the line begins with them.
    """
    safe = _DANGEROUS_INSIDE.sub(r"\1'", cell)
    return f"'{safe}" if safe.startswith(_DANGEROUS) else safe


def csv_lines(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as lines of CSV: all text in quotation marks, what could run harmless."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerows([harmless(each) if isinstance(each, str) else each for each in row] for row in rows)
    return file.getvalue()


def write_table(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """Yield a CSV file piece by piece: UTF-8 with the mark that spreadsheets look for, text that could run harmless."""
    yield "\ufeff".encode()
    for part in _parts(rows):
        yield csv_lines(part).encode()


def write_workbook(title: str, rows: Iterable[Sequence[object]]) -> bytes:
    """Return an Excel workbook with one sheet, its first row bold; text stays text, whatever it begins with."""
    file = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        page = book.add_worksheet(title[:31])
        page.freeze_panes(1, 0)
        page.set_column(0, 0, 40)
        bold = book.add_format({"bold": True})
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                page.write_string(number, column, str(cell), None if number else bold)
    return file.getvalue()


def _parts(rows: Iterable[Sequence[object]]) -> Iterator[list[Sequence[object]]]:
    remaining = iter(rows)
    while part := list(islice(remaining, 200)):
        yield part


def _read_excel(data: bytes) -> list[list[str]]:
    """Return every row of a workbook's first sheet, blank ones too."""
    if data.startswith(_OLD_EXCEL):
        raise BadInput([problem(1, "file-old-excel")])
    try:
        return read_workbook(data, MOST_ROWS + 2)
    except BadWorkbook as error:
        raise BadInput([problem(1, "file-no-workbook")]) from error
