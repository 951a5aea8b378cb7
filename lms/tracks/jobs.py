"""What tracks does by itself: standing rules are compared with who works where, and old files are forgotten."""

from __future__ import annotations

import logging
from datetime import datetime

from lms.config import Config
from lms.db import reading, write
from lms.tracks import queries, service

log = logging.getLogger(__name__)


def reconcile(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Compare every standing rule with who works there, each in a transaction of its own; return what changed.

    A rule that cannot be compared keeps none of the others; its fault is raised when they have had their turn.
    """
    asked, taken, faults = 0, 0, []
    for public_id in queries.list_standing(reading()):
        try:
            plan = write(lambda session, rule=public_id: service.reconcile_rule(session, rule, at=at)).plan  # type: ignore[misc]
        except Exception as fault:
            log.exception("the rule %s was not compared", public_id)
            faults.append(fault)
            continue
        asked, taken = asked + len(plan.asks), taken + len(plan.back)
    if faults:
        raise faults[0]
    return f"{asked} asked, {taken} taken back" if asked or taken else ""


def forget_uploads(config: Config, *, at: datetime) -> str:  # noqa: ARG001 -- the shape of every job
    """Delete files of people that came more than a day ago."""
    gone = write(lambda session: service.forget_uploads(session, at=at))
    return f"{gone} forgotten" if gone else ""
