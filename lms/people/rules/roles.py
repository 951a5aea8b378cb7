"""Which roles an administrator may give, to whom, and what a role needs beside its name."""

from __future__ import annotations

from lms.actor import ROLES

#: Everybody learns; who supervises follows from dated employment. All other roles are given.
GRANTED_ROLES = tuple(role for role in ROLES if role not in ("worker", "supervisor"))


def grant_fault(
    role: str, *, giver: int | None, receiver: int, language: str | None, organization_id: int | None
) -> str | None:
    """Return the code of why a role cannot be given, or None. `giver` is None for the first installation.

    Codes: "role_unknown", "role_to_oneself", "role_needs_language", "role_needs_department".
    """
    if role not in GRANTED_ROLES:
        return "role_unknown"
    if giver == receiver:
        return "role_to_oneself"
    if role == "translator" and language is None:
        return "role_needs_language"
    return "role_needs_department" if role == "viewer" and organization_id is None else None


def leaves_nobody(role: str, other_holders: int) -> bool:
    """Return whether ending `role` would leave the site without an administrator."""
    return role == "administrator" and other_holders == 0
