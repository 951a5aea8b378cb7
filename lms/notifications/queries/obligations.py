"""What people are reminded of: for each kind its steps, and who is concerned, as one select over all people.

Whether it is still true is asked again when the letter is sent (`queries.reminders`). A new kind is one entry here,
one there, and its sentences (`messages.telling`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from lms.certificates.queries.ending import select_ending
from lms.certificates.queries.naming import select_unnamed
from lms.fieldwork.queries.ending import select_ending as select_ending_sign_offs
from lms.fieldwork.queries.sessions import select_coming
from lms.notifications import rules
from lms.notifications.rules import Steps
from lms.surveys.queries import select_open as select_open_follow_ups
from lms.tracks.queries.due import select_due, select_repeated
from lms.training.queries.yearly import select_short


@dataclass(frozen=True)
class Kind:
    """One sort of reminder: its steps, and who is concerned on a local date.

    `concerned(session, today)` selects person_id, subject, falls_on, and since (the day it began, or NULL).
    """

    steps: Steps
    concerned: Callable[[Session, date], Select[Any]]

    def span(self, today: date) -> tuple[date, date]:
        """Return the first and the last date of obligations that have a step today, or one to be made up for."""
        return today - timedelta(days=self.steps.until), today - timedelta(days=self.steps.days[0])


KINDS: dict[str, Kind] = {
    "track": Kind(rules.TRACK, select_due),
    "module": Kind(rules.TRACK, select_repeated),
    "session": Kind(rules.SESSION, lambda _session, today: select_coming(today)),
    "certificate": Kind(rules.CERTIFICATE, lambda _session, today: select_ending(today)),
    "sign_off": Kind(rules.SIGN_OFF, lambda _session, _today: select_ending_sign_offs()),
    "yearly": Kind(rules.YEARLY, select_short),
    "follow_up": Kind(rules.FOLLOW_UP, select_open_follow_ups),
    "name": Kind(rules.NAME, lambda _session, today: select_unnamed(today)),
}
