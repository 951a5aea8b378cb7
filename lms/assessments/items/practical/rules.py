"""An assessor grades it; nothing is typed or chosen."""

from __future__ import annotations

from lms.assessments.items.assessed import check, draw, grade, lacks, perfect, tally

__all__ = ["check", "draw", "grade", "lacks", "perfect", "tally"]
