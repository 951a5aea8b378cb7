"""Changes to tracks: assigning and taking back, enrolling, and noticing that a track is complete."""

from __future__ import annotations

from lms.tracks.service.asking import (
    minutes_of,
)
from lms.tracks.service.assigning import (
    BatchSummary,
    assign,
    preview,
)
from lms.tracks.service.comparing import (
    Dated,
    Statement,
)
from lms.tracks.service.enrolling import (
    enrol,
    enrol_self,
    open_cycle,
    refresh,
)
from lms.tracks.service.levels import (
    check_offered,
    choose_levels,
)
from lms.tracks.service.mending import (
    recompute,
)
from lms.tracks.service.renewing import (
    is_renewed,
)
from lms.tracks.service.ruling import (
    Look,
    Reconciled,
    change_rule,
    end_rule,
    make_rule,
    plan_change,
    plan_reconciling,
    plan_statement,
    reconcile_rule,
)
from lms.tracks.service.undoing import (
    Undone,
    begun_of,
    undo_batch,
)
from lms.tracks.service.uploading import (
    KEPT,
    Asked,
    FileDone,
    FileSorting,
    apply_upload,
    ask_rows,
    forget_uploads,
    judging,
    sort_rows,
    stage,
)
from lms.tracks.service.waiving import (
    waive,
    withdraw_waiver,
)

__all__ = [
    "KEPT",
    "Asked",
    "BatchSummary",
    "Dated",
    "FileDone",
    "FileSorting",
    "Look",
    "Reconciled",
    "Statement",
    "Undone",
    "apply_upload",
    "ask_rows",
    "assign",
    "begun_of",
    "change_rule",
    "check_offered",
    "choose_levels",
    "end_rule",
    "enrol",
    "enrol_self",
    "forget_uploads",
    "is_renewed",
    "judging",
    "make_rule",
    "minutes_of",
    "open_cycle",
    "plan_change",
    "plan_reconciling",
    "plan_statement",
    "preview",
    "recompute",
    "reconcile_rule",
    "refresh",
    "sort_rows",
    "stage",
    "undo_batch",
    "waive",
    "withdraw_waiver",
]
