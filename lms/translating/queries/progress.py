"""How far the published translations are: every sentence of an object, and its state in each language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lms.assessments.specs import FILE, QuizSpec
from lms.competencies.specs import FrameworkSpec
from lms.content.cache import Cache
from lms.content.lessons import segments
from lms.content.library import Library, Source, Words, spec_of
from lms.content.shapes import Told
from lms.courses.specs import ModuleFile, ModuleSpec
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
        return {address: english for address, english, _ in _sentences_in(source)}

    return _sentences.get((source.kind, source.key, source.sha256), build)


def choices_of(source: Source) -> Mapping[str, str]:
    """Return {address: of which choice} of the sentences of which no two may read alike; made once a revision."""

    def build() -> dict[str, str]:
        return {address: among for address, _, among in _sentences_in(source) if among}

    return _choices.get((source.kind, source.key, source.sha256), build)


def _sentences_in(source: Source) -> Iterator[tuple[str, str, str]]:
    """Yield the address of each sentence, its English, and of which choice it is."""
    if source.kind != "module":
        yield from _told(f"{source.key}.yml", spec_of(SINGLE[source.kind], source).told())
        return
    module = spec_of(ModuleSpec, source)
    yield from _told("module.yml", ModuleFile.read(source.file("module.yml")).told())
    for lesson in module.lessons:
        file = f"lessons/{lesson.key}.md"
        yield from _told(file, lesson.told())
        yield from ((f"{file}:{each.id}", each.english, "") for each in segments(lesson.markdown))
    if module.has_quiz:
        yield from _told(FILE, spec_of(QuizSpec, source).told())


def _told(file: str, sentences: Iterator[Told]) -> Iterator[tuple[str, str, str]]:
    yield from ((f"{file}:{each.address}", each.english, each.among) for each in sentences)


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
