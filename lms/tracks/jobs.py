"""What tracks does by itself: standing rules are compared with who works where, and old files are forgotten."""

from __future__ import annotations

from datetime import datetime

from lms.config import Config
from lms.db import reading, write
from lms.tracks import queries, service


def reconcile(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Compare every standing rule with who works there, each in a transaction of its own; return what changed."""
    asked = taken = 0
    for public_id in queries.list_standing(reading()):
        plan = write(lambda session, rule=public_id: service.reconcile_rule(session, rule, at=at)).plan  # type: ignore[misc]
        asked, taken = asked + len(plan.asks), taken + len(plan.back)
    return f"{asked} asked, {taken} taken back" if asked or taken else ""


def forget_uploads(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Delete files of people that came more than a day ago."""
    gone = write(lambda session: service.forget_uploads(session, at=at))
    return f"{gone} forgotten" if gone else ""
