"""Which sentences could harm somebody, or fail her unfairly, when translated badly: they are reviewed first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lms.content.lessons import segments_inside
from lms.content.library import Source

QUIZ = "quiz.yml"
_SAFETY = "safety"


def critical_contexts(source: Source) -> frozenset[str]:
    """Return the contexts of all sentences that lead a review: safety-critical ones, and every sentence of a quiz."""
    return safety_contexts(source) | quiz_contexts(source)


def safety_contexts(source: Source) -> frozenset[str]:
    """Return the contexts that an author marked: what stands in :::safety, and questions that are `critical`."""
    found = {
        f"{name}:{segment}"
        for name, data in source.files.items()
        if name.endswith(".md")
        for segment in segments_inside(data["markdown"], _SAFETY)
    }
    quiz = source.files.get(QUIZ, {})
    for entry in quiz.get("items", ()):
        found |= {f"{QUIZ}:{each}" for each in _told(entry, only_critical=True)}
    return frozenset(found)


def quiz_contexts(source: Source) -> frozenset[str]:
    """Return the contexts of all that a module's quiz says; none where the object has no quiz."""
    quiz = source.files.get(QUIZ, {})
    found = {f"{each['id']}.title" for each in quiz.get("sections", ()) if "title" in each}
    for entry in quiz.get("items", ()):
        found.update(_told(entry, only_critical=False))
    return frozenset(f"{QUIZ}:{each}" for each in found)


def _told(entry: Mapping[str, Any], *, only_critical: bool) -> Iterator[str]:
    """Yield the addresses of what a question says, or of a case and its questions.

    With `only_critical` those of critical questions, and of the story that such a question is about.
    """
    inner = entry.get("items")
    if inner is None:
        if entry.get("critical") or not only_critical:
            yield from _addresses(entry["id"], entry)
        return
    told = [address for item in inner for address in _told(item, only_critical=only_critical)]
    if told:
        yield f"{entry['id']}.prompt"
    yield from told


def _addresses(prefix: str, entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield the addresses of the words of a question, whatever its type: its own, and those of its parts by id."""
    yield from (f"{prefix}.{name}" for name in ("prompt", "text", "feedback") if isinstance(entry.get(name), str))
    yield from _parts(prefix, entry)


def _parts(prefix: str, thing: Mapping[str, Any]) -> Iterator[str]:
    """Yield the addresses of parts that have ids and words: options, steps, gaps with options, criteria with levels."""
    for value in thing.values():
        if isinstance(value, Mapping):
            yield from _parts(prefix, value)
        for part in value if isinstance(value, list | tuple) else ():
            if isinstance(part, Mapping) and "id" in part:
                address = f"{prefix}.{part['id']}"
                if "text" in part:
                    yield address
                yield from _parts(address, part)
