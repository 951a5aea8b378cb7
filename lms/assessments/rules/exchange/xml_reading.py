"""Reads Moodle XML.

Source of the format: Moodle's `question/format/xml`, and the documentation "Moodle XML format".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from lms.assessments.items.asked import MAX_ANSWERS, Asked, Misread, Read, Unfit, title_of
from lms.assessments.rules.exchange.carrying import BadNote, read_note
from lms.assessments.rules.exchange.markup import Words
from lms.assessments.rules.exchange.numbers import read_number
from lms.assessments.rules.exchange.xml_kinds import KINDS, words_in
from lms.assessments.rules.exchange.xml_tree import Node, read_tree

#: What is no question.
_NO_QUESTION: Mapping[str, str] = {
    "category": "a category; a module's quiz has none",
    "description": "a description asks nothing",
}


def read_xml(text: str) -> Read:
    """Return the questions of a file, what is skipped, and every fault."""
    read = Read()
    try:
        root = read_tree(text)
        if root.tag != "quiz":
            raise Misread(root.place, f"this is <{root.tag[:40]}>, not Moodle's <quiz>")
    except Misread as error:
        read.faults.append(error)
        return read
    try:
        _read_kept(root, read)
        _read_questions(root, read)
    except Misread as error:
        read.faults.append(error)
    return read


def _read_kept(root: Node, read: Read) -> None:
    """Take the items that only notes hold."""
    for place, kept in _notes(root, read):
        read.take(Asked("kept", idnumber=str(kept.get("id")), kept=kept, place=place))


def _notes(node: Node, read: Read) -> list[tuple[tuple[int, int], dict[str, Any]]]:
    """Return our notes directly in an element; a broken one is a fault."""
    found = []
    for place, comment in node.comments:
        try:
            kept = read_note(comment)
        except BadNote as error:
            read.faults.append(Misread(place, f"the note after lms: is {error}; take the comment out, or mend it"))
        else:
            found += [(place, kept)] if kept else []
    return found


def _read_questions(root: Node, read: Read) -> None:
    for node in root.nodes:
        if node.tag != "question":
            read.skip(node.place, f"<{node.tag[:40]}>", "no question")
        else:
            _read_question(node, read)


def _read_question(node: Node, read: Read) -> None:
    """Take one question, or name it as skipped."""
    kind = node.attributes.get("type", "")
    name = " ".join(node.text("name", "text").split())
    about = Asked("short", " ".join(node.text("questiontext", "text").split()), name=name, place=node.place)
    kept = {key: value for _, notes in _notes(node, read) for key, value in notes.items()}
    try:
        asked = _asked(node, kind)
    except Unfit as error:
        title = node.text("category", "text")[:60] if kind == "category" else title_of(about)
        read.skip(node.place, title, str(error))
        return
    tags = tuple(each.text("text") for each in (node.find("tags") or node).all("tag"))
    asked = replace(asked, name=name[:200], kept=kept, idnumber=node.text("idnumber"), tags=tags)
    read.take(replace(asked, place=node.place))


def _points(node: Node, words: Words) -> int | None:
    """Return the points of a question, None where the file does not give them, or they are not whole."""
    said = node.text("defaultgrade")
    points = read_number(said) if said else 0.0
    if points != int(points):
        words.lost.append(f"that it is worth {said} points, which must be whole here")
        return None
    return int(points) if said else None


def _asked(node: Node, kind: str) -> Asked:
    """Return what a question of that type asks; raise `Unfit` for one that has no counterpart here."""
    if kind in _NO_QUESTION:
        raise Unfit(_NO_QUESTION[kind])
    reader: Callable[[Node, Words], Asked] | None = KINDS.get(kind)
    if reader is None:
        raise Unfit(f"quizzes here have no questions of Moodle's type {kind[:40]!r}")
    if len(node.nodes) > MAX_ANSWERS:
        raise Unfit(f"more than {MAX_ANSWERS} answers")
    words = Words()
    asked = reader(node, words)
    points = _points(node, words)
    if not asked.prompt:
        raise Unfit("there is no question before the answers")
    general = words_in(node.find("generalfeedback"), words, is_needed=False)
    if general and asked.feedback:
        words.lost.append("the feedback of single answers")
    if node.all("hint"):
        words.lost.append("hints")
    return replace(asked, feedback=general or asked.feedback, points=points, lost=tuple(words.lost))
