"""What an organization may see of a person: it follows from dated employment, never from a copied record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum

from lms.actor import Span


class Sight(Enum):
    """How an organization stands to a person on a day."""

    #: She works there: it sees what it assigned or recorded, and what she shares; it may assign.
    STAFF = "staff"
    #: She worked there: it still reads what it recorded in that span, as it stood at its end.
    PAST = "past"
    #: She never worked there, or will only begin: she is a missing page.
    NONE = "none"


def sight_of(spans: Iterable[Span], organization_id: int, today: date) -> Sight:
    """Return how an organization stands to a person with these spells on the local date `today`."""
    own = [span for span in spans if span.organization_id == organization_id and span.since <= today]
    if any(span.covers(today) for span in own):
        return Sight.STAFF
    return Sight.PAST if own else Sight.NONE


def may_see(
    spans: Iterable[Span],
    organization_id: int,
    today: date,
    *,
    recorded_on: date | None = None,
    is_shared: bool = False,
) -> bool:
    """Return whether an organization may see one fact of a person's record on the local date `today`.

    `recorded_on` is the day on which it assigned or recorded the fact itself, None when it did neither;
    `is_shared` says that she shares the fact with it, which ends with the employment.
    """
    spans = tuple(spans)
    sight = sight_of(spans, organization_id, today)
    if sight is Sight.STAFF:
        return recorded_on is not None or is_shared
    if sight is Sight.NONE or recorded_on is None:
        return False
    own = (span for span in spans if span.organization_id == organization_id and span.since <= today)
    return any(span.covers(recorded_on) for span in own)
