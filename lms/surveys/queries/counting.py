"""How many answers there are, against how many people have answered."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from lms.surveys.models import SurveyAnswer, SurveyReceipt, WaitingAnswer
from lms.surveys.rules import MINIMUM_GROUP


def list_uneven(session: Session) -> list[tuple[str, int, int]]:
    """Return (survey key, receipts, answer sheets) wherever the two numbers differ.

    One query, so that who answers meanwhile is in both numbers or in none. Sheets are counted by survey alone: what
    else they are about is sealed while they wait, and may be given up when they are released.
    """
    receipts: dict[str, int] = {}
    sheets: dict[str, int] = {}
    row: Any
    waiting = _counts(WaitingAnswer, "sheet").where(WaitingAnswer.kind == "sheet")
    for row in session.execute(union_all(_counts(SurveyReceipt, "receipt"), _counts(SurveyAnswer, "sheet"), waiting)):
        counted = receipts if row.what == "receipt" else sheets
        counted[row.survey_key] = counted.get(row.survey_key, 0) + row.number
    return [
        (key, receipts.get(key, 0), sheets.get(key, 0))
        for key in sorted(receipts.keys() | sheets.keys())
        if receipts.get(key, 0) != sheets.get(key, 0)
    ]


def list_small(session: Session) -> list[tuple[str, int]]:
    """Return (survey key, answer sheets) of each released cell that is smaller than any may be. One query."""
    number = func.count()
    cells = select(SurveyAnswer.survey_key, number).where(SurveyAnswer.batch != "")
    query = cells.group_by(SurveyAnswer.batch, SurveyAnswer.survey_key).having(number < MINIMUM_GROUP)
    return [(row[0], row[1]) for row in session.execute(query.order_by(SurveyAnswer.survey_key, number))]


def count_waiting(session: Session) -> dict[str, int]:
    """Return by survey key how many answer sheets wait until they can be released. One query."""
    query = _counts(WaitingAnswer, "sheet").where(WaitingAnswer.kind == "sheet")
    return {row.survey_key: row.number for row in session.execute(query)}


def _counts(model: type[SurveyReceipt | SurveyAnswer | WaitingAnswer], what: str) -> Select[str, str, int]:
    """Return the statement of (`what`, survey key, how many rows)."""
    key = model.survey_key
    return select(literal(what).label("what"), key.label("survey_key"), func.count().label("number")).group_by(key)
