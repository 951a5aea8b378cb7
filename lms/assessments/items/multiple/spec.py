"""A multiple-response question as `quiz.yml` says."""

from __future__ import annotations

from typing import Literal

from lms.assessments.items.choosing import ChoosingSpec


class Item(ChoosingSpec):
    """`type: multiple`: `key` names the right options."""

    type: Literal["multiple"]
