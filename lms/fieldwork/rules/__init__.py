"""Rules of fieldwork."""

from __future__ import annotations

from lms.fieldwork.rules.ahead import Ahead, Crediting
from lms.fieldwork.rules.facts import HOURS_KINDS, CreditedMinutes, SignedOff
from lms.fieldwork.rules.hours import ENTRY_STATES, EVENT_KINDS, OWN_KINDS, SOURCES
from lms.fieldwork.rules.once import Spent, Visit, count_once
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
    "Spent",
    "Visit",
    "count_once",
]
