"""Reads content YAML (1.2) into plain data that remembers the line and column of every key and value.

Built on ruamel's events, not on its objects, so that an alias, an anchor, a tag or a thousand levels are
refused before anything is built from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.reader import ReaderError

from lms.content.shapes import Path

MAX_DEPTH = 12
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]{1,2})?")
_WORDS: dict[str, Any] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip

#: A place in a file, line and column counted from 1.
Place = tuple[int, int]


class _RefusedError(Exception):
    """The rest of the file cannot be read; the fault has been noted."""


@dataclass
class Document:
    """What a YAML file says, and where. `is_whole` is False when reading stopped at a fault."""

    data: Any = None
    is_whole: bool = True
    faults: list[tuple[Place, str]] = field(default_factory=list)
    places: dict[Path, Place] = field(default_factory=dict)
    key_places: dict[Path, Place] = field(default_factory=dict)

    def place(self, path: Path) -> Place:
        """Return where the value at `path` stands, or else the nearest thing around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))

    def key_place(self, path: Path) -> Place:
        """Return where the key at `path` stands, or else the nearest thing around it."""
        return self.key_places.get(path) or self.place(path)


def read_yaml(text: str, first_line: int = 1) -> Document:
    """Return what `text` says. Faults are in the answer; `first_line` is the line on which `text` begins.

    The answer is the caller's own. A process that reads a folder again parses only what changed.
    """
    known = _parsed(text, first_line)
    return Document(_copy(known.data), known.is_whole, [*known.faults], {**known.places}, {**known.key_places})


def _copy(data: Any) -> Any:
    """Return a copy of plain data."""
    if isinstance(data, dict):
        return {name: _copy(value) for name, value in data.items()}
    return [_copy(value) for value in data] if isinstance(data, list) else data


@lru_cache(maxsize=400)
def _parsed(text: str, first_line: int) -> Document:
    document = Document()
    reader = _Reader(document, first_line - 1)
    try:
        reader.read(text)
    except _RefusedError:
        document.is_whole = False
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + first_line, mark.column + 1) if mark else (first_line, 1)
        document.faults.append((place, f"broken YAML: {error.problem or error.context}"))
        document.is_whole = False
    except ReaderError as error:
        before = text[: int(error.position)]
        place = (before.count("\n") + first_line, len(before) - before.rfind("\n"))
        document.faults.append((place, "a character that YAML does not allow"))
        document.is_whole = False
    return document


class _Reader:
    """Turns the events of one file into the data and places of `document`."""

    def __init__(self, document: Document, line_offset: int) -> None:
        self.document = document
        self.line_offset = line_offset
        self.events: Iterator[Event] = iter(())

    def read(self, text: str) -> None:
        """Read one document; note a fault when there are more or fewer."""
        self.events = iter(YAML(typ="safe", pure=True).parse(text))
        for event in self.events:
            if isinstance(event, StreamEndEvent):
                self._note(event, "the file is empty")
                raise _RefusedError
            if isinstance(event, ScalarEvent | AliasEvent | SequenceStartEvent | MappingStartEvent):
                self.document.data = self._value(event, ())
                break
        for event in self.events:
            if not isinstance(event, DocumentEndEvent | StreamEndEvent):
                self._note(event, "only one YAML document may stand in a file")
                raise _RefusedError

    def _place(self, event: Event) -> Place:
        return event.start_mark.line + 1 + self.line_offset, event.start_mark.column + 1

    def _note(self, event: Event, message: str) -> None:
        self.document.faults.append((self._place(event), message))

    def _value(self, event: Event, path: Path) -> Any:
        """Return the value that begins with `event`."""
        self.document.places[path] = self._place(event)
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            self._note(event, "anchors and aliases (& and *) are not allowed")
            raise _RefusedError
        if getattr(event, "ctag", None):
            self._note(event, "tags (!) are not allowed")
            raise _RefusedError
        if len(path) >= MAX_DEPTH:
            self._note(event, f"more than {MAX_DEPTH} levels")
            raise _RefusedError
        if isinstance(event, SequenceStartEvent):
            return self._list(path)
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        return _scalar(event)

    def _list(self, path: Path) -> list[Any]:
        values: list[Any] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            values.append(self._value(event, (*path, len(values))))
        return values

    def _mapping(self, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                self._note(event, "a key must be a plain word")
                raise _RefusedError
            if event.anchor or event.ctag:
                self._note(event, "anchors, aliases and tags are not allowed")
                raise _RefusedError
            name = str(event.value)
            here = (*path, name)
            if name in values:
                self._note(event, f"the key {name!r} stands twice")
                self._value(next(self.events), (*path, f"{name} again"))  # read past; the first one counts
                continue
            self.document.key_places[here] = self._place(event)
            values[name] = self._value(next(self.events), here)
        return values


def _scalar(event: Event) -> Any:
    """Return what a scalar means in YAML 1.2's core schema: `no` and `12:30` are words."""
    text = str(getattr(event, "value", ""))
    if getattr(event, "style", None) not in {None, ""}:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text
