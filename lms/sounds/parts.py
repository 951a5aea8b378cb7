"""What the readers of sound files share: a refusal, and numbers at a place in some bytes."""

from __future__ import annotations


class Damaged(Exception):
    """The bytes are not what their beginning promises, or hold no sound."""


def number_at(content: bytes, start: int, size: int, *, little: bool = False) -> int:
    """Return the whole number of `size` bytes at `start`; raise `Damaged` where the bytes end before."""
    part = content[start : start + size]
    if len(part) < size:
        raise Damaged
    return int.from_bytes(part, "little" if little else "big")
