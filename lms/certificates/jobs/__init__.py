"""What certificates does in the background: finishing those that are reserved, and looking after the files."""

from lms.certificates.jobs.auditing import check_issued, open_file
from lms.certificates.jobs.cards import make_card
from lms.certificates.jobs.finishing import BATCH, draw_pages, finish_issues, make_page_now, run
from lms.certificates.jobs.folding import fold_checks
from lms.certificates.jobs.keyring import ensure_keys
from lms.certificates.jobs.naming import mend_names
from lms.certificates.jobs.naming import run as settle_names

__all__ = [
    "BATCH",
    "check_issued",
    "draw_pages",
    "ensure_keys",
    "finish_issues",
    "fold_checks",
    "make_card",
    "make_page_now",
    "mend_names",
    "open_file",
    "run",
    "settle_names",
]
