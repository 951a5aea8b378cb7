"""Text that is fitted: how many lines it takes at a size, where they break, and writing them on the page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from lms.certificates.jobs.drawing.accents import drawn, has_marks
from lms.certificates.jobs.drawing.pen import number, rgb
from lms.certificates.jobs.drawing.tags import Paper
from lms.certificates.jobs.drawing.wording import Said
from lms.web import fonts

LEADING = 1.3
#: A joint at which a line may break; inside the parts that it joins none does.
DOT = "  \u00b7  "


class Run:
    """Words that flow into lines: the parts, and how wide each is at size 1."""

    __slots__ = ("_counts", "_lines", "font", "gap", "joint", "parts", "whole", "widest", "widths")

    def __init__(self, parts: Sequence[str], font: str, joint: str = " ") -> None:
        self.parts, self.font, self.joint = parts, font, joint
        self.widths = [fonts.width_of(part, font, 1) for part in parts]
        self.gap = fonts.width_of(joint, font, 1)
        self.widest = max(self.widths)
        self.whole = sum(self.widths) + self.gap * (len(parts) - 1)
        self._counts: dict[float, float] = {}
        self._lines: dict[float, list[str]] = {}

    def count(self, room: float) -> float:
        """Return how many lines it takes, where `room` is the width over the size; without end if a part is wider."""
        if self.whole <= room:
            return 1
        if self.widest > room:
            return math.inf
        if room not in self._counts:
            self._counts[room] = self._count(room)
        return self._counts[room]

    def _count(self, room: float) -> float:
        count, used, gap = 1, -self.gap, self.gap
        for own in self.widths:
            if used + gap + own <= room:
                used += gap + own
            else:
                count, used = count + 1, own
        return count

    def lines(self, room: float) -> list[str]:
        """Return the lines, of nearly equal length."""
        if self.whole <= room:
            return [self.joint.join(self.parts)]
        if room not in self._lines:
            self._lines[room] = fonts.balance(self.parts, self.font, 1, room, self.joint, close=0.2)
        return self._lines[room]


@lru_cache(maxsize=3000)
def run_of(text: str, font: str) -> Run:
    """Return the words of a sentence; those of a design come back on every page."""
    return Run(text.split(" "), font)


@dataclass(frozen=True)
class Paragraph:
    """Sentences of one kind in one language: on one line where they fit together, else each on its own."""

    sentences: tuple[str, ...]
    language: str
    font: str
    scale: float = 1.0
    #: Room above, in parts of the text size.
    above: float = 0.35
    #: What stands between the sentences; none other than a blank breaks a line elsewhere, while that is possible.
    joint: str = " "
    role: str = "P"
    color: str = ""

    @cached_property
    def _together(self) -> Run:
        if self.joint != " ":
            return Run(self.sentences, self.font, self.joint)
        return run_of(" ".join(self.sentences), self.font)

    def _runs(self, room: float) -> list[Run]:
        """Return what begins a line each, where `room` is the width over the size of this paragraph."""
        together = self._together
        if len(self.sentences) == 1:
            return [together] if self.joint == " " else [run_of(self.sentences[0], self.font)]
        if together.whole <= room or (self.joint != " " and together.widest <= room):
            return [together]
        return [run_of(each, self.font) for each in self.sentences]

    def height(self, size: float, width: float) -> float:
        """Return how high it is at a text size, with the room above; without end when a word is too wide."""
        step = size * self.scale
        room = width / step
        return (sum(run.count(room) for run in self._runs(room)) * LEADING + self.above) * step

    def lines(self, size: float, width: float) -> list[str]:
        """Return the lines at a text size."""
        room = width / (size * self.scale)
        return [line for run in self._runs(room) for line in run.lines(room)]


def paragraphs(said: Sequence[Said], font: str, **look: float | str) -> list[Paragraph]:
    """Return sentences as one paragraph, or as several where their languages differ."""
    grouped: list[tuple[str, list[str]]] = []
    for text, language in said:
        if grouped and grouped[-1][0] == language:
            grouped[-1][1].append(text)
        else:
            grouped.append((language, [text]))
    return [Paragraph(tuple(texts), language, font, **look) for language, texts in grouped]  # type: ignore[arg-type]


def write(
    paper: Paper,
    text: str,
    x: float,
    y: float,
    *,
    font: str,
    size: float,
    color: str,
    align: float = 0.5,
) -> None:
    """Write one line: from `x` with `align` 0, around it with 0.5, up to it with 1. Raises `MissingGlyphError`."""
    left = x - fonts.width_of(text, font, size) * align
    paper.draw(f"{rgb(color)} rg {_line(paper, text, left, y, font, size)}")


def write_lines(
    paper: Paper,
    lines: Sequence[str],
    x: float,
    y: float,
    *,
    font: str,
    size: float,
    color: str,
    leading: float = LEADING,
) -> float:
    """Write lines downwards around `x`, the first with its baseline at `y`; return where the next would stand.

    A line that goes on ends in a blank, so that what is read aloud or copied keeps its words apart.
    """
    put = [f"{rgb(color)} rg"]
    for at, line in enumerate(lines, 1):
        left = x - fonts.width_of(line, font, size) / 2
        put.append(_line(paper, line if at == len(lines) else f"{line} ", left, y, font, size))
        y -= size * leading
    paper.draw(" ".join(put))
    return y


def _line(paper: Paper, text: str, left: float, y: float, font: str, size: float) -> str:
    """Return the operators that show a line, in a fifth of the time of reportlab's own."""
    plain = fonts.spelled(text, font)
    place = f"1 0 0 1 {number(left)} {number(y)} Tm"
    if plain == text and not has_marks(text):
        return f"BT {place} {_shown(paper, text, font, size)} ET"
    if plain == text:
        unseen = f"BT 3 Tr {place} {_shown(paper, text, font, size)} 0 Tr ET"
    else:
        other = fonts.check_glyphs(text, fonts.MORE_LETTERS)
        stretch = 100 * fonts.width_of(text, font, 1) / fonts.width_of(other, fonts.MORE_LETTERS, 1)
        show = _shown(paper, other, fonts.MORE_LETTERS, size)
        unseen = f"BT 3 Tr {number(stretch)} Tz {place} {show} 100 Tz 0 Tr ET"
    return f"{unseen} {drawn(plain, left, y, font, size)}"


def _shown(paper: Paper, text: str, font: str, size: float) -> str:
    """Return the operators that show a text where the pen is; the font has all of it."""
    document, face = paper.canvas._doc, fonts.face(font)  # noqa: SLF001 -- the fonts of a file are found by it
    return " ".join(
        f"{face.getSubsetInternalName(subset, document)} {number(size)} Tf ({paper.canvas._escape(codes)}) Tj"  # noqa: SLF001
        for subset, codes in _coded(face, text, document)
    )


def _coded(face: Any, text: str, document: Any) -> Sequence[tuple[int, bytes]]:
    """Return a text as the file's own codes, by part of the font; at once where the file has all its letters."""
    state = face.state.get(document)
    if state is None or not state.assignments.keys() >= set(map(ord, text)):
        face.splitString("".join(dict.fromkeys(text)), document)  # takes its letters in, each looked at once
        state = face.state[document]
    if len(state.subsets) == 1 and state.assignments.keys() >= set(map(ord, text)):
        return ((0, text.translate(state.assignments).encode("latin-1")),)
    coded: Sequence[tuple[int, bytes]] = face.splitString(text, document)
    return coded
