"""Reading an Excel workbook that a stranger may have made: measured before it is opened, so that it cannot burst."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, datetime

import python_calamine

from lms.people.rules import trimmed

#: Bytes of all its parts together, once unpacked.
LARGEST_UNPACKED = 60 * 1024 * 1024
MOST_PARTS = 500
#: Cells between the first and the last corner, empty ones too: the reader makes room for each of them.
LARGEST_AREA = 2_000_000
#: Letters that all cells could hold together, if each held the longest text of the workbook.
LARGEST_TEXT = 200_000_000
_ADDRESS = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,4})([0-9]{1,8})["']""")
_ROW = re.compile(rb"<(?:\w+:)?row\b")
_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_TEXT_END = re.compile(rb"</(?:\w+:)?si\s*>")
#: Control characters. A workbook may hold them as _x0000_; no text does, and PostgreSQL cannot store the first one.
_CONTROLS = dict.fromkeys((*range(32), *range(127, 160)), " ")


class BadWorkbook(ValueError):
    """The bytes are no workbook that is safe to open."""


@dataclass
class _Measure:
    """What the parts of a workbook come to."""

    unpacked: int = 0
    cells: int = 0
    rows: int = 0
    columns: int = 0
    longest: int = 0

    def add_sheet(self, part: bytes) -> None:
        """Count the cells of a part, and note the corner that lies farthest: by address, or by counting."""
        for found in _ADDRESS.finditer(part):
            self.columns = max(self.columns, _column(found[1]))
            self.rows = max(self.rows, int(found[2]))
        for number, row in enumerate(_ROW.split(part)):
            cells = sum(1 for _ in _CELL.finditer(row))
            self.cells += cells
            self.columns, self.rows = max(self.columns, cells), max(self.rows, number)

    def add_texts(self, part: bytes) -> None:
        """Note the longest of the texts that cells share."""
        start = 0
        for end in _TEXT_END.finditer(part):
            self.longest = max(self.longest, end.start() - start)
            start = end.end()
        self.longest = max(self.longest, len(part) - start)

    @property
    def is_safe(self) -> bool:
        """Return whether a machine of ordinary size can hold the workbook."""
        return self.rows * self.columns <= LARGEST_AREA and self.cells * self.longest <= LARGEST_TEXT


def read_workbook(data: bytes, most_rows: int) -> list[list[str]]:
    """Return the first `most_rows` rows of the first sheet as people see them; raise `BadWorkbook`."""
    try:
        if not _measure(data).is_safe:
            raise BadWorkbook
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        grid = book.get_sheet_by_index(0).to_python(skip_empty_area=False, nrows=most_rows)
    except (python_calamine.CalamineError, zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, EOFError) as error:
        raise BadWorkbook from error
    return [[_cell(value) for value in row] for row in grid]


def _measure(data: bytes) -> _Measure:
    """Return what a workbook's parts come to, unpacked for real: what their list says of sizes may be a lie.

    Raises `BadWorkbook` for what is no .xlsx, and stops as soon as it is too much.
    """
    measure = _Measure()
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        names = packed.namelist()
        if len(names) > MOST_PARTS or len(set(names)) < len(names) or "xl/workbook.xml" not in names:
            raise BadWorkbook
        if "content.xml" in names or any(name.endswith(".bin") and "workbook" in name for name in names):
            raise BadWorkbook  # another format beside it, which the reader might prefer
        for name in names:
            with packed.open(name) as packed_part:
                part = packed_part.read(LARGEST_UNPACKED - measure.unpacked + 1)
            measure.unpacked += len(part)
            if measure.unpacked > LARGEST_UNPACKED:
                raise BadWorkbook
            if "sharedstrings" in name.casefold():
                measure.add_texts(part)
            else:  # whatever its name, the workbook may call it a sheet
                measure.add_sheet(part)
    return measure


def _column(letters: bytes) -> int:
    """Return the number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _cell(value: object) -> str:
    """Return what a person sees in a cell: whole numbers without a point, dates as YYYY-MM-DD."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (date, datetime)):
        return value.isoformat()[:10]
    return one_line(str(value))


def one_line(text: str) -> str:
    """Return what a cell says without control characters and invisible marks around it, with blanks collapsed."""
    return " ".join(trimmed(text.translate(_CONTROLS)).split())
