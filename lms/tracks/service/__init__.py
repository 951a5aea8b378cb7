"""Changes to tracks: assigning and taking back, enrolling, and noticing that a track is complete."""

from __future__ import annotations

from lms.tracks.rules import Asked
from lms.tracks.service.assigning import (
    BatchSummary,
    assign,
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
from lms.tracks.service.foreseeing import (
    Foresight,
    foresee,
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
    FileDone,
    FileSorting,
    Judging,
    answer_upload,
    apply_upload,
    ask_rows,
    forget_uploads,
    move_upload,
    offered_for,
    read_part,
    sort_rows,
    stage,
)
from lms.tracks.service.waiving import (
    plan_waiver,
    waive,
    withdraw_waiver,
)
from lms.tracks.service.wording import (
    find_blocked,
    set_demand,
)

__all__ = [
    "KEPT",
    "Asked",
    "BatchSummary",
    "Dated",
    "FileDone",
    "FileSorting",
    "Foresight",
    "Judging",
    "Look",
    "Reconciled",
    "Statement",
    "Undone",
    "answer_upload",
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
    "find_blocked",
    "foresee",
    "forget_uploads",
    "is_renewed",
    "make_rule",
    "move_upload",
    "offered_for",
    "open_cycle",
    "plan_change",
    "plan_reconciling",
    "plan_statement",
    "plan_waiver",
    "read_part",
    "recompute",
    "reconcile_rule",
    "refresh",
    "set_demand",
    "sort_rows",
    "stage",
    "undo_batch",
    "waive",
    "withdraw_waiver",
]
