"""Changes to earlier training: telling it, judging it, accepting it for yearly hours, bringing many at once."""

from __future__ import annotations

from lms.training.service.importing import (
    Brought,
    Decider,
    Deciders,
    Imported,
    bring,
    forget_tables,
    import_rows,
    preview_import,
)
from lms.training.service.reviewing import request_withdrawal, review, settle_withdrawal
from lms.training.service.sharing import settle_share, share, unshare
from lms.training.service.telling import add, add_file, change, check_upload, remove_file, reply, send, withdraw

__all__ = [
    "Brought",
    "Decider",
    "Deciders",
    "Imported",
    "add",
    "add_file",
    "bring",
    "change",
    "check_upload",
    "forget_tables",
    "import_rows",
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
