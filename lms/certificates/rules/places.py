"""Places in status lists: how many a list has, and when the next list begins.

Source: W3C Bitstring Status List 1.0 asks for at least 131,072 places, so that one place tells nothing of its holder.
"""

from __future__ import annotations

LIST_SIZE = 131_072
#: With half of its places taken a list still gives a free one at the second draw, on average.
_FULL = LIST_SIZE // 2


def fits(taken: int, wanted: int) -> bool:
    """Return whether a list with `taken` places gives `wanted` more. An empty one takes as many as it holds half of."""
    return taken + wanted <= _FULL
