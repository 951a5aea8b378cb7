"""Changes of reports: figures are released to readers of aggregates, once and for all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.db import insert_once
from lms.errors import NotAllowed
from lms.reports.models import ReportRelease
from lms.reports.policy import PROGRAMS, Scope
from lms.reports.rules import Count


def keep_release(session: Session, scope: Scope, period: str, counts: Sequence[Count], *, at: datetime) -> bool:
    """Keep the figures of "2026" or "2026-q1" for the viewers of these departments; return whether they are new.

    What is out already stays as it is, whatever `counts` say.
    """
    if scope.kind != PROGRAMS:
        raise NotAllowed
    departments = ",".join(str(each) for each in scope.ids)
    body = [[*count.label, count.workers, count.is_hidden] for count in counts]
    row = {"departments": departments, "period": period, "released_at": at, "body": body}
    new = insert_once(session, ReportRelease, [row], "id")
    if new:
        record(session, None, "report_released", "report", f"{departments}/{period}", at=at, counts=len(counts))
    return bool(new)
