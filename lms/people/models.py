"""Tables of people: the person who learns, the account she signs in with, and what proves that it is she."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.actor import ROLES
from lms.db import Base, one_of
from lms.ids import new_public_id
from lms.triggers import append_only

LANGUAGES = ("en", "es", "to", "sm")
CONTACT_KINDS = ("email", "phone")
LINK_PURPOSES = ("invitation", "reset", "recovery")


class Person(Base):
    """A human being with a training record. The record is hers: it names no organization."""

    __tablename__ = "people"
    __table_args__ = (one_of("language", LANGUAGES), Index("ix_people_search_key_name", "search_key", "name"))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    #: Exactly as she typed it, in NFC.
    name: Mapped[str] = mapped_column(String(200))
    #: Folded for search and sorting: no case, accents, macrons, glottal marks.
    search_key: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="en")
    #: She would rather listen than read.
    listens: Mapped[bool] = mapped_column(default=False)
    #: Invented for the demonstration.
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    #: Whose record goes on, where hers was found to be the same person's and joined to it.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)


class Account(Base):
    """A means of signing in. `security_stamp` changes when every session must end."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    security_stamp: Mapped[str] = mapped_column(String(20), default=new_public_id)
    #: Secret of a time-based second factor (base 32); counts only once confirmed.
    second_factor_secret: Mapped[str | None] = mapped_column(String(64))
    second_factor_confirmed_at: Mapped[datetime | None]
    #: The last time step that was used, so that a code works once.
    second_factor_step: Mapped[int | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


_PROVEN_EMAIL = "kind = 'email' AND ended_at IS NULL AND confirmed_at IS NOT NULL"


class Contact(Base):
    """An e-mail address or phone number of a person. Two may share a number; a proven e-mail is one person's alone.

    Until she has proven it, it is only what she types to sign in with her password: anybody may claim anything.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        one_of("kind", CONTACT_KINDS),
        UniqueConstraint("person_id", "kind", "value"),
        Index("ix_contacts_value", "value"),
        Index(
            "uq_contacts_email_proven",
            "value",
            unique=True,
            sqlite_where=text(_PROVEN_EMAIL),
            postgresql_where=text(_PROVEN_EMAIL),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(5))
    #: Normalized: an e-mail trimmed, NFKC and casefolded; a phone as +, country code and digits.
    value: Mapped[str] = mapped_column(String(254))
    #: Given by an employer, so it may end with the employment.
    is_work: Mapped[bool] = mapped_column(default=False)
    #: Last time she proved that it reaches her; an old proof is too weak for a reset.
    confirmed_at: Mapped[datetime | None]
    added_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class InvitationConsent(Base):
    """Somebody who invites says that the person gave this number, so that her invitation may come there by text."""

    __tablename__ = "invitation_consents"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), unique=True)
    #: Who says so; None for a list that a command read.
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    recorded_at: Mapped[datetime]
    #: The version of the sentence that was ticked.
    wording: Mapped[str] = mapped_column(String(40))


append_only(InvitationConsent)


class RoleGrant(Base):
    """A role given to an account, perhaps for one language or one department. Ended, never deleted."""

    __tablename__ = "role_grants"
    __table_args__ = (
        one_of("role", ROLES),
        Index("ix_role_grants_account_id_ended_at", "account_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    role: Mapped[str] = mapped_column(String(20))
    #: For a translator: the language granted.
    language: Mapped[str | None] = mapped_column(String(2))
    #: For a viewer: the department whose programs she reads.
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    granted_at: Mapped[datetime]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    ended_at: Mapped[datetime | None]


class AccessLink(Base):
    """An invitation or reset link, which works once and for a time.

    Nothing to steal here: its token is the public id and HMAC(secret key, public id), made when it is sent or shown.
    """

    __tablename__ = "access_links"
    __table_args__ = (one_of("purpose", LINK_PURPOSES),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    purpose: Mapped[str] = mapped_column(String(12))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    #: The contact that the link goes to; none for a printed QR code.
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    #: From when it opens anything: a recovery that waits is dated ahead, and sent only then.
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    #: Withdrawn by a newer link, a changed password or contact.
    void_at: Mapped[datetime | None]


class OneTimeCode(Base):
    """A six-digit code sent to a contact. The digits are HMAC(secret key, public id): nothing to steal here."""

    __tablename__ = "one_time_codes"
    __table_args__ = (CheckConstraint("tries >= 0", name="tries_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    #: The typed identifier, normalized: the code proves the contact; the person is chosen afterwards.
    contact_value: Mapped[str] = mapped_column(String(254), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class Device(Base):
    """A phone that a worker asked to be remembered on for 30 days."""

    __tablename__ = "devices"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    #: SHA-256 of the random token in the phone's cookie.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: What the browser calls itself, shortened, so that she can tell her devices apart.
    label: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SpareCode(Base):
    """A code that stands once for the second factor, when the phone with the app is lost."""

    __tablename__ = "spare_codes"
    __table_args__ = (UniqueConstraint("account_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    #: SHA-256 of the fifty random bits, which were shown once.
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class EndedSession(Base):
    """A session that was signed out, so that a copy of its cookie opens nothing. Forgotten when it would be too old."""

    __tablename__ = "ended_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 of the random part of the session's id.
    session_hash: Mapped[str] = mapped_column(String(64), unique=True)
    ended_at: Mapped[datetime] = mapped_column(index=True)


class SignInFailure(Base):
    """One failed guess or one letter asked for, counted at what it aims at and by address in a moving window."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (Index("ix_sign_in_failures_bucket_at", "bucket", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: HMAC of what is guarded (an account by one identifier, an address, a link), so that the table names nobody.
    bucket: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class Recovery(Base):
    """A request to regain an account whose contact was lost, vouched for by somebody who knows the person."""

    __tablename__ = "recoveries"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    #: Where the way back is to be sent once vouched.
    new_contact_kind: Mapped[str] = mapped_column(String(5))
    new_contact_value: Mapped[str] = mapped_column(String(254))
    requested_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    #: Where both work: its supervisors may read and settle the request. None: administrators alone.
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    requested_at: Mapped[datetime]
    #: How the person was recognized, in the words of the one who asks.
    reason: Mapped[str] = mapped_column(String(500))
    #: Another person than the one who asked.
    vouched_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    vouched_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
