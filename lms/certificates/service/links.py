"""The holder's links to one whole certificate: made, opened by others, withdrawn."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.certificates.models import ShareLink
from lms.certificates.rules import links
from lms.certificates.service.locking import lock_own
from lms.db import insert_once
from lms.errors import NotFound, RuleBroken


def make_link(
    session: Session,
    actor: Actor,
    award_public_id: str,
    *,
    token_hash: str,
    client_id: str,
    label: str,
    days: int,
    at: datetime,
) -> None:
    """Make a link that ends after so many days; the same form twice makes one.

    Raises `NotFound` for another's certificate, `RuleBroken` "link_days", "too_many_links", "link_not_now".
    """
    known = lock_own(session, actor, award_public_id)
    if known.standing.edition is None or known.standing.is_revoked:
        raise RuleBroken("link_not_now")
    mine = ShareLink.award_id == known.award_id
    if session.scalar(select(ShareLink.id).where(mine, ShareLink.client_id == client_id)):
        return
    still = mine & ShareLink.withdrawn_at.is_(None) & (ShareLink.ends_at > at)
    links.check_new(session.scalar(select(func.count()).select_from(ShareLink).where(still)) or 0, days)
    row = {
        "award_id": known.award_id,
        "token_hash": token_hash,
        "client_id": client_id,
        "label": label,
        "made_at": at,
        "ends_at": links.ends_at(at, days),
        "opened": 0,
    }
    insert_once(session, ShareLink, [row])
    record(session, actor.account_id, "certificates.link_made", "award", known.award_id, at=at, days=days)


def withdraw_link(session: Session, actor: Actor, award_public_id: str, link_public_id: str, *, at: datetime) -> None:
    """End a link at once, for good; raise `NotFound` for another's."""
    known = lock_own(session, actor, award_public_id)
    mine = (ShareLink.award_id == known.award_id) & (ShareLink.public_id == link_public_id)
    if session.scalar(select(ShareLink.id).where(mine)) is None:
        raise NotFound
    ended = session.execute(
        update(ShareLink).where(mine, ShareLink.withdrawn_at.is_(None)).values(withdrawn_at=at).returning(ShareLink.id)
    ).all()
    if ended:
        record(session, actor.account_id, "certificates.link_withdrawn", "award", known.award_id, at=at)


def open_link(session: Session, link_id: int, *, day: date) -> None:
    """Count that somebody opened a link on a local day; nothing of who."""
    change = {"opened": ShareLink.opened + 1, "last_opened_on": day}
    session.execute(update(ShareLink).where(ShareLink.id == link_id).values(change))
