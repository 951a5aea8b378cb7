"""A survey as its file says: questions of three types, and the labels of the scale."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator

from lms.content.library import Source
from lms.content.shapes import Key, Sentence, Spec, Title, Told, file_of, refuse_twice, told_of

SCALE_SIZE = 5


class ChoiceSpec(Spec):
    """One answer to choose."""

    id: Key
    text: Title


class QuestionSpec(Spec):
    """One question: `likert` is answered 1 to 5, `choice` by an option's id, `text` in own words."""

    id: Key
    type: Literal["likert", "choice", "text"]
    #: Kirkpatrick's levels one to three.
    level: Literal["reaction", "learning", "behavior"]
    prompt: Sentence
    required: bool = False
    options: Annotated[tuple[ChoiceSpec, ...], Field(validate_default=True)] = ()

    @field_validator("options")
    @classmethod
    def _options_fit(cls, value: tuple[ChoiceSpec, ...], info: ValidationInfo) -> tuple[ChoiceSpec, ...]:
        refuse_twice((option.id for option in value), "id")
        kind = info.data.get("type")
        if kind == "choice" and len(value) < 2:
            raise ValueError("give at least two options")
        if kind in {"likert", "text"} and value:
            raise ValueError(f"a {kind} question has no options")
        if any(option.id == "prompt" for option in value):
            raise ValueError("an option cannot be called prompt")
        return value


class SurveySpec(Spec):
    """`surveys/<key>.yml`."""

    key: Key
    title: Title
    intro: Sentence
    thanks: Sentence
    questions: Annotated[tuple[QuestionSpec, ...], Field(min_length=1, max_length=50)]
    #: Labels of 1 to 5; empty when no question uses them.
    scale: Annotated[tuple[Title, ...], Field(validate_default=True)] = ()

    @classmethod
    def from_source(cls, source: Source) -> Self:
        """Return the survey of `source`."""
        return cls.read(file_of(source))

    @field_validator("questions")
    @classmethod
    def _questions_once(cls, value: tuple[QuestionSpec, ...]) -> tuple[QuestionSpec, ...]:
        refuse_twice((question.id for question in value), "id")
        return value

    @field_validator("scale")
    @classmethod
    def _scale_fits(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        used = any(question.type == "likert" for question in info.data.get("questions", ()))
        if (used or value) and len(value) != SCALE_SIZE:
            raise ValueError(f"give {SCALE_SIZE} labels, not {len(value)}")
        return value

    def told(self) -> Iterator[Told]:
        """Yield the frame's words, the questions with their options, and the scale."""
        yield from told_of("", (), self, "title", "intro")
        for number, question in enumerate(self.questions):
            path = ("questions", number)
            yield from told_of(question.id, path, question, "prompt")
            for place, option in enumerate(question.options):
                where = (*path, "options", place, "text")
                yield Told(f"{question.id}.{option.id}", option.text, where, f"the options of {question.id}")
        for number, label in enumerate(self.scale, 1):
            yield Told(f"scale.{number}", label, ("scale", number - 1), "the labels of the scale")
        yield from told_of("", (), self, "thanks")
