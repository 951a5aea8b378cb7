"""Opus in Ogg, as Firefox and messengers record it: its pages, without comments.

RFC 3533 (pages), RFC 7845 (Opus in them).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lms.sounds.parts import Damaged, number_at

_HEAD = 27
#: Samples in a second that positions are counted in, whatever the microphone did.
_HERTZ = 48_000
_NO_POSITION = 2**64 - 1
#: The packet of comments with nobody's name in it, and no comment.
_NO_COMMENTS = b"OpusTags" + bytes(8)
#: An hour: what a page says beyond it is not true of a file of two megabytes.
_MOST_SECONDS = 3600


@dataclass(frozen=True)
class _Page:
    start: int
    end: int
    #: The lengths of the pieces of packets in it.
    pieces: bytes
    position: int
    serial: int

    def body(self, content: bytes) -> bytes:
        """Return what stands behind its head."""
        return content[self.start + _HEAD + len(self.pieces) : self.end]


def is_one(content: bytes) -> bool:
    """Return whether the bytes begin like an Ogg file."""
    return content.startswith(b"OggS")


def read(content: bytes) -> tuple[bytes, float]:
    """Return the file without its comments and its length in seconds; raise `Damaged` for anything but one Opus."""
    pages = list(_pages(content))
    if len(pages) < 3 or len({page.serial for page in pages}) != 1:
        raise Damaged
    first, second = pages[0].body(content), pages[1]
    if not first.startswith(b"OpusHead") or not second.body(content).startswith(b"OpusTags"):
        raise Damaged
    if second.pieces[-1] == 255 or sum(size < 255 for size in second.pieces) != 1:
        raise Damaged  # comments over several pages hold a picture
    skipped = number_at(first, 10, 2, little=True)
    last = max((page.position for page in pages[2:] if page.position != _NO_POSITION), default=0)
    seconds = (last - skipped) / _HERTZ
    if not 0 < seconds <= _MOST_SECONDS:
        raise Damaged
    return content[: second.start] + _without_comments(content, second) + content[second.end : pages[-1].end], seconds


def _pages(content: bytes) -> Iterator[_Page]:
    start = 0
    while content.startswith(b"OggS", start):
        count = number_at(content, start + 26, 1)
        pieces = content[start + _HEAD : start + _HEAD + count]
        end = start + _HEAD + count + sum(pieces)
        if not pieces or end > len(content):
            raise Damaged
        position = number_at(content, start + 6, 8, little=True)
        yield _Page(start, end, pieces, position, number_at(content, start + 14, 4, little=True))
        start = end
    if content[start:].strip(b"\0"):
        raise Damaged


def _without_comments(content: bytes, page: _Page) -> bytes:
    """Return the page of comments with none in it, and its own check sum."""
    head = content[page.start : page.start + 22]
    rest = bytes([1, len(_NO_COMMENTS)]) + _NO_COMMENTS
    return head + _sum_of(head + bytes(4) + rest).to_bytes(4, "little") + rest


def _sum_of(page: bytes) -> int:
    """Return the check sum of a page: a CRC with the polynomial 0x04C11DB7, neither reflected nor inverted."""
    found = 0
    for byte in page:
        found ^= byte << 24
        for _ in range(8):
            found = (found << 1 ^ 0x04C11DB7 if found & 0x80000000 else found << 1) & 0xFFFFFFFF
    return found
