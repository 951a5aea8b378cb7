"""The certificate: on Letter or A4 lying on its side, the name largest, the languages side by side in equal weight."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from lms.certificates.jobs.drawing import body, foot, qr
from lms.certificates.jobs.drawing.about import About
from lms.certificates.jobs.drawing.accents import drawn
from lms.certificates.jobs.drawing.body import INSIDE, Place
from lms.certificates.jobs.drawing.flow import LEADING, run_of, write, write_lines
from lms.certificates.jobs.drawing.frames import frame
from lms.certificates.jobs.drawing.name import fit_name
from lms.certificates.jobs.drawing.pen import Pen, rgb, rule, turned
from lms.certificates.jobs.drawing.renderings import PAPERS
from lms.certificates.jobs.drawing.tags import Art, Paper, art_of
from lms.certificates.jobs.drawing.wording import Sheet
from lms.web import fonts
from lms.web.fonts import BOLD, ITALIC, SEMIBOLD

_GUTTER = 36.0
_ALONE, _BESIDE, _LEAST = 34.0, 27.0, 17.0  # headings: alone, beside another language, at least
_BELOW_NAME = 0.8  # the size of any other text, in parts of the name's


def draw_certificate(sheet: Sheet) -> bytes:
    """Return the page as tagged PDF, the same bytes for the same sheet.

    Raises `MissingGlyphError` rather than leave a gap.
    """
    paper = Paper(PAPERS[sheet.rendering.paper], about(sheet))
    rows = qr.modules(sheet.code)
    with paper.artifact():
        paper.draw_art(frame(paper.width, paper.height, sheet.look))
        if sheet.is_demonstration:
            paper.draw_art(mark((paper.width / 2, paper.height / 2), 78, sheet.look.accent))
    places = _places(paper, len(sheet.columns))
    name = fit_name(sheet.name, paper.width - 2 * INSIDE - 20)
    most = name[0] * _BELOW_NAME
    y = _name(paper, sheet, name, _head(paper, sheet, places, most))
    body.draw_body(paper, sheet, places, (y - 12, foot.top_of(sheet, rows, paper.width)), most)
    foot.draw_foot(paper, sheet, rows)
    return paper.finish()


def about(sheet: Sheet) -> About:
    """Return what the file says of itself: title, issuer, the address of the check, serial and hash."""
    return About(
        title=f"{sheet.columns[0].heading.text}: {sheet.name}",
        author=sheet.issuer,
        subject=sheet.address,
        keywords=f"{sheet.serial} edition {sheet.edition} sha256 {sheet.payload_sha256}",
        languages=tuple(column.language for column in sheet.columns),
        made_at=sheet.made_at,
    )


@lru_cache(maxsize=20)
def mark(middle: tuple[float, float], size: float, accent: str) -> Art:
    """Return, around a place, pale and behind everything, that the person is invented.

    It is drawn and not written: a program that reads the text would find its letters between those of the name. The
    sentence that says so stands in the small print.
    """
    text = "DEMONSTRATION"
    pen = Pen().raw(f"{turned(24, *middle)} cm {rgb(accent, 0.075)} rg")
    pen.raw(drawn(text, -fonts.width_of(text, SEMIBOLD, size) / 2, -size / 3, SEMIBOLD, size))
    (x, y), reach = middle, size * 6
    return art_of("Mark", (x - reach, y - reach, x + reach, y + reach), pen.text)


def _places(paper: Paper, count: int) -> list[Place]:
    """Return where one or two columns stand."""
    if count == 1:
        return [Place(paper.width / 2, paper.width - 2 * INSIDE - 70)]
    width = (paper.width - 2 * INSIDE - _GUTTER) / 2
    return [Place(INSIDE + width / 2, width), Place(paper.width - INSIDE - width / 2, width)]


def _head(paper: Paper, sheet: Sheet, places: Sequence[Place], most: float) -> float:
    """Write the issuer, the heading and the words before the name, at most so large; return the line beneath."""
    ink = sheet.look.ink
    with paper.element("P"):
        size = min(11.5, most, (paper.width - 2 * INSIDE) / fonts.width_of(sheet.issuer, SEMIBOLD, 1))
        write(paper, sheet.issuer, paper.width / 2, paper.height - 75, font=SEMIBOLD, size=size, color=ink)
    y = _headings(paper, sheet, places, most) - 23
    for column, place in zip(sheet.columns, places, strict=True):
        said = column.presented_to
        with paper.element("P", language=said.language):
            size = min(12, most, place.width / fonts.width_of(said.text, ITALIC, 1))
            write(paper, said.text, place.center, y, font=ITALIC, size=size, color=ink)
    return y


def _headings(paper: Paper, sheet: Sheet, places: Sequence[Place], most: float) -> float:
    """Write the heading in each language, at one size; return the lowest line."""
    width = places[0].width
    runs = [run_of(column.heading.text, BOLD) for column in sheet.columns]
    size = _ALONE if len(places) == 1 else _BESIDE
    size = max(_LEAST, min(size, width / max(run.whole for run in runs)))
    size = min(size, most, width / max(run.widest for run in runs))
    lines = [run.lines(width / size) for run in runs]
    count = max(map(len, lines))
    top = paper.height - 82 - size
    with paper.group("H1"):
        for column, place, heading in zip(sheet.columns, places, lines, strict=True):
            with paper.element("Span", language=column.heading.language):
                y = top - (count - len(heading)) * size * LEADING / 2
                write_lines(paper, heading, place.center, y, font=BOLD, size=size, color=sheet.look.accent)
    return top - (count - 1) * size * LEADING


def _name(paper: Paper, sheet: Sheet, fitted: tuple[float, list[str]], y: float) -> float:
    """Write the name and the fine line under it; return the line beneath."""
    middle = paper.width / 2
    size, lines = fitted
    y -= 12 + size
    with paper.element("P", language=sheet.name_language):
        write_lines(paper, lines, middle, y, font=SEMIBOLD, size=size, color=sheet.look.ink, leading=1.1)
    y -= (len(lines) - 1) * size * 1.1 + size * 0.32 + 5
    widest = max(fonts.width_of(line, SEMIBOLD, size) for line in lines)
    with paper.artifact():
        paper.draw(rule(middle, y, min(middle - INSIDE - 10, max(110, widest / 2 + 26)), rgb(sheet.look.glow)))
    return y
