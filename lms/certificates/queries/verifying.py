"""What strangers and share links may read of certificates, and how often they did."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from lms.certificates.models import Award, ShareLink, StatusEvent, VerificationCheck
from lms.certificates.queries.certificates import Known, get_known, list_known
from lms.certificates.rules.checks import first_of_month
from lms.certificates.rules.links import is_open

_IS_RELEASED = exists().where(StatusEvent.award_id == Award.id, StatusEvent.kind == "issued")


@dataclass(frozen=True)
class LinkRow:
    """One link of a holder, as she sees it. `client_id` makes its address anew."""

    public_id: str
    label: str
    made_at: datetime
    ends_at: datetime
    opened: int
    last_opened_on: date | None
    client_id: str
    token_hash: str


def find_shown(session: Session, serial: str) -> Known | None:
    """Return the certificate with this serial once an edition was released.

    One query for a number that nobody has, and the very same for one in preparation; three when there is something.
    """
    award_id = session.execute(select(Award.id).where(Award.serial == serial, _IS_RELEASED)).scalar_one_or_none()
    return None if award_id is None else list_known(session, [award_id])[0]


def shown_of(session: Session, serials: Collection[str]) -> dict[str, Known]:
    """Return the released certificates among these serials. Four queries for five hundred."""
    ids = list(session.scalars(select(Award.id).where(Award.serial.in_(serials), _IS_RELEASED)))
    return {known.serial: known for known in list_known(session, ids)}


def find_shared(session: Session, token_hash: str, at: datetime) -> tuple[int, Known] | None:
    """Return the id of an open link and the certificate that it shows; None for any other. Four queries at most."""
    columns = (ShareLink.id, ShareLink.ends_at, ShareLink.withdrawn_at, Award.public_id)
    row = session.execute(
        select(*columns).join(Award, Award.id == ShareLink.award_id).where(ShareLink.token_hash == token_hash)
    ).one_or_none()
    if row is None or not is_open(row.ends_at, row.withdrawn_at, at):
        return None
    known = get_known(session, row.public_id)
    return (row.id, known) if known.standing.edition is not None else None


def list_links(session: Session, award_id: int, at: datetime) -> list[LinkRow]:
    """Return the open links of a certificate, the newest first. One query."""
    rows = session.execute(
        select(
            ShareLink.public_id,
            ShareLink.label,
            ShareLink.made_at,
            ShareLink.ends_at,
            ShareLink.opened,
            ShareLink.last_opened_on,
            ShareLink.client_id,
            ShareLink.token_hash,
        )
        .where(ShareLink.award_id == award_id, ShareLink.withdrawn_at.is_(None), ShareLink.ends_at > at)
        .order_by(ShareLink.id.desc())
    )
    return [LinkRow(*row) for row in rows]


def count_checks(session: Session, award_id: int, today: date) -> tuple[int, int]:
    """Return how often others checked a certificate this month, and ever. One query."""
    recent = func.sum(VerificationCheck.number).filter(VerificationCheck.day >= first_of_month(today))
    row = session.execute(
        select(func.coalesce(recent, 0), func.coalesce(func.sum(VerificationCheck.number), 0)).where(
            VerificationCheck.award_id == award_id
        )
    ).one()
    return int(row[0]), int(row[1])
