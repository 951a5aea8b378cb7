"""How far the translations are: English words of each track by language and state. Reads files, no database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import floor

from lms.content.audio import folder_share
from lms.content.critical import quiz_contexts, safety_contexts
from lms.content.folder import LOCALES, ContentObject, Folder
from lms.content.lessons import count_words
from lms.content.library import SOURCE_LOCALE
from lms.content.translations import published_words

#: What is counted: every state of a translation, worst first.
COUNTED = ("missing", "stale", "draft", "in review", "reviewed", "approved")
#: What somebody still has to read: it is listed, sentence by sentence.
OPEN = ("missing", "stale", "draft", "in review")


@dataclass(frozen=True)
class TrackStatus:
    """One track in one language; `words` counts English words by the state of their translation, 0 for English."""

    track: str
    locale: str
    total: int
    words: Mapping[str, int]
    #: For how many days its oldest stale sentence has been so; None where none is, or no file says since when.
    stale_days: int | None = None
    lessons: int = 0
    #: How many of its lessons can be heard in this language.
    spoken: int = 0

    def share(self, state: str) -> float:
        """Return the share of words in a state, in per cent, rounded down to a tenth: all is 100, less never."""
        return percent(self.words[state], self.total)

    @property
    def translated(self) -> float:
        """Return the share of words that have a translation, whatever its state, in per cent."""
        return percent(self.total - self.words["missing"], self.total)


def percent(part: int, whole: int) -> float:
    """Return a share in per cent, rounded down to a tenth; of nothing it is 100."""
    return floor(1000 * part / whole) / 10 if whole else 100.0


@dataclass
class _Sum:
    """What is counted of a track in one language."""

    words: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))
    since: list[str] = field(default_factory=list)


def list_status(folder: Folder, on: date, kind: str = "track") -> list[TrackStatus]:
    """Return one row for each object of `kind` and language: its own words and those of all it refers to.

    English comes first: it has every word. `on` is today.
    """
    rows = []
    for (of, key), made in sorted(folder.objects.items(), key=lambda pair: pair[0]):
        if of == kind:
            parts = parts_of(folder, made)
            rows += [_row(key, parts, locale, on) for locale in (SOURCE_LOCALE, *LOCALES)]
    return rows


def parts_of(folder: Folder, made: ContentObject) -> list[ContentObject]:
    """Return `made` and the objects it refers to, directly or not, but for other tracks, which have their own rows."""
    offered = {
        each: other
        for other in folder.objects.values()
        for file in other.files.values()
        for each in (file.spec.offers() if file.spec else ())
    }
    parts, waiting = [], [made]
    while waiting:
        part = waiting.pop()
        if part in parts:
            continue
        parts.append(part)
        for _, reference in part.references():
            if reference.kind == "track":
                continue
            address = (reference.kind, reference.name)
            other = folder.objects.get(address) or offered.get(address)
            waiting += [other] if other else []
    return parts


def _row(key: str, parts: list[ContentObject], locale: str, on: date) -> TrackStatus:
    found = _Sum()
    total = sum(count_words(english) for part in parts for english in part.sentences().values())
    for part in parts if locale != SOURCE_LOCALE else ():
        _count(part, locale, found)
    days = (on - date.fromisoformat(min(found.since))).days if found.since else None
    lessons = sum(name.endswith(".md") for part in parts for name in part.files)
    spoken = sum(folder_share(part, locale).read for part in parts if part.kind == "module")
    return TrackStatus(key, locale, total, found.words, days, lessons, spoken)


def _count(part: ContentObject, locale: str, found: _Sum) -> None:
    sentences = part.sentences()
    catalog = part.catalogs.get(locale)
    words = published_words(sentences, catalog.entries if catalog else ())
    for context, english in sentences.items():
        said = words.get(context, {"state": "missing"})
        found.words[said["state"]] += count_words(english)
        if "since" in said:
            found.since.append(said["since"])


@dataclass(frozen=True, order=True)
class OpenSentence:
    """A sentence that somebody still has to read, in the order in which to read them."""

    #: 0 for what an author marked as safety-critical, 1 for the rest of a quiz, 2 for all else.
    rank: int
    place: int
    path: str
    line: int
    state: str
    context: str
    english: str

    @property
    def why(self) -> str:
        """Return why it comes first, "" when it does not."""
        return ("safety", "quiz", "")[self.rank]


def list_open(folder: Folder, key: str, locale: str) -> list[OpenSentence]:
    """Return the sentences of a track that nobody has reviewed in a language; safety-critical ones first, then quizzes.

    Places are those in the PO file; a sentence that it lacks stands on its first line.
    """
    parts = parts_of(folder, folder.objects["track", key])
    found = [each for part in sorted(parts, key=lambda each: (each.kind, each.key)) for each in _open(part, locale)]
    return sorted(found, key=lambda each: each.rank)


def _open(part: ContentObject, locale: str) -> Iterator[OpenSentence]:
    sentences = part.sentences()
    catalog = part.catalogs.get(locale)
    words = published_words(sentences, catalog.entries if catalog else ())
    lines = {entry.context: entry.line for entry in catalog.present} if catalog else {}
    safety, quiz = safety_contexts(part.source()), quiz_contexts(part.source())
    path = part.catalog_path(locale)
    for place, (context, english) in enumerate(sentences.items()):
        state = words[context]["state"] if context in words else "missing"
        if state in OPEN:
            rank = 0 if context in safety else 1 if context in quiz else 2
            yield OpenSentence(rank, place, path, lines.get(context, 1), state, context, english)
