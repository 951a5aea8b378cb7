"""Changes to earlier training: telling it, judging it, accepting it for yearly hours, bringing many at once."""

from __future__ import annotations

from lms.training.service.applying import apply_part
from lms.training.service.importing import (
    Brought,
    Decider,
    Deciders,
    Imported,
    import_rows,
    preview_import,
)
from lms.training.service.reviewing import request_withdrawal, review, settle_withdrawal
from lms.training.service.sharing import settle_share, share, unshare
from lms.training.service.staging import (
    JudgedRow,
    begin_table,
    forget_tables,
    judge_table,
    keep_table,
)
from lms.training.service.telling import add, add_file, change, check_upload, remove_file, reply, send, withdraw

__all__ = [
    "Brought",
    "Decider",
    "Deciders",
    "Imported",
    "JudgedRow",
    "add",
    "add_file",
    "apply_part",
    "begin_table",
    "change",
    "check_upload",
    "forget_tables",
    "import_rows",
    "judge_table",
    "keep_table",
    "preview_import",
    "remove_file",
    "reply",
    "request_withdrawal",
    "review",
    "send",
    "settle_share",
    "settle_withdrawal",
    "share",
    "unshare",
    "withdraw",
]
