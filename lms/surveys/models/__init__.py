"""Tables of surveys."""

from __future__ import annotations

from lms.surveys.models.sheets import SurveyAnswer, SurveyReceipt

__all__ = ["SurveyAnswer", "SurveyReceipt"]
