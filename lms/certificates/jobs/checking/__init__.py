"""The independent check of certificates: shares no code with what issues them, and trusts the published keys alone.

It reads each file as a stranger would. `lms certificates verify`, the page `/verify`, the check before each release and
the nightly check all come here.
"""

from lms.certificates.jobs.checking.badge import Checked, check_badge, check_listed
from lms.certificates.jobs.checking.compact import Told, check_code, check_jwt
from lms.certificates.jobs.checking.comparing import check_dates, check_drawn, check_same, check_told
from lms.certificates.jobs.checking.failing import CheckFailedError
from lms.certificates.jobs.checking.file import Verdict, check_any, check_file
from lms.certificates.jobs.checking.transcript import TranscriptVerdict
from lms.certificates.jobs.checking.trust import Trust, TrustedKey, read_trust

__all__ = [
    "CheckFailedError",
    "Checked",
    "Told",
    "TranscriptVerdict",
    "Trust",
    "TrustedKey",
    "Verdict",
    "check_any",
    "check_badge",
    "check_code",
    "check_dates",
    "check_drawn",
    "check_file",
    "check_jwt",
    "check_listed",
    "check_same",
    "check_told",
    "read_trust",
]
