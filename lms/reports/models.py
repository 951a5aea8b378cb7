"""Tables of reports: what was released to readers of aggregates, once and for all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base


class ReportRelease(Base):
    """The figures of a program in a closed quarter or year, for the viewers of its departments. Never changed."""

    __tablename__ = "report_releases"
    __table_args__ = (UniqueConstraint("departments", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The ids of the departments that share the program, in order, with commas: "3" or "3,7".
    departments: Mapped[str] = mapped_column(String(400))
    #: "2026-q3" or "2026".
    period: Mapped[str] = mapped_column(String(7))
    released_at: Mapped[datetime]
    #: "counts": [[period, track, group, key, completions, is hidden], ...]. Hidden ones guard later releases; no page
    #: shows them. Of a quarter also what its year is made of: "program": {organization: [planning areas]} and "cells":
    #: [[organization, track, language, month, [the person of each completion]], ...].
    body: Mapped[dict[str, Any]]
