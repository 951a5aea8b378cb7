"""What keeps answer sheets right: they lose the order in which they came, and are counted against receipts."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, delete, insert
from sqlalchemy.orm import Session

from lms.clock import local_date
from lms.content.library import Library
from lms.db import is_postgresql
from lms.differences import Difference
from lms.surveys import queries, rules
from lms.surveys.models import SurveyAnswer

_SHEETS = cast("Table", SurveyAnswer.__table__)
_CHANCE = random.SystemRandom()


def mix_answers(session: Session, *, at: datetime, chance: random.Random = _CHANCE) -> int:
    """Write the answer sheets of this month and the last anew, in a random order, and return how many.

    PostgreSQL keeps with each row the transaction that wrote it, and rows in the order in which they came:
    either would tie a sheet to its receipt. SQLite stores sheets by their random key and needs nothing.
    """
    if not is_postgresql(session):
        return 0
    last_month = rules.first_of_month(rules.first_of_month(local_date(at)) - timedelta(days=1))
    taken = session.execute(delete(_SHEETS).where(_SHEETS.c.month >= last_month).returning(*_SHEETS.columns))
    rows = [dict(row) for row in taken.mappings()]
    chance.shuffle(rows)
    if rows:
        session.execute(insert(_SHEETS), rows)
    return len(rows)


def recompute(session: Session, library: Library, *, at: datetime) -> list[Difference]:  # noqa: ARG001 -- as every feature's
    """Return each survey and subject whose receipts and answer sheets differ in number; nothing is changed."""
    return [
        Difference(
            f"survey {survey_key} about {subject_key}: {receipts} receipts, {sheets} answer sheets", mendable=False
        )
        for survey_key, subject_key, receipts, sheets in queries.list_uneven(session)
    ]
