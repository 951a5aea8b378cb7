"""What people ask about a certificate: to revoke it, to correct its name, to share it, to compare a name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base
from lms.ids import new_public_id

_IS_OPEN = text("settled_at IS NULL")


class RevocationRequest(Base):
    """One person asks to revoke, another confirms: only then is it done, and it is final."""

    __tablename__ = "revocation_requests"
    __table_args__ = (
        Index("uq_revocation_requests_open", "award_id", unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"), index=True)
    reason_code: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(1000), default="")
    requested_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    requested_at: Mapped[datetime]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    settled_at: Mapped[datetime | None]
    #: Whether the second person confirmed; None while open.
    confirmed: Mapped[bool | None]


class NameRequest(Base):
    """The holder asks for another spelling of her name on a certificate; a certifier makes the new edition."""

    __tablename__ = "name_requests"
    __table_args__ = (
        Index("uq_name_requests_open", "award_id", unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"), index=True)
    #: Exactly as she typed it, in NFC; it has passed the name gate.
    name: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(String(1000), default="")
    requested_at: Mapped[datetime]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    settled_at: Mapped[datetime | None]
    #: Whether a new edition was made; None while open.
    granted: Mapped[bool | None]


class CertificateShare(Base):
    """The holder lets an organization see a certificate that it neither assigned nor recorded."""

    __tablename__ = "certificate_shares"
    __table_args__ = (UniqueConstraint("award_id", "organization_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    shared_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class NameCheck(Base):
    """A stranger compared a name with a certificate's. Says nothing of who; old rows are removed."""

    __tablename__ = "name_checks"
    __table_args__ = (Index("ix_name_checks_award_id_at", "award_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"))
    at: Mapped[datetime]
