"""Tables of training from elsewhere."""

from __future__ import annotations

from lms.training.models.evidence import (
    EarlierTraining,
    TrainingFile,
    TrainingImport,
    TrainingImportRow,
    TrainingShare,
)
from lms.training.models.judgement import Recognition, RecognitionWithdrawal, TrainingReply, TrainingReview

__all__ = [
    "EarlierTraining",
    "Recognition",
    "RecognitionWithdrawal",
    "TrainingFile",
    "TrainingImport",
    "TrainingImportRow",
    "TrainingReply",
    "TrainingReview",
    "TrainingShare",
]
