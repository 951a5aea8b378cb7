"""Giving back attempts that failed in words that were wrong."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.assessments import queries
from lms.assessments.events import NamedAttempt, TriesGiven, tries_given
from lms.assessments.models import Restoration
from lms.assessments.queries import Harmed, Wording
from lms.audit.service import record_many
from lms.db import insert_once
from lms.people.service import lock
from lms.signals import announce


def restore_attempts(
    session: Session, actor: Actor, module_key: str, item_ids: Collection[str], wording: Wording, *, at: datetime
) -> int:
    """Let failed attempts that answered one of these questions in this wording count as not taken; return how many.

    They keep their result. A second time changes nothing.
    """
    lock(
        session,
        [each.person_id for each in queries.list_harmed(session, module_key, item_ids, wording)],
        also_joined=True,
    )
    harmed = {each.attempt_id: each for each in queries.list_harmed(session, module_key, item_ids, wording)}
    act = {"item_id": min(item_ids), "restored_by": actor.account_id, "restored_at": at}
    new = insert_once(session, Restoration, [{"attempt_id": each, **act} for each in harmed], "attempt_id")
    subjects = [(harmed[row.attempt_id].public_id, {"item": act["item_id"]}) for row in new]
    record_many(session, actor.account_id, "assessments.restored", "attempt", subjects, at=at)
    if given := tuple(_named(harmed[row.attempt_id], module_key) for row in new):
        announce(tries_given, session, TriesGiven(given, "restored", at))
    return len(new)


def _named(harmed: Harmed, module_key: str) -> NamedAttempt:
    return NamedAttempt(harmed.person_id, harmed.public_id, module_key)
