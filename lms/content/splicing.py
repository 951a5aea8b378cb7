"""Changes a list in a content file where it stands: what does not change keeps every byte, comments and order too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lms.content.yaml_files import Document, read_yaml
from lms.content.yaml_writing import write_entry, write_mapping


class CannotSplice(Exception):
    """The list is written in a way that cannot be changed without touching the rest; `line` is where."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def splice(text: str, name: str, changed: Mapping[int, Mapping[str, Any]], added: Sequence[Mapping[str, Any]]) -> str:
    """Return the YAML `text` with entries of its top-level list `name` changed (by position) and others added behind.

    Raise `CannotSplice` for a list that does not stand on lines of its own.
    """
    document = read_yaml(text)
    expected = dict(document.data)
    entries = [changed.get(number, each) for number, each in enumerate(expected[name])]
    expected[name] = [*(dict(each) for each in entries), *(dict(each) for each in added)]
    made = _Splicer(text.split("\n"), document, name).splice(changed, added)
    if read_yaml(made).data != expected:
        raise CannotSplice(document.key_place((name,))[0], "write each entry of this list in the usual way first")
    return made


@dataclass
class _Splicer:
    """Replaces lines from the end to the beginning, so that places stay right."""

    lines: list[str]
    document: Document
    name: str
    #: First line, last line and the lines that replace them.
    edits: list[tuple[int, int, list[str]]] = field(default_factory=list)

    def splice(self, changed: Mapping[int, Mapping[str, Any]], added: Sequence[Mapping[str, Any]]) -> str:
        """Return the changed text."""
        old = self.document.data[self.name]
        if self._sign((self.name,)) in "[{":
            line = self.document.key_place((self.name,))[0]
            raise CannotSplice(line, "write each entry of this list on lines of its own first")
        for number, entry in changed.items():
            self._change(number, old[number], entry)
        last = self._last_line(len(old) - 1)
        new = [line for entry in added for line in self._whole(entry)]
        self.edits.append((last + 1, last, new))
        for start, end, lines in sorted(self.edits, key=lambda edit: edit[:2], reverse=True):
            self.lines[start - 1 : end] = lines
        return "\n".join(self.lines)

    def _sign(self, path: tuple[str | int, ...]) -> str:
        """Return the first character of a value."""
        line, column = self.document.place(path)
        return self.lines[line - 1][column - 1 : column]

    def _dash(self, number: int) -> tuple[int, int]:
        """Return line and column of the dash before an entry."""
        line, column = self.document.place((self.name, number))
        before = self.lines[line - 1][: column - 1]
        while "-" not in before:
            line -= 1
            before = self.lines[line - 1].partition("#")[0]
        return line, before.rindex("-") + 1

    def _last_line(self, number: int) -> int:
        """Return the last line of an entry; blank lines and comments behind it belong to what follows."""
        count = len(self.document.data[self.name])
        return self._trimmed(self._dash(number + 1)[0] if number + 1 < count else self._end())

    def _end(self) -> int:
        """Return the line on which the next top-level key stands, or the one behind the last."""
        begin = self.document.key_place((self.name,))[0]
        tops = [place[0] for path, place in self.document.key_places.items() if len(path) == 1 and place[0] > begin]
        return min(tops, default=len(self.lines) + 1)

    def _trimmed(self, following: int) -> int:
        """Return the last line before line `following` that is neither blank nor a comment."""
        line = following - 1
        while not self.lines[line - 1].strip() or self.lines[line - 1].lstrip().startswith("#"):
            line -= 1
        return line

    def _whole(self, entry: Mapping[str, Any]) -> list[str]:
        """Return the lines of an entry, as far in as the first one."""
        indent = " " * (self._dash(0)[1] - 1)
        first, *rest = write_mapping(entry)
        return [f"{indent}- {first}", *(f"{indent}  {line}" for line in rest)]

    def _change(self, number: int, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        """Note what changes an entry: its fields one by one where they stand on lines of their own."""
        if self._sign((self.name, number)) == "{" or next(iter(old)) not in new:
            self.edits.append((self._dash(number)[0], self._last_line(number), self._whole(new)))
            return
        starts = {key: self.document.key_place((self.name, number, key)) for key in old}
        indent = " " * (next(iter(starts.values()))[1] - 1)
        last = self._last_line(number)
        for key, (line, column) in starts.items():
            following = min((place[0] for place in starts.values() if place[0] > line), default=0)
            end = self._trimmed(following) if following else last
            if key not in new:
                self.edits.append((line, end, []))
            elif new[key] != old[key]:
                first, *rest = write_entry(key, new[key])
                before = self.lines[line - 1][: column - 1]
                self.edits.append((line, end, [f"{before}{first}", *(f"{indent}{each}" for each in rest)]))
        fresh = {key: value for key, value in new.items() if key not in old}
        self.edits.append((last + 1, last, [f"{indent}{line}" for line in write_mapping(fresh)]))
