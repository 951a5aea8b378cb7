"""Practical: shown to an assessor. What holds for both such types is tested in `test_rubrics.py`."""

from __future__ import annotations

from tests.assessments.items import Walk
from tests.assessments.items.rubrics import nothing, scored, scored_otherwise, shown_cases, some_scored

SAMPLE, OTHER = scored("practical"), scored_otherwise("practical")
CASES = shown_cases("practical")
WALK: Walk = {}
ITEMS = some_scored("practical")
sent_to = nothing
