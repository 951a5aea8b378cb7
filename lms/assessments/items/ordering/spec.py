"""An ordering question as `quiz.yml` says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, field_validator

from lms.assessments.items.kinds import FILE, ItemSpec, OptionSpec, refuse_clash
from lms.content.shapes import Fault, Path, Told, refuse_twice


class Item(ItemSpec):
    """`type: ordering`: `steps` stand in the right order in the file, and never so on the page."""

    type: Literal["ordering"]
    steps: Annotated[tuple[OptionSpec, ...], Field(min_length=2, max_length=10)]

    @field_validator("steps")
    @classmethod
    def _steps_fit(cls, value: tuple[OptionSpec, ...]) -> tuple[OptionSpec, ...]:
        refuse_twice((step.id for step in value), "id")
        refuse_clash(step.id for step in value)
        return value

    @property
    def rows(self) -> tuple[str, ...]:
        """Return the ids of the steps."""
        return tuple(step.id for step in self.steps)

    def told_at(self, path: Path) -> Iterator[Told]:
        """Yield the prompt and the steps."""
        yield from super().told_at(path)
        for place, step in enumerate(self.steps):
            where = (*path, "steps", place, "text")
            yield Told(f"{self.id}.{step.id}", step.text, where, f"the steps of {self.id}")

    def faults_at(self, path: Path) -> Iterator[Fault]:
        """Warn of ids that tell the order: they stand in the source of the page."""
        if len(self.rows) > 2 and list(self.rows) == sorted(self.rows):
            message = "sorted by id, the steps are in the right order; give ids that do not tell it"
            yield Fault(FILE, (*path, "steps"), message, is_warning=True)
