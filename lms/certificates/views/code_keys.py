"""What a page needs to check a code by itself: the issuer's public keys, and what is revoked or replaced."""

from __future__ import annotations

from typing import Any


def page_keys() -> list[dict[str, Any]]:
    """Return the keys that sign codes, as the page's script reads them. One query."""
    return []


def issuer_data() -> dict[str, Any]:
    """Return what the saved page holds: the issuer's name, its keys, and by status list what does not count."""
    return {"issuer": "", "keys": page_keys(), "revoked": {}}
