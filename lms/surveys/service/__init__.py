"""Changes to surveys."""

from __future__ import annotations

from lms.surveys.service.answering import answer_module_survey, begin_module_survey
from lms.surveys.service.mending import mix_answers, recompute

__all__ = ["answer_module_survey", "begin_module_survey", "mix_answers", "recompute"]
