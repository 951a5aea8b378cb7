"""Rules of competencies: how much evidence it takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
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


def latest_moments(gains: Iterable[Gain]) -> dict[tuple[int, str], datetime]:
    """Return {(person id, competency): when the last of its gains was earned}."""
    found: dict[tuple[int, str], datetime] = {}
    for gain in gains:
        each = (gain.person_id, gain.competency)
        found[each] = max(gain.earned_at, found.get(each, gain.earned_at))
    return found


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


def is_attained(minutes: int, required: int | None) -> bool:
    """Return whether `minutes` of evidence reach what is `required`; never for an unknown competency."""
    return required is not None and minutes >= required
