"""Many numbers at once: reading a list or a CSV file of serials as people keep them."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from lms.certificates.rules.serials import read_serial
from lms.errors import RuleBroken

MOST_LINES = 500
LARGEST_LIST = 200_000
_ADDRESS = re.compile(r"/(?:V|verify)/([^/?#\s]+)(?:/(\d{1,4}))?", re.IGNORECASE)
_LONGEST_SHOWN = 40


@dataclass(frozen=True)
class Asked:
    """One line of a list: its number, what stood there, the serial in it (None: mistyped), and the edition if named."""

    line: int
    typed: str
    serial: str | None
    edition: str | None = None


def decode(content: bytes) -> str:
    """Return a list as text; raise `RuleBroken` "list_too_large" or "list_unreadable"."""
    if len(content) > LARGEST_LIST:
        raise RuleBroken("list_too_large", most=MOST_LINES)
    for encoding in ("utf-8-sig", "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise RuleBroken("list_unreadable")


def read_list(text: str) -> list[Asked]:
    """Return the numbers of a list: one a line, or a CSV file with one number in each row.

    A first row without a number in it counts as headers. Raises `RuleBroken` "list_empty" or "list_too_long".
    """
    rows = [(number, cells) for number, cells in _rows(text) if any(cells)]
    found = [_asked(number, cells) for number, cells in rows]
    if len(found) > 1 and found[0].serial is None and not any(map(str.isdigit, "".join(rows[0][1]))):
        del found[0]
    if not found:
        raise RuleBroken("list_empty")
    if len(found) > MOST_LINES:
        raise RuleBroken("list_too_long", most=MOST_LINES)
    return found


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Return each line's number and cells, parted by what parts cells in most of its lines."""
    marks = {mark: text.count(mark) for mark in ";\t,"}
    delimiter = max(marks, key=lambda mark: marks[mark])
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        raise RuleBroken("list_unreadable") from error


def _asked(line: int, cells: list[str]) -> Asked:
    """Return what one row asks: its first cell that is a number, or the first that holds anything."""
    for cell in cells:
        serial, edition = read_cell(cell)
        if serial:
            return Asked(line, cell[:_LONGEST_SHOWN] if "/" not in cell else cell, serial, edition)
    return Asked(line, next(cell for cell in cells if cell)[:_LONGEST_SHOWN], None)


def read_cell(cell: str) -> tuple[str | None, str | None]:
    """Return the serial and the edition that a cell names: a number as printed, or the address behind a code."""
    address = _ADDRESS.search(cell)
    if address:
        return read_serial(address[1]), address[2]
    return read_serial(cell), None
