"""Keeps what groups gained from before a module to its quiz."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from sqlalchemy import Table, delete, insert
from sqlalchemy.orm import Session

from lms.assessments import rules
from lms.assessments.models import QuizGain
from lms.assessments.queries.gains import Came
from lms.db import take_turns

_GAINS = cast("Table", QuizGain.__table__)


def keep_gains(session: Session, came: Iterable[Came], *, at: datetime) -> int:
    """Write the gains of every module's groups anew in place of what stood there, and return how many they are."""
    take_turns(session, "gains")
    by_module: dict[str, list[rules.Learner]] = {}
    for each in sorted(came, key=lambda each: each.at):
        by_module.setdefault(each.module_key, []).append(each.learner)
    rows = [
        {
            "module_key": module_key,
            "language": gain.language,
            "competency": gain.competency,
            "people": gain.people,
            "before": gain.before,
            "after": gain.after,
            "computed_at": at,
        }
        for module_key, learners in by_module.items()
        for gain in rules.group_gains(learners)
    ]
    session.execute(delete(_GAINS))
    if rows:
        session.execute(insert(_GAINS), rows)
    return len(rows)
