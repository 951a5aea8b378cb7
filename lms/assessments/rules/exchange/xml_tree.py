"""XML as a tree with places. Refuses what could harm before anything is built from it.

A DOCTYPE is refused with all that it could declare: entities that grow without end, files and addresses outside.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError, ParserCreate

from lms.assessments.items.asked import Misread, Place

MAX_DEPTH = 20
MAX_NODES = 100_000


@dataclass
class Node:
    """One element."""

    tag: str
    attributes: dict[str, str]
    place: Place
    nodes: list[Node] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    #: The comments directly inside, with their places.
    comments: list[tuple[Place, str]] = field(default_factory=list)

    def find(self, *path: str) -> Node | None:
        """Return the first element at `path` inside, or None."""
        node: Node | None = self
        for tag in path:
            node = next((each for each in node.nodes if each.tag == tag), None) if node else None
        return node

    def all(self, tag: str) -> list[Node]:
        """Return the elements of that tag directly inside."""
        return [each for each in self.nodes if each.tag == tag]

    def text(self, *path: str) -> str:
        """Return the words directly in the element at `path`, without blanks at the ends; empty when there is none."""
        node = self.find(*path)
        return "".join(node.pieces).strip() if node else ""


def read_tree(text: str) -> Node:
    """Return the root of an XML document; raise `Misread` at the first fault."""
    builder = _Builder()
    try:
        builder.parser.Parse(text.encode(), True)
    except ExpatError as error:
        place = (error.lineno, error.offset + 1)
        raise Misread(place, f"broken XML: {str(error).partition(':')[0]}") from error
    return builder.document.nodes[0]


class _Builder:
    """Listens to the parser."""

    def __init__(self) -> None:
        #: Stands around the root, and so for the whole document.
        self.document = Node("", {}, (1, 1))
        self.open = [self.document]
        self.count = 0
        parser = self.parser = ParserCreate("utf-8")
        parser.buffer_text = True
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._words
        parser.CommentHandler = self._comment

    def _misread(self, message: str) -> Misread:
        return Misread(self._place(), message)

    def _place(self) -> Place:
        return self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in {"utf-8", "utf8", "us-ascii", "ascii"}:
            raise self._misread(f"the file says that it is {encoding[:40]}; save it as UTF-8")

    def _doctype(self, *_: object) -> None:
        raise self._misread("a DOCTYPE is refused; Moodle writes none")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if len(self.open) > MAX_DEPTH:
            raise self._misread(f"more than {MAX_DEPTH} levels")
        if self.count > MAX_NODES:
            raise self._misread(f"more than {MAX_NODES} elements")
        node = Node(tag, attributes, self._place())
        self.open[-1].nodes.append(node)
        self.open.append(node)

    def _end(self, _tag: str) -> None:
        self.open.pop()

    def _words(self, data: str) -> None:
        self.open[-1].pieces.append(data)

    def _comment(self, data: str) -> None:
        self.open[-1].comments.append((self._place(), data))
