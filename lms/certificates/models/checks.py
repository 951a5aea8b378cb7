"""Checks by strangers: counts that name no checker, and the links by which a holder shows a whole certificate."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.certificates.rules.checks import OUTCOMES, WAYS
from lms.db import Base, one_of
from lms.ids import new_public_id

_OF_AWARD, _OF_NONE = text("award_id IS NOT NULL"), text("award_id IS NULL")


class VerificationCheck(Base):
    """How often a certificate was checked on a day, in one way, with one outcome. It has no place for who checked.

    A count and no row for each check, so that a flood of checks fills no disk. Checks of numbers that no certificate
    bears are counted together, without the number.
    """

    __tablename__ = "verification_checks"
    __table_args__ = (
        one_of("way", WAYS),
        one_of("outcome", OUTCOMES),
        CheckConstraint("number >= 0", name="number_not_negative"),
        Index(
            "uq_verification_checks_award", "award_id", "day", "way", "outcome",
            unique=True, sqlite_where=_OF_AWARD, postgresql_where=_OF_AWARD,
        ),
        Index(
            "uq_verification_checks_none", "day", "way", "outcome",
            unique=True, sqlite_where=_OF_NONE, postgresql_where=_OF_NONE,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    #: None where no certificate has the number, and for files that are none of ours.
    award_id: Mapped[int | None] = mapped_column(ForeignKey("awards.id"))
    #: The local day; after thirteen months the first of its year.
    day: Mapped[date] = mapped_column(index=True)
    way: Mapped[str] = mapped_column(String(8))
    outcome: Mapped[str] = mapped_column(String(12))
    number: Mapped[int]


class ShareLink(Base):
    """A link by which the holder shows one whole certificate to whoever has it, until it ends or she withdraws it."""

    __tablename__ = "share_links"
    __table_args__ = (
        UniqueConstraint("award_id", "client_id"),
        CheckConstraint("opened >= 0", name="opened_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"))
    #: SHA-256 of the token: whoever reads the database cannot open the link.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: For whom it is, in her own words.
    label: Mapped[str] = mapped_column(String(80), default="")
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    #: How often others opened it, and the local day of the last time; nothing of who.
    opened: Mapped[int] = mapped_column(default=0)
    last_opened_on: Mapped[date | None]
    #: The key of the form, so that a double tap makes one link.
    client_id: Mapped[str] = mapped_column(String(32))
