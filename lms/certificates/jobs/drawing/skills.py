"""The competencies: one list for all languages of the page, each with its titles, its hours, its framework and code."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from lms.certificates.jobs.drawing.flow import LEADING, Run, run_of, write_lines
from lms.certificates.jobs.drawing.tags import Paper
from lms.certificates.jobs.drawing.wording import Sheet, Skill
from lms.web.fonts import REGULAR, SEMIBOLD

_GAP = 14.0
_WIDEST = 236.0
_ABOVE = 0.55
#: How many stand beside each other: by how many there are, and then in rows of four.
_BESIDE = {1: 1, 2: 2, 3: 3, 4: 4, 5: 3, 6: 3, 9: 3}
_MOST = 4
#: Font and size, in parts of the text size: the title first, then in English, then hours and code.
_LOOKS = ((SEMIBOLD, 1.0), (REGULAR, 0.88))
_FACTS = (REGULAR, 0.78)


@dataclass(frozen=True)
class Cell:
    """One competency: each text with its language and size."""

    texts: tuple[tuple[Run, str, float], ...]

    def height(self, size: float, width: float) -> float:
        """Return how high it is at a text size; without end when a word is too wide."""
        return sum(run.count(width / (size * scale)) * scale for run, _, scale in self.texts) * size * LEADING


@dataclass(frozen=True)
class Grid:
    """The competencies in rows, and the width of each cell."""

    rows: tuple[tuple[Cell, ...], ...]
    cell: float
    _heights: dict[float, float] = field(default_factory=dict, compare=False)

    def height(self, size: float) -> float:
        """Return how high the grid is at a text size."""
        if size not in self._heights:
            self._heights[size] = sum(self.row_height(row, size) for row in self.rows)
        return self._heights[size]

    def row_height(self, row: tuple[Cell, ...], size: float) -> float:
        """Return how high one row is, with the room above."""
        return max(cell.height(size, self.cell) for cell in row) + _ABOVE * size


@lru_cache(maxsize=500)
def grid_of(skills: tuple[Skill, ...], width: float) -> Grid:
    """Return the competencies in rows that fill a width; those of a track come back on every page."""
    columns = _BESIDE.get(len(skills), _MOST)
    cells = [_cell(skill) for skill in skills]
    rows = tuple(tuple(cells[at : at + columns]) for at in range(0, len(cells), columns))
    return Grid(rows, width if columns == 1 else min(_WIDEST, (width - (columns - 1) * _GAP) / columns))


def _cell(skill: Skill) -> Cell:
    titles = [
        (run_of(said.text, font), said.language, scale)
        for (font, scale), said in zip(_LOOKS, skill.titles, strict=False)
    ]
    font, scale = _FACTS
    return Cell((*titles, (run_of(f"{skill.hours} \u00b7 {skill.code}", font), "", scale)))


def draw_grid(paper: Paper, sheet: Sheet, grid: Grid, top: float, size: float) -> None:
    """Write the grid downwards from `top`, each row centred."""
    with paper.group("L"):
        for row in grid.rows:
            wide = len(row) * grid.cell + (len(row) - 1) * _GAP
            x = paper.width / 2 - wide / 2 + grid.cell / 2
            for cell in row:
                with paper.group("LI"), paper.group("LBody"):
                    _draw_cell(paper, sheet, cell, (x, top - _ABOVE * size), size, grid.cell)
                x += grid.cell + _GAP
            top -= grid.row_height(row, size)


def _draw_cell(paper: Paper, sheet: Sheet, cell: Cell, place: tuple[float, float], size: float, width: float) -> None:
    """Write one competency downwards from a place."""
    x, y = place
    for run, language, scale in cell.texts:
        step = size * scale
        with paper.element("Span", language=language):
            lines = run.lines(width / step)
            write_lines(paper, lines, x, y - step, font=run.font, size=step, color=sheet.look.ink)
        y -= step * LEADING * len(lines)
