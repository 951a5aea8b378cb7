"""What of a person's work is towards a track: whether she has begun is seen from it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lms.tracks.specs import TrackSpec


@dataclass(frozen=True)
class WorkDone:
    """Something that a person did: in a module, as hours of a kind towards competencies, or under observation."""

    person_id: int
    module: str | None = None
    hours: str | None = None
    competencies: Collection[str] = ()
    checklist: str | None = None


def is_towards(work: WorkDone, track: TrackSpec) -> bool:
    """Return whether a track asks for what was done, or for a part of it."""
    asked = (each for each in track.hours if work.hours in each.counts)
    return (
        any(work.module in item.modules for item in track.items)
        or any(each.competency is None or each.competency in work.competencies for each in asked)
        or (work.checklist is not None and any(each.checklist == work.checklist for each in track.sign_offs))
    )
