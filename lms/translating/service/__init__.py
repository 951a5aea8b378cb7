"""Changes to what is said of translations."""

from __future__ import annotations

from lms.translating.service.deciding import decide_report
from lms.translating.service.reporting import report_wording

__all__ = ["decide_report", "report_wording"]
