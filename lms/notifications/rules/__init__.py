"""Decisions about letters: when and where they go, when they are no longer true, their length, who is reminded when."""

from __future__ import annotations

from lms.notifications.rules.contacts import (
    CHANNEL_OF_CONTACT,
    QUIET_FROM,
    QUIET_UNTIL,
    Contact,
    Wish,
    best_contact,
    is_usable,
    quiet_end,
)
from lms.notifications.rules.inbound import Wanted, wanted
from lms.notifications.rules.marks import Mark, mark_of
from lms.notifications.rules.sending import (
    BATCH,
    LEASE,
    MARGIN,
    MOST_TRIES,
    PAUSES,
    REST,
    SECOND_THOUGHTS,
    STOPPED_BY,
    URGENT,
    NoLongerTrue,
    NotYet,
    minutes_left,
    one_line,
    retry_at,
)
from lms.notifications.rules.steps import CERTIFICATE, SESSION, SIGN_OFF, TRACK, YEARLY, Steps, step_on, week_of
from lms.notifications.rules.texts import ATTEMPTS, MOST_SEGMENTS, Title, cut, is_gsm, segments, units
from lms.notifications.rules.tokens import is_secret, letter_of_token, stop_token

__all__ = [
    "ATTEMPTS",
    "BATCH",
    "CERTIFICATE",
    "CHANNEL_OF_CONTACT",
    "LEASE",
    "MARGIN",
    "MOST_SEGMENTS",
    "MOST_TRIES",
    "PAUSES",
    "QUIET_FROM",
    "QUIET_UNTIL",
    "REST",
    "SECOND_THOUGHTS",
    "SESSION",
    "SIGN_OFF",
    "STOPPED_BY",
    "TRACK",
    "URGENT",
    "YEARLY",
    "Contact",
    "Mark",
    "NoLongerTrue",
    "NotYet",
    "Steps",
    "Title",
    "Wanted",
    "Wish",
    "best_contact",
    "cut",
    "is_gsm",
    "is_secret",
    "is_usable",
    "letter_of_token",
    "mark_of",
    "minutes_left",
    "one_line",
    "quiet_end",
    "retry_at",
    "segments",
    "step_on",
    "stop_token",
    "units",
    "wanted",
    "week_of",
]
