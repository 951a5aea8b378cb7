"""Reads Moodle GIFT.

Source of the format: Moodle's `question/format/gift` and its documentation. A blank line ends a question, also inside
braces, as it does there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from lms.assessments.items.asked import GAP, MAX_ANSWERS, Asked, Gap, Misread, Read, Unfit, title_of
from lms.assessments.rules.exchange.carrying import BadNote, read_note
from lms.assessments.rules.exchange.gift_answers import FEEDBACK_LOST, AnswerReader, accepted, in_form
from lms.assessments.rules.exchange.gift_blocks import Block, blocks, marks, unescape
from lms.assessments.rules.exchange.markup import Words

_NOTED = re.compile(r"\[(id|tag):((?:[^\]\\]|\\.){1,300})\]")


@dataclass
class _Notes:
    """What the comments above a question say."""

    idnumber: str = ""
    tags: list[str] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)


def read_gift(text: str) -> Read:
    """Return the questions of a file, what is skipped, and every fault."""
    read = Read()
    try:
        for block in blocks(text):
            _note_faults(block, read)
    except Misread as error:
        read.faults.append(error)
    return read


def _note_faults(block: Block, read: Read) -> None:
    """Read a block and note a fault of it; raise the one behind which nothing is read."""
    try:
        _read_block(block, read)
    except Misread as error:
        if error.is_last or len(read.faults) >= MAX_ANSWERS:
            raise
        read.faults.append(error)


def _read_block(block: Block, read: Read) -> None:
    notes = _notes(block)
    start = _skip_category(block, read)
    if not block.text[start:].strip():
        if notes.kept:
            read.take(Asked("kept", idnumber=str(notes.kept.get("id")), kept=notes.kept, place=(block.first_line, 1)))
        return
    name, start = _name(block, start)
    head, inside, tail = _cut(block, start)
    about = Asked("short", " ".join(head.split()), name=" ".join(name.split()), place=block.place(start))
    try:
        asked = _asked(head, inside, tail)
        name = Words().plain(name, "plain")
    except Unfit as error:
        read.skip(about.place, title_of(about), str(error))
        return
    asked = replace(asked, name=name, kept=notes.kept, idnumber=notes.idnumber, tags=tuple(notes.tags))
    read.take(replace(asked, place=about.place))


def _notes(block: Block) -> _Notes:
    """Return what the comments of a block say; raise `Misread` for a broken note of ours."""
    notes = _Notes()
    for line, comment in block.comments:
        try:
            notes.kept = read_note(comment) or notes.kept
        except BadNote as error:
            raise Misread((line, 1), f"the note after lms: is {error}; take the line out, or mend it") from error
        for what, said in _NOTED.findall(comment) if comment.startswith("[") else ():
            words = re.sub(r"\\(.)", r"\1", said)
            if what == "id":
                notes.idnumber = words
            else:
                notes.tags.append(words)
    return notes


def _skip_category(block: Block, read: Read) -> int:
    """Return where a block goes on behind the name of a category, which is named as skipped."""
    start = len(block.text) - len(block.text.lstrip())
    if not block.text.startswith("$CATEGORY:", start):
        return start
    end = block.text.index("\n", start)
    category = block.text[start + len("$CATEGORY:") : end].strip()
    read.skip(block.place(start), category[:60], "a category; a module's quiz has none")
    rest = block.text[end:]
    return end + len(rest) - len(rest.lstrip())


def _name(block: Block, start: int) -> tuple[str, int]:
    """Return the title between two double colons, and where the question goes on."""
    text = block.text
    if not text.startswith("::", start):
        return "", start
    end = next((offset for offset, _ in marks(text, "::", start + 2)), -1)
    if end < 0:
        raise block.misread(start, "the title is not ended by ::")
    rest = text[end + 2 :]
    return unescape(text[start + 2 : end]), end + 2 + len(rest) - len(rest.lstrip())


def _cut(block: Block, start: int) -> tuple[str, str | None, str]:
    """Return what stands before, between and behind the braces; between is None when there are none."""
    text = block.text
    found = list(marks(text, "[{}]", start))
    if not found:
        return text[start:], None, ""
    opening, first = found[0]
    if first == "}":
        raise block.misread(opening, "this } ends nothing; write \\} for the sign itself")
    if len(found) == 1:
        raise block.misread(opening, "this { is not ended by }; a blank line ends a question")
    closing, second = found[1]
    if second == "{":
        raise block.misread(closing, "a { inside braces; write \\{ for the sign itself")
    for offset, mark in found[2:3]:
        why = "ends nothing" if mark == "}" else "is a second one in the question; part questions by a blank line"
        raise block.misread(offset, f"this {mark} {why}; write \\{mark} for the sign itself")
    return text[start:opening], text[opening + 1 : closing], text[closing + 1 :]


def _asked(head: str, inside: str | None, tail: str) -> Asked:
    """Return the question that braces and the words around them make."""
    if inside is None:
        raise Unfit("a text without braces asks nothing")
    words = Words()
    body, form = in_form(head, "moodle")
    reader = AnswerReader(form, words)
    cuts = [offset for offset, _ in marks(inside, "####(?!#)")]
    general = reader.plain(inside[cuts[-1] + 4 :], is_needed=False) if cuts else ""
    said = reader.read(inside[: cuts[-1]] if cuts else inside)
    blank = " " if head[-1:].isspace() else ""
    prompt = reader.plain(f"[{form}]{body}{blank}{GAP}{tail}" if tail.strip() else f"[{form}]{body}")
    if not prompt or (prompt == GAP and tail.strip()):
        raise Unfit("there is no question before the answers")
    if general and said.right_feedback:
        words.lost.append(FEEDBACK_LOST)
    asked = Asked(said.kind, prompt, said.answers, said.pairs, feedback=general or said.right_feedback)
    if tail.strip() and said.kind == "short":
        asked = replace(asked, kind="gaps", answers=(), gaps=(Gap(accepted(said.answers, words)),))
    return replace(asked, lost=tuple(words.lost))
