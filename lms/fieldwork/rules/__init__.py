"""Rules of fieldwork."""

from __future__ import annotations

from lms.fieldwork.rules.facts import HOURS_KINDS, CreditedMinutes, SignedOff

__all__ = ["HOURS_KINDS", "CreditedMinutes", "SignedOff"]
