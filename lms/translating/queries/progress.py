"""How far the published translations are: every sentence of an object, and its state in each language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lms.assessments.specs import FILE, QuizSpec
from lms.content.cache import Cache
from lms.content.lessons import segments
from lms.content.library import Library, Source, Words, spec_of
from lms.content.shapes import Told
from lms.courses.specs import ModuleFile, ModuleSpec
from lms.i18n import TAGS
from lms.surveys.specs import SurveySpec
from lms.translating.rules import Count, count_states

#: What people read and answer, so that its words can be reported.
KINDS = ("module", "survey")
LOCALES = tuple(tag for tag in TAGS if tag != "en")


@dataclass(frozen=True)
class Progress:
    """One object in one language."""

    kind: str
    key: str
    locale: str
    count: Count


_sentences: Cache[Mapping[str, str]] = Cache(500)
_counts: Cache[Count] = Cache(2_000)


def sentences_of(source: Source) -> Mapping[str, str]:
    """Return {address: English} of every sentence of a module or survey, in reading order; made once a revision."""
    return _sentences.get((source.kind, source.key, source.sha256), lambda: dict(_sentences_in(source)))


def _sentences_in(source: Source) -> Iterator[tuple[str, str]]:
    if source.kind == "survey":
        yield from _told(f"{source.key}.yml", spec_of(SurveySpec, source).told())
        return
    module = spec_of(ModuleSpec, source)
    yield from _told("module.yml", ModuleFile.read(source.file("module.yml")).told())
    for lesson in module.lessons:
        file = f"lessons/{lesson.key}.md"
        yield from _told(file, lesson.told())
        yield from ((f"{file}:{each.id}", each.english) for each in segments(lesson.markdown))
    if module.has_quiz:
        yield from _told(FILE, spec_of(QuizSpec, source).told())


def _told(file: str, sentences: Iterator[Told]) -> Iterator[tuple[str, str]]:
    yield from ((f"{file}:{each.address}", each.english) for each in sentences)


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
