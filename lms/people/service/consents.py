"""That somebody gave her number so that her invitation may come there by text."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from lms.db import insert_once
from lms.people.models import InvitationConsent

#: The version of the sentence that one who invites ticks (`forms.BY_TEXT`); another sentence gets another one.
WORDING = "2026-11"


def agree_to_text(session: Session, contact_ids: Collection[int], recorded_by: int | None, *, at: datetime) -> None:
    """Write down that the owners of these numbers gave them for their invitations. What was said before stands."""
    said = {"recorded_by": recorded_by, "recorded_at": at, "wording": WORDING}
    insert_once(session, InvitationConsent, [{"contact_id": each, **said} for each in contact_ids])
