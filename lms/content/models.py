"""Published content: immutable revisions of each object, and numbered publications that list them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, one_of

OBJECT_KINDS = ("framework", "module", "survey", "track", "certificate", "checklist", "glossary")


class Publication(Base):
    """One published version of the whole content. The highest number is the current one."""

    __tablename__ = "publications"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    #: SHA-256 over the sorted hashes of its revisions; the same content is not published twice in a row.
    sha256: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime]
    actor_account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class Revision(Base):
    """The text of one content object, in its source language or as the words of one locale. Never changed."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("kind", "key", "locale", "sha256"), one_of("kind", OBJECT_KINDS))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    key: Mapped[str] = mapped_column(String(80))
    #: "en" holds structure and source words; another locale only its translated words and their states.
    locale: Mapped[str] = mapped_column(String(2))
    sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]]


class PublicationItem(Base):
    """A revision that belongs to a publication."""

    __tablename__ = "publication_items"
    __table_args__ = (
        UniqueConstraint("publication_id", "revision_id"),
        Index("ix_publication_items_publication_id", "publication_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publications.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))


class RevisionFile(Base):
    """A file that belongs to a revision: a reading of its words. The content lies in `lms.files`. Never changed."""

    __tablename__ = "revision_files"
    __table_args__ = (UniqueConstraint("revision_id", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    #: What it reads: "lessons/<key>.md" or "quiz.yml:<id>".
    address: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    media_type: Mapped[str] = mapped_column(String(20))
