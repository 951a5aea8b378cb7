"""Certificates made again as they are, under the keys in force: a key is compromised, or the format is an old one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.certificates import queries
from lms.certificates.models import Award
from lms.certificates.queries.certificates import list_known
from lms.certificates.service.editions import next_editions
from lms.certificates.service.issuing import give_up_tasks
from lms.people.service import lock


def rekey(session: Session, award_ids: Sequence[int], *, at: datetime) -> int:
    """Reserve a further edition of those of these awards whose newest cannot be, or stay, as it is; return how many.

    What was released stays until the new edition is; what was not is given up. Raises `RuleBroken` without keys.
    """
    _lock(session, award_ids)
    found = queries.list_to_rekey(session, among=award_ids, limit=len(award_ids))
    return _again(
        session, found, "given up: its key is compromised, or its format an old one", "certificates.rekeyed", at=at
    )


def reissue(session: Session, serials: Sequence[str], *, at: datetime) -> int:
    """Reserve a further edition of those of these certificates that are released and not revoked; return how many.

    It states the same. The released edition counts until the new one is released. Raises `RuleBroken` without keys.
    """
    _lock(session, list(session.scalars(select(Award.id).where(Award.serial.in_(serials)))))
    found = queries.list_to_reissue(session, serials, limit=len(serials))
    return _again(session, found, "given up: it was issued again", "certificates.reissued", at=at)


def _lock(session: Session, award_ids: Sequence[int]) -> None:
    """Lock the holders of these awards."""
    lock(session, session.scalars(select(Award.person_id).where(Award.id.in_(award_ids))).all())


def _again(session: Session, award_ids: Sequence[int], why: str, action: str, *, at: datetime) -> int:
    """Reserve a further edition of each of these awards, and log it."""
    awards = list_known(session, award_ids)
    next_editions(session, awards, "rekey", at=at)
    for known in awards:
        give_up_tasks(session, known, why, at=at)
        record(session, None, action, "award", known.award_id, at=at, edition=known.newest.number + 1)
    return len(awards)
