"""What a translator sees of a sentence: what changed, letters that her keyboard lacks, and what comes first."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

#: Letters that a keyboard in Los Angeles lacks, by language.
LETTERS: Mapping[str, str] = {"es": "áéíóúüñ¿¡", "to": "ʻāēīōūáéíóúĀĒĪŌŪ", "sm": "ʻāēīōūĀĒĪŌŪ"}
#: Which sentences a list can show.
SHOWS = ("all", "open", "missing", "stale", "critical", "comments")
OPEN = frozenset({"draft", "in review", "reviewed", "stale", "missing"})
#: Marks from 1 to 5 that a community reviewer gives.
ASPECTS = ("accuracy", "fit", "readability")


@dataclass(frozen=True)
class Sentence:
    """A sentence at the desk, as a list shows it."""

    address: str
    english: str
    text: str
    state: str
    is_critical: bool
    #: How many comments stand at the part to which it belongs.
    comments: int = 0
    #: Somebody wrote words that the files do not hold yet.
    is_waiting: bool = False
    #: The files have got other words since.
    has_moved: bool = False


def is_shown(sentence: Sentence, show: str) -> bool:
    """Return whether a list of the kind `show` holds the sentence; an unknown kind shows all."""
    if show == "open":
        return sentence.state in OPEN
    if show in {"missing", "stale"}:
        return sentence.state == show
    if show == "critical":
        return sentence.is_critical and sentence.state != "approved"
    return sentence.comments > 0 if show == "comments" else True


def urgency(sentence: Sentence, use: int) -> tuple[int, int, int]:
    """Return the place of a sentence in the queue, the first smallest; `use` is how many people its module reaches.

    Safety-critical words and quizzes come first, then what is of older English, then what most people read. Among
    those of one rank what has been written waits less than what is missing.
    """
    rank = 0 if sentence.is_critical else 1 if sentence.state == "stale" else 2
    order = ("reviewed", "in review", "stale", "draft", "missing", "approved")
    return rank, -use, order.index(sentence.state)


def part_of(address: str) -> str:
    """Return what a community reviewer judges as one: a lesson, a question of a quiz, or another file as a whole."""
    file, _, place = address.partition(":")
    return f"{file}:{place.partition('.')[0]}" if file == "quiz.yml" else file


def reads_as(text: str) -> str:
    """Return words as a reader hears them, as `lms content check` compares options."""
    return " ".join(text.casefold().split()).rstrip(".")


def differences(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """Return what became of `before`, in order: ("same" | "gone" | "new", words).

    Joined, the parts that are not "new" are `before`, and those that are not "gone" are `after`.
    """
    old, new = (re.findall(r"\s+|[^\s]+", text) for text in (before, after))
    parts: list[tuple[str, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(("same", "".join(old[a:b])))
            continue
        parts += [(name, words) for name, words in (("gone", "".join(old[a:b])), ("new", "".join(new[c:d]))) if words]
    return tuple(parts)


@dataclass(frozen=True)
class Marks:
    """What community reviewers gave one part: how many of them, and the mean of each aspect."""

    count: int
    means: Mapping[str, float]


def marks_of(ratings: Collection[Mapping[str, int]]) -> Marks:
    """Return count and means, rounded to a tenth; without a rating no means."""
    means = {
        aspect: round(sum(each[aspect] for each in ratings) / len(ratings), 1) for aspect in ASPECTS if len(ratings)
    }
    return Marks(len(ratings), means)
