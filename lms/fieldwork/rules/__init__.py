"""Rules of fieldwork."""

from __future__ import annotations

from lms.fieldwork.rules.facts import HOURS_KINDS, Ahead, CreditedMinutes, Crediting, SignedOff
from lms.fieldwork.rules.hours import ENTRY_STATES, EVENT_KINDS, OWN_KINDS, SOURCES, cap_days
from lms.fieldwork.rules.sign_offs import OBSERVATION_EVENTS

__all__ = [
    "ENTRY_STATES",
    "EVENT_KINDS",
    "HOURS_KINDS",
    "OBSERVATION_EVENTS",
    "OWN_KINDS",
    "SOURCES",
    "Ahead",
    "CreditedMinutes",
    "Crediting",
    "SignedOff",
    "cap_days",
]
