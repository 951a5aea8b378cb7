"""What certificates does in the background: finishing those that are reserved, and looking after the files."""

from lms.certificates.jobs.auditing import check_issued, open_file
from lms.certificates.jobs.finishing import ensure_key, finish_issues, run
from lms.certificates.jobs.naming import run as settle_names

__all__ = ["check_issued", "ensure_key", "finish_issues", "open_file", "run", "settle_names"]
