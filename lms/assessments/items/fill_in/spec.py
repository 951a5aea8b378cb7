"""A fill-in question as `quiz.yml` says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from lms.assessments.items.kinds import FILE, ItemSpec, OptionSpec, refuse_clash
from lms.assessments.items.typed import Accepted, has_english, weak_spots
from lms.content.shapes import Fault, Key, Path, Sentence, Spec, Told, refuse_twice
from lms.content.translations import placeholders_in


class GapSpec(Spec):
    """One gap: typed, with the words that are `accepted`, or chosen from `options`, of which `key` is right."""

    id: Key
    accepted: Accepted | None = None
    options: Annotated[tuple[OptionSpec, ...], Field(max_length=8)] = ()
    key: Key | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.accepted is None) == (self.key is None) or bool(self.options) != (self.key is not None):
            raise ValueError("give accepted words, or options and a key")
        if self.accepted is not None:
            has_english(self.accepted)
            return self
        ids = [option.id for option in self.options]
        if len(ids) < 2 or len(set(ids)) < len(ids) or self.key not in ids:
            raise ValueError("give at least two options with ids of their own, one of them the key")
        return self

    @property
    def choices(self) -> tuple[str, ...]:
        """Return "<gap>.<option>" of each option."""
        return tuple(f"{self.id}.{option.id}" for option in self.options)


class Item(ItemSpec):
    """`type: fill-in`: `text` holds each gap once, as `{gap}`, and so does every translation."""

    type: Literal["fill-in"]
    gaps: Annotated[tuple[GapSpec, ...], Field(min_length=1, max_length=10)]
    text: Sentence

    @field_validator("gaps")
    @classmethod
    def _gaps_once(cls, value: tuple[GapSpec, ...]) -> tuple[GapSpec, ...]:
        refuse_twice((gap.id for gap in value), "gap")
        refuse_clash(gap.id for gap in value)
        return value

    @field_validator("text")
    @classmethod
    def _text_has_gaps(cls, value: str, info: ValidationInfo) -> str:
        if "gaps" in info.data:
            wanted = Counter("{" + gap.id + "}" for gap in info.data["gaps"])
            if Counter(placeholders_in(value)) != wanted:
                raise ValueError(f"must hold each gap once: {', '.join(wanted)}")
        return value

    @property
    def rows(self) -> tuple[str, ...]:
        """Return the ids of the gaps."""
        return tuple(gap.id for gap in self.gaps)

    @property
    def choices(self) -> tuple[str, ...]:
        """Return "<gap>.<option>" of every option."""
        return tuple(choice for gap in self.gaps for choice in gap.choices)

    def told_at(self, path: Path) -> Iterator[Told]:
        """Yield the prompt, the text with its gaps, and the options of each gap."""
        yield from super().told_at(path)
        yield Told(f"{self.id}.text", self.text, (*path, "text"))
        for place, gap in enumerate(self.gaps):
            for number, option in enumerate(gap.options):
                where = (*path, "gaps", place, "options", number, "text")
                address = f"{self.id}.{gap.id}.{option.id}"
                yield Told(address, option.text, where, f"the options of {self.id}.{gap.id}")

    def faults_at(self, path: Path) -> Iterator[Fault]:
        """Warn of words that say nothing new, and of languages without words."""
        for place, gap in enumerate(self.gaps):
            for where, message in weak_spots(gap.accepted) if gap.accepted else ():
                yield Fault(FILE, (*path, "gaps", place, "accepted", *where), message, is_warning=True)
