"""Facts that people announces: a link or a code waits to be sent, a way back was opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from blinker import Signal

from lms.people.rules import Identifier

link_made = Signal("A link was made for a contact.")
code_made = Signal("A one-time code was made for a contact.")
recovery_vouched = Signal("Two people opened a way back into an account.")


@dataclass(frozen=True)
class LinkMade:
    """A link waits to be sent. `purpose` is "invitation", "reset" or "recovery"; the contact is where it goes.

    `created_at` is when it is sent and begins to work: for a recovery perhaps a day from now.
    """

    link_id: int
    purpose: str
    account_id: int
    person_id: int
    contact_id: int
    created_at: datetime


@dataclass(frozen=True)
class CodeMade:
    """A one-time code waits to be sent. `person_id` is None where the contact belongs to several or to nobody."""

    code_id: int
    contact_kind: str
    contact_value: str
    person_id: int | None
    language: str
    created_at: datetime


@dataclass(frozen=True)
class RecoveryVouched:
    """A way back to a new contact was opened; whoever reads the other contacts, `old`, must hear of it."""

    recovery_id: int
    person_id: int
    language: str
    old: tuple[Identifier, ...]
    at: datetime
