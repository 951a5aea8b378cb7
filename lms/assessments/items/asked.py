"""A question as files of other programs know it: the layer between formats (GIFT, Moodle XML) and types of items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

#: What is asked for, whatever a format calls it. "truth" is true or false, "gaps" words to fill in, "kept" a whole item
#: of ours that the format cannot ask and hands through.
Kind = Literal["choice", "choices", "truth", "match", "order", "number", "short", "gaps", "essay", "kept"]
#: A place in a file, line and column counted from 1.
Place = tuple[int, int]

#: As many questions as a quiz may have; with what is skipped a file may have four times as many.
MAX_QUESTIONS = 500
#: As many answers as a question is read with.
MAX_ANSWERS = 100
#: What stands in a sentence where its answer has a place.
GAP = "_____"


class Unfit(Exception):
    """A question cannot be one here. The message completes "skipped, because: ..."."""


class Misread(Exception):
    """The file breaks the rules of its format at `place`; `is_last` where reading on is of no use."""

    def __init__(self, place: Place, message: str, *, is_last: bool = False) -> None:
        super().__init__(message)
        self.place = place
        self.is_last = is_last


@dataclass(frozen=True)
class Answer:
    """One answer that a format lists. `share` is percent of the points, below 0 where it costs points."""

    text: str
    share: float = 0
    tolerance: float = 0


@dataclass(frozen=True)
class Gap:
    """A gap in a sentence: the words that are right, and, where one chooses, those that are not."""

    right: tuple[str, ...]
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """A question and its key, in plain text.

    `answers` are the options, accepted words, numbers or steps in order; of "truth" the texts are "true" and "false".
    """

    kind: Kind
    prompt: str = ""
    answers: tuple[Answer, ...] = ()
    #: What belongs together; a right side without a left one only distracts.
    pairs: tuple[tuple[str, str], ...] = ()
    #: In the order of the places marked `GAP` in the prompt.
    gaps: tuple[Gap, ...] = ()
    #: Each unit with how many of the first one it is; None where the format has no units.
    units: tuple[tuple[str, float], ...] | None = None
    #: None where the format has no points.
    points: int | None = None
    #: Why the right answer is right.
    feedback: str = ""
    name: str = ""
    #: The id that it has in a bank of questions, empty when none is told.
    idnumber: str = ""
    tags: tuple[str, ...] = ()
    #: The item that the question was written from, as quiz.yml says it; empty when nobody tells.
    kept: Mapping[str, Any] = field(default_factory=dict)
    place: Place = (1, 1)
    #: What of it could not be taken over, in words.
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, order=True)
class Skipped:
    """What a file says and this project does not take over (or cannot write): a whole question, or a part of one."""

    line: int
    name: str
    message: str
    is_part: bool = False

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.name}: {self.message}"


@dataclass
class Read:
    """What a file holds. With `faults` none of it may be used."""

    asked: list[Asked] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    faults: list[Misread] = field(default_factory=list)

    def take(self, asked: Asked) -> None:
        """Add a question, and what is lost of it to what is skipped; raise `Misread` at one too many."""
        if len(self.asked) == MAX_QUESTIONS:
            raise Misread(asked.place, f"more than {MAX_QUESTIONS} questions; part the file", is_last=True)
        self.asked.append(asked)
        self.skip_parts(asked)

    def skip(self, place: Place, name: str, message: str) -> None:
        """Name a whole question, or another thing of a file, as skipped; raise `Misread` at one too many."""
        if len(self.skipped) >= 4 * MAX_QUESTIONS:
            raise Misread(place, f"more than {4 * MAX_QUESTIONS} things to skip; part the file", is_last=True)
        self.skipped.append(Skipped(place[0], name, message))

    def skip_parts(self, asked: Asked) -> None:
        """Name what is lost of a question."""
        for each in dict.fromkeys(asked.lost):
            self.skipped.append(Skipped(asked.place[0], title_of(asked), each, is_part=True))


def title_of(asked: Asked) -> str:
    """Return what a question is called in a list: its name, or how it begins."""
    title = asked.name or asked.idnumber or asked.prompt
    return title if len(title) <= 60 else f"{title[:59]}…"
