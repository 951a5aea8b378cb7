"""A case: a short story, and several questions about it that are asked together, each graded as what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from lms.assessments.items import AnyItem
from lms.assessments.items.kinds import EntrySpec
from lms.content.shapes import Path, Told


class CaseSpec(EntrySpec):
    """`type: scenario`: `prompt` tells the case, `items` are the questions about it, in the order asked."""

    type: Literal["scenario"]
    items: Annotated[tuple[AnyItem, ...], Field(min_length=2, max_length=10)]

    def told_at(self, path: Path) -> Iterator[Told]:
        """Yield the case. What its questions say, they tell themselves."""
        yield Told(f"{self.id}.prompt", self.prompt, (*path, "prompt"), "the questions of this quiz")
