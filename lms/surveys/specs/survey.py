"""`surveys/<key>.yml`: the whole survey."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator

from lms.content.library import Source
from lms.content.shapes import Key, Reference, Sentence, Spec, Title, Told, file_of, refuse_twice, told_of
from lms.surveys.rules import MINIMUM_GROUP
from lms.surveys.specs.questions import QuestionSpec

SCALE_SIZE = 5
#: Fewer answers than this are never shown, whatever a survey says. Source: the issue of surveys, "at least 11".
SMALLEST_GROUP = MINIMUM_GROUP


class SurveySpec(Spec):
    """`surveys/<key>.yml`."""

    key: Key
    title: Title
    intro: Sentence
    thanks: Sentence
    #: The level of anonymity, told before the first question. There is no other.
    anonymity: Literal["anonymous"] = "anonymous"
    #: Below this many people nothing of their answers is read. Never lowered once somebody has answered.
    group: Annotated[int, Field(ge=SMALLEST_GROUP, le=200)] = SMALLEST_GROUP
    #: The survey whose questions come first in this one, so that all that have them compare.
    core: Key | None = None
    questions: Annotated[tuple[QuestionSpec, ...], Field(min_length=1, max_length=50)]
    #: Labels of 1 to 5; empty when no question uses them, or those of the core are used.
    scale: Annotated[tuple[Title, ...], Field(validate_default=True)] = ()

    @classmethod
    def from_source(cls, source: Source) -> Self:
        """Return the survey of `source`."""
        return cls.read(file_of(source))

    @field_validator("core")
    @classmethod
    def _core_is_another(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and value == info.data.get("key"):
            raise ValueError("this is the same survey; leave core out")
        return value

    @field_validator("questions")
    @classmethod
    def _questions_once(cls, value: tuple[QuestionSpec, ...]) -> tuple[QuestionSpec, ...]:
        refuse_twice((question.id for question in value), "id")
        return value

    @field_validator("scale")
    @classmethod
    def _scale_fits(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        used = any(question.uses_scale for question in info.data.get("questions", ()))
        has_other = info.data.get("core") is not None and not value
        if (used or value) and not has_other and len(value) != SCALE_SIZE:
            raise ValueError(f"give {SCALE_SIZE} labels, not {len(value)}")
        return value

    def told(self) -> Iterator[Told]:
        """Yield the frame's words, the questions with their options, and the scale."""
        yield from told_of("", (), self, "title", "intro")
        for number, question in enumerate(self.questions):
            yield from question.told(("questions", number))
        for number, label in enumerate(self.scale, 1):
            yield Told(f"scale.{number}", label, ("scale", number - 1), "the labels of the scale")
        yield from told_of("", (), self, "thanks")

    def references(self) -> Iterator[Reference]:
        """Yield the survey whose questions come first."""
        if self.core:
            yield Reference("survey", self.core, ("core",))
