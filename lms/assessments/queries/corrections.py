"""What corrections did to attempts, as their pages tell it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
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
    #: How many corrections it stands for, of which `on` is the day of the last (`list_told`).
    times: int = 1

    @property
    def is_told(self) -> bool:
        """Return whether there is something to tell: the outcome is another one."""
        return self.before != self.after

    @property
    def counted_as(self) -> str:
        """Return its effect; "on_grading" where it changed an attempt that was graded after it was decided."""
        return "on_grading" if self.on_grading and self.effect != "kept" else self.effect


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
        .order_by(Regrade.decided_at, Regrade.id, Attempt.id)
    )
    if regrade_id is not None:
        rows = rows.where(RegradeChange.regrade_id == regrade_id)
    else:
        rows = rows.where(RegradeChange.attempt_id.in_(attempt_ids), RegradeChange.effect != "kept")
    return [_correction(*row) for row in session.execute(rows)]


def list_told(made: Iterable[Correction]) -> list[Correction]:
    """Return what there is to tell of these, the oldest first.

    All that were decided before an attempt was graded are one: nobody ever saw a result between them.
    """
    found: list[Correction] = []
    late: dict[str, int] = {}
    for each in made:
        place = late.get(each.attempt_public_id) if each.on_grading else None
        if place is not None and each.is_told:
            found[place] = _joined(found[place], each)
        elif each.is_told:
            found.append(each)
            if each.on_grading:
                late[each.attempt_public_id] = len(found) - 1
    return found


def _joined(first: Correction, last: Correction) -> Correction:
    """Return two that follow each other as one, from what stood before the first to what stands after the last."""
    reason = first.reason if last.reason in first.reason else f"{first.reason} {last.reason}"
    return replace(last, before=first.before, reason=reason, times=first.times + 1)


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
