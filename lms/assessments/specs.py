"""A module's quiz as `quiz.yml` says: its questions, the right answers and what it takes to pass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationInfo, field_validator

from lms.content.library import Source
from lms.content.shapes import CompetencyKey, Key, Reference, Sentence, Spec, Told, refuse_twice, told_of

TRUE_FALSE = ("true", "false")


class OptionSpec(Spec):
    """One answer to choose."""

    id: Key
    text: Sentence


class ItemSpec(Spec):
    """One question. A true-false question has no options of its own; its key is "true" or "false"."""

    id: Key
    type: Literal["single", "multiple", "true-false"]
    competency: CompetencyKey
    #: Must be right to pass, whatever the percentage.
    critical: bool = False
    points: Annotated[int, Field(ge=1, le=100)] = 1
    prompt: Sentence
    options: Annotated[tuple[OptionSpec, ...], Field(validate_default=True)] = ()
    #: Ids of the right options.
    key: frozenset[str]
    #: Why the right answer is right; shown after answering.
    feedback: Sentence

    @field_validator("options")
    @classmethod
    def _options_fit(cls, value: tuple[OptionSpec, ...], info: ValidationInfo) -> tuple[OptionSpec, ...]:
        refuse_twice((option.id for option in value), "id")
        kind = info.data.get("type")
        if kind == "true-false" and value:
            raise ValueError("a true-false question has no options; leave them out")
        if kind in {"single", "multiple"} and not 3 <= len(value) <= 5:
            raise ValueError(f"give 3 to 5 options, not {len(value)}")
        clash = {"prompt", "feedback"} & {option.id for option in value}
        if clash:
            raise ValueError(f"an option cannot be called {clash.pop()}")
        return value

    @field_validator("key", mode="before")
    @classmethod
    def _key_list(cls, value: Any) -> Any:
        ids = [str(value).lower()] if isinstance(value, bool) else value
        if not isinstance(ids, list | tuple | set | frozenset) or not all(isinstance(each, str) for each in ids):
            raise ValueError("give a list of option ids such as [a], or true or false")
        refuse_twice(ids, "option")
        return frozenset(ids)

    @field_validator("key")
    @classmethod
    def _key_fits(cls, value: frozenset[str], info: ValidationInfo) -> frozenset[str]:
        kind, options = info.data.get("type"), info.data.get("options")
        if kind is None or options is None:
            return value
        allowed = TRUE_FALSE if kind == "true-false" else tuple(option.id for option in options)
        unknown = sorted(value - set(allowed))
        if unknown:
            raise ValueError(f"{', '.join(unknown)} is not among the options ({', '.join(allowed)})")
        if not value or (kind != "multiple" and len(value) != 1):
            raise ValueError("name the one right answer" if kind != "multiple" else "name at least one right answer")
        return value

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the ids that may be chosen, in the order of the file."""
        return TRUE_FALSE if self.type == "true-false" else tuple(option.id for option in self.options)


class QuizSpec(Spec):
    """`quiz.yml`."""

    #: Percent of the points shown.
    pass_mark: Annotated[int, Field(ge=1, le=100)]
    items: Annotated[tuple[ItemSpec, ...], Field(min_length=1, max_length=500)]
    #: How many questions an attempt shows; None for all.
    draw: Annotated[int, Field(ge=1)] | None = None

    @classmethod
    def from_source(cls, source: Source) -> Self:
        """Return the quiz of the module `source`; raise `NotFound` when it has none."""
        return cls.read(source.file("quiz.yml"))

    @field_validator("items")
    @classmethod
    def _items_once(cls, value: tuple[ItemSpec, ...]) -> tuple[ItemSpec, ...]:
        refuse_twice((item.id for item in value), "id")
        return value

    @field_validator("draw")
    @classmethod
    def _draw_fits(cls, value: int | None, info: ValidationInfo) -> int | None:
        items = info.data.get("items")
        if value is not None and items is not None and value > len(items):
            raise ValueError(f"cannot draw {value} of {len(items)} questions")
        return value

    @property
    def drawn(self) -> int:
        """Return how many questions one attempt shows."""
        return self.draw or len(self.items)

    def item(self, item_id: str) -> ItemSpec | None:
        """Return the question of that id, or None."""
        return next((item for item in self.items if item.id == item_id), None)

    def told(self) -> Iterator[Told]:
        """Yield each question's prompt, options and feedback."""
        for number, item in enumerate(self.items):
            path = ("items", number)
            yield from told_of(item.id, path, item, "prompt")
            for place, option in enumerate(item.options):
                yield Told(f"{item.id}.{option.id}", option.text, (*path, "options", place, "text"))
            yield from told_of(item.id, path, item, "feedback")

    def references(self) -> Iterator[Reference]:
        """Yield the competency that each question asks about."""
        for number, item in enumerate(self.items):
            yield Reference("competency", item.competency, ("items", number, "competency"))
