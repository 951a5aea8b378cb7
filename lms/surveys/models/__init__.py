"""Tables of surveys."""

from __future__ import annotations

from lms.surveys.models.comments import SurveyComment
from lms.surveys.models.findings import ChangeNote, SurveyFinding
from lms.surveys.models.readings import SurveyReading
from lms.surveys.models.receipts import SurveyInvitation, SurveyReceipt
from lms.surveys.models.results import SurveyCell, SurveyFigure, SurveyPart
from lms.surveys.models.sheets import SurveyAnswer, SurveyWords, WaitingAnswer

__all__ = [
    "ChangeNote",
    "SurveyAnswer",
    "SurveyCell",
    "SurveyComment",
    "SurveyFigure",
    "SurveyFinding",
    "SurveyInvitation",
    "SurveyPart",
    "SurveyReading",
    "SurveyReceipt",
    "SurveyWords",
    "WaitingAnswer",
]
