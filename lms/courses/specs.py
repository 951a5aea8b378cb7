"""A module as its files say: lessons in order, minutes, credits, prerequisites, survey and sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import ceil
from typing import Annotated, Self

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from lms.assessments.specs import FILE, QuizSpec, question_parts, quiz_faults
from lms.content.lessons import count_words, segments
from lms.content.library import Source, spec_of
from lms.content.readings import Parts
from lms.content.shapes import (
    CompetencyKey,
    Fault,
    Key,
    Minutes,
    Reference,
    Sentence,
    Spec,
    Title,
    Told,
    Url,
    refuse_twice,
    told_of,
)

#: A quiz may take this many minutes for each question shown; more would credit time nobody spends.
MINUTES_PER_QUESTION = 2
#: Slow reading with time to think: a module that asks for more minutes promises more than it holds.
WORDS_PER_MINUTE = 75
SURVEY_MINUTES = 3


class Credit(Spec):
    """Minutes of a module that count towards one competency."""

    competency: CompetencyKey
    minutes: Minutes


class SourceSpec(Spec):
    """Where a fact told in the lessons comes from. Not translated."""

    id: Key
    title: Title
    url: Url


class LessonFile(Spec):
    """The head of `lessons/<lesson>.md`, and below it the text in Markdown."""

    title: Title
    minutes: Minutes
    objectives: Annotated[tuple[Sentence, ...], Field(min_length=1, max_length=8)]
    markdown: Annotated[str, StringConstraints(min_length=1, max_length=60_000)]

    def told(self) -> Iterator[Told]:
        """Yield the title and the objectives; the text's own segments are found by its Markdown."""
        yield Told("title", self.title, ("title",))
        for number, objective in enumerate(self.objectives, 1):
            yield Told(f"objectives.{number}", objective, ("objectives", number - 1))


class LessonSpec(LessonFile):
    """One lesson of a module."""

    key: Key


class ModuleFile(Spec):
    """`module.yml`."""

    key: Key
    title: Title
    summary: Sentence
    minutes: Minutes
    credits: tuple[Credit, ...] = ()
    lessons: Annotated[tuple[Key, ...], Field(min_length=1)]
    prerequisites: tuple[Key, ...] = ()
    survey: Key | None = None
    sources: tuple[SourceSpec, ...] = ()

    @field_validator("lessons", "prerequisites")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        refuse_twice(value, "key")
        return value

    @field_validator("sources")
    @classmethod
    def _sources_once(cls, value: tuple[SourceSpec, ...]) -> tuple[SourceSpec, ...]:
        refuse_twice((source.id for source in value), "id")
        return value

    @field_validator("credits")
    @classmethod
    def _credits_fit(cls, value: tuple[Credit, ...], info: ValidationInfo) -> tuple[Credit, ...]:
        refuse_twice((credit.competency for credit in value), "competency")
        credited, minutes = sum(credit.minutes for credit in value), info.data.get("minutes")
        if minutes is not None and credited > minutes:
            raise ValueError(f"the credits add up to {credited} minutes, but the module takes {minutes}")
        return value

    def told(self) -> Iterator[Told]:
        """Yield the title and the summary."""
        return told_of("", (), self, "title", "summary")

    def references(self) -> Iterator[Reference]:
        """Yield the lessons' files, the competencies credited, the modules that come before and the survey."""
        for number, key in enumerate(self.lessons):
            yield Reference("file", f"lessons/{key}.md", ("lessons", number))
        for number, credit in enumerate(self.credits):
            yield Reference("competency", credit.competency, ("credits", number, "competency"))
        for number, key in enumerate(self.prerequisites):
            yield Reference("module", key, ("prerequisites", number))
        if self.survey:
            yield Reference("survey", self.survey, ("survey",))


class ModuleSpec(Spec):
    """A whole module. Its quiz is `assessments.specs.QuizSpec`, built from the same source."""

    key: Key
    title: Title
    summary: Sentence
    minutes: Minutes
    credits: tuple[Credit, ...]
    lessons: tuple[LessonSpec, ...]
    prerequisites: tuple[Key, ...]
    survey: Key | None
    sources: tuple[SourceSpec, ...]
    has_quiz: bool

    @classmethod
    def from_source(cls, source: Source) -> Self:
        """Return the module of `source`."""
        head = ModuleFile.read(source.file("module.yml"))
        lessons = tuple(LessonSpec.read({"key": key, **source.file(f"lessons/{key}.md")}) for key in head.lessons)
        fields = {name: getattr(head, name) for name in ModuleFile.model_fields if name != "lessons"}
        return cls(**fields, lessons=lessons, has_quiz="quiz.yml" in source.files)

    def lesson(self, key: str) -> LessonSpec | None:
        """Return the lesson of that key, or None."""
        return next((lesson for lesson in self.lessons if lesson.key == key), None)


def told_in(source: Source) -> Iterator[tuple[str, Told]]:
    """Yield every sentence of a module with its address, which names its file, in reading order."""
    module = spec_of(ModuleSpec, source)
    yield from _under("module.yml", ModuleFile.read(source.file("module.yml")).told())
    for lesson in module.lessons:
        file = f"lessons/{lesson.key}.md"
        yield from _under(file, lesson.told())
        yield from _under(file, (Told(each.id, each.english, ()) for each in segments(lesson.markdown)))
    if module.has_quiz:
        yield from _under(FILE, spec_of(QuizSpec, source).told())


def _under(file: str, sentences: Iterable[Told]) -> Iterator[tuple[str, Told]]:
    yield from ((f"{file}:{each.address}", each) for each in sentences)


def module_faults(source: Source) -> Iterator[Fault]:
    """Yield what is wrong between a module's files: minutes that do not add up, and what its quiz gets wrong."""
    module = ModuleSpec.from_source(source)
    quiz = QuizSpec.from_source(source) if module.has_quiz else None
    yield from _minute_faults(module, quiz)
    if quiz:
        yield from quiz_faults(quiz, {credit.competency for credit in module.credits})


def _minute_faults(module: ModuleSpec, quiz: QuizSpec | None) -> Iterator[Fault]:
    """Yield minutes that the lessons and the quiz do not add up to, or that the words do not fill."""
    taught = sum(lesson.minutes for lesson in module.lessons)
    rest, limit = module.minutes - taught, quiz.drawn * MINUTES_PER_QUESTION if quiz else 0
    if quiz is None and rest:
        yield Fault("module.yml", ("minutes",), f"the lessons take {taught} minutes, not {module.minutes}")
    elif quiz and not 1 <= rest <= limit:
        message = f"the lessons take {taught} of {module.minutes} minutes; the quiz needs 1 to {limit}"
        yield Fault("module.yml", ("minutes",), message)
    words = sum(count_words(" ".join((each.title, *each.objectives, each.markdown))) for each in module.lessons)
    most = ceil(words / WORDS_PER_MINUTE) + limit + (SURVEY_MINUTES if module.survey else 0)
    if module.minutes > most:
        message = f"{words} words with quiz and survey fill about {most} minutes, not {module.minutes}"
        yield Fault("module.yml", ("minutes",), message, is_warning=True)


def spoken_of(source: Source) -> dict[str, Parts]:
    """Return what can be read aloud in a module, by address: each lesson, and what is asked in its quiz."""
    module = ModuleSpec.from_source(source)
    found = {lesson_at(each.key): lesson_parts(each) for each in module.lessons}
    return found | (question_parts(QuizSpec.from_source(source)) if module.has_quiz else {})


def lesson_at(lesson_key: str) -> str:
    """Return the address of a whole lesson."""
    return f"lessons/{lesson_key}.md"


def lesson_parts(lesson: LessonSpec) -> Parts:
    """Return the sentences of a lesson in reading order: title, objectives, text."""
    file = lesson_at(lesson.key)
    told = ((f"{file}:{each.address}", each.english) for each in lesson.told())
    return (*told, *((f"{file}:{each.id}", each.english) for each in segments(lesson.markdown)))
