"""One question of a survey: its type, what can be answered, and at which level it asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from lms.content.shapes import Key, MisplacedError, Path, Sentence, Spec, Title, Told, refuse_twice, told_of

#: Addresses of a question's own words, which no option or row may have.
_TAKEN = {"prompt", "unit"}
_LARGEST = 1_000_000_000


class ChoiceSpec(Spec):
    """One answer to choose, or one row of a matrix."""

    id: Key
    text: Title


class QuestionSpec(Spec):
    """One question.

    `likert` is answered 1 to 5; `choice` by one option's id and `choices` by several; `matrix` by 1 to 5 in each row;
    `number` by a number from `least` to `most`; `text` in own words.
    """

    id: Key
    type: Literal["likert", "choice", "choices", "matrix", "number", "text"]
    #: Kirkpatrick's four levels (reference/domain.md 4.3).
    level: Literal["reaction", "learning", "behavior", "results"]
    prompt: Sentence
    required: bool = False
    options: Annotated[tuple[ChoiceSpec, ...], Field(validate_default=True, max_length=30)] = ()
    #: The rows of a matrix, each answered on the survey's scale.
    rows: Annotated[tuple[ChoiceSpec, ...], Field(validate_default=True, max_length=12)] = ()
    least: Annotated[int, Field(ge=-_LARGEST, le=_LARGEST)] | None = None
    most: Annotated[int, Field(ge=-_LARGEST, le=_LARGEST)] | None = None
    #: What a number counts, such as "hours a week".
    unit: Title | None = None
    #: Whether only whole numbers answer.
    whole: bool = True

    @field_validator("options")
    @classmethod
    def _options_fit(cls, value: tuple[ChoiceSpec, ...], info: ValidationInfo) -> tuple[ChoiceSpec, ...]:
        return _fit(value, info, {"choice", "choices"}, "option")

    @field_validator("rows")
    @classmethod
    def _rows_fit(cls, value: tuple[ChoiceSpec, ...], info: ValidationInfo) -> tuple[ChoiceSpec, ...]:
        return _fit(value, info, {"matrix"}, "row")

    @model_validator(mode="after")
    def _numbers_fit(self) -> Self:
        if self.type == "number":
            if self.least is None or self.most is None or self.least >= self.most:
                raise MisplacedError("give least and most, the smaller one first", ("least",))
        elif (self.least, self.most, self.unit, self.whole) != (None, None, None, True):
            raise MisplacedError("only a number has least, most, unit and whole", ("type",))
        return self

    @property
    def uses_scale(self) -> bool:
        """Return whether it is answered on the labels of the survey's scale."""
        return self.type in {"likert", "matrix"}

    def told(self, path: Path = ()) -> Iterator[Told]:
        """Yield its prompt, options, rows and unit, at `path` in the file."""
        yield from told_of(self.id, path, self, "prompt")
        for name, listed in (("options", self.options), ("rows", self.rows)):
            for place, each in enumerate(listed):
                where = (*path, name, place, "text")
                yield Told(f"{self.id}.{each.id}", each.text, where, f"the {name} of {self.id}")
        yield from told_of(self.id, path, self, "unit")


def _fit(value: tuple[ChoiceSpec, ...], info: ValidationInfo, kinds: set[str], what: str) -> tuple[ChoiceSpec, ...]:
    """Return what a question lists; raise where its type needs at least two, or has none."""
    refuse_twice((each.id for each in value), "id")
    kind = info.data.get("type")
    if kind in kinds and len(value) < 2:
        raise ValueError(f"give at least two {what}s")
    if kind is not None and kind not in kinds and value:
        raise ValueError(f"a {kind} question has no {what}s")
    for place, each in enumerate(value):
        if each.id in _TAKEN:
            raise MisplacedError(f"an {what} cannot be called {each.id}", (place, "id"))
    return value
