"""What a page needs to check a code by itself: the issuer's public keys, and what is revoked or replaced."""

from __future__ import annotations

from typing import Any

from lms.certificates import queries
from lms.certificates.queries import PublicKey
from lms.certificates.queries.statuses import list_numbers
from lms.certificates.rules.badges.issuer import IssuerKey, jwk
from lms.certificates.views.blueprint import config
from lms.certificates.views.withdrawn import lately_withdrawn
from lms.clock import zone
from lms.db import reading


def page_keys() -> list[dict[str, Any]]:
    """Return the keys that sign codes, as the page's script reads them. One query."""
    return [_key(key) for key in queries.list_keys(reading()) if key.purpose == "code"]


def _key(key: PublicKey) -> dict[str, Any]:
    """Return the point of a P-256 key, what its tokens call it, whom they name, and whether it was compromised."""
    point = jwk(IssuerKey(key.key_id, key.purpose, key.public_key, key.issuer_url))
    found = {"kid": key.key_id, "x": point["x"], "y": point["y"], "issuer": key.issuer_url}
    return found | ({"compromised": True} if key.compromised_at else {})


def issuer_data() -> dict[str, Any]:
    """Return what the saved page holds: the issuer's address, zone and keys, and by status list what does not count.

    Two queries, and one more for each list of a hundred thousand places.
    """
    revoked = {str(number): lately_withdrawn(reading(), number) for number in list_numbers(reading())}
    return {"issuer": config().base_url, "zone": str(zone()), "keys": page_keys(), "revoked": revoked}
