"""What questions share whose answer is one or several of a few options."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from lms.assessments.items.kinds import Answer, ItemSpec, OptionSpec, refuse_clash
from lms.content.shapes import Path, Told, refuse_twice
from lms.errors import RuleBroken

FEWEST, MOST = 3, 5


class ChoosingSpec(ItemSpec):
    """A question with options, of which those in `key` are right."""

    options: tuple[OptionSpec, ...]
    #: Ids of the right options.
    key: Annotated[tuple[str, ...], Field(min_length=1)]

    @field_validator("options")
    @classmethod
    def _options_fit(cls, value: tuple[OptionSpec, ...]) -> tuple[OptionSpec, ...]:
        refuse_twice((option.id for option in value), "id")
        if not FEWEST <= len(value) <= MOST:
            raise ValueError(f"give {FEWEST} to {MOST} options, not {len(value)}")
        refuse_clash(option.id for option in value)
        return value

    @field_validator("key")
    @classmethod
    def _key_fits(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        refuse_twice(value, "option")
        options = info.data.get("options")
        if options is None:
            return value
        allowed = tuple(option.id for option in options)
        unknown = sorted(set(value) - set(allowed))
        if unknown:
            raise ValueError(f"{', '.join(unknown)} is not among the options ({', '.join(allowed)})")
        return value

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the ids of the options."""
        return tuple(option.id for option in self.options)

    def told_at(self, path: Path) -> Iterator[Told]:
        """Yield the prompt and the options."""
        yield from super().told_at(path)
        for place, option in enumerate(self.options):
            where = (*path, "options", place, "text")
            yield Told(f"{self.id}.{option.id}", option.text, where, f"the options of {self.id}")


def shuffle(item: ItemSpec, chance: random.Random) -> tuple[str, ...]:
    """Return the options in a random order."""
    ids = list(item.choices)
    chance.shuffle(ids)
    return tuple(ids)


def check_options(shown: Sequence[str], sent: Sequence[str], most: int) -> Answer:
    """Return the chosen options, sorted; refuse one that was not shown, one given twice, and more than `most`."""
    if not set(sent) <= set(shown) or len(set(sent)) != len(sent) or len(sent) > most:
        raise RuleBroken("foreign_answer")
    return tuple(sorted(sent))
