"""What became of free texts before they are read: put into English, cleared of private details, or taken out."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of

#: Read by staff | put aside by a reader, for a second look | passed on to other translators | taken out.
READING_STATES = ("shown", "flagged", "passed", "removed")


class SurveyReading(Base):
    """What became of one text of `survey_words`; a text in English without a row here is read as it is.

    No time and no number of its own: nothing here says when a text came.
    """

    __tablename__ = "survey_readings"
    __table_args__ = (one_of("state", READING_STATES), {"sqlite_with_rowid": False})

    word_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    state: Mapped[str] = mapped_column(String(8))
    #: What is read; empty while nobody has put it into English.
    english: Mapped[str | None]
