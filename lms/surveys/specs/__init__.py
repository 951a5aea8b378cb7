"""A survey as its file says: questions of six types, the labels of the scale, and what is promised about answers."""

from __future__ import annotations

from lms.surveys.specs.questions import ChoiceSpec, QuestionSpec
from lms.surveys.specs.survey import SMALLEST_GROUP, SurveySpec

__all__ = ["SMALLEST_GROUP", "ChoiceSpec", "QuestionSpec", "SurveySpec"]
