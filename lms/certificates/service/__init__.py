"""Changes to certificates: decisions, awards, releases, and what becomes of them. Nothing here commits."""

from lms.certificates.service.applications import (
    Batch,
    Decided,
    answer,
    certify_many,
    decide,
    open_applications,
)
from lms.certificates.service.awards import Drafted, Reserved, draft_one, reserve
from lms.certificates.service.corrections import correct_name, request_name, settle_name
from lms.certificates.service.issuing import Lease, Made, lease_of, lease_tasks, postpone, release, remake
from lms.certificates.service.keys import add_key, compromise_key, retire_key
from lms.certificates.service.life import lift, redraft, request_revocation, settle_revocation, suspend
from lms.certificates.service.mending import recompute
from lms.certificates.service.naming import Confirmed, confirm_name, gate_name, reserve_overdue
from lms.certificates.service.sharing import compare_name, share, withdraw_share

__all__ = [
    "Batch",
    "Confirmed",
    "Decided",
    "Drafted",
    "Lease",
    "Made",
    "Reserved",
    "add_key",
    "answer",
    "certify_many",
    "compare_name",
    "compromise_key",
    "confirm_name",
    "correct_name",
    "decide",
    "draft_one",
    "gate_name",
    "lease_of",
    "lease_tasks",
    "lift",
    "open_applications",
    "postpone",
    "recompute",
    "redraft",
    "release",
    "remake",
    "request_name",
    "request_revocation",
    "reserve",
    "reserve_overdue",
    "retire_key",
    "settle_name",
    "settle_revocation",
    "share",
    "suspend",
    "withdraw_share",
]
