"""Tables of listening: what people recorded of lessons and questions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of
from lms.ids import new_public_id
from lms.listening.rules import STATES


class Recording(Base):
    """Somebody read a lesson or a question aloud, in one language. A second person accepts it. Never deleted."""

    __tablename__ = "recordings"
    __table_args__ = (
        UniqueConstraint("person_id", "client_id"),
        one_of("kind", ("module",)),
        one_of("state", STATES),
        CheckConstraint("(accepted_by IS NULL) = (accepted_at IS NULL)", name="accepted_by_somebody"),
        CheckConstraint("(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name="withdrawn_by_somebody"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_once"),
        CheckConstraint("state <> 'accepted' OR accepted_at IS NOT NULL", name="accepted_once"),
        CheckConstraint("size > 0 AND seconds > 0", name="holds_something"),
        Index("ix_recordings_kind_key_locale_state", "kind", "key", "locale", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    #: Made with the form: a double tap sends once.
    client_id: Mapped[str] = mapped_column(String(32))
    #: Whose voice it is.
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: The name that she wants shown with it; "" for none.
    shown_name: Mapped[str] = mapped_column(String(80), default="")
    kind: Mapped[str] = mapped_column(String(12))
    key: Mapped[str] = mapped_column(String(80))
    #: "lessons/<key>.md" or "quiz.yml:<id>".
    address: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(2))
    #: The content, in `lms.files`, its bytes, its seconds and its type.
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    seconds: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(20))
    #: The hash of the words that stood on the page: when others stand there, it is an older reading.
    words_sha256: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="offered")
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    accepted_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    withdrawn_at: Mapped[datetime | None]
