"""What `quiz.yml` may say."""

from __future__ import annotations

from lms.assessments.items import ItemSpec, OptionSpec
from lms.assessments.items.cases import CaseSpec
from lms.assessments.items.kinds import FILE
from lms.assessments.specs.faults import quiz_faults
from lms.assessments.specs.parts import FormSpec, LimitsSpec, PoolSpec, SectionSpec
from lms.assessments.specs.quiz import QuizSpec
from lms.assessments.specs.spoken import question_parts

__all__ = [
    "FILE",
    "CaseSpec",
    "FormSpec",
    "ItemSpec",
    "LimitsSpec",
    "OptionSpec",
    "PoolSpec",
    "QuizSpec",
    "SectionSpec",
    "question_parts",
    "quiz_faults",
]
