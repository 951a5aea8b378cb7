"""What a letter tells: one thing after another, each read from the feature that knows it when the letter is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Item:
    """One thing that a letter is about: its kind, title and date, where it is done, and what its sentences need."""

    kind: str
    title: str
    day: date
    endpoint: str
    address: Mapping[str, str]
    is_over: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Cause:
    """A letter about a fact, as it was written, with its reader's language, and the moment of sending."""

    letter_id: int
    kind: str
    person_id: int
    values: Mapping[str, Any]
    language: str
    at: datetime
    today: date
