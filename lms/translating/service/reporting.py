"""Keeping what a reader says of a wording."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.ids import new_public_id
from lms.people.service import lock
from lms.translating import queries, rules
from lms.translating.models import WordingReport
from lms.translating.queries import Passage

_REPORTS = cast("Table", WordingReport.__table__)
_A_DAY = timedelta(hours=24)


def report_wording(
    session: Session, actor: Actor, passage: Passage, *, fault: str, words: str, client_id: str, at: datetime
) -> str:
    """Keep a report of the words in `passage` and return its public id; the same form again changes nothing.

    Raise what `check_report` raises.
    """
    lock(session, [actor.person_id])
    if (known := queries.find_sent(session, actor.person_id, client_id)) is not None:
        return known
    rules.check_report(fault, words, queries.count_recent(session, actor.person_id, at - _A_DAY))
    public_id = new_public_id()
    session.execute(
        insert(_REPORTS).values(
            public_id=public_id,
            client_id=client_id,
            person_id=actor.person_id,
            kind=passage.kind,
            key=passage.key,
            address=passage.at,
            locale=passage.locale,
            revision_id=passage.revision_id,
            locale_revision_id=passage.locale_revision_id,
            attempt_id=passage.attempt_id,
            fault=fault,
            words=words.strip(),
            reported_at=at,
        )
    )
    # Who reads what says which language she speaks; the trail names neither.
    record(session, actor.account_id, "translating.reported", "wording_report", public_id, at=at, fault=fault)
    return public_id
