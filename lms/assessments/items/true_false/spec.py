"""A true-false question as `quiz.yml` says. The words "true" and "false" are the program's own."""

from __future__ import annotations

from typing import Literal

from lms.assessments.items.kinds import ItemSpec

CHOICES = ("true", "false")


class Item(ItemSpec):
    """`type: true-false`: `key` is true or false."""

    type: Literal["true-false"]
    key: bool

    @property
    def choices(self) -> tuple[str, ...]:
        """Return "true" and "false"."""
        return CHOICES
