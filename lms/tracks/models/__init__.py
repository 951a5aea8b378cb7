"""Tables of career pathways: who was assigned what by whom, who is enrolled, and who has completed."""

from __future__ import annotations

from lms.tracks.models.assigning import (
    BATCH_DUE_KINDS,
    DUE_KINDS,
    Assignment,
    AssignmentBatch,
    AssignmentRule,
    AssignmentUpload,
    Dated,
    OrganizationLevel,
    RuleChange,
    RuleMember,
    RuleRenewal,
    UploadRow,
)
from lms.tracks.models.learning import STATES, WAIVER_REASONS, Enrolment, TrackCompletion, Waiver
from lms.tracks.models.versions import ChangeEffect, ContentChange
from lms.tracks.models.wording import ROUTES, WordingDemand, WordingRoute

__all__ = [
    "BATCH_DUE_KINDS",
    "DUE_KINDS",
    "ROUTES",
    "STATES",
    "WAIVER_REASONS",
    "Assignment",
    "AssignmentBatch",
    "AssignmentRule",
    "AssignmentUpload",
    "ChangeEffect",
    "ContentChange",
    "Dated",
    "Enrolment",
    "OrganizationLevel",
    "RuleChange",
    "RuleMember",
    "RuleRenewal",
    "TrackCompletion",
    "UploadRow",
    "Waiver",
    "WordingDemand",
    "WordingRoute",
]
