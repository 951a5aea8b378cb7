"""What is wrong with results: cells, the sheets in them and the figures must agree in number."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lms.differences import Difference
from lms.surveys.queries.results.figures import list_counted


def recompute_results(session: Session) -> list[Difference]:
    """Return each survey whose counted cells, sheets and figures differ in number; nothing is changed."""
    return [
        Difference(
            f"survey {each.survey_key}: {each.cells} sheets counted, {each.sheets} there, {each.figures} in figures",
            mendable=False,
        )
        for each in list_counted(session)
        if not each.cells == each.sheets == each.figures
    ]
