"""Links by which a holder shows a certificate: how long they live, how many, and their token."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from lms.errors import RuleBroken

#: For how many days a link may be made.
LIVES = (7, 30, 90)
#: Of one certificate at a time.
MOST_OPEN = 20
LONGEST_LABEL = 80
_BYTES = 16  # 128 bits
TOKEN_LENGTH = 22


def token_of(secret_key: str, award_public_id: str, client_id: str) -> str:
    """Return the token of a link: 128 bits that nobody can work out without this site's secret.

    Its form's key makes it, so that the holder can be shown it again and the database needs to keep only a hash.
    """
    said = f"share link\0{award_public_id}\0{client_id}".encode()
    made = hmac.new(secret_key.encode(), said, hashlib.sha256).digest()[:_BYTES]
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode("ascii")


def hash_of(token: str) -> str:
    """Return what the database keeps of a token. Finding a row by it tells nothing of a token by its time."""
    return hashlib.sha256(token.encode()).hexdigest()


def check_new(open_links: int, days: int) -> None:
    """Raise `RuleBroken` "link_days" or "too_many_links" when a holder with so many open links cannot make another."""
    if days not in LIVES:
        raise RuleBroken("link_days")
    if open_links >= MOST_OPEN:
        raise RuleBroken("too_many_links", most=MOST_OPEN)


def ends_at(made_at: datetime, days: int) -> datetime:
    """Return when a link made for so many days ends."""
    return made_at + timedelta(days=days)


def is_open(ends: datetime, withdrawn_at: datetime | None, at: datetime) -> bool:
    """Return whether a link shows something at an instant."""
    return withdrawn_at is None and at < ends
