"""A key is compromised: every certificate under it is reserved anew under the keys in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.certificates import queries
from lms.certificates.models import Award
from lms.certificates.service.editions import next_edition
from lms.certificates.service.issuing import give_up_tasks
from lms.people.service import lock


def rekey(session: Session, award_ids: Sequence[int], *, at: datetime) -> int:
    """Reserve a further edition of each of these awards whose newest edition has a compromised key; return how many.

    What was released stays until the new edition is; what was not is given up. Raises `RuleBroken` without keys.
    """
    statement = select(Award.person_id).where(Award.id.in_(award_ids))
    lock(session, session.scalars(statement).all())
    done = 0
    for award_id in queries.list_to_rekey(session, among=award_ids, limit=len(award_ids)):
        known = queries.get_known_by_id(session, award_id)
        give_up_tasks(session, known, "given up: the key was compromised", at=at)
        next_edition(session, known, "rekey", at=at)
        record(session, None, "certificates.rekeyed", "award", known.award_id, at=at, edition=known.newest.number + 1)
        done += 1
    return done
