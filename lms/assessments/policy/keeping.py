"""Who keeps what is fair for a person, and gives her attempts."""

from __future__ import annotations

from lms.actor import Actor

#: Not supervisors: an employer need not know what helps a worker to read.
KEEPERS = ("trainer", "certifier")


def can_keep(actor: Actor, person_id: int) -> bool:
    """Return whether the actor may keep a person's accommodations and give her attempts: staff, never herself."""
    return actor.has(*KEEPERS) and person_id != actor.person_id
