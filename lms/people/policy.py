"""Who may change whose account."""

from __future__ import annotations

from collections.abc import Collection

from lms.actor import Actor


def can_invite(actor: Actor | None) -> bool:
    """Return whether `actor` may invite people; None is the program itself (a command, an import)."""
    return actor is None or actor.has("supervisor", "administrator")


def can_administer(actor: Actor) -> bool:
    """Return whether `actor` may search all people, and give and end roles."""
    return actor.has("administrator")


def can_assist(actor: Actor, account_id: int, *, oversees: Collection[int], is_staff: bool) -> bool:
    """Return whether `actor` may help somebody back into her account, or print her invitation.

    `oversees` are the organizations where the person works today and `actor` supervises. Accounts that hold any
    role beyond a worker's, supervision included, are for administrators alone, and nobody assists herself.
    """
    if actor.account_id == account_id:
        return False
    return actor.has("administrator") or (bool(oversees) and not is_staff)


def can_settle(
    actor: Actor, account_id: int, organization_id: int | None, *, oversees: Collection[int], is_staff: bool
) -> bool:
    """Return whether `actor` may read and settle a request to regain an account, made in an organization or in none.

    It stays among those who may assist her there, and administrators. The other arguments as above.
    """
    may = can_assist(actor, account_id, oversees=oversees, is_staff=is_staff)
    return may and (actor.has("administrator") or organization_id in oversees)
