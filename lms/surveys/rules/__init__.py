"""Rules of surveys: what an answer may hold, and how many answers it takes before any of them is read."""

from __future__ import annotations

from lms.surveys.rules.answers import Checked, Typed, check_answers, first_of_month, names_of, tidy
from lms.surveys.rules.choosing import SCALE, Stored
from lms.surveys.rules.cores import CoreFault, core_faults
from lms.surveys.rules.follow_ups import (
    OPEN_DAYS,
    REST_DAYS,
    follow_up_of_token,
    follow_up_token,
    is_too_soon,
)
from lms.surveys.rules.releasing import SHEETS, TEXTS, Cell, Labels, Waiting, is_safe, months_between, part
from lms.surveys.rules.sealing import key_of, room_for, seal, unseal
from lms.surveys.rules.words import TEXT_LIMIT

#: Below this many answers nothing is shown: no figure, no percentage, no words.
MINIMUM_GROUP = 11

__all__ = [
    "MINIMUM_GROUP",
    "OPEN_DAYS",
    "REST_DAYS",
    "SCALE",
    "SHEETS",
    "TEXTS",
    "TEXT_LIMIT",
    "Cell",
    "Checked",
    "CoreFault",
    "Labels",
    "Stored",
    "Typed",
    "Waiting",
    "check_answers",
    "core_faults",
    "first_of_month",
    "follow_up_of_token",
    "follow_up_token",
    "is_safe",
    "is_too_soon",
    "key_of",
    "months_between",
    "names_of",
    "part",
    "room_for",
    "seal",
    "tidy",
    "unseal",
]
