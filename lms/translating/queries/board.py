"""Reads of the board: the words of each track by language and state. Counted once a revision."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from lms.assessments.specs import FILE, QuizSpec
from lms.content.cache import Cache
from lms.content.lessons import count_words
from lms.content.library import Library, Source, Words, spec_of
from lms.content.readings import Share as Heard
from lms.content.shapes import Reference
from lms.courses.specs import ModuleFile
from lms.translating.queries.progress import KINDS, LOCALES, SINGLE, sentences_of
from lms.translating.queries.proposals import Place, Told, filed_of
from lms.translating.rules import COUNTED, Share, add_shares, standing_of

_shares: Cache[Share] = Cache(2_000)


@dataclass(frozen=True)
class Line:
    """A track, or one object of it, in one language.

    `waiting` counts sentences that the files do not hold yet, `heard` lessons and how many of them can be heard.
    """

    kind: str
    key: str
    locale: str
    share: Share
    waiting: int
    heard: Heard


def parts_of(library: Library, track_key: str) -> list[tuple[str, str]]:
    """Return the track and all that it refers to, but for other tracks: what `lms content status` counts."""
    offered = {
        offer: ("framework", key)
        for key in library.keys("framework")
        for offer in spec_of(SINGLE["framework"], library.get("framework", key)).offers()
    }
    found, open_ = [], [("track", track_key)]
    while open_:
        part = open_.pop(0)
        source = library.find(*part)
        if source is None or part in found:
            continue
        found.append(part)
        for each in _references(source):
            if each.kind == "track":
                continue
            address = (each.kind, each.name)
            open_.append(address if address[0] in (KINDS[0], *SINGLE) else offered.get(address, address))
    return found


def _references(source: Source) -> Iterator[Reference]:
    """Yield what the files of an object refer to."""
    if source.kind in SINGLE:
        yield from spec_of(SINGLE[source.kind], source).references()
    elif source.kind == "module":
        yield from ModuleFile.read(source.file("module.yml")).references()
        if FILE in source.files:
            yield from spec_of(QuizSpec, source).references()


def list_board(
    library: Library, locales: Collection[str], newest: Mapping[Place, Told], heard: Mapping[tuple[str, str], Heard]
) -> list[Line]:
    """Return a line for each track and language; `heard` is what `audio_shares` returns."""
    lines = []
    for track in library.keys("track"):
        parts = list_parts(library, track, locales, newest, heard)
        for locale in (each for each in LOCALES if each in locales):
            among = [each for each in parts if each.locale == locale]
            share, waiting = add_shares(each.share for each in among), sum(each.waiting for each in among)
            lines.append(Line("track", track, locale, share, waiting, sum((each.heard for each in among), Heard())))
    return lines


def list_parts(
    library: Library,
    track_key: str,
    locales: Collection[str],
    newest: Mapping[Place, Told],
    heard: Mapping[tuple[str, str], Heard],
) -> list[Line]:
    """Return a line for each object of a track and language, leaving out objects without a word."""
    waiting = _count_waiting(library, newest)
    found = []
    for kind, key in parts_of(library, track_key):
        source = library.get(kind, key)
        for locale in (each for each in LOCALES if each in locales):
            share = share_of(source, library.words(kind, key, locale))
            if share.total:
                sound = heard.get((key, locale), Heard()) if kind == "module" else Heard()
                found.append(Line(kind, key, locale, share, waiting.get((kind, key, locale), 0), sound))
    return found


def _count_waiting(library: Library, newest: Mapping[Place, Told]) -> dict[tuple[str, str, str], int]:
    """Return how many sentences of each object and language have words that the files do not hold yet."""
    found: dict[tuple[str, str, str], int] = {}
    for place, told in newest.items():
        source = library.find(place.kind, place.key)
        english = sentences_of(source).get(place.address) if source else None
        if english is None:
            continue
        filed = filed_of(library.words(place.kind, place.key, place.locale), place.address, english)
        if standing_of(english, filed, [told.version]).version is not None:
            of = (place.kind, place.key, place.locale)
            found[of] = found.get(of, 0) + 1
    return found


def share_of(source: Source, words: Words) -> Share:
    """Return the words of an object in one language by state; counted once a revision."""
    address = (source.kind, source.key, source.sha256, words.locale, words.sha256)
    return _shares.get(address, lambda: _count(source, words))


def _count(source: Source, words: Words) -> Share:
    counted, since = dict.fromkeys(COUNTED, 0), []
    for address, english in sentences_of(source).items():
        state = words.text(address, english).state
        counted[state] += count_words(english)
        if state == "stale" and (day := words.entries[address].get("since")):
            since.append(date.fromisoformat(day))
    return Share(counted, min(since, default=None))
