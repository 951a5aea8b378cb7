"""Spare codes: eight, shown once, each of which stands once for a code of the lost authenticator app."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from lms.people import rules
from lms.people.models import Account, SpareCode


def keep_spare_codes(session: Session, account: Account, codes: Iterable[str]) -> None:
    """Keep what checks new spare codes, instead of all earlier ones."""
    session.execute(delete(SpareCode).where(SpareCode.account_id == account.id))
    rows = [{"account_id": account.id, "code_hash": rules.spare_code_hash(code)} for code in codes]
    session.execute(insert(SpareCode), rows)


def use_spare_code(session: Session, account: Account, typed: str, *, at: datetime) -> bool:
    """Return whether `typed` is a spare code that was not used before; it is used now."""
    found = update(SpareCode).where(
        SpareCode.account_id == account.id,
        SpareCode.code_hash == rules.spare_code_hash(typed),
        SpareCode.used_at.is_(None),
    )
    return session.execute(found.values(used_at=at).returning(SpareCode.id)).first() is not None


def clear_second_factor(session: Session, account: Account) -> None:
    """Take the second factor away, with its spare codes."""
    account.second_factor_secret = account.second_factor_confirmed_at = account.second_factor_step = None
    session.execute(delete(SpareCode).where(SpareCode.account_id == account.id))
