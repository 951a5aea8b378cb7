"""Versions: answers are only counted together when the same question was read in the same words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

#: What is not read while answering, and decides nothing about the answer.
_BESIDE = {"feedback", "competency", "critical", "items"}
_FILE = "quiz.yml"


def entries_of(quiz: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Yield each question of a `quiz.yml`, as plain data, with the id of the case that it belongs to, or ""."""
    for entry in quiz["items"]:
        if "items" in entry:
            yield from ((each, entry["id"]) for each in entry["items"])
        else:
            yield entry, ""


def item_versions(quiz: Mapping[str, Any]) -> dict[str, str]:
    """Return {item id: what stands for its English words, its options, its key and its points}."""
    cases = {entry["id"]: entry["prompt"] for entry in quiz["items"] if "items" in entry}
    return {
        entry["id"]: _digest([{key: entry[key] for key in sorted(entry) if key not in _BESIDE}, cases.get(case, "")])
        for entry, case in entries_of(quiz)
    }


def quiz_version(versions: Mapping[str, str]) -> str:
    """Return what stands for a whole quiz, whatever the order of its questions."""
    return _digest(sorted(versions.items()))


def wordings(quiz: Mapping[str, Any], words: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return {item id: what stands for its translated words}; `words` are the entries of a translation by address.

    A translation of older English is another wording than the same words after somebody looked at them again: on
    the page it stood with its mark. What is read after answering does not count.
    """
    found: dict[str, list[tuple[str, str, str]]] = {}
    for address, entry in words.items():
        file, _, rest = address.partition(":")
        item_id, _, suffix = rest.partition(".")
        if file == _FILE and suffix and suffix != "feedback":
            found.setdefault(item_id, []).append((suffix, entry["text"], entry["source"]))
    return {
        entry["id"]: _digest([sorted(found.get(entry["id"], [])), sorted(found.get(case, []))])
        for entry, case in entries_of(quiz)
    }


def _digest(value: Sequence[Any]) -> str:
    """Return 32 hexadecimal digits that stand for plain data."""
    body = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()[:32]
