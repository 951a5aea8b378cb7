"""Tables of translations: what readers say of a wording, with a name and without, and what was found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of
from lms.ids import new_public_id
from lms.translating.rules import FAULTS, STATES


class WordingReport(Base):
    """A reader says that some words of content are wrong, in the language in which she read them."""

    __tablename__ = "wording_reports"
    __table_args__ = (
        UniqueConstraint("person_id", "client_id"),
        one_of("fault", FAULTS),
        one_of("state", STATES),
        CheckConstraint("(state = 'new') = (decided_at IS NULL)", name="decided_once"),
        Index("ix_wording_reports_kind_key_locale_state", "kind", "key", "locale", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    client_id: Mapped[str] = mapped_column(String(32))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    #: Which object: "module" or "survey", and its key.
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(80))
    #: Where in it, such as "lessons/first.md:intro.2" or "quiz.yml:q-one" for a whole question.
    address: Mapped[str] = mapped_column(String(200))
    #: The language of the page.
    locale: Mapped[str] = mapped_column(String(5))
    #: The exact wording: the revision of the English, and that of the language where it is translated.
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    locale_revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    #: The attempt at a quiz in which she read it.
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempts.id"))
    #: What is wrong, and her own words about it.
    fault: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(1000), default="")
    reported_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="new")
    #: What she is told of the outcome.
    answer: Mapped[str] = mapped_column(String(1000), default="")
    #: How many attempts were given back.
    restored: Mapped[int] = mapped_column(default=0)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None]


class UnsignedReport(Base):
    """A reader of a survey that a letter led to says that a question is worded wrongly: nobody's, and of no time.

    The key is random, and SQLite keeps rows in its order; PostgreSQL's are mixed each night (`service.mix_reports`).
    """

    __tablename__ = "unsigned_reports"
    __table_args__ = (
        one_of("fault", FAULTS),
        one_of("state", STATES),
        CheckConstraint("(state = 'new') = (decided_at IS NULL)", name="decided_once"),
        Index("ix_unsigned_reports_key_locale", "key", "locale"),
        {"sqlite_with_rowid": False},
    )

    public_id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_public_id)
    #: Made with the form: accepted once, whoever sends it.
    client_id: Mapped[str] = mapped_column(String(32), unique=True)
    #: The survey in whose file the question stands, and where.
    key: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(200))
    #: The language of the page.
    locale: Mapped[str] = mapped_column(String(5))
    #: The exact wording, as of a `WordingReport`.
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    locale_revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    fault: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(1000), default="")
    state: Mapped[str] = mapped_column(String(10), default="new")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None]
