"""An observation checklist as its file says: what is watched, the levels, and what passes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, ValidationInfo, field_validator

from lms.content.library import Source
from lms.content.shapes import (
    CompetencyKey,
    Key,
    Reference,
    Sentence,
    Spec,
    Title,
    Told,
    file_of,
    refuse_twice,
    told_of,
)
from lms.courses.specs import SourceSpec
from lms.fieldwork.rules.sign_offs import Asked


class LevelSpec(Spec):
    """One step of the rubric, from the lowest to the highest in the order of the file."""

    id: Key
    title: Title


class ObservedSpec(Spec):
    """One thing that can be seen or heard. A critical one must reach the highest level."""

    id: Key
    text: Sentence
    critical: bool = False


class ChecklistSpec(Spec):
    """`checklists/<key>.yml`."""

    key: Key
    title: Title
    summary: Sentence
    competencies: Annotated[tuple[CompetencyKey, ...], Field(min_length=1, max_length=10)]
    levels: Annotated[tuple[LevelSpec, ...], Field(min_length=2, max_length=6)]
    items: Annotated[tuple[ObservedSpec, ...], Field(min_length=1, max_length=40)]
    #: How many items must reach the highest level, besides every critical one.
    at_least: Annotated[int, Field(ge=1)]
    #: Months until a sign-off ends; None for never.
    valid_months: Annotated[int, Field(ge=1, le=120)] | None = None
    sources: tuple[SourceSpec, ...] = ()

    @classmethod
    def from_source(cls, source: Source) -> Self:
        """Return the checklist of `source`."""
        return cls.read(file_of(source))

    @field_validator("competencies")
    @classmethod
    def _competencies_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        refuse_twice(value, "competency")
        return value

    @field_validator("levels", "items")
    @classmethod
    def _each_once(cls, value: tuple[LevelSpec | ObservedSpec, ...]) -> tuple[LevelSpec | ObservedSpec, ...]:
        refuse_twice((each.id for each in value), "id")
        if any(each.id in {"title", "summary", "level"} for each in value):
            raise ValueError("an id cannot be title, summary or level")
        return value

    @field_validator("at_least")
    @classmethod
    def _can_be_met(cls, value: int, info: ValidationInfo) -> int:
        items = info.data.get("items", ())
        if items and not sum(item.critical for item in items) <= value <= len(items):
            raise ValueError("at_least lies between the number of critical items and the number of all items")
        return value

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Return the items as the rule needs them."""
        return tuple(Asked(item.id, item.critical) for item in self.items)

    @property
    def highest(self) -> str:
        """Return the id of the level that counts."""
        return self.levels[-1].id

    def told(self) -> Iterator[Told]:
        """Yield the frame's words, the levels and the items."""
        yield from told_of("", (), self, "title", "summary")
        for number, level in enumerate(self.levels):
            yield Told(f"level.{level.id}", level.title, ("levels", number, "title"), "the levels")
        for number, item in enumerate(self.items):
            yield Told(f"{item.id}.text", item.text, ("items", number, "text"), "the items")

    def references(self) -> Iterator[Reference]:
        """Yield the competencies."""
        for number, competency in enumerate(self.competencies):
            yield Reference("competency", competency, ("competencies", number))
