"""Which levels of the ladder an organization uses, and what that leaves to be asked for and to be begun."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from lms.tracks.rules.files import Meant


def is_offered(level: str, off: Collection[str]) -> bool:
    """Return whether a track of this level is offered where the levels `off` are not used."""
    return level not in off


def offered(levels: Mapping[str, str], off: Collection[str]) -> frozenset[str]:
    """Return the tracks that `is_offered` lets be asked for. `levels` holds the level of each track."""
    return frozenset(key for key, level in levels.items() if is_offered(level, off))


def off_everywhere(places: Collection[int], off: Mapping[int, frozenset[str]]) -> frozenset[str]:
    """Return the levels that none of these organizations uses. Who works nowhere has every level before her."""
    return frozenset.intersection(*(off.get(place, frozenset()) for place in places)) if places else frozenset()


def without_level(found: Iterable[Meant], places: Collection[int]) -> list[Meant]:
    """Return the rows of a file with a fault for each whose organization is among `places`: its level is off there."""
    return [
        replace(each, fault="level-off") if each.fault is None and each.organization_id in places else each
        for each in found
    ]
