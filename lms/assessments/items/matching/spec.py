"""A matching question as `quiz.yml` says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from lms.assessments.items.kinds import FILE, ItemSpec, OptionSpec, refuse_clash
from lms.content.shapes import Fault, MisplacedError, Path, Told, refuse_twice


class Item(ItemSpec):
    """`type: matching`: `key` says which of `right` belongs to each of `left`; several may share one."""

    type: Literal["matching"]
    left: Annotated[tuple[OptionSpec, ...], Field(min_length=2, max_length=10)]
    right: Annotated[tuple[OptionSpec, ...], Field(min_length=2, max_length=12)]
    #: {id on the left: id on the right}.
    key: Mapping[str, str]

    @field_validator("left")
    @classmethod
    def _left_fits(cls, value: tuple[OptionSpec, ...]) -> tuple[OptionSpec, ...]:
        refuse_clash(option.id for option in value)
        return value

    @field_validator("right")
    @classmethod
    def _right_fits(cls, value: tuple[OptionSpec, ...], info: ValidationInfo) -> tuple[OptionSpec, ...]:
        refuse_clash(option.id for option in value)
        left = [option.id for option in info.data.get("left", ())]
        refuse_twice((*left, *(option.id for option in value)), "id")
        return value

    @field_validator("key")
    @classmethod
    def _key_fits(cls, value: Mapping[str, str], info: ValidationInfo) -> Mapping[str, str]:
        left, right = ({option.id for option in info.data.get(side, ())} for side in ("left", "right"))
        if not left or not right:
            return value
        if left_out := sorted(left ^ set(value)):
            raise ValueError(f"must name each of the left once: {', '.join(left_out)}")
        for row, choice in value.items():
            if choice not in right:
                raise MisplacedError(f"{choice} is not on the right", (row,))
        return value

    @property
    def rows(self) -> tuple[str, ...]:
        """Return the ids of the left."""
        return tuple(option.id for option in self.left)

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the ids of the right."""
        return tuple(option.id for option in self.right)

    def told_at(self, path: Path) -> Iterator[Told]:
        """Yield the prompt, the left and the right."""
        yield from super().told_at(path)
        for side, options in (("left", self.left), ("right", self.right)):
            for place, option in enumerate(options):
                where = (*path, side, place, "text")
                yield Told(f"{self.id}.{option.id}", option.text, where, f"the {side} of {self.id}")

    def faults_at(self, path: Path) -> Iterator[Fault]:
        """Warn of ids that tell the pairs: they stand in the source of the page."""
        pairs = sorted(self.key.items())
        told = [right for _, right in pairs]
        if len(pairs) > 2 and len(set(told)) == len(told) and told == sorted(told):
            message = "sorted by id, left and right are in the same order; give ids that do not tell the pairs"
            yield Fault(FILE, (*path, "key"), message, is_warning=True)
