"""What a worker said of how her name stands on her certificate."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base
from lms.triggers import append_only


class NameConfirmation(Base):
    """She saw her name as the certificate draws it, and said that it is right. The newest one counts."""

    __tablename__ = "name_confirmations"
    __table_args__ = (UniqueConstraint("application_id", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    #: Exactly as it was drawn, in NFC; it has passed the name gate.
    name: Mapped[str] = mapped_column(String(200))
    #: Whether it has the letters of the name that was certified, or else of her account's name then, whatever its
    #: marks (`names.is_respelled`). One with others a certifier sees.
    has_same_letters: Mapped[bool]
    confirmed_at: Mapped[datetime]
    #: The key of the form, so that a double tap confirms once.
    client_id: Mapped[str] = mapped_column(String(32))


append_only(NameConfirmation)
