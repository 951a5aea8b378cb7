"""Rules of competencies: how much evidence it takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lms.competencies.specs import FrameworkSpec


@dataclass(frozen=True)
class Piece:
    """Minutes that one source gave in one round."""

    source_key: str
    minutes: int


@dataclass(frozen=True)
class Gain:
    """What a source gave one person towards one competency ("framework/competency")."""

    person_id: int
    competency: str
    source_key: str
    round: int
    minutes: int
    earned_at: datetime


def crossing(gains: Iterable[Gain], required: int | None) -> datetime | None:
    """Return when the gains of one person towards one competency first reached what is `required`.

    Of each source its best round counts, so that a repeated module counts once. None while they do not reach it,
    and for a competency that no framework has any more.
    """
    if required is None:
        return None
    best: dict[str, int] = {}
    for gain in sorted(gains, key=lambda each: each.earned_at):
        best[gain.source_key] = max(gain.minutes, best.get(gain.source_key, 0))
        if sum(best.values()) >= required:
            return gain.earned_at
    return None


@dataclass(frozen=True)
class Recorded:
    """What is stored as evidence of one gain."""

    minutes: int
    earned_on: date


def evidence_fault(gain: Gain | None, earned_on: date | None, stored: Recorded) -> str | None:
    """Return what of `stored` evidence does not follow from the gain, earned on that local date; None when all does."""
    if gain is None or earned_on is None:
        return "does not follow from a completed module"
    if (gain.minutes, earned_on) == (stored.minutes, stored.earned_on):
        return None
    return f"has {stored.minutes} minutes of {stored.earned_on}, it should have {gain.minutes} of {earned_on}"


def counted_minutes(evidence: Iterable[Piece]) -> int:
    """Return the minutes that count: of each source its best round, so that a repeated module counts once."""
    best: dict[str, int] = {}
    for piece in evidence:
        best[piece.source_key] = max(piece.minutes, best.get(piece.source_key, 0))
    return sum(best.values())


def split(competency: str) -> tuple[str, str]:
    """Return the framework and the competency's id of "framework/competency"."""
    framework_key, _, competency_id = competency.partition("/")
    return framework_key, competency_id


def required_minutes(frameworks: Mapping[str, FrameworkSpec], competency: str) -> int | None:
    """Return the minutes that a competency asks for; None when no framework has it any more."""
    framework_key, competency_id = split(competency)
    framework = frameworks.get(framework_key)
    found = framework.competency(competency_id) if framework else None
    return found.minutes if found else None
