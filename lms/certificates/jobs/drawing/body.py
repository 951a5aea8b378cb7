"""What stands between the name and the foot: sentences in a column for each language, and the competencies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lms.certificates.jobs.drawing.flow import DOT, LEADING, Paragraph, paragraphs, write_lines
from lms.certificates.jobs.drawing.pen import rgb
from lms.certificates.jobs.drawing.skills import Grid, draw_grid, grid_of
from lms.certificates.jobs.drawing.tags import Paper
from lms.certificates.jobs.drawing.wording import Column, Sheet
from lms.web.fonts import BOLD, ITALIC, REGULAR, SEMIBOLD

#: From the edge of the paper to the text.
INSIDE = 64.0
_LARGEST, _LARGEST_ALONE, _LEAST = 12.5, 14.0, 4.0
_TITLE = 1.65  # the size of the track's title, in parts of the text size


@dataclass(frozen=True)
class Place:
    """Where a column stands: its centre and its width, in points."""

    center: float
    width: float


@dataclass(frozen=True)
class Body:
    """The columns, what introduces the competencies in each language, and the competencies."""

    columns: list[list[Paragraph]]
    labels: list[list[Paragraph]]
    places: Sequence[Place]
    grid: Grid

    def columns_height(self, size: float) -> float:
        """Return how high the higher column is at a text size."""
        return self._height(self.columns, size)

    def labels_height(self, size: float) -> float:
        """Return how high the introduction is."""
        return self._height(self.labels, size)

    def height(self, size: float) -> float:
        """Return how high all of it is."""
        return self.columns_height(size) + self.labels_height(size) + self.grid.height(size)

    def _height(self, columns: list[list[Paragraph]], size: float) -> float:
        return max(
            sum(part.height(size, place.width) for part in parts)
            for parts, place in zip(columns, self.places, strict=True)
        )


def body_of(sheet: Sheet, places: Sequence[Place], width: float) -> Body:
    """Return what is fitted into the room between name and foot."""
    labels = [paragraphs([column.competencies] if sheet.skills else [], ITALIC, above=0.8) for column in sheet.columns]
    return Body([_sentences(column) for column in sheet.columns], labels, places, grid_of(sheet.skills, width))


def _sentences(column: Column) -> list[Paragraph]:
    """Return what stands under the name in one column, from top to bottom."""
    return [
        *paragraphs([column.title], BOLD, scale=_TITLE, above=0, role="H2", color="accent"),
        *paragraphs([column.completed], REGULAR, above=0.25),
        *paragraphs([column.hours], REGULAR),
        *paragraphs(column.kinds, SEMIBOLD, scale=0.92, above=0.05, joint=DOT),
        *paragraphs([column.instruction], REGULAR, above=0.05),
        *paragraphs([column.issued_on, column.validity], REGULAR),
    ]


def fitted_size(body: Body, room: float, most: float) -> float:
    """Return the largest text size, in quarters of a point, at which the body fits; the least when none does.

    No text is larger than `most`.
    """
    largest = min(_LARGEST if len(body.places) > 1 else _LARGEST_ALONE, most / _TITLE)
    low, high = int(_LEAST * 4), int(largest * 4)
    while low < high:
        middle = (low + high + 1) // 2
        if body.height(middle / 4) <= room:
            low = middle
        else:
            high = middle - 1
    return low / 4


def draw_body(paper: Paper, sheet: Sheet, places: Sequence[Place], between: tuple[float, float], most: float) -> None:
    """Write title, sentences and competencies between two heights, as large as there is room for."""
    top, bottom = between
    body = body_of(sheet, places, paper.width - 2 * INSIDE)
    size = fitted_size(body, top - bottom, most)
    height = body.columns_height(size)
    begin = top - (top - bottom - body.height(size)) * 0.4
    for parts, place in zip(body.columns, places, strict=True):
        with paper.group("Sect", language=parts[0].language):
            _draw_column(paper, sheet, parts, place, begin, size)
    if len(places) > 1:
        with paper.artifact():
            line = f"{paper.width / 2:.2f} {begin - 2:.2f} m {paper.width / 2:.2f} {begin - height:.2f} l S"
            paper.draw(f"q {rgb(sheet.look.glow)} RG 0.6 w {line} Q")
    if body.grid.rows:
        for parts, place in zip(body.labels, places, strict=True):
            _draw_column(paper, sheet, parts, place, begin - height, size)
        draw_grid(paper, sheet, body.grid, begin - height - body.labels_height(size), size)


def _draw_column(paper: Paper, sheet: Sheet, parts: list[Paragraph], place: Place, y: float, size: float) -> None:
    """Write the paragraphs of one column downwards from `y`."""
    for part in parts:
        step = size * part.scale
        y -= part.above * step
        color = sheet.look.accent if part.color else sheet.look.ink
        with paper.element(part.role, language=part.language):
            lines = part.lines(size, place.width)
            write_lines(paper, lines, place.center, y - step, font=part.font, size=step, color=color)
        y -= step * LEADING * len(lines)
