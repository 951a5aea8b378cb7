"""The foot of a certificate: the seal, two lines to sign on, the code with its serial, and the small print."""

from __future__ import annotations

from lms.certificates.jobs.drawing import qr
from lms.certificates.jobs.drawing.body import INSIDE, Place
from lms.certificates.jobs.drawing.flow import Run, paragraphs, run_of, write, write_lines
from lms.certificates.jobs.drawing.pen import rgb
from lms.certificates.jobs.drawing.seal import draw_seal
from lms.certificates.jobs.drawing.tags import Paper
from lms.certificates.jobs.drawing.wording import Column, Said, Sheet, Signer
from lms.web import fonts
from lms.web.fonts import REGULAR, SEMIBOLD

_LOWEST = 54.5  # the lowest baseline
_CODE = 69.0  # the lower edge of the code
_RADIUS, _SEAL = 37.0, 108.0  # of the seal, and the height of its centre
_SIGN, _SIGN_ROOM = 128.0, 28.0  # the lines to sign on, and the room above them
_ROLE, _ROLE_STEP, _ROLES = 7.8, 9.0, 2  # a role: size, distance of lines, lines without more room
_PRINT, _PRINT_LEAST, _PRINT_LEADING = 7.4, 4.6, 1.22
_HASH = 5.8


def top_of(sheet: Sheet, rows: qr.Rows, width: float) -> float:
    """Return where the foot begins on a page so wide: above the code, and with room to sign."""
    return max(_line_of(sheet, _middle(rows, width)) + _SIGN_ROOM, _CODE + qr.side_of(rows) + 8)


def draw_foot(paper: Paper, sheet: Sheet, rows: qr.Rows) -> None:
    """Draw the foot: seal and signatures first, then the code, then the small print, as they are read."""
    draw_seal(paper, sheet.columns[0].seal, sheet.look, (INSIDE + _RADIUS + 2, _SEAL), _RADIUS)
    middle = _middle(rows, paper.width)
    line = lowest = _line_of(sheet, middle)
    for signer, place in zip(sheet.signers, _cells(sheet, middle), strict=True):
        lowest = min(lowest, _signature(paper, sheet, signer, (place, line)))
    _code(paper, sheet, rows, paper.width - INSIDE - qr.side_of(rows))
    _small_print(paper, sheet, middle, lowest)


def _middle(rows: qr.Rows, width: float) -> Place:
    """Return where the signatures and the small print stand: between seal and code."""
    left, right = INSIDE + 2 * _RADIUS + 16, width - INSIDE - qr.side_of(rows) - 16
    return Place((left + right) / 2, right - left)


def _cells(sheet: Sheet, middle: Place) -> list[Place]:
    """Return where each signer's line stands; what was first issued in the first format names none."""
    cell = middle.width / max(1, len(sheet.signers))
    left = middle.center - middle.width / 2
    return [Place(left + cell * (number + 0.5), cell - 20) for number in range(len(sheet.signers))]


def _line_of(sheet: Sheet, middle: Place) -> float:
    """Return how high the lines to sign on are: higher where a role is so long that it needs more lines."""
    counts = [
        sum(len(_role(title, place.width)[1]) for title in signer.titles)
        for signer, place in zip(sheet.signers, _cells(sheet, middle), strict=True)
    ]
    return _SIGN + _ROLE_STEP * max(0, max(counts, default=0) - _ROLES)


def _role(title: Said, width: float) -> tuple[float, list[str]]:
    """Return the size and the lines of a role in one language."""
    run = run_of(title.text, REGULAR)
    size = min(_ROLE, width / run.widest)
    return size, run.lines(width / size)


def _signature(paper: Paper, sheet: Sheet, signer: Signer, where: tuple[Place, float]) -> float:
    """Draw a line to sign on, her name if she has one and her role beneath; return the lowest line used."""
    place, height = where
    ink, half = sheet.look.ink, place.width / 2
    with paper.artifact():
        line = f"{place.center - half:.2f} {height} m {place.center + half:.2f} {height} l S"
        paper.draw(f"q {rgb(ink)} RG 0.7 w {line} Q")
    y = height - 1.0
    with paper.group("P"):
        if signer.name:
            size = min(9.0, place.width / fonts.width_of(signer.name, SEMIBOLD, 1))
            y -= 9
            with paper.element("Span"):
                write(paper, signer.name, place.center, y, font=SEMIBOLD, size=size, color=ink)
        y -= 9.4
        for title in signer.titles:
            size, lines = _role(title, place.width)
            step = _ROLE_STEP / size
            with paper.element("Span", language=title.language):
                y = write_lines(paper, lines, place.center, y, font=REGULAR, size=size, color=ink, leading=step)
    return y + _ROLE_STEP


def _code(paper: Paper, sheet: Sheet, rows: qr.Rows, left: float) -> None:
    """Draw the code and the serial beneath it."""
    side, said = qr.side_of(rows), sheet.columns[0].code
    with paper.figure(said.text, said.language, (left, _CODE, left + side, _CODE + side)):
        paper.draw(qr.draw(rows, left, _CODE, side))
    with paper.element("P"):
        size = min(7.8, (side + 18) / fonts.width_of(sheet.number, SEMIBOLD, 1))
        write(paper, sheet.number, left + side / 2, _LOWEST, font=SEMIBOLD, size=size, color=sheet.look.ink)


def _small_print(paper: Paper, sheet: Sheet, place: Place, top: float) -> None:
    """Write what the certificate is not, how to check it, by which rules and content it came about, and the hash."""
    count = len(sheet.columns)
    width = (place.width - 14 * (count - 1)) / count
    columns = [_sentences(column, sheet) for column in sheet.columns]
    size, room = _PRINT, top - 4 - _LOWEST - _HASH - 2.5
    while size > _PRINT_LEAST and max(_lines(said, width / size) for said in columns) * size * _PRINT_LEADING > room:
        size -= 0.2
    spare = room - max(_lines(said, width / size) for said in columns) * size * _PRINT_LEADING
    for number, said in enumerate(columns):
        x = place.center + (number - (count - 1) / 2) * (width + 14)
        y = top - 4 - max(spare, 0) * 0.6 - size
        for run, language in said:
            with paper.element("P", language=language):
                y = write_lines(
                    paper, run.lines(width / size), x, y,
                    font=run.font, size=size, color=sheet.look.ink, leading=_PRINT_LEADING,
                )  # fmt: skip
    with paper.element("P"):
        text = f"SHA-256 {sheet.payload_sha256}"
        size = min(_HASH, place.width / fonts.width_of(text, REGULAR, 1))
        write(paper, text, place.center, _LOWEST, font=REGULAR, size=size, color=sheet.look.ink)


def _sentences(column: Column, sheet: Sheet) -> list[tuple[Run, str]]:
    """Return the small print in one language."""
    first = [column.demonstration] if sheet.is_demonstration else []
    rest = [column.not_a_license, column.verify, *column.details, column.versions]
    parts = [*paragraphs(first, SEMIBOLD), *paragraphs(rest, REGULAR)]
    return [(run_of(" ".join(part.sentences), part.font), part.language) for part in parts]


def _lines(said: list[tuple[Run, str]], room: float) -> float:
    return sum(run.count(room) for run, _ in said)
