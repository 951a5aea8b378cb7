"""Tables of surveys."""

from __future__ import annotations

from lms.surveys.models.receipts import SurveyInvitation, SurveyReceipt
from lms.surveys.models.sheets import SurveyAnswer, SurveyWords, WaitingAnswer

__all__ = ["SurveyAnswer", "SurveyInvitation", "SurveyReceipt", "SurveyWords", "WaitingAnswer"]
