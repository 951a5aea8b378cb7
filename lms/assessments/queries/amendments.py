"""Which decisions of corrections count for which attempts."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments import rules
from lms.assessments.models import Regrade, RegradeChange
from lms.assessments.rules import Amendment
from lms.assessments.rules import proposals as wanted
from lms.assessments.specs import QuizSpec
from lms.content.library import source_of, spec_of
from lms.db import chunks


def resolved(session: Session, quiz: QuizSpec, decisions: Collection[Amendment]) -> dict[str, Amendment]:
    """Return the decisions that concern `quiz`, by question; a later key only where the answers fit it."""
    found = {}
    for each in decisions:
        item = quiz.item(each.item_id)
        if item is not None and each.how == "version":
            later = spec_of(QuizSpec, source_of(session, int(each.value))).item(each.item_id)
            if later is not None and rules.is_replaceable(item, later):
                found[each.item_id] = Amendment(each.item_id, each.how, each.value, later)
        elif item is not None:
            found[each.item_id] = each
    return found


def amendments_of(session: Session, attempt_ids: Collection[int]) -> dict[int, tuple[Amendment, ...]]:
    """Return {attempt id: the decisions that count for it}; the last about a question counts. One query each 500."""
    found: dict[int, dict[str, Amendment]] = {}
    for part in chunks(list(attempt_ids), 500):
        rows = (
            select(RegradeChange.attempt_id, Regrade.decisions)
            .join(Regrade, Regrade.id == RegradeChange.regrade_id)
            .where(RegradeChange.attempt_id.in_(part), RegradeChange.effect != "kept")
            .order_by(Regrade.decided_at, Regrade.id)
        )
        for attempt_id, decisions in session.execute(rows):
            own = found.setdefault(attempt_id, {})
            own.update((each.item_id, each) for each in wanted.read(decisions))
    return {key: tuple(each.values()) for key, each in found.items()}
