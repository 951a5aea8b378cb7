"""GIFT as text: blocks between blank lines, comments, marks and escapes, each with its place."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from lms.assessments.items.asked import Misread, Place

#: Longest question, with its answers, that is read.
MAX_BLOCK = 100_000
_ESCAPED = re.compile(r"\\([:#=~{}\\n])")


@dataclass
class Block:
    """Lines between two blank ones. `text` has an empty line where a comment stood, so that places stay right."""

    first_line: int
    lines: list[str] = field(default_factory=list)
    #: The comments with their lines, without the two strokes.
    comments: list[tuple[int, str]] = field(default_factory=list)
    #: Where each line begins in `text`, and last where the next one would.
    starts: list[int] = field(default_factory=lambda: [0])

    @cached_property
    def text(self) -> str:
        """Return the lines as one text."""
        return "".join(f"{line}\n" for line in self.lines)

    def add(self, line: str) -> None:
        """Add one line."""
        if line.lstrip().startswith("//"):
            self.comments.append((self.first_line + len(self.lines), line.lstrip()[2:].strip()))
            line = ""
        self.lines.append(line)
        self.starts.append(self.starts[-1] + len(line) + 1)

    def place(self, offset: int) -> Place:
        """Return the place in the file of a character of `text`."""
        number = bisect_right(self.starts, offset) - 1
        return self.first_line + number, offset - self.starts[number] + 1

    def misread(self, offset: int, message: str) -> Misread:
        """Return an error at a character of `text`."""
        return Misread(self.place(offset), message)


def blocks(text: str) -> Iterator[Block]:
    """Yield what stands between blank lines; raise `Misread` at a block that is too long to be a question."""
    block: Block | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            if block:
                yield block
            block = None
            continue
        if block is None:
            block = Block(number)
        if block.starts[-1] + len(line) > MAX_BLOCK:
            raise Misread((number, 1), f"a question of more than {MAX_BLOCK} characters; is a blank line missing?")
        block.add(line)
    if block:
        yield block


def marks(text: str, pattern: str, start: int = 0) -> Iterator[tuple[int, str]]:
    """Yield offset and text of each mark that fits `pattern` and has no backslash before it."""
    for found in re.compile(rf"\\[\s\S]|({pattern})").finditer(text, start):
        if found[1]:
            yield found.start(), found[1]


def split_at(text: str, pattern: str, most: int = 0) -> list[str]:
    """Return the pieces of `text` between marks, each with the mark that begins it; at most `most` cuts, 0 for all."""
    cuts = [offset for offset, _ in islice(marks(text, pattern), most or None)]
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def unescape(text: str) -> str:
    """Return what is meant by text with backslashes; one that escapes nothing is itself."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], text)


def escape(text: str) -> str:
    """Return `text` so that GIFT reads nothing in it as a mark."""
    return re.sub(r"[:#=~{}\\]", r"\\\g<0>", text).replace("\n", r"\n")
