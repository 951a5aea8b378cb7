"""Who is asking: one frozen value per request, made by the roof and read by policies and row filters."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

ROLES = ("worker", "supervisor", "trainer", "translator", "certifier", "analyst", "viewer", "administrator")
STAFF_ROLES = frozenset(ROLES) - {"worker"}


@dataclass(frozen=True)
class Span:
    """A dated tie to an organization: an employment, or a supervision. `until` is inclusive; None is open."""

    organization_id: int
    since: date
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Return whether `day` lies in the span."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Actor:
    """The signed-in person: identity, language, roles, and the organizations that bound her sight.

    `supervises` holds the organizations whose staff she may see today; `views` the departments whose
    programs a viewer reads; `translates` the languages of a translator.
    """

    account_id: int
    person_id: int
    public_id: str
    name: str
    language: str
    today: date
    roles: frozenset[str] = frozenset()
    employments: tuple[Span, ...] = ()
    supervises: tuple[int, ...] = ()
    views: tuple[int, ...] = ()
    translates: frozenset[str] = field(default_factory=frozenset)
    #: She would rather listen than read: where there is a reading, it stands first.
    listens: bool = False

    def has(self, *roles: str) -> bool:
        """Return whether the actor holds at least one of `roles`."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_staff(self) -> bool:
        """Return whether the actor holds any role beyond that of a worker."""
        return not self.roles.isdisjoint(STAFF_ROLES)
