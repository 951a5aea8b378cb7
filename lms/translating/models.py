"""Tables of translations: what readers say of a wording, what translators propose, and what reviewers think of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of
from lms.ids import new_public_id
from lms.translating.rules import ASPECTS, FAULTS, STATES, STEPS
from lms.triggers import append_only


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


class Proposal(Base):
    """A wording of one sentence that somebody wrote or took up at the desk: it stands until the files hold it.

    Words are never changed: other words are another row. Who may take which step is in `rules.proposals`.
    """

    __tablename__ = "proposals"
    __table_args__ = (Index("ix_proposals_locale_kind_key", "locale", "kind", "key", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    #: Made with the form: accepted once.
    client_id: Mapped[str] = mapped_column(String(32), unique=True)
    #: Which object and which sentence of it, as in its PO file, in which language.
    kind: Mapped[str] = mapped_column(String(12))
    key: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(2))
    #: The English that it was made from.
    english: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    #: What the published files said then, "" where nothing: other words there are not overwritten.
    upon: Mapped[str] = mapped_column(Text)
    #: Written by somebody who had not seen the one before. Kept, and never what stands.
    is_aside: Mapped[bool] = mapped_column(default=False)
    #: Empty where the words are those of the files, which name no account.
    written_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    written_at: Mapped[datetime]


append_only(Proposal)


class ProposalStep(Base):
    """Somebody sent a proposal to be reviewed, reviewed it, or approved it. Its state follows (`rules.state_of`)."""

    __tablename__ = "proposal_steps"
    __table_args__ = (UniqueConstraint("proposal_id", "step", "round"), one_of("step", STEPS))

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"))
    step: Mapped[str] = mapped_column(String(10))
    #: How many steps of this proposal were withdrawn before: then the same one may be taken again.
    round: Mapped[int] = mapped_column(default=0)
    taken_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    taken_at: Mapped[datetime]


append_only(ProposalStep)


class StepWithdrawal(Base):
    """Somebody took a review or an approval back: the proposal is again what it was before."""

    __tablename__ = "step_withdrawals"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Made with the form: accepted once.
    client_id: Mapped[str] = mapped_column(String(32), unique=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("proposal_steps.id"), unique=True)
    #: For translators to read.
    why: Mapped[str] = mapped_column(String(1000))
    withdrawn_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    withdrawn_at: Mapped[datetime]


append_only(StepWithdrawal)


class WordingRating(Base):
    """What a community reviewer thinks of the words of a lesson, a question or a file: hers, once for each wording."""

    __tablename__ = "wording_ratings"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "key", "part", "locale", "wording", name="uq_wording_ratings_once"),
        CheckConstraint(" AND ".join(f"{each} BETWEEN 1 AND 5" for each in ASPECTS), name="from_one_to_five"),
        Index("ix_wording_ratings_kind_key_locale", "kind", "key", "locale"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(String(12))
    key: Mapped[str] = mapped_column(String(80))
    #: As `rules.part_of` says, such as "lessons/first.md" or "quiz.yml:q-one".
    part: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(2))
    #: SHA-256 of the words that she read; other words are judged anew.
    wording: Mapped[str] = mapped_column(String(64))
    #: 1 (poor) to 5 (very good): means the same, fits those who read it, is easy to read.
    accuracy: Mapped[int]
    fit: Mapped[int]
    readability: Mapped[int]
    comment: Mapped[str] = mapped_column(String(1000), default="")
    rated_at: Mapped[datetime]
