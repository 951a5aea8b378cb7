"""Changes of reports: figures are released to readers of aggregates, once and for all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.reports.models import ReportRelease
from lms.reports.rules import Release


def keep_release(session: Session, period: str, releases: Mapping[tuple[int, ...], Release], *, at: datetime) -> bool:
    """Keep the figures of "2026" or "2026-q1" of all programs, each named by its departments; return whether new.

    They were guarded together with what was out. Once a period is out, it stays as it is, whatever `releases` say.
    """
    if not releases or session.scalar(select(ReportRelease.id).where(ReportRelease.period == period).limit(1)):
        return False
    for ids, release in sorted(releases.items()):
        departments = ",".join(str(each) for each in ids)
        body = _body(release)
        session.add(ReportRelease(departments=departments, period=period, released_at=at, body=body))
        subject = f"{departments}/{period}"
        record(session, None, "report_released", "report", subject, at=at, counts=len(release.counts))
    session.flush()
    return True


def _body(release: Release) -> dict[str, Any]:
    return {
        "counts": [[*count.label, count.completions, count.is_hidden] for count in release.counts],
        "program": {str(organization): sorted(areas) for organization, areas in release.program.items()},
        "cells": [[*cell, list(people)] for cell, people in release.cells.items()],
    }
