"""The revisions at which a module's quiz was answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.assessments.models import Attempt
from lms.content.library import Version, published_as

#: How many of the newest are offered.
OFFERED = 6


@dataclass(frozen=True)
class Answered:
    """One revision, with which publication it came, and how many graded attempts there are at it."""

    revision_id: int
    version: Version | None
    attempts: int


def list_answered(session: Session, module_key: str, newest_id: int | None) -> Sequence[Answered]:
    """Return the newest revisions at which attempts were graded, and the one in force, newest first.

    `newest_id` is that one; None when the module has no quiz any more.
    One query, and one for each.
    """
    rows = (
        select(Attempt.revision_id, func.count())
        .where(Attempt.module_key == module_key, Attempt.passed.is_not(None))
        .group_by(Attempt.revision_id)
        .order_by(Attempt.revision_id.desc())
        .limit(OFFERED)
    )
    counts = {newest_id: 0} if newest_id else {}
    counts |= {row[0]: row[1] for row in session.execute(rows)}
    return [Answered(each, published_as(session, each), counts[each]) for each in sorted(counts, reverse=True)]
