"""A module that is asked for alone: a track of one item, which publishing derives from the module."""

from __future__ import annotations

#: How the keys of such tracks begin. No file of a track may begin so.
ALONE = "module-"


def key_alone(module_key: str) -> str:
    """Return the key of the track that holds this module alone."""
    return f"{ALONE}{module_key}"


def is_alone(track_key: str) -> bool:
    """Return whether a track is one module that is asked for alone."""
    return track_key.startswith(ALONE)
