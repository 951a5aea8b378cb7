"""Decisions about joining two records: what moves, what stands where both have it, and what can be undone."""

from __future__ import annotations

from lms.merging.rules.checking import check_pair, mark, new_faults, seal
from lms.merging.rules.settling import (
    Key,
    Row,
    Settled,
    recounted,
    settle,
    settle_applications,
    settle_attempts,
    settle_contacts,
    settle_employments,
    settle_evidence,
    settle_together,
    settle_versions,
)
from lms.merging.rules.ways import LIVING, PARTLY, STAYING, WAYS, Way

__all__ = [
    "LIVING",
    "PARTLY",
    "STAYING",
    "WAYS",
    "Key",
    "Row",
    "Settled",
    "Way",
    "check_pair",
    "mark",
    "new_faults",
    "recounted",
    "seal",
    "settle",
    "settle_applications",
    "settle_attempts",
    "settle_contacts",
    "settle_employments",
    "settle_evidence",
    "settle_together",
    "settle_versions",
]
