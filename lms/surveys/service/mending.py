"""What is wrong with answers: they are counted against receipts, and cells against what is promised."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.content.library import Library
from lms.differences import Difference
from lms.surveys import queries, rules
from lms.surveys.service.results.checking import recompute_results
from lms.surveys.service.sealing import POOL


def recompute(session: Session, library: Library, *, secret_key: str, at: datetime) -> list[Difference]:  # noqa: ARG001 -- as every feature's
    """Return what is wrong with answers; nothing is changed.

    That is: surveys whose receipts and answer sheets differ in number, released cells that are too small, and waiting
    answers that the installation's `secret_key` does not open; and figures that do not agree with what was counted.
    """
    said = [
        f"survey {survey_key}: {receipts} receipts, {sheets} answer sheets"
        for survey_key, receipts, sheets in queries.list_uneven(session)
    ]
    said += [
        f"survey {survey_key}: {count} answer sheets released alone"
        for survey_key, count in queries.list_small(session)
    ]
    rows = session.execute(select(POOL.c.survey_key, POOL.c.box))
    key = rules.key_of(secret_key)
    closed = Counter(row.survey_key for row in rows if rules.unseal(key, row.box) is None)
    said += [
        f"survey {survey_key}: {count} waiting answers cannot be opened; was LMS_SECRET_KEY changed?"
        for survey_key, count in sorted(closed.items())
    ]
    return [*(Difference(each, mendable=False) for each in said), *recompute_results(session)]
