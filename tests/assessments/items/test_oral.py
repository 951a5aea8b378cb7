"""Oral: said to an assessor. What holds for both such types is tested in `test_rubrics.py`."""

from __future__ import annotations

from tests.assessments.items import Walk
from tests.assessments.items.rubrics import nothing, scored, scored_otherwise, shown_cases, some_scored

SAMPLE, OTHER = scored("oral"), scored_otherwise("oral")
CASES = shown_cases("oral")
WALK: Walk = {}
ITEMS = some_scored("oral")
sent_to = nothing
