"""Who may change whose account."""

from __future__ import annotations

from lms.actor import Actor


def can_invite(actor: Actor | None) -> bool:
    """Return whether `actor` may invite people; None is the program itself (a command, an import)."""
    return actor is None or actor.has("supervisor", "administrator")


def can_administer(actor: Actor) -> bool:
    """Return whether `actor` may search all people, and give and end roles."""
    return actor.has("administrator")


def can_assist(actor: Actor, account_id: int, *, oversees: bool, has_role: bool) -> bool:
    """Return whether `actor` may help somebody back into her account, or print her invitation.

    `oversees` tells whether the person works today where `actor` supervises. Accounts that hold a granted
    role are for administrators alone, and nobody assists herself.
    """
    if actor.account_id == account_id:
        return False
    return actor.has("administrator") or (oversees and not has_role)
