"""The loop: what figures tell a reader, what is to be changed for it, and the version that answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of
from lms.ids import new_public_id
from lms.triggers import append_only

NOTE_STATES = ("open", "answered", "declined")


class SurveyFinding(Base):
    """What a reader of results found, with the figures that she saw. It never changes."""

    __tablename__ = "survey_findings"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    client_id: Mapped[str] = mapped_column(String(32), unique=True)
    survey_key: Mapped[str] = mapped_column(String(80))
    #: Such as "module:communication".
    subject_key: Mapped[str] = mapped_column(String(100))
    question_id: Mapped[str] = mapped_column(String(120))
    #: The filter that she looked through: "" and 0 for all.
    language: Mapped[str] = mapped_column(String(5), default="")
    version_id: Mapped[int] = mapped_column(default=0)
    #: {"kind", "answered", "counts", "total"}: figures that could be shown.
    figures: Mapped[dict[str, Any]]
    #: What she makes of them.
    words: Mapped[str] = mapped_column(String(1000))
    found_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    found_at: Mapped[datetime]


class ChangeNote(Base):
    """What is to be changed for a finding, why and by whom; and the publication that did it, or why not."""

    __tablename__ = "change_notes"
    __table_args__ = (
        one_of("state", NOTE_STATES),
        CheckConstraint("(state = 'answered') = (publication_id IS NOT NULL)", name="answered_by_a_version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("survey_findings.id"), unique=True)
    what: Mapped[str] = mapped_column(String(1000))
    why: Mapped[str] = mapped_column(String(1000))
    #: Who does it, in words.
    by_whom: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8), default="open")
    #: The first publication with the changed text.
    publication_id: Mapped[int | None] = mapped_column(ForeignKey("publications.id"))
    #: The revision of the subject that came with it: answers since are about the changed text.
    version_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    #: Why it is not done; "" for none.
    reason: Mapped[str] = mapped_column(String(1000), default="")
    #: What workers read: {language: {"said", "changed"}}, with English once it is answered.
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    settled_at: Mapped[datetime | None]


append_only(SurveyFinding)
