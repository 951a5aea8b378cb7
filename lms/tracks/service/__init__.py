"""Changes to tracks: assigning and taking back, enrolling, and noticing that a track is complete."""

from __future__ import annotations

from lms.tracks.service.assigning import (
    BatchSummary,
    assign,
    preview,
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
from lms.tracks.service.ruling import (
    Reconciled,
    Statement,
    end_rule,
    make_rule,
    plan_reconciling,
    plan_statement,
    reconcile_rule,
)
from lms.tracks.service.undoing import (
    Undone,
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
    "FileDone",
    "FileSorting",
    "Reconciled",
    "Statement",
    "Undone",
    "apply_upload",
    "ask_rows",
    "assign",
    "check_offered",
    "choose_levels",
    "end_rule",
    "enrol",
    "enrol_self",
    "forget_uploads",
    "judging",
    "make_rule",
    "open_cycle",
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
