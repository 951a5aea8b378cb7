"""Who was asked and who has answered; never what."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base
from lms.ids import new_public_id


class SurveyReceipt(Base):
    """This person has answered this survey about this subject; nothing about the answer."""

    __tablename__ = "survey_receipts"
    __table_args__ = (UniqueConstraint("person_id", "survey_key", "subject_key", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    survey_key: Mapped[str] = mapped_column(String(80))
    #: What the survey was about, such as "module:communication".
    subject_key: Mapped[str] = mapped_column(String(100))
    round: Mapped[int] = mapped_column(default=1)
    answered_on: Mapped[date]


class SurveyInvitation(Base):
    """A person is asked, some time after a track or a certificate, how it went: once for each survey and occasion."""

    __tablename__ = "survey_invitations"
    __table_args__ = (UniqueConstraint("person_id", "survey_key", "subject_key", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The token of its link is made of it (`rules.follow_up_token`).
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    survey_key: Mapped[str] = mapped_column(String(80))
    #: "track:<key>" or "certificate:<key of the track>".
    subject_key: Mapped[str] = mapped_column(String(100))
    #: The cycle of the track.
    round: Mapped[int] = mapped_column(default=1)
    #: The local date from which it can be answered, for `rules.OPEN_DAYS` days.
    due_on: Mapped[date] = mapped_column(index=True)
