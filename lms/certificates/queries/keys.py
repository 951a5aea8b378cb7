"""Signing keys, which editions they signed, and the editions that wait to be made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Subquery, exists, func, select, union
from sqlalchemy.orm import Session, aliased

from lms.certificates.models import Award, Edition, EditionKey, IssueTask, SigningKey, StatusEvent
from lms.certificates.rules.kinds import CREDENTIAL, SIGNING_PURPOSES
from lms.certificates.rules.payloads import Keys


@dataclass(frozen=True)
class PublicKey:
    """The public half of a signing key (DER), its certificate if it has one, and how far it may be trusted."""

    key_id: str
    purpose: str
    algorithm: str
    public_key: bytes
    certificate: bytes | None
    issuer_url: str
    activated_at: datetime
    retired_at: datetime | None
    compromised_at: datetime | None

    @property
    def is_in_force(self) -> bool:
        """Return whether new certificates may be signed with it."""
        return self.retired_at is None and self.compromised_at is None


_COLUMNS = (
    SigningKey.key_id,
    SigningKey.purpose,
    SigningKey.algorithm,
    SigningKey.public_key,
    SigningKey.certificate,
    SigningKey.issuer_url,
    SigningKey.activated_at,
    SigningKey.retired_at,
    SigningKey.compromised_at,
)


def list_keys(session: Session) -> list[PublicKey]:
    """Return every key there has ever been, the oldest first."""
    return [PublicKey(*row) for row in session.execute(select(*_COLUMNS).order_by(SigningKey.id))]


def find_keys_in_force(session: Session, at: datetime) -> Keys | None:
    """Return the keys that new editions get: the newest of each purpose, of one site; None when one is missing."""
    rows = session.execute(
        select(SigningKey.purpose, SigningKey.key_id, SigningKey.issuer_url)
        .where(
            SigningKey.purpose.in_(SIGNING_PURPOSES),
            SigningKey.activated_at <= at,
            SigningKey.retired_at.is_(None),
            SigningKey.compromised_at.is_(None),
        )
        .order_by(SigningKey.activated_at, SigningKey.id)
    ).all()
    issuer_url = next((row.issuer_url for row in reversed(rows) if row.purpose == "badge"), None)
    found = {row.purpose: row.key_id for row in rows if row.issuer_url == issuer_url}
    return Keys(issuer_url, found) if issuer_url is not None and len(found) == len(SIGNING_PURPOSES) else None


def keys_of(session: Session, edition_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """Return the keys of these editions by purpose. One query."""
    found: dict[int, dict[str, str]] = {}
    statement = select(EditionKey.edition_id, EditionKey.purpose, EditionKey.key_id)
    for row in session.execute(statement.where(EditionKey.edition_id.in_(set(edition_ids)))):
        found.setdefault(row.edition_id, {})[row.purpose] = row.key_id
    return found


def list_to_rekey(session: Session, *, among: Sequence[int] | None = None, limit: int) -> list[int]:
    """Return up to `limit` awards, not revoked, whose newest edition cannot be, or stay, as it is. One query.

    Either it has a compromised key, or it was reserved in the first format and is not released: nothing makes it now.
    """
    found = _to_rekey()
    statement = select(found.c.award_id).order_by(found.c.award_id).limit(limit)
    if among is not None:
        statement = statement.where(found.c.award_id.in_(among))
    return list(session.scalars(statement))


def count_to_rekey(session: Session) -> int:
    """Return how many awards `list_to_rekey` has without a limit. One query."""
    return int(session.execute(select(func.count()).select_from(_to_rekey())).scalar_one())


def _to_rekey() -> Subquery:
    keyed = select(Edition.award_id).join(EditionKey, EditionKey.edition_id == Edition.id)
    lost = keyed.join(SigningKey, SigningKey.key_id == EditionKey.key_id)
    waiting = select(Edition.award_id).join(IssueTask, IssueTask.edition_id == Edition.id)
    return union(
        lost.where(SigningKey.compromised_at.is_not(None), *_newest()),
        waiting.where(IssueTask.done_at.is_(None), IssueTask.stage == CREDENTIAL, _is_of_first_format(), *_newest()),
    ).subquery()


def _is_of_first_format() -> ColumnElement[bool]:
    """Return the criterion of the editions of the first format: one key signed them, and none their code."""
    return ~exists().where(EditionKey.edition_id == Edition.id, EditionKey.purpose == "code")


def _newest() -> tuple[ColumnElement[bool], ...]:
    """Return the criteria of the newest editions of awards that are not revoked."""
    newer = aliased(Edition)
    return (
        ~exists().where(newer.award_id == Edition.award_id, newer.number > Edition.number),
        ~exists().where(StatusEvent.award_id == Edition.award_id, StatusEvent.kind == "revoked"),
    )


def list_to_reissue(session: Session, serials: Collection[str] | None = None) -> list[int]:
    """Return the awards, not revoked, whose newest edition is released: of these serials, else of the first format.

    One query.
    """
    issued = exists().where(StatusEvent.edition_id == Edition.id, StatusEvent.kind == "issued")
    which = _is_of_first_format() if serials is None else Award.serial.in_(serials)
    statement = select(Award.id).join(Edition, Edition.award_id == Award.id).where(which, issued, *_newest())
    return list(session.scalars(statement.order_by(Award.id)))


def count_signed_with(session: Session, key_ids: Sequence[str]) -> int:
    """Return how many certificates, not revoked, have a newest edition that one of these keys signs. One query."""
    statement = (
        select(func.count(Edition.award_id.distinct()))
        .join(EditionKey, EditionKey.edition_id == Edition.id)
        .where(EditionKey.key_id.in_(key_ids), *_newest())
    )
    return int(session.execute(statement).scalar_one())


def count_waiting(session: Session) -> int:
    """Return how many editions still have to be signed, checked and released."""
    return _count(session, IssueTask.stage == CREDENTIAL)


def count_waiting_pages(session: Session) -> int:
    """Return how many pages still have to be drawn, of certificates that are released."""
    return _count(session, IssueTask.stage != CREDENTIAL)


def _count(session: Session, criterion: object) -> int:
    statement = select(func.count()).select_from(IssueTask).where(IssueTask.done_at.is_(None), criterion)  # type: ignore[arg-type]
    return int(session.execute(statement).scalar_one())
