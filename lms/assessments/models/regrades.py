"""Tables of corrections: what was decided about questions, what it changed, and which attempts are given back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of
from lms.ids import new_public_id
from lms.triggers import append_only

STATES = ("proposed", "applied", "refused")


class Regrade(Base):
    """A correction of questions of a module's quiz: one person proposes it, another applies or refuses it."""

    __tablename__ = "regrades"
    __table_args__ = (
        UniqueConstraint("proposed_by", "client_id"),
        one_of("state", STATES),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided_once"),
        CheckConstraint("state <> 'applied' OR decided_by <> proposed_by", name="two_people"),
        Index("ix_regrades_module_key_state", "module_key", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    client_id: Mapped[str] = mapped_column(String(32))
    module_key: Mapped[str] = mapped_column(String(80))
    #: Only attempts read in this language; None for every language.
    locale: Mapped[str | None] = mapped_column(String(5))
    #: Only attempts at this revision; None for every one.
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    #: What was decided: [{"item": id, "how": word, "value": option or revision}].
    decisions: Mapped[list[Any]]
    #: Whose pass is taken away: [{"attempt": public id, "reason": words}].
    taken: Mapped[list[Any]]
    #: Why; workers read it.
    reason: Mapped[str] = mapped_column(String(1000))
    #: What tells the plan that was looked at from any other.
    mark: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    proposed_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None]
    #: For which versions of its questions it was decided, {question: [what stands for each]}: an attempt that is graded
    #: later and holds one is corrected then. Empty until it is applied.
    versions: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    #: Why it was refused.
    note: Mapped[str] = mapped_column(String(1000), default="")


class RegradeChange(Base):
    """What one correction did to one attempt, with the outcome before it. Never changed."""

    __tablename__ = "regrade_changes"
    __table_args__ = (UniqueConstraint("regrade_id", "attempt_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    regrade_id: Mapped[int] = mapped_column(ForeignKey("regrades.id"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), index=True)
    #: "gains", "loses", "kept" (a pass that the answers alone would lose), "better", "worse" or "same".
    effect: Mapped[str] = mapped_column(String(10))
    points_before: Mapped[int]
    max_points_before: Mapped[int]
    percent_before: Mapped[int]
    passed_before: Mapped[bool]
    points_after: Mapped[int]
    max_points_after: Mapped[int]
    percent_after: Mapped[int]
    passed_after: Mapped[bool]
    #: What single answers earned before: {question: [points, whether right]}.
    answers_before: Mapped[dict[str, Any]]
    #: Whether it was decided before the attempt was graded, and applied by itself then; `_before` is without it.
    on_grading: Mapped[bool] = mapped_column(default=False, server_default=false())


class Restoration(Base):
    """A failed attempt that counts neither against the limit of attempts nor for waiting: its wording was wrong."""

    __tablename__ = "attempt_restorations"

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), unique=True)
    #: The question whose wording was wrong.
    item_id: Mapped[str] = mapped_column(String(80))
    restored_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    restored_at: Mapped[datetime]


append_only(RegradeChange)
append_only(Restoration)
