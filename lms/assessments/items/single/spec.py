"""A single-choice question as `quiz.yml` says."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from lms.assessments.items.choosing import ChoosingSpec


class Item(ChoosingSpec):
    """`type: single`: `key` names the one right option."""

    type: Literal["single"]

    @field_validator("key")
    @classmethod
    def _one(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(value) != 1:
            raise ValueError("name the one right answer")
        return value
