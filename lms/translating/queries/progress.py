"""How far the published translations are: every sentence of an object, and its state in each language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lms.competencies.specs import FrameworkSpec
from lms.content.cache import Cache
from lms.content.library import Library, Source, Words, spec_of
from lms.content.shapes import Told
from lms.courses.specs import told_in
from lms.fieldwork.specs import ChecklistSpec
from lms.i18n import TAGS
from lms.surveys.specs import SurveySpec
from lms.tracks.specs import TrackSpec
from lms.translating.rules import Count, count_states

#: What people read and answer, so that its words can be reported.
KINDS = ("module", "survey")
LOCALES = tuple(tag for tag in TAGS if tag != "en")
#: The class of each object that is one file. `know_spec` adds those of higher features.
SINGLE: dict[str, Any] = {
    "survey": SurveySpec,
    "track": TrackSpec,
    "framework": FrameworkSpec,
    "checklist": ChecklistSpec,
}


@dataclass(frozen=True)
class Progress:
    """One object in one language."""

    kind: str
    key: str
    locale: str
    count: Count


_sentences: Cache[Mapping[str, str]] = Cache(500)
_choices: Cache[Mapping[str, str]] = Cache(500)
_counts: Cache[Count] = Cache(2_000)


def know_spec(kind: str, spec_class: Any) -> None:
    """Let objects of a kind that a higher feature owns be translated too; the roof says so."""
    SINGLE[kind] = spec_class


def sentences_of(source: Source) -> Mapping[str, str]:
    """Return {address: English} of every sentence of an object, in reading order; made once a revision."""

    def build() -> dict[str, str]:
        return {address: each.english for address, each in _told_in(source)}

    return _sentences.get((source.kind, source.key, source.sha256), build)


def choices_of(source: Source) -> Mapping[str, str]:
    """Return {address: of which choice} of the sentences of which no two may read alike; made once a revision."""

    def build() -> dict[str, str]:
        return {address: each.among for address, each in _told_in(source) if each.among}

    return _choices.get((source.kind, source.key, source.sha256), build)


def _told_in(source: Source) -> Iterator[tuple[str, Told]]:
    """Yield every sentence of an object with its address."""
    if source.kind == "module":
        return told_in(source)
    return ((f"{source.key}.yml:{each.address}", each) for each in spec_of(SINGLE[source.kind], source).told())


def count_progress(library: Library) -> list[Progress]:
    """Return how far each module and survey is in each language, in the order of keys."""
    return [
        Progress(kind, key, locale, _count(library.get(kind, key), library.words(kind, key, locale)))
        for kind in KINDS
        for key in library.keys(kind)
        for locale in LOCALES
    ]


def _count(source: Source, words: Words) -> Count:
    address = (source.kind, source.key, source.sha256, words.locale, words.sha256)
    sentences = sentences_of(source)
    return _counts.get(
        address, lambda: count_states(words.text(each, english).state for each, english in sentences.items())
    )
