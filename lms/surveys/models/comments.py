"""Comments: what somebody tells the people who make the training, read at once, signed only if she likes."""

from __future__ import annotations

import secrets
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of
from lms.ids import new_public_id

COMMENT_STATES = ("new", "seen", "answered")


def _random_id() -> int:
    """Return a key that tells no order."""
    return secrets.randbits(31)


class SurveyComment(Base):
    """One comment. Unsigned it names nobody, its key is random and its day the first of the month."""

    __tablename__ = "survey_comments"
    __table_args__ = (
        one_of("state", COMMENT_STATES),
        CheckConstraint("answer = '' OR person_id IS NOT NULL", name="answer_needs_a_name"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=_random_id)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    #: Made with the form: accepted once, whoever sends it.
    client_id: Mapped[str] = mapped_column(String(32), unique=True)
    #: Only where she chose to sign.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    #: What it is about, such as "module:communication"; "" for the training as a whole.
    subject_key: Mapped[str] = mapped_column(String(100), default="")
    #: The language of the page on which it was written.
    language: Mapped[str] = mapped_column(String(5))
    text: Mapped[str]
    #: The local date of a signed one; of an unsigned one the first day of its month.
    given_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(8), default="new")
    #: Only to a signed one; "" for none.
    answer: Mapped[str] = mapped_column(default="")
    answered_on: Mapped[date | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
