"""Who may join records."""

from __future__ import annotations

from lms.actor import Actor


def can_join(actor: Actor) -> bool:
    """Return whether `actor` may join two records, and take them apart; never her own, as the rules say."""
    return actor.has("administrator")
