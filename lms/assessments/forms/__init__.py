"""Shapes of what pages of quizzes send."""

from __future__ import annotations

from lms.assessments.forms.assessing import (
    EnterForm,
    NumberForm,
    PaperForm,
    ReasonForm,
    ScoreForm,
    SettleForm,
    levels_sent,
)
from lms.assessments.forms.fairness import FairForm, GrantForm, OwnFairForm
from lms.assessments.forms.quiz import ANSWER, PretestForm, QuizForm, answers_sent

__all__ = [
    "ANSWER",
    "EnterForm",
    "FairForm",
    "GrantForm",
    "NumberForm",
    "OwnFairForm",
    "PaperForm",
    "PretestForm",
    "QuizForm",
    "ReasonForm",
    "ScoreForm",
    "SettleForm",
    "answers_sent",
    "levels_sent",
]
