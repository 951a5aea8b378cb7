"""The transcript: a worker's whole record on as many upright pages as it takes, with running heads and numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from reportlab.lib.pagesizes import A4, letter

from lms.certificates.jobs.drawing.about import About
from lms.certificates.jobs.drawing.flow import Run, write
from lms.certificates.jobs.drawing.name import fit_name
from lms.certificates.jobs.drawing.pen import rgb, rule
from lms.certificates.jobs.drawing.tables import ACCENT, GLOW, INK, SIZE, Part, draw_row, row_of
from lms.certificates.jobs.drawing.tags import Paper
from lms.web.fonts import BOLD, REGULAR, SEMIBOLD, drawable

_INSIDE = 56.0
#: From the upper edge to the first line, of the first page and of any other; from the lower edge to the last line.
_FIRST, _NEXT, _FOOT = 62.0, 84.0, 70.0
_SMALL = 8.4


@dataclass(frozen=True)
class Transcript:
    """Everything on a transcript, in the words of one language.

    `parts` are, in this order, the certificates with their states, the modules with hours and dates, the competencies
    with minutes, practicum and supervised hours, and outside trainings.
    """

    language: str
    #: "Transcript", and the sentence that says what it is.
    title: str
    intro: str
    name: str
    name_language: str
    issuer: str
    #: What stands under the name, such as ("Made on", "November 29, 2026").
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    #: What stands at the end, such as how to check a certificate.
    notes: tuple[str, ...]
    #: "Page {page} of {pages}".
    page_of: str
    made_at: datetime
    paper: Literal["letter", "a4"] = "letter"
    #: "Demonstration: an invented person", or "".
    demonstration: str = ""


def draw_transcript(transcript: Transcript) -> bytes:
    """Return the record as tagged PDF, the same bytes for the same transcript.

    Raises `MissingGlyphError` when the name cannot be drawn; any other letter that cannot is shown as a missing one.
    """
    count = _drawn(transcript, pages=0).number
    return _drawn(transcript, pages=count).paper.finish()


def _drawn(transcript: Transcript, *, pages: int) -> _Pages:
    """Return the pages with everything on them; how many they are is said on each, and known after a first time."""
    about = About(
        title=f"{transcript.title}: {transcript.name}",
        author=transcript.issuer,
        subject=transcript.intro,
        keywords="",
        languages=(transcript.language,),
        made_at=transcript.made_at,
    )
    out = _Pages(transcript, Paper(letter if transcript.paper == "letter" else A4, about), pages)
    out.begin()
    _head(out)
    for part in transcript.parts:
        _part(out, part)
    with out.paper.group("Sect"):
        for number, note in enumerate(transcript.notes):
            out.paragraph(note, SIZE, above=7 if number else 24)
    return out


@dataclass
class _Pages:
    """The pages while they are written: the paper, the number of the page, and how far down it is full."""

    transcript: Transcript
    paper: Paper
    pages: int
    number: int = 1
    y: float = field(default=0.0)

    @property
    def width(self) -> float:
        """Return how wide the text is."""
        return self.paper.width - 2 * _INSIDE

    def begin(self) -> None:
        """Write what stands on every page: the running head, but on the first, and the foot with its number."""
        paper, said = self.paper, self.transcript
        self.y = paper.height - (_FIRST if self.number == 1 else _NEXT)
        right, top = paper.width - _INSIDE, paper.height - 54
        number = said.page_of.replace("{page}", str(self.number)).replace("{pages}", str(self.pages))
        with paper.artifact("Pagination"):
            paper.draw(f"q {rgb(GLOW)} RG 0.7 w {_INSIDE} {_FOOT - 18} m {right:.2f} {_FOOT - 18} l S Q")
            self._small(said.issuer, _INSIDE, _FOOT - 30, 0)
            self._small(number, right, _FOOT - 30, 1)
            if said.demonstration:
                self._small(said.demonstration, _INSIDE, _FOOT - 41, 0)
            if self.number > 1:
                self._small(said.name, _INSIDE, top, 0)
                self._small(said.title, right, top, 1)
                paper.draw(f"q {rgb(GLOW)} RG 0.7 w {_INSIDE} {top - 8} m {right:.2f} {top - 8} l S Q")

    def _small(self, text: str, x: float, y: float, align: float) -> None:
        """Write a line of the running head or foot, smaller when it is long."""
        text, font = drawable(text, REGULAR)
        size = min(_SMALL, self.width * 0.62 / Run([text], font).whole)
        write(self.paper, text, x, y, font=font, size=size, color=INK, align=align)

    def need(self, height: float) -> bool:
        """Begin a new page unless `height` points are left on this one; return whether it did."""
        if self.y - height >= _FOOT:
            return False
        self.paper.next_page()
        self.number += 1
        self.begin()
        return True

    def paragraph(self, text: str, size: float, *, above: float = 0, role: str = "P", color: str = INK) -> None:
        """Write sentences from the left, over as many lines as they need."""
        text, font = drawable(text, BOLD if role.startswith("H") else REGULAR)
        run = Run(text.split(" "), font)
        lines = run.lines(self.width / min(size, self.width / run.widest))
        self.need(above + len(lines) * size * 1.35)
        self.y -= above
        with self.paper.element(role):
            for line in lines:
                self.y -= size * 1.35
                write(self.paper, f"{line} ", _INSIDE, self.y, font=font, size=size, color=color, align=0)


def _head(out: _Pages) -> None:
    """Write the title, the name and the facts under it."""
    said, paper = out.transcript, out.paper
    out.paragraph(said.title, 22, role="H1", color=ACCENT)
    size, lines = fit_name(said.name, out.width, largest=27, smallest=14, two_lines=20)
    out.y -= 6
    with paper.element("P", language=said.name_language):
        for line in lines:
            out.y -= size * 1.16
            write(paper, f"{line} ", _INSIDE, out.y, font=SEMIBOLD, size=size, color=INK, align=0)
    with paper.artifact():
        paper.draw(rule(paper.width / 2, out.y - 14, out.width / 2, rgb(GLOW)))
    out.y -= 20
    out.paragraph(said.intro, SIZE)
    with paper.group("Sect"):
        for label, value in said.facts:
            out.paragraph(f"{label}: {value}", SIZE, above=2)


def _part(out: _Pages, part: Part) -> None:
    """Write a table with its heading; on a further page its column heads stand again."""
    heads = row_of(part, part.columns, out.width, font=SEMIBOLD)
    rows = [row_of(part, cells, out.width) for cells in part.rows]
    out.need(52 + sum(row.height for row in rows[:2]))
    out.paragraph(part.heading, 13, above=20, role="H2", color=ACCENT)
    out.y -= 5
    if not rows:
        out.paragraph(part.empty, SIZE)
        return
    with out.paper.group("Table"):
        with out.paper.group("TR"):
            out.y = draw_row(out.paper, heads, (_INSIDE, out.y), role="TH")
        for row in rows:
            if out.need(row.height):
                with out.paper.artifact():
                    out.y = draw_row(out.paper, heads, (_INSIDE, out.y), role="")
            with out.paper.group("TR"):
                out.y = draw_row(out.paper, row, (_INSIDE, out.y), role="TD")
