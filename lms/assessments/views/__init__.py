"""Pages of quizzes."""

from __future__ import annotations

from lms.assessments.views import (
    analysis,
    approving,
    assess,
    autosave,
    correcting,
    entering,
    fairness,
    listening,
    objecting,
    outcome,
    papers,
    people,
    pretest,
    quiz,
    scoring,
    settling,
)
from lms.assessments.views.blueprint import bp

#: Importing these modules registers their routes.
PAGES = (
    analysis,
    assess,
    autosave,
    correcting,
    entering,
    fairness,
    listening,
    objecting,
    outcome,
    papers,
    people,
    pretest,
    quiz,
    scoring,
    approving,
    settling,
)

__all__ = [
    "PAGES",
    "bp",
]
