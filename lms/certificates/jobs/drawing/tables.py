"""Tables of a transcript: rows whose cells break into lines, with column heads that a screen reader finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from lms.certificates.jobs.drawing.flow import write
from lms.certificates.jobs.drawing.pen import rgb
from lms.certificates.jobs.drawing.tags import Paper
from lms.web import fonts
from lms.web.fonts import REGULAR, SEMIBOLD, drawable

INK, ACCENT, GLOW = "#2a211c", "#0b5e5a", "#c8871e"
SIZE = 9.6
_LEADING = 1.28
_GAP = 10.0
_PAD = 4.2


@dataclass(frozen=True)
class Part:
    """One part of a transcript: a heading, columns and rows, or a sentence that says why there are none."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str
    #: How wide each column is, in shares of the whole.
    shares: tuple[float, ...]
    #: How many of the last columns stand on the right, because they are numbers.
    numbers: int = 0

    def __post_init__(self) -> None:
        if {len(self.columns)} != {len(self.shares), *map(len, self.rows)}:
            raise ValueError(f"{self.heading!r}: every row needs {len(self.columns)} cells")


@dataclass(frozen=True)
class Cell:
    """The lines of one cell, where they stand from the left of the table, and 0 or 1: on the left or the right."""

    lines: tuple[str, ...]
    font: str
    x: float
    align: float


@dataclass(frozen=True)
class Row:
    """One row, laid out."""

    cells: tuple[Cell, ...]
    width: float
    is_head: bool

    @property
    def height(self) -> float:
        """Return how high the row is, with the room around its lines."""
        return max(len(cell.lines) for cell in self.cells) * SIZE * _LEADING + 2 * _PAD


def row_of(part: Part, texts: Sequence[str], width: float, *, font: str = REGULAR) -> Row:
    """Return the cells of a row of a table that is `width` points wide."""
    whole, left, cells = sum(part.shares), 0.0, []
    for number, (text, share) in enumerate(zip(texts, part.shares, strict=True)):
        room = width * share / whole
        align = float(number >= len(part.columns) - part.numbers)
        shown, face = drawable(text, font)
        lines = tuple(_lines(shown, face, room - _GAP))
        cells.append(Cell(lines, face, left + (room if align else 0), align))
        left += room
    return Row(tuple(cells), width, font == SEMIBOLD)


def _lines(text: str, font: str, width: float) -> list[str]:
    """Return a text in lines; a word that is wider than the column goes on in the next line."""
    words = [part for word in text.split(" ") for part in _broken(word, font, width)]
    return fonts.wrap(words, font, SIZE, width)


def _broken(word: str, font: str, width: float) -> Iterator[str]:
    """Yield a word in pieces that fit."""
    piece = ""
    for letter in word:
        if piece and fonts.width_of(piece + letter, font, SIZE) > width:
            yield piece
            piece = ""
        piece += letter
    yield piece


def draw_row(paper: Paper, row: Row, place: tuple[float, float], *, role: str) -> float:
    """Draw a row downwards from its upper left corner, without tags when `role` is ""; return its lower edge."""
    left, top = place
    bottom = top - row.height
    with paper.artifact() if role else nullcontext():
        line = f"{left:.2f} {bottom:.2f} m {left + row.width:.2f} {bottom:.2f} l S"
        color, width = (rgb(ACCENT), 1.0) if row.is_head else (rgb(INK, 0.3), 0.5)
        paper.draw(f"q {color} RG {width} w {line} Q")
    for cell in row.cells:
        with _tagged(paper, role):
            y = top - _PAD
            for text in cell.lines:
                y -= SIZE * _LEADING
                write(
                    paper, text if cell.align else f"{text} ", left + cell.x, y + SIZE * 0.28,
                    font=cell.font, size=SIZE, color=INK, align=cell.align,
                )  # fmt: skip
    return bottom


def _tagged(paper: Paper, role: str) -> AbstractContextManager[None]:
    """Return what marks a cell as a head of its column, as data, or not at all."""
    if not role:
        return nullcontext()
    return paper.element(role, attributes="<</O /Table /Scope /Column>>" if role == "TH" else "")
