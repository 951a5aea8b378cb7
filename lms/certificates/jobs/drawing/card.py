"""The card for a wallet, 85.6 by 54 mm (ISO/IEC 7810 ID-1): front and back side by side, to cut out and fold."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib.pagesizes import A4, letter
from reportlab.lib.units import mm

from lms.certificates.jobs.drawing import qr
from lms.certificates.jobs.drawing.flow import Run, run_of, write, write_lines
from lms.certificates.jobs.drawing.frames import MOTIFS
from lms.certificates.jobs.drawing.name import fit_name
from lms.certificates.jobs.drawing.page import about, mark
from lms.certificates.jobs.drawing.pen import Pen
from lms.certificates.jobs.drawing.seal import draw_seal
from lms.certificates.jobs.drawing.tags import Paper
from lms.certificates.jobs.drawing.wording import Said, Sheet
from lms.web import fonts
from lms.web.fonts import BOLD, REGULAR, SEMIBOLD

WIDTH, HEIGHT = 85.6 * mm, 54 * mm
_INSIDE = 11.0
_BAND = 24.0
_SEAL = 17.0
_SMALL, _LEAST, _LEADING = 7.0, 4.0, 1.22


def draw_card(sheet: Sheet) -> bytes:
    """Return a page with the card as tagged PDF, the same bytes for the same sheet.

    Raises `MissingGlyphError` rather than leave a gap.
    """
    paper = Paper(letter if sheet.rendering.paper == "letter" else A4, about(sheet))
    left, bottom = (paper.width - 2 * WIDTH) / 2, paper.height - HEIGHT - 96
    with paper.artifact():
        paper.draw(_outline(left, bottom, sheet))
        if sheet.is_demonstration:
            paper.draw_art(mark((left + WIDTH / 2, bottom + HEIGHT / 2 - 8), 21, sheet.look.accent))
    _front(paper, sheet, left, bottom)
    _back(paper, sheet, left + WIDTH, bottom)
    y = bottom - 42
    for column in sheet.columns:
        with paper.element("P", language=column.card.language):
            lines = run_of(column.card.text, REGULAR).lines(2 * WIDTH / 10)
            y = write_lines(paper, lines, paper.width / 2, y, font=REGULAR, size=10, color=sheet.look.ink) - 3
    return paper.finish()


def _outline(left: float, bottom: float, sheet: Sheet) -> str:
    """Return both sides without words: band, ornament, marks to cut along, and a line to fold along."""
    look, pen, top = sheet.look, Pen(), bottom + HEIGHT
    pen.rect(left, top - _BAND, WIDTH, _BAND).fill(look.accent)
    strip = MOTIFS[look.motif](WIDTH / 0.5, look)
    pen.placed(strip, 0.5, 0, 0, 0.5, left, top - _BAND - 5)
    pen.placed(strip, 0.5, 0, 0, 0.5, left + WIDTH, top - 5)
    pen.rect(left, bottom, 2 * WIDTH, HEIGHT).stroke(look.accent, 0.5)
    for x in (left, left + 2 * WIDTH):
        for way, y in ((-1, bottom), (1, top)):
            pen.move(x, y + way * 6).line(x, y + way * 20)
    for y in (bottom, top):
        for way, x in ((-1, left), (1, left + 2 * WIDTH)):
            pen.move(x + way * 6, y).line(x + way * 20, y)
    pen.stroke("#000000", 0.4)
    pen.raw("[3 3] 0 d").move(left + WIDTH, bottom - 20).line(left + WIDTH, bottom)
    pen.move(left + WIDTH, top).line(left + WIDTH, top + 20).stroke("#000000", 0.4)
    return pen.text


def _front(paper: Paper, sheet: Sheet, left: float, bottom: float) -> None:
    """Write who holds which certificate, from whom, and until when."""
    look, middle, width, top = sheet.look, left + WIDTH / 2, WIDTH - 2 * _INSIDE, bottom + HEIGHT
    _banner(paper, sheet, middle, top)
    y = top - _BAND - 22
    with paper.group("H1"):
        y = _two(paper, [column.heading for column in sheet.columns], (middle, y, width), (BOLD, 10.5), look.accent)
    size, lines = fit_name(sheet.name, width, largest=19, smallest=9, two_lines=13)
    y -= 8 + size * 0.72
    with paper.element("P", language=sheet.name_language):
        y = write_lines(paper, lines, middle, y, font=SEMIBOLD, size=size, color=look.ink, leading=1.12) + size * 1.12
    room = width - 2 * _SEAL - 6
    center = left + _INSIDE + room / 2
    y = min(y - 16, bottom + 43)
    _two(paper, [column.title for column in sheet.columns], (center, y, room), (SEMIBOLD, 8.6), look.ink)
    _two(paper, [column.validity for column in sheet.columns], (center, bottom + 18, room), (REGULAR, 6.8), look.ink)
    draw_seal(paper, sheet.columns[0].seal, look, (left + WIDTH - _INSIDE - _SEAL, bottom + 34), _SEAL)


def _banner(paper: Paper, sheet: Sheet, x: float, top: float) -> None:
    """Write the issuer on the band, in white."""
    with paper.element("P"):
        size = min(8.4, (WIDTH - 2 * _INSIDE) / fonts.width_of(sheet.issuer, SEMIBOLD, 1))
        write(paper, sheet.issuer, x, top - _BAND / 2 - size * 0.34, font=SEMIBOLD, size=size, color="#ffffff")


def _two(
    paper: Paper, said: Sequence[Said], place: tuple[float, float, float], look: tuple[str, float], color: str
) -> float:
    """Write a text in its languages beneath each other, the second smaller, each on one line; return the lowest."""
    (x, y, width), (font, largest) = place, look
    for number, (text, language) in enumerate(dict.fromkeys(said)):
        face, most = (REGULAR, largest * 0.8) if number else (font, largest)
        size = min(most, width / fonts.width_of(text, face, 1))
        y -= size * 1.16 if number else 0
        with paper.element("Span", language=language):
            write(paper, text, x, y, font=face, size=size, color=color)
    return y


def _back(paper: Paper, sheet: Sheet, left: float, bottom: float) -> None:
    """Draw the code with its serial, and write how to check it and what it is not."""
    rows = qr.modules(sheet.code)
    side, first, look = qr.side_of(rows), sheet.columns[0], sheet.look
    x, y = left + _INSIDE + 2, bottom + (HEIGHT - side) / 2 + 2
    with paper.figure(first.code.text, first.code.language, (x, y, x + side, y + side)):
        paper.draw(qr.draw(rows, x, y, side))
    with paper.element("P"):
        size = min(7.0, (side + 14) / fonts.width_of(sheet.number, SEMIBOLD, 1))
        write(paper, sheet.number, x + side / 2, y - 14, font=SEMIBOLD, size=size, color=look.ink)
    begin = x + side + 15
    width = left + WIDTH - _INSIDE - begin
    texts = [
        (said, REGULAR) for column in sheet.columns for said in (column.issued_on, column.not_a_license, column.verify)
    ]
    if sheet.is_demonstration:
        texts = [*((column.demonstration, SEMIBOLD) for column in sheet.columns), *texts]
    runs = [(run_of(said.text, font), said.language) for said, font in dict.fromkeys(texts)]
    _fill(paper, runs, (begin, bottom + 9, width, HEIGHT - 26), look.ink)


def _fill(paper: Paper, runs: list[tuple[Run, str]], box: tuple[float, float, float, float], color: str) -> None:
    """Write paragraphs from the left into a box, as large as there is room for."""
    left, bottom, width, height = box
    size = min(_SMALL, *(width / run.widest for run, _ in runs))
    while size > _LEAST and _height(runs, width / size) * size > height:
        size -= 0.1
    y = bottom + (height + _height(runs, width / size) * size) / 2
    for run, language in runs:
        with paper.element("P", language=language):
            for line in run.lines(width / size):
                y -= size * _LEADING
                write(paper, f"{line} ", left, y, font=run.font, size=size, color=color, align=0)
        y -= size * 0.3


def _height(runs: list[tuple[Run, str]], room: float) -> float:
    """Return how high paragraphs are at size 1."""
    return sum(run.count(room) * _LEADING + 0.3 for run, _ in runs)
