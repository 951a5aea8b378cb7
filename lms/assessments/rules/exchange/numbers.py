"""Numbers as other programs write them, and as they are written here."""

from __future__ import annotations

import re
from decimal import Decimal
from math import isfinite

from lms.assessments.items.asked import Unfit

#: No infinity, no NaN, and nothing so large that it could not be meant.
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,15}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][-+]?[0-9]{1,3})?")
LARGEST = 1e15


def read_number(text: str) -> float:
    """Return what `text` says; raise `Unfit` when it is not a number of at most 15 digits."""
    text = text.strip()
    if _NUMBER.fullmatch(text):
        number = float(text)
        if isfinite(number) and abs(number) <= LARGEST:
            return number + 0.0
    raise Unfit(f"{text[:40]!r} is not a number")


def write_number(number: float) -> str:
    """Return the shortest text that means exactly `number`, without a point where it is whole."""
    return f"{Decimal(repr(float(number))).normalize():f}"


def write_share(share: float) -> str:
    """Return percent as Moodle knows them: at most five decimals."""
    return f"{share:.5f}".rstrip("0").rstrip(".")
