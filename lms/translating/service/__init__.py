"""Changes to what is said of translations."""

from __future__ import annotations

from lms.translating.service.deciding import decide_report
from lms.translating.service.proposing import Kept, propose, take_step
from lms.translating.service.rating import rate
from lms.translating.service.reporting import report_wording
from lms.translating.service.unsigned import mix_reports, report_unsigned
from lms.translating.service.withdrawing import withdraw

__all__ = [
    "Kept",
    "decide_report",
    "mix_reports",
    "propose",
    "rate",
    "report_unsigned",
    "report_wording",
    "take_step",
    "withdraw",
]
