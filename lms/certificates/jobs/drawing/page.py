"""The page: Letter landscape, the name largest, the worker's language and English side by side, in equal weight."""

from __future__ import annotations

import math
from dataclasses import dataclass
from io import BytesIO

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import landscape, letter
from reportlab.pdfgen.canvas import Canvas

from lms.certificates.jobs.drawing import marks
from lms.certificates.jobs.drawing.wording import Column, Sheet
from lms.web import fonts
from lms.web.fonts import BOLD, ITALIC, REGULAR, SEMIBOLD

WIDTH, HEIGHT = landscape(letter)
MIDDLE = WIDTH / 2
_INSIDE = 58.0  # from the edge to the text
_GUTTER = 34.0
_NAME_SIZES = (46, 20)  # largest, smallest on one line
_TWO_LINES = 33.0  # largest when it needs two
_FOOT = 162.0  # where the signatures, the seal and the code begin
_LEADING = 1.32
_HARD_BLANK = "\u00a0"


@dataclass(frozen=True)
class Place:
    """Where a column stands: its centre and its width, in points."""

    center: float
    width: float


def draw_certificate(sheet: Sheet) -> bytes:
    """Return the page as PDF, the same bytes for the same sheet; raise `MissingGlyphError` rather than leave a gap."""
    fonts.load_fonts()
    out = BytesIO()
    first = sheet.columns[0]
    canvas = Canvas(
        out,
        pagesize=(WIDTH, HEIGHT),
        invariant=1,
        pageCompression=1,
        lang=first.language,
        initialFontName=REGULAR,  # type: ignore[arg-type]
    )
    _describe(canvas, sheet)
    if sheet.is_demonstration:
        marks.draw_demonstration_mark(canvas, WIDTH, HEIGHT, sheet.accent)
    marks.draw_frame(canvas, WIDTH, HEIGHT, sheet.ink, sheet.accent)
    places = _places(len(sheet.columns))
    y = _head(canvas, sheet, places)
    y = _name(canvas, sheet, y)
    _body(canvas, sheet, places, y)
    _foot(canvas, sheet)
    _small_print(canvas, sheet, places)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _describe(canvas: Canvas, sheet: Sheet) -> None:
    """Set what a reader program shows: title, issuer, the address of the check, serial and hash."""
    canvas.setTitle(f"{sheet.columns[0].heading}: {sheet.name}")
    canvas.setAuthor(sheet.issuer)
    canvas.setSubject(sheet.address)
    canvas.setKeywords(f"{sheet.serial} edition {sheet.edition} sha256 {sheet.payload_sha256}")
    canvas.setViewerPreference("DisplayDocTitle", "true")


def _places(count: int) -> list[Place]:
    """Return where one or two columns stand."""
    if count == 1:
        return [Place(MIDDLE, WIDTH - 2 * _INSIDE - 90)]
    width = (WIDTH - 2 * _INSIDE - _GUTTER) / 2
    return [Place(_INSIDE + width / 2, width), Place(WIDTH - _INSIDE - width / 2, width)]


def _write(canvas: Canvas, text: str, x: float, y: float, *, font: str, size: float, color: str) -> None:
    """Write one line centred on `x`."""
    canvas.setFillColor(HexColor(color))
    canvas.setFont(font, size)
    canvas.drawCentredString(x, y, fonts.check_glyphs(text, font))


def _head(canvas: Canvas, sheet: Sheet, places: list[Place]) -> float:
    """Write the issuer, the heading and the words before the name; return the line beneath."""
    _write(canvas, sheet.issuer, MIDDLE, HEIGHT - 68, font=SEMIBOLD, size=11, color=sheet.ink)
    size = 32.0 if len(places) == 1 else 25.0
    while size > 17 and any(
        fonts.width_of(column.heading, BOLD, size) > place.width
        for column, place in zip(sheet.columns, places, strict=True)
    ):
        size -= 0.5
    lines = [
        fonts.balance(column.heading.split(" "), BOLD, size, place.width)
        for column, place in zip(sheet.columns, places, strict=True)
    ]
    most = max(map(len, lines))
    top = HEIGHT - 72 - size * 1.25
    for heading, place in zip(lines, places, strict=True):
        start = top - (most - len(heading)) * size * 0.55
        for number, line in enumerate(heading):
            _write(canvas, line, place.center, start - number * size * 1.1, font=BOLD, size=size, color=sheet.accent)
    y = top - (most - 1) * size * 1.1 - 24
    for column, place in zip(sheet.columns, places, strict=True):
        _write(canvas, column.presented_to, place.center, y, font=ITALIC, size=12, color=sheet.ink)
    return y


def fit_name(name: str, width: float) -> tuple[float, list[str]]:
    """Return the size and lines of a name: one line while it stays large, else two; never cut."""
    largest, smallest = _NAME_SIZES
    size = min(largest, largest * width / fonts.width_of(name, SEMIBOLD, largest))
    if size >= _TWO_LINES or " " not in name:
        return size, [name]
    lines = fonts.balance(name.split(" "), SEMIBOLD, _TWO_LINES, width)
    size = _TWO_LINES
    while len(lines) > 2 and size > smallest:
        size -= 0.5
        lines = fonts.balance(name.split(" "), SEMIBOLD, size, width)
    widest = max(fonts.width_of(line, SEMIBOLD, size) for line in lines)
    return min(size, size * width / widest), lines


def _name(canvas: Canvas, sheet: Sheet, y: float) -> float:
    """Write the name and the fine line under it; return the line beneath."""
    size, lines = fit_name(sheet.name, WIDTH - 2 * _INSIDE - 20)
    y -= 14
    for line in lines:
        y -= size * (1.0 if line is lines[0] else 1.12)
        _write(canvas, line, MIDDLE, y, font=SEMIBOLD, size=size, color=sheet.ink)
    y -= size * 0.34 + 4
    half = min(MIDDLE - _INSIDE - 14, max(fonts.width_of(line, SEMIBOLD, size) for line in lines) / 2 + 26)
    canvas.setStrokeColor(HexColor(sheet.accent))
    canvas.setLineWidth(0.9)
    canvas.line(MIDDLE - half, y, MIDDLE + half, y)
    return y


@dataclass(frozen=True)
class Paragraph:
    """Sentences of one kind, on one line where they fit, and the room above them in parts of the text size."""

    sentences: tuple[str, ...]
    font: str
    scale: float = 1.0
    above: float = 0.4
    joint: str = " "

    def lines(self, size: float, width: float) -> list[str]:
        """Return the lines at a text size; what is joined by a dot is never broken inside while it fits."""
        step = size * self.scale
        if self.joint != " ":
            joined = fonts.balance(self.sentences, self.font, step, width, self.joint)
            return [part for line in joined for part in self._broken(line, step, width)]
        whole = " ".join(self.sentences)
        if fonts.width_of(whole, self.font, step) <= width:
            return [whole]
        return [line for each in self.sentences for line in fonts.balance(each.split(" "), self.font, step, width)]

    def _broken(self, line: str, step: float, width: float) -> list[str]:
        """Return a line whose one part is too wide in several lines, any other as it is."""
        if fonts.width_of(line, self.font, step) <= width:
            return [line]
        return fonts.balance(line.split(_HARD_BLANK), self.font, step, width)


def _paragraphs(column: Column) -> list[Paragraph]:
    """Return what stands under the name in one column, from top to bottom."""
    skills = tuple(skill.replace(" ", _HARD_BLANK) for skill in column.skills)
    return [
        Paragraph((column.title,), BOLD, 1.7, 0),
        Paragraph((column.completed,), REGULAR, 1.0, 0.5),
        Paragraph((column.hours, column.instruction), REGULAR),
        Paragraph((column.competencies,) if skills else (), REGULAR, 1.0, 0.7),
        Paragraph(skills, SEMIBOLD, 1.06, 0.2, "  ·  "),
        Paragraph((column.issued_on, column.validity), REGULAR, 0.92, 0.8),
    ]


def _height(column: Column, place: Place, size: float) -> float:
    """Return how high a column is at a text size; without end when a word is too wide for it."""
    height = 0.0
    for part in _paragraphs(column):
        lines = part.lines(size, place.width)
        if any(fonts.width_of(line, part.font, size * part.scale) > place.width + 0.01 for line in lines):
            return math.inf
        height += (len(lines) * _LEADING + part.above) * size * part.scale
    return height


def _text_size(columns: list[tuple[Column, Place]], room: float) -> float:
    """Return the largest text size, in quarters of a point, at which every column fits into `room`."""
    low, high = 6 * 4, (15 if len(columns) == 1 else 13) * 4
    while low < high:
        middle = (low + high + 1) // 2
        if max(_height(column, place, middle / 4) for column, place in columns) <= room:
            low = middle
        else:
            high = middle - 1
    return low / 4


def _body(canvas: Canvas, sheet: Sheet, places: list[Place], top: float) -> None:
    """Write title, sentences and competencies between the name and the foot, as large as there is room for."""
    columns = list(zip(sheet.columns, places, strict=True))
    room = top - 14 - _FOOT
    size = _text_size(columns, room)
    tallest = max(_height(column, place, size) for column, place in columns)
    begin = top - 14 - (room - tallest) * 0.45
    for column, place in columns:
        y = begin
        for part in _paragraphs(column):
            step = size * part.scale
            y -= part.above * step
            for line in part.lines(size, place.width):
                y -= step * _LEADING
                _write(canvas, line, place.center, y + step * 0.3, font=part.font, size=step, color=_color(part, sheet))
    if len(columns) == 2:
        canvas.setStrokeColor(HexColor(sheet.accent))
        canvas.setLineWidth(0.4)
        canvas.line(MIDDLE, begin - 4, MIDDLE, begin - tallest)


def _color(part: Paragraph, sheet: Sheet) -> str:
    return sheet.accent if part.font == BOLD else sheet.ink


def _foot(canvas: Canvas, sheet: Sheet) -> None:
    """Draw the seal, the two lines to sign on, and the code with its serial."""
    marks.draw_seal(canvas, _INSIDE + 44, 115, 40, ink=sheet.ink, accent=sheet.accent)
    right = WIDTH - _INSIDE - 8 - marks.QR_SIDE
    marks.draw_qr(canvas, sheet.address, right, 89)
    center = right + marks.QR_SIDE / 2
    number = sheet.serial if sheet.edition == 1 else f"{sheet.serial} / {sheet.edition}"
    _write(canvas, number, center, 72.5, font=SEMIBOLD, size=8, color=sheet.ink)
    for signer in (0, 1):
        x = MIDDLE + (-1, 1)[signer] * 112
        canvas.setStrokeColor(HexColor(sheet.ink))
        canvas.setLineWidth(0.7)
        canvas.line(x - 98, 112, x + 98, 112)
        y = 101.0
        for column in sheet.columns:
            for line in fonts.balance(column.signers[signer].split(" "), REGULAR, 8.6, 200):
                _write(canvas, line, x, y, font=REGULAR, size=8.6, color=sheet.ink)
                y -= 10.4


def _small_print(canvas: Canvas, sheet: Sheet, places: list[Place]) -> None:
    """Write how to check the certificate, and what it is not."""
    parts = [Paragraph((column.verify, column.not_a_license), REGULAR) for column in sheet.columns]
    size = 7.2
    while size > 5.5 and any(len(part.lines(size, place.width)) > 3 for part, place in zip(parts, places, strict=True)):
        size -= 0.1
    for part, place in zip(parts, places, strict=True):
        lines = part.lines(size, place.width)
        y = 42 + (len(lines) - 1) * size * 1.2
        for line in lines:
            _write(canvas, line, place.center, y, font=REGULAR, size=size, color=sheet.ink)
            y -= size * 1.2
