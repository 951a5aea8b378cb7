"""Shapes of what pages of quizzes send."""

from __future__ import annotations

from lms.assessments.forms.assessing import (
    AnswerForm,
    EnterForm,
    NumberForm,
    ObjectionForm,
    PaperForm,
    ReasonForm,
    ScoreForm,
    SettleForm,
    levels_sent,
)
from lms.assessments.forms.fairness import FairForm, GrantForm, OwnFairForm
from lms.assessments.forms.quiz import ANSWER, PretestForm, QuizForm, answers_sent
from lms.assessments.forms.regrading import TAKE, WHY, RefuseForm, RegradeForm

__all__ = [
    "ANSWER",
    "TAKE",
    "WHY",
    "AnswerForm",
    "EnterForm",
    "FairForm",
    "GrantForm",
    "NumberForm",
    "ObjectionForm",
    "OwnFairForm",
    "PaperForm",
    "PretestForm",
    "QuizForm",
    "ReasonForm",
    "RefuseForm",
    "RegradeForm",
    "ScoreForm",
    "SettleForm",
    "answers_sent",
    "levels_sent",
]
