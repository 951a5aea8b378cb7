"""Keeps what the analysis of a quiz found, in place of what stood there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, delete, insert
from sqlalchemy.orm import Session

from lms.assessments.models import ItemAnalysis, QuizAnalysis
from lms.assessments.queries.analysis import Gathered
from lms.assessments.rules import analysis as rules
from lms.db import take_turns


def keep_analysis(
    session: Session, module_key: str, analysis: rules.Analysis, gathered: Gathered, *, at: datetime
) -> int:
    """Write the figures of one quiz anew, and return how many wordings differ from English."""
    take_turns(session, f"analysis of {module_key}")
    quizzes = [
        {
            "module_key": module_key,
            "version": version,
            "locale": locale,
            "revision_id": gathered.revisions[version],
            **asdict(figures),
            "computed_at": at,
        }
        for (version, locale), figures in analysis.quizzes.items()
    ]
    items = [
        {
            "module_key": module_key,
            "item_id": unit.item.item_id,
            "version": unit.item.version,
            "locale": unit.language,
            "wording": unit.wording,
            "revision_id": gathered.revisions[unit.item],
            "locale_revision_id": gathered.translations[unit] or None,
            **asdict(figures),
            **_compared(analysis.fairness.get(unit)),
            "computed_at": at,
        }
        for unit, figures in analysis.items.items()
    ]
    for model, rows in ((QuizAnalysis, quizzes), (ItemAnalysis, items)):
        table = cast("Table", model.__table__)
        session.execute(delete(table).where(table.c.module_key == module_key))
        if rows:
            session.execute(insert(table), rows)
    return sum(row["verdict"] == rules.Verdict.DIFFERS for row in items)


def _compared(fairness: rules.Fairness | None) -> Mapping[str, Any]:
    """Return the columns of a comparison; nothing in English, which is what others are compared with."""
    odds = fairness.odds if fairness else None
    return {
        "verdict": fairness.verdict.value if fairness else None,
        "effect": fairness.effect if fairness else None,
        "log_odds": odds.log_odds if odds else None,
        "log_odds_low": odds.low if odds else None,
        "log_odds_high": odds.high if odds else None,
        "shrunken": fairness.shrunken if fairness else None,
        "chance": fairness.chance if fairness else None,
    }
