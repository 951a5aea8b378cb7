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
from lms.certificates.service.checks import count_checks, fold_checks
from lms.certificates.service.corrections import correct_name, request_name, settle_name
from lms.certificates.service.editions import end_of
from lms.certificates.service.issuing import (
    Lease,
    Made,
    keep_pages,
    lease_page,
    lease_tasks,
    leases_of,
    postpone,
    release,
)
from lms.certificates.service.keys import NewKey, add_keys, compromise_key, get_keys, retire_key
from lms.certificates.service.life import lift, redraft, request_revocation, settle_revocation, suspend
from lms.certificates.service.links import make_link, open_link, withdraw_link
from lms.certificates.service.mending import recompute
from lms.certificates.service.naming import Confirmed, confirm_name, gate_name, reserve_overdue
from lms.certificates.service.places import draw_places
from lms.certificates.service.rekeying import reissue, rekey
from lms.certificates.service.restating import Change, Restated, correct_data, restate
from lms.certificates.service.sharing import compare_name, share, withdraw_share

__all__ = [
    "Batch",
    "Change",
    "Confirmed",
    "Decided",
    "Drafted",
    "Lease",
    "Made",
    "NewKey",
    "Reserved",
    "Restated",
    "add_keys",
    "answer",
    "certify_many",
    "compare_name",
    "compromise_key",
    "confirm_name",
    "correct_data",
    "correct_name",
    "count_checks",
    "decide",
    "draft_one",
    "draw_places",
    "end_of",
    "fold_checks",
    "gate_name",
    "get_keys",
    "keep_pages",
    "lease_page",
    "lease_tasks",
    "leases_of",
    "lift",
    "make_link",
    "open_applications",
    "open_link",
    "postpone",
    "recompute",
    "redraft",
    "reissue",
    "rekey",
    "release",
    "request_name",
    "request_revocation",
    "reserve",
    "reserve_overdue",
    "restate",
    "retire_key",
    "settle_name",
    "settle_revocation",
    "share",
    "suspend",
    "withdraw_link",
    "withdraw_share",
]
