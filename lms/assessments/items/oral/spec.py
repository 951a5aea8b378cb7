"""What is said to an assessor, as `quiz.yml` says."""

from __future__ import annotations

from typing import Literal

from lms.assessments.items.assessed import AssessedSpec


class Item(AssessedSpec):
    """`type: oral`: scored by its `rubric`."""

    type: Literal["oral"]
