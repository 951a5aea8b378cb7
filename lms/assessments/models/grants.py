"""The table of attempts that staff gave beyond a quiz's limit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base
from lms.triggers import append_only


class AttemptGrant(Base):
    """One attempt more at a module's quiz, in one round, for one person. It also ends her waiting time."""

    __tablename__ = "attempt_grants"
    __table_args__ = (
        UniqueConstraint("person_id", "client_id"),
        # One grant is used up before the next: two trainers who grant at once grant one.
        UniqueConstraint("person_id", "module_key", "round", "after_number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    module_key: Mapped[str] = mapped_column(String(80))
    round: Mapped[int]
    #: The number of the attempt after which it was given; where that has a grant already, the next free one below it.
    after_number: Mapped[int]
    #: Why, as the worker reads it too.
    reason: Mapped[str] = mapped_column(String(300))
    granted_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    granted_at: Mapped[datetime]
    client_id: Mapped[str] = mapped_column(String(32))


append_only(AttemptGrant, changing=("person_id",))
