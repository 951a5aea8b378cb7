"""RDFC-1.0: the canonical N-Quads of our own documents, the bytes that a Data Integrity proof covers.

This is no JSON-LD processor. It knows the terms of a `Vocabulary`, things that are named by `id`, and things without
a name that hang on a named one and hold no further such thing. Each of those is told from all others by its
first-degree hash alone, which is checked; then RDFC-1.0 numbers them in the order of these hashes. Whatever else a
document holds is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from lms.certificates.rules.badges.terms import INTEGER, REFERENCE, VOCABULARIES, WORD, Vocabulary

_IS_A = ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", WORD)
_UNKNOWN = ("", "")
_NOT_SAID = ("id", "@context")
#: The label of the thing that is being hashed, as RDFC-1.0 has it.
_SELF = "_:a"
#: Unicode's category Cc, which libraries escape in different ways, or not at all.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_ADDRESS = re.compile('[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f-\x9f<>"{}|^`\\\\]*')


def canonical(document: Mapping[str, Any], vocabulary: Vocabulary) -> bytes:
    """Return the canonical N-Quads of a document without its proof. Raise `ValueError` for what we cannot write."""
    if document.get("@context") != list(vocabulary.contexts):
        raise ValueError("the document names other contexts than its vocabulary is made for")
    graph = _Graph(vocabulary)
    graph.thing(document, [], "")
    return _joined({*graph.lines, *_labelled(graph.unnamed)})


#: A thing without a name: its first-degree hash, the start of the statement that leads to it, and the ends of those
#: that it makes.
_Unnamed = tuple[bytes, str, list[str]]


class _Graph:
    """The statements of a document: those about named things, and a group for each thing without a name."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.lines: list[str] = []
        self.unnamed: list[_Unnamed] = []

    def thing(self, node: Mapping[str, Any], above: list[str], pointer: str) -> None:
        """Add the statement `pointer` that leads to a thing to the group `above`, and what the thing says of itself."""
        if "id" in node:
            subject = _address(node["id"])
            above.append(f"{pointer}{subject} .")
            self.members(node, subject, self.lines)
            return
        if pointer.startswith(" "):
            raise ValueError("a thing without a name inside another")
        ends: list[str] = []
        self.members(node, "", ends)
        lines = {_SELF + end for end in ends} | ({f"{pointer}{_SELF} ."} if pointer else set())
        self.unnamed.append((hashlib.sha256(_joined(lines)).digest(), pointer, ends))

    def members(self, node: Mapping[str, Any], subject: str, group: list[str]) -> None:
        """Add what a thing says of itself to a group. The `subject` of one without a name is left out for now."""
        for term, value in node.items():
            if term in _NOT_SAID:
                continue
            iri, datatype = _IS_A if term == "type" else self.vocabulary.properties.get(term, _UNKNOWN)
            if not iri:
                raise ValueError(f"not a term of ours: {term}")
            pointer = f"{subject} <{iri}> "
            for each in value if isinstance(value, list) else (value,):
                if not isinstance(each, dict):
                    group.append(f"{pointer}{self.value(each, datatype)} .")
                elif term in self.vocabulary.shared:
                    self.shared(each, group, pointer)
                else:
                    self.thing(each, group, pointer)

    def shared(self, node: Mapping[str, Any], above: list[str], pointer: str) -> None:
        """Add a named thing like `thing`, its statements being kept for other documents."""
        above.append(f"{pointer}{_address(node['id'])} .")
        lines, unnamed = _kept(json.dumps(node), self.vocabulary.contexts)
        self.lines.extend(lines)
        self.unnamed.extend(unnamed)

    def value(self, value: Any, datatype: str) -> str:
        """Return an address, a type or a literal as N-Quads write it."""
        if datatype == REFERENCE:
            return _address(value)
        if datatype != WORD:
            return _literal(value, datatype)
        if value not in self.vocabulary.names:
            raise ValueError(f"not a type of ours: {value}")
        return f"<{self.vocabulary.names[value]}>"


@lru_cache(maxsize=256)
def _kept(text: str, contexts: tuple[str, ...]) -> tuple[list[str], list[_Unnamed]]:
    """Return the statements of the thing that the JSON `text` is, and its things without a name. Not to be changed."""
    graph = _Graph(VOCABULARIES[contexts])
    graph.thing(json.loads(text), [], "")
    return sorted(graph.lines), graph.unnamed


def _labelled(unnamed: list[_Unnamed]) -> list[str]:
    """Return the statements about things without a name, these being numbered in the order of their hashes."""
    if len({digest for digest, _, _ in unnamed}) < len(unnamed):
        raise ValueError("two things without a name say the same")
    found: list[str] = []
    for number, (_, pointer, ends) in enumerate(sorted(unnamed)):
        label = f"_:c14n{number}"
        if pointer:
            found.append(f"{pointer}{label} .")
        found.extend([label + end for end in ends])
    return found


def _joined(lines: Iterable[str]) -> bytes:
    """Return statements in the order of their code points."""
    return ("\n".join(sorted(lines)) + "\n").encode()


def _address(text: str) -> str:
    """Return an absolute address as N-Quads write it."""
    if not _ADDRESS.fullmatch(text):
        raise ValueError(f"not an absolute address: {text!r}")
    return f"<{text}>"


def _literal(value: Any, datatype: str) -> str:
    """Return text, a whole number or a truth value as N-Quads write it."""
    if isinstance(value, bool):
        value = "true" if value else "false"
    elif isinstance(value, int):
        value, datatype = str(value), datatype or INTEGER
    elif not isinstance(value, str):
        raise ValueError(f"neither text, whole number nor truth value: {value!r}")  # noqa: TRY004 (one kind of error)
    if _CONTROL.search(value):
        raise ValueError("a control character")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"^^<{datatype}>' if datatype else f'"{escaped}"'
