"""A reflection as `quiz.yml` says."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from lms.assessments.items.rubrics import RubricItemSpec, RubricSpec


class Item(RubricItemSpec):
    """`type: reflection`: `points: 0`, or as many as its `rubric` gives at best."""

    MAY_BE_UNGRADED: ClassVar[bool] = True

    type: Literal["reflection"]
    rubric: RubricSpec | None = Field(default=None, validate_default=True)

    @field_validator("rubric")
    @classmethod
    def _graded_by_a_rubric(cls, value: RubricSpec | None, info: ValidationInfo) -> RubricSpec | None:
        if value is None and info.data.get("points"):
            raise ValueError("give a rubric, or write points: 0")
        return value
