"""What a worker says against a result that somebody entered for her, and what she is answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.assessments.rules.objecting import ANSWERS
from lms.db import Base
from lms.triggers import append_only

_EMPTY = "(answered_at IS NULL)"
_WHOLE = f"{_EMPTY} = (outcome IS NULL) AND {_EMPTY} = (answered_by IS NULL) AND {_EMPTY} = (answer IS NULL)"


class EntryObjection(Base):
    """One worker's word that an entry is not right, once for each. It stays as it was said; the answer comes once."""

    __tablename__ = "entry_objections"
    __table_args__ = (
        CheckConstraint(" OR ".join(f"outcome = '{each}'" for each in ANSWERS), name="outcome_known"),
        CheckConstraint(_WHOLE, name="answered_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("result_entries.id"), unique=True)
    #: What is not right, in her words; neither who entered it nor her supervisor reads them.
    words: Mapped[str] = mapped_column(String(1000))
    objected_at: Mapped[datetime]
    #: The key of the form, so that a double tap says it once.
    client_id: Mapped[str] = mapped_column(String(32))
    #: "kept": it stays as it was entered; "withdrawn": she is right. None while it waits for an answer.
    outcome: Mapped[str | None] = mapped_column(String(10))
    #: Who answered: nobody who had a part in the entry.
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    answered_at: Mapped[datetime | None]
    #: What she is answered.
    answer: Mapped[str | None] = mapped_column(String(1000))


append_only(EntryObjection, fill_once=("outcome", "answered_by", "answered_at", "answer"))
