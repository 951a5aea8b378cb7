"""What corrections did to attempts, as their pages tell it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments.models import Attempt, Regrade, RegradeChange
from lms.assessments.rules import Amendment, Standing, own_language
from lms.assessments.rules.proposals import read
from lms.clock import local_date


@dataclass(frozen=True)
class Correction:
    """What one correction did to one attempt, with what was decided."""

    attempt_public_id: str
    person_id: int
    round: int
    number: int
    language: str
    effect: str
    before: Standing
    after: Standing
    reason: str
    #: The local date on which it was decided.
    on: date
    decisions: tuple[Amendment, ...]
    #: Whether it was decided before the attempt was graded: `before` is what the attempt would have come to without it.
    on_grading: bool = False
    #: Why a pass was taken away, "" where none was.
    taken_because: str = ""

    @property
    def is_told(self) -> bool:
        """Return whether there is something to tell: the outcome is another one."""
        return self.before != self.after


def list_corrections(
    session: Session, *, regrade_id: int | None = None, attempt_ids: Collection[int] = ()
) -> list[Correction]:
    """Return what one correction did, or what was done to these attempts, the oldest first. One query.

    Of attempts those that let a pass stand are left out: they changed nothing.
    """
    rows = (
        select(Attempt, RegradeChange, Regrade)
        .join(RegradeChange, RegradeChange.attempt_id == Attempt.id)
        .join(Regrade, Regrade.id == RegradeChange.regrade_id)
        .order_by(Regrade.id, Attempt.id)
    )
    if regrade_id is not None:
        rows = rows.where(RegradeChange.regrade_id == regrade_id)
    else:
        rows = rows.where(RegradeChange.attempt_id.in_(attempt_ids), RegradeChange.effect != "kept")
    return [_correction(*row) for row in session.execute(rows)]


def _correction(attempt: Attempt, change: RegradeChange, regrade: Regrade) -> Correction:
    taken = {each["attempt"]: each["reason"] for each in regrade.taken}
    return Correction(
        attempt.public_id,
        attempt.person_id,
        attempt.round,
        attempt.number,
        own_language(attempt.shown_language),
        change.effect,
        Standing(change.points_before, change.max_points_before, change.percent_before, change.passed_before),
        Standing(change.points_after, change.max_points_after, change.percent_after, change.passed_after),
        regrade.reason,
        local_date(regrade.decided_at or regrade.proposed_at),
        read(regrade.decisions),
        change.on_grading,
        taken.get(attempt.public_id, ""),
    )
