"""Certificates made again as they are, under the keys in force: a key is compromised, or the format is an old one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.certificates import queries
from lms.certificates.models import Award
from lms.certificates.queries.certificates import Known, list_known
from lms.certificates.service.editions import next_editions
from lms.certificates.service.issuing import give_up_tasks
from lms.people.service import lock


def rekey(session: Session, award_ids: Sequence[int], *, at: datetime) -> int:
    """Reserve a further edition of those of these awards whose newest cannot be, or stay, as it is; return how many.

    What was released stays until the new edition is; what was not is given up. Raises `RuleBroken` without keys.
    """
    _lock(session, award_ids)
    found = list_known(session, queries.list_to_rekey(session, among=award_ids, limit=len(award_ids)))
    next_editions(session, found, "rekey", at=at)
    for known in found:
        give_up_tasks(session, known, "given up: its key is compromised, or its format an old one", at=at)
    _record(session, found, "certificates.rekeyed", at)
    return len(found)


def reissue(session: Session, award_ids: Sequence[int], *, at: datetime) -> int:
    """Reserve a further edition of those of these awards that count, and return how many: it states the same.

    The released edition counts until the new one is released. Raises `RuleBroken` without keys.
    """
    _lock(session, award_ids)
    known = list_known(session, award_ids)
    found = [each for each in known if each.newest.number == each.standing.edition and not each.standing.is_revoked]
    next_editions(session, found, "rekey", at=at)
    _record(session, found, "certificates.reissued", at)
    return len(found)


def _lock(session: Session, award_ids: Sequence[int]) -> None:
    """Lock the holders of these awards."""
    lock(session, session.scalars(select(Award.person_id).where(Award.id.in_(award_ids))).all())


def _record(session: Session, found: Sequence[Known], action: str, at: datetime) -> None:
    for known in found:
        record(session, None, action, "award", known.award_id, at=at, edition=known.newest.number + 1)
