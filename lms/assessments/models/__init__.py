"""Tables of quizzes."""

from __future__ import annotations

from lms.assessments.models.accommodations import Accommodation, AccommodationWish
from lms.assessments.models.attempts import Attempt, AttemptAnswer
from lms.assessments.models.grants import AttemptGrant

__all__ = ["Accommodation", "AccommodationWish", "Attempt", "AttemptAnswer", "AttemptGrant"]
