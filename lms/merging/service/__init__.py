"""Joining two records of one person, and taking them apart again."""

from __future__ import annotations

from lms.merging.service.joining import Plan, Twice, join, look
from lms.merging.service.undoing import undo

__all__ = ["Plan", "Twice", "join", "look", "undo"]
