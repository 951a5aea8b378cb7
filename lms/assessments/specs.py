"""A module's quiz as `quiz.yml` says: its questions, the right answers and what it takes to pass."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationInfo, field_validator

from lms.content.library import Source
from lms.content.shapes import CompetencyKey, Fault, Key, Reference, Sentence, Spec, Told, refuse_twice, told_of

TRUE_FALSE = ("true", "false")
FILE = "quiz.yml"


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
        return cls.read(source.file(FILE))

    @field_validator("items")
    @classmethod
    def _items_once(cls, value: tuple[ItemSpec, ...]) -> tuple[ItemSpec, ...]:
        refuse_twice((item.id for item in value), "id")
        return value

    @field_validator("draw")
    @classmethod
    def _draw_fits(cls, value: int | None, info: ValidationInfo) -> int | None:
        items = info.data.get("items")
        if value is None or items is None:
            return value
        if value > len(items):
            raise ValueError(f"cannot draw {value} of {len(items)} questions")
        critical = sum(item.critical for item in items)
        if value < critical:
            raise ValueError(f"draw at least the {critical} critical questions, not {value}")
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
            yield Told(f"{item.id}.prompt", item.prompt, (*path, "prompt"), "the questions of this quiz")
            for place, option in enumerate(item.options):
                where = (*path, "options", place, "text")
                yield Told(f"{item.id}.{option.id}", option.text, where, f"the options of {item.id}")
            yield from told_of(item.id, path, item, "feedback")

    def references(self) -> Iterator[Reference]:
        """Yield the competency that each question asks about."""
        for number, item in enumerate(self.items):
            yield Reference("competency", item.competency, ("items", number, "competency"))


def quiz_faults(quiz: QuizSpec, credited: Collection[str]) -> Iterator[Fault]:
    """Yield what a quiz gets wrong beyond its form; `credited` are the competencies that its module credits."""
    for number, item in enumerate(quiz.items):
        if item.type == "multiple" and len(item.key) == len(item.options):
            yield Fault(FILE, ("items", number, "key"), "every option is right; give at least one that is not")
        if item.competency not in credited:
            message = f"the module gives no credit for {item.competency!r}"
            yield Fault(FILE, ("items", number, "competency"), message)
    yield from _guessable(quiz)


def _guessable(quiz: QuizSpec) -> Iterator[Fault]:
    """Yield patterns by which somebody passes who knows nothing."""
    single = [item for item in quiz.items if item.type == "single"]
    longest = sum(_is_key_longest(item) for item in single)
    if len(single) > 1 and longest * 2 > len(single):
        message = f"the longest option is the right one in {longest} of {len(single)} single-choice questions"
        yield Fault(FILE, ("items",), message, is_warning=True)
    keys = [item.key for item in quiz.items if item.type == "true-false"]
    if len(keys) > 1 and len(set(keys)) == 1:
        yield Fault(FILE, ("items",), f"all {len(keys)} true-false questions have the same key", is_warning=True)


def _is_key_longest(item: ItemSpec) -> bool:
    lengths = {option.id: len(option.text) for option in item.options}
    right = max(lengths[option_id] for option_id in item.key)
    return all(length < right for option_id, length in lengths.items() if option_id not in item.key)
