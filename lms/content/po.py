"""Gettext PO files as this project keeps them: one entry for each sentence, with its state of review.

Babel writes and escapes strings; reading is our own, because every fault needs its line, and because a
translator's comments (`# state: draft`, `# by: ...`, `# on: 2026-11-22`) and former entries must survive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from babel.messages.plurals import get_plural
from babel.messages.pofile import escape, unescape

from lms import i18n  # noqa: F401 -- installs the plural forms of Tongan and Samoan
from lms.errors import Problem

#: What an entry's comment may say. "missing" and "stale" follow from the entry itself.
REVIEW_STATES = ("draft", "in review", "reviewed", "approved")
#: States that somebody answers for: they need `by` and `on`.
SIGNED_STATES = ("reviewed", "approved")
_STRING = re.compile(r'"(?:[^"\\]|\\[\\ntr"])*"')
_LOST_PREVIOUS = re.compile(rf"#\s+\|\s+msgid\s+{_STRING.pattern}")
_KEYWORD = re.compile(r"(msgctxt|msgid|msgstr)\s+(.*)$")
#: What a comment says of an entry: its name there, and the field that keeps it, in the order in which they are written.
_SAID = {
    "state": "state",
    "by": "by",
    "on": "on",
    "translated by": "translated_by",
    "made": "made",
    "stale since": "stale_since",
    "checked": "checked",
}
_NOTE = re.compile(rf"({'|'.join(_SAID)}):\s*(.*)$")
#: Who made a draft, where somebody says it.
MAKERS = ("machine", "person")


@dataclass(frozen=True)
class Entry:
    """One sentence and its translation. Lines count from 1; 0 for an entry that is not from a file."""

    context: str
    english: str
    text: str = ""
    state: str = "draft"
    by: str = ""
    on: str = ""
    #: Other comments of translators, each without its "# ".
    notes: tuple[str, ...] = ()
    is_fuzzy: bool = False
    #: The English that a fuzzy translation was made from, where known.
    previous: str | None = None
    #: Kept though its sentence is gone, in case it comes back.
    is_former: bool = False
    line: int = 0
    text_line: int = 0
    #: Who wrote the words, where known. `by` is who answers for the state.
    translated_by: str = ""
    #: "machine" or "person", where somebody says it.
    made: str = ""
    #: The day on which `extract` found the English changed; "" when the entry is not fuzzy, or nobody knows.
    stale_since: str = ""
    #: What a person looked at and found right though a check warns of it, with commas between.
    checked: str = ""

    @property
    def made_from(self) -> str | None:
        """Return the English that the translation was made from; None when a fuzzy entry does not say."""
        return self.previous if self.is_fuzzy else self.english


@dataclass
class PoFile:
    """What a PO file says: header fields, entries in order, and its faults."""

    header: dict[str, str] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    #: As it was read.
    text: str = ""

    @property
    def present(self) -> list[Entry]:
        """Return the entries that are in use."""
        return [entry for entry in self.entries if not entry.is_former]


def read_po(text: str, path: str = "") -> PoFile:
    """Return what `text` says; `path` names the file in its problems.

    The answer is the caller's own. A process that reads a folder again parses only what changed.
    """
    known = _parsed(text)
    problems = [replace(each, path=path) for each in known.problems]
    return PoFile({**known.header}, [*known.entries], problems, text)


@lru_cache(maxsize=200)
def _parsed(text: str) -> PoFile:
    reader = _Reader("")
    for number, line in enumerate(text.split("\n"), 1):
        reader.take(number, line)
    reader.finish()
    return reader.file


class _Reader:
    """Gathers the lines of one entry after another."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.file = PoFile()
        self.seen: dict[tuple[str, str], int] = {}
        self._begin()

    def _begin(self) -> None:
        self.parts: dict[str, list[str]] = {}
        self.lines: dict[str, int] = {}
        self.comments: list[tuple[int, str]] = []
        self.flags: set[str] = set()
        self.field = ""
        self.is_former = False

    def _problem(self, line: int, column: int, message: str) -> None:
        self.file.problems.append(Problem(self.path, line, column, message))

    def take(self, number: int, raw: str) -> None:
        """Take in one line."""
        line = raw.strip()
        if not line:
            self.finish()
        elif line.startswith("#~"):
            self._former(number, line[2:].strip())
        elif line.startswith("#"):
            self._comment(number, line)
        else:
            self._content(number, line)

    def _former(self, number: int, line: str) -> None:
        if line.startswith("|"):
            self._previous(number, line[1:].strip())
        elif line:
            if "msgstr" in self.parts and not line.startswith('"'):
                self.finish()
            self.is_former = True
            self._content(number, line)

    def _comment(self, number: int, line: str) -> None:
        if "msgstr" in self.parts:
            self.finish()
        mark = line[1:2]
        if mark == ",":
            self.flags |= {flag.strip() for flag in line[2:].split(",")}
        elif mark == "|":
            self._previous(number, line[2:].strip())
        elif _LOST_PREVIOUS.fullmatch(line):  # as Babel writes it back
            self._previous(number, line[1:].lstrip(" |"))
        elif mark not in {":", "."}:  # places and notes of programs are written anew each time
            self.comments.append((number, line[1:].strip()))

    def _previous(self, number: int, line: str) -> None:
        if line.startswith('"'):
            if self.field.startswith("previous "):
                self._string(number, line)
            return
        match = _KEYWORD.match(line)
        if match:
            self._open(f"previous {match[1]}", number)
            self._string(number, match[2])

    def _content(self, number: int, line: str) -> None:
        if line.startswith('"'):
            if self.field:
                self._string(number, line)
            else:
                self._problem(number, 1, "a string without msgid or msgstr before it")
            return
        match = _KEYWORD.match(line)
        if not match:
            hint = "plural forms are not used in content" if line.startswith(("msgid_plural", "msgstr[")) else ""
            self._problem(number, 1, hint or f"broken PO line: {line[:40]!r}")
            self.field = ""
            return
        if match[1] in self.parts or (match[1] != "msgstr" and "msgstr" in self.parts):
            self.finish()
        self._open(match[1], number)
        self._string(number, match[2])

    def _open(self, name: str, number: int) -> None:
        self.field = name
        self.parts[name] = []
        self.lines[name] = number

    def _string(self, number: int, text: str) -> None:
        if _STRING.fullmatch(text):
            self.parts[self.field].append(str(unescape(text)))
        else:
            self._problem(number, 1, "broken PO string: check its quotation marks and backslashes")

    def finish(self) -> None:
        """End the entry that is being gathered, if any."""
        parts = {name: "".join(texts) for name, texts in self.parts.items()}
        if "msgid" in parts and "msgstr" in parts:
            self._keep(parts)
        elif parts:
            line = min(self.lines.values())
            self._problem(line, 1, "an entry needs msgctxt, msgid and msgstr")
        self._begin()

    def _keep(self, parts: Mapping[str, str]) -> None:
        """Add the entry, or read the header."""
        line = self.lines["msgid"]
        if not parts["msgid"] and "msgctxt" not in parts:
            self.file.header = _header(parts["msgstr"])
            return
        if "msgctxt" not in parts:
            self._problem(line, 1, "an entry needs msgctxt: it says which sentence is meant")
            return
        address = (parts["msgctxt"], parts["msgid"] if self.is_former else "")
        if address in self.seen and not self.is_former:
            self._problem(line, 1, f"the context {address[0]!r} stands twice, first in line {self.seen[address]}")
            return
        self.seen[address] = line
        entry = Entry(
            parts["msgctxt"],
            parts["msgid"],
            parts["msgstr"],
            is_fuzzy="fuzzy" in self.flags,
            previous=parts.get("previous msgid"),
            is_former=self.is_former,
            line=self.lines.get("msgctxt", line),
            text_line=self.lines["msgstr"],
        )
        self.file.entries.append(self._with_comments(entry))

    def _with_comments(self, entry: Entry) -> Entry:
        """Return `entry` with what its comments say."""
        notes = []
        said: dict[str, Any] = {}
        said_at: dict[str, int] = {}
        for number, comment in self.comments:
            match = _NOTE.match(comment)
            if not match:
                notes.append(comment)
                continue
            said_at[match[1]] = number
            if message := _unknown(match[1], match[2]):
                self._problem(number, 1, message)
            else:
                said[_SAID[match[1]]] = match[2].strip()
        if not entry.is_fuzzy:
            said["stale_since"] = ""
        entry = replace(entry, notes=tuple(notes), **said)
        self._check_signature(entry, said_at)
        return entry

    def _check_signature(self, entry: Entry, said_at: Mapping[str, int]) -> None:
        """Note what is missing or wrong in who answers for an entry and since when."""
        if entry.state in SIGNED_STATES and not (entry.by and entry.on):
            message = f"{entry.state} needs who and when: `# by: name` and `# on: 2026-11-22`"
            self._problem(said_at["state"], 1, message)
        elif entry.state == "approved" and same_person(entry.by, entry.translated_by):
            self._problem(said_at["by"], 1, f"{entry.by[:60]} translated this, and so cannot approve it")
        for name in ("on", "stale since"):
            said = getattr(entry, _SAID[name])
            if said and not _is_date(said):
                self._problem(said_at[name], 1, f"{said[:40]!r} is no date; write it like 2026-11-22")


def _unknown(name: str, said: str) -> str:
    """Return what is wrong with a word of which there are only some; "" when nothing is."""
    if name == "state" and said not in REVIEW_STATES:
        return f"unknown state {said!r}; there are {', '.join(REVIEW_STATES)}"
    if name == "made" and said not in MAKERS:
        return f"made by {said!r}? there are {', '.join(MAKERS)}"
    return ""


def same_person(one: str, other: str) -> bool:
    """Return whether two names are the same one, however they are spaced and capitalized; nobody is not the same."""
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split()) != ""


@lru_cache(maxsize=500)
def _is_date(text: str) -> bool:
    """Return whether `text` is a day that exists, as 2026-11-22."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _header(text: str) -> dict[str, str]:
    """Return the fields of a PO header."""
    pairs = (line.partition(":") for line in text.split("\n") if ":" in line)
    return {name.strip(): value.strip() for name, _, value in pairs}


def write_po(locale: str, entries: Iterable[Entry], header: Mapping[str, str] | None = None) -> str:
    """Return the text of a PO file; the same entries always give the same text. Former ones come last."""
    fields = {
        "Project-Id-Version": "content",
        **(header or {}),
        "Language": locale,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": str(get_plural(locale)),
    }
    head = 'msgid ""\nmsgstr ""\n' + "".join(
        f"{escape(f'{name}: {value}' + chr(10))}\n" for name, value in fields.items()
    )
    present = [entry for entry in entries if not entry.is_former]
    former = sorted((entry for entry in entries if entry.is_former), key=lambda each: (each.context, each.english))
    return "\n".join([head, *map(_written, present), *map(_written, former)])


def _written(entry: Entry) -> str:
    """Return one entry as PO text."""
    lines = [f"# {note}".rstrip() for note in entry.notes]
    if entry.text:
        lines += [f"# {name}: {value}" for name, kept in _SAID.items() if (value := getattr(entry, kept))]
    if entry.is_fuzzy:
        lines.append("#, fuzzy")
    mark = "#~ " if entry.is_former else ""
    if entry.is_fuzzy and entry.previous is not None:
        lines.append(f"{'#~| ' if entry.is_former else '#| '}msgid {_quoted(entry.previous)}")
    fields = (("msgctxt", entry.context), ("msgid", entry.english), ("msgstr", entry.text))
    lines += [f"{mark}{name} {_quoted(text)}" for name, text in fields]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return str(escape(text))
