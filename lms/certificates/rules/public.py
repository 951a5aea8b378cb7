"""What of a signed certificate a stranger may read: its facts with the name masked, and when its state began."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from lms.certificates.rules.names import mask_name

#: States in which the name is shown, masked, and may be compared.
NAMED = ("valid", "expired", "suspended")
#: States in which a link of the holder offers the files.
OPEN = ("valid", "expired")
#: Left out: the name, the language of instruction, the holder's own language, and who signed.
PUBLIC = (
    "type", "serial", "edition", "round", "track", "competencies", "minutes", "completed_on", "awarded_on",
    "valid_until", "issuer", "keys", "status", "disclaimers", "demonstration",
)  # fmt: skip


def public_facts(payload: Mapping[str, Any], state: str) -> dict[str, Any]:
    """Return the signed facts that anybody may read of a certificate in this state."""
    facts = {name: payload[name] for name in PUBLIC if name in payload}
    if state in NAMED:
        facts["name"] = mask_name(payload["name"])
    return facts


def ended_on(payload: Mapping[str, Any]) -> date | None:
    """Return the last day that a certificate counted by its own words, or None without an end."""
    text = payload["valid_until"]
    return date.fromisoformat(text) if text else None
