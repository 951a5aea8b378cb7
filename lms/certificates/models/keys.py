"""Keys and what they signed, and the places of editions in the lists that say what is not valid any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.certificates.rules.kinds import ALGORITHMS, SIGNING_PURPOSES
from lms.certificates.rules.places import LIST_SIZE
from lms.db import Base, one_of
from lms.triggers import append_only


class SigningKey(Base):
    """The public half of a signing key. The private half is a file outside the database."""

    __tablename__ = "signing_keys"
    __table_args__ = (one_of("purpose", tuple(ALGORITHMS)),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: First 16 hex digits of SHA-256 over the public key as SubjectPublicKeyInfo.
    key_id: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(12))
    algorithm: Mapped[str] = mapped_column(String(20))
    #: SubjectPublicKeyInfo, DER.
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    #: The X.509 certificate, DER, of a root or page key.
    certificate: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: The address of the site when the key was made: what it signs says that it comes from there.
    issuer_url: Mapped[str] = mapped_column(String(200))
    activated_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    compromised_at: Mapped[datetime | None]


class EditionKey(Base):
    """The key for one purpose that an edition is signed with, chosen when it was reserved. Never changed."""

    __tablename__ = "edition_keys"
    __table_args__ = (one_of("purpose", SIGNING_PURPOSES),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(12), primary_key=True)
    key_id: Mapped[str] = mapped_column(ForeignKey("signing_keys.key_id"), index=True)


class StatusList(Base):
    """One published list of states: a bit for each place."""

    __tablename__ = "status_lists"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    opened_at: Mapped[datetime]


class StatusEntry(Base):
    """The place of an edition in a list, drawn at random so that it tells nothing. Never changed."""

    __tablename__ = "status_entries"
    __table_args__ = (
        UniqueConstraint("list_number", "position"),
        CheckConstraint(f"position >= 0 AND position < {LIST_SIZE}", name="position_in_list"),
    )

    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"), primary_key=True)
    list_number: Mapped[int] = mapped_column(ForeignKey("status_lists.number"))
    position: Mapped[int]


append_only(EditionKey)
append_only(StatusEntry)
