"""Readings: words of content spoken aloud. Which there are, of which words, and how many lessons have one of today's.

A reading belongs to one thing that is read as a whole, at an address: a lesson ("lessons/listening.md") or a question
with what may be answered ("quiz.yml:q-one"). It keeps the hash of the words that it reads, in their language, so that
one of former words is known as older.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lms.content import lessons
from lms.content.library import SOURCE_LOCALE, Source, Words

#: Who spoke, where it is nobody by name: a program, or somebody who did not want to be named.
SYNTHESIZER, UNNAMED = "synthesizer", "community member"
#: Bytes that a reading may have: a lesson of a quarter of an hour, a question of three minutes, at 32 kbit/s.
LARGEST_LESSON, LARGEST_QUESTION = 4_000_000, 800_000

#: What is read aloud at an address: the context and the English of each sentence, in reading order.
Parts = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Reading:
    """One sound file: its bytes' hash, size, seconds and type, who spoke, and the hash of the words that it reads."""

    sha256: str
    size: int
    seconds: int
    media_type: str
    #: A name, `SYNTHESIZER` or `UNNAMED`.
    spoken: str
    words: str

    def as_data(self) -> dict[str, Any]:
        """Return it as a published body keeps it."""
        return asdict(self)


@dataclass(frozen=True)
class Share:
    """Lessons of some modules in one language: how many there are, and how many can be heard in today's words."""

    lessons: int = 0
    read: int = 0

    def __add__(self, other: Share) -> Share:
        return Share(self.lessons + other.lessons, self.read + other.read)

    @property
    def percent(self) -> int:
        """Return how many percent can be heard, rounded down; 0 without a lesson."""
        return self.read * 100 // self.lessons if self.lessons else 0


def is_lesson(at: str) -> bool:
    """Return whether the address is that of a whole lesson."""
    return at.endswith(".md")


def largest(at: str) -> int:
    """Return how many bytes a reading at this address may have."""
    return LARGEST_LESSON if is_lesson(at) else LARGEST_QUESTION


def readings_of(source: Source, words: Words) -> dict[str, Reading]:
    """Return the readings that were published with these words, by address."""
    found = source.body.get("audio", {}) if words.locale == SOURCE_LOCALE else words.audio
    return {at: Reading(**data) for at, data in found.items()}


def spoken_texts(parts: Parts, words: Words) -> tuple[str, ...]:
    """Return what is to be spoken, sentence by sentence, as it stands in the language of `words`."""
    return tuple(_plain(context, words.text(context, english).text) for context, english in parts)


def words_sha256(texts: Iterable[str]) -> str:
    """Return the hash of words as they are spoken: marks of Markdown and blanks do not count."""
    told = (" ".join(text.split()) for text in texts)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def today(parts: Parts, words: Words) -> str:
    """Return the hash of the words that stand there now."""
    return words_sha256(spoken_texts(parts, words))


def audio_share(
    source: Source, words: Words, parts: Mapping[str, Parts], recorded: Iterable[tuple[str, str]] = ()
) -> Share:
    """Return how many lessons of a module have a reading of today's words.

    `parts` is what can be read aloud in it, by address; `recorded` are addresses and words' hashes of recordings that
    count beside what was published. Works for a folder's source as for a published one.
    """
    return share_of({at: today(parts[at], words) for at in parts if is_lesson(at)}, source, words, recorded)


def share_of(
    now: Mapping[str, str],
    source: Source,
    words: Words,
    recorded: Iterable[tuple[str, str]] = (),
    gone: Collection[tuple[str, str]] = (),
) -> Share:
    """Return the same where the hashes of today's words are known, `now`, by the address of each lesson.

    What was published at an address with a file that is `gone` (address and the file's hash) is heard no more.
    """
    published = {at: each for at, each in readings_of(source, words).items() if (at, each.sha256) not in gone}
    known = {(at, reading.words) for at, reading in published.items()} | set(recorded)
    return Share(len(now), sum(each in known for each in now.items()))


def _plain(context: str, text: str) -> str:
    """Return the words of a sentence without what only marks them."""
    file, _, place = context.partition(":")
    if not file.endswith(".md") or place == "title" or place.startswith("objectives."):
        return text
    told = (token.content or " " for token in lessons.parse_run(text) if token.type in _SPOKEN)
    return "".join(told)


_SPOKEN = {"text", "code_inline", "softbreak", "hardbreak"}
