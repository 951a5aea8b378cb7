"""Opus in WebM, as Chromium records it: no length is written, so its blocks tell it. Tags and titles are blanked.

RFC 8794 (EBML), RFC 9559 (Matroska).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lms.sounds.parts import Damaged, number_at

_EBML, _SEGMENT, _CLUSTER, _INFO = 0x1A45DFA3, 0x18538067, 0x1F43B675, 0x1549A966
_TRACKS, _TRACK, _GROUP = 0x1654AE6B, 0xAE, 0xA0
_ENTERED = {_EBML, _SEGMENT, _CLUSTER, _INFO, _TRACKS, _TRACK, _GROUP}
_DOC_TYPE, _SCALE, _TIME, _SIMPLE, _BLOCK = 0x4282, 0x2AD7B1, 0xE7, 0xA3, 0xA1
_TRACK_TYPE, _CODEC = 0x83, 0x86
#: Tags, attachments, chapters, and in the head: title, names of files.
_TELLING = {0x1254C367, 0x1941A469, 0x1043A770, 0x7BA9, 0x7384, 0x536E}
#: Nanoseconds of one tick, where nothing else is said.
_TICK = 1_000_000
_SOUND = 2
#: What one block plays: browsers put 60 milliseconds or less into one.
_ONE_BLOCK = 0.06
_MOST_SECONDS = 3600
#: Elements that are looked at: a quarter of an hour in pieces of 20 milliseconds has less than 140,000.
_MOST_ELEMENTS = 150_000
#: Bytes of a whole number (RFC 8794, 7.2).
_LONGEST_NUMBER = 8


@dataclass(frozen=True)
class _Element:
    kind: int
    start: int
    body: int
    end: int


def is_one(content: bytes) -> bool:
    """Return whether the bytes begin like a WebM or Matroska file."""
    return content.startswith(_EBML.to_bytes(4, "big"))


def read(content: bytes) -> tuple[bytes, float]:
    """Return the file without what it tells beside the sound, and its length; raise `Damaged` unless it is one Opus."""
    kept, said = bytearray(content), dict[int, bytes]()
    scale, cluster, last, tracks = _TICK, 0, -1, []
    for each in _elements(content):
        body = content[each.body : each.end]
        if each.kind in {_DOC_TYPE, _CODEC}:
            if each.kind in said:
                raise Damaged
            said[each.kind] = body
        elif each.kind == _TRACK_TYPE:
            tracks.append(_whole(body))
        elif each.kind == _SCALE:
            scale = _whole(body)
        elif each.kind == _TIME:
            cluster = _whole(body)
        elif each.kind in {_SIMPLE, _BLOCK}:
            last = max(last, cluster + _moment(body))
        elif each.kind in _TELLING:
            kept[each.start : each.end] = _void(each.end - each.start)
    seconds = last * scale / 1e9 + _ONE_BLOCK
    is_sound = said == {_DOC_TYPE: b"webm", _CODEC: b"A_OPUS"} and tracks == [_SOUND]
    if not is_sound or last < 0 or not 0 < seconds <= _MOST_SECONDS:
        raise Damaged
    return bytes(kept), seconds


def _elements(content: bytes) -> Iterator[_Element]:
    """Yield each element; of those that hold others only the beginning, so that an unknown size is no matter."""
    place = count = 0
    while place < len(content):
        count += 1
        if count > _MOST_ELEMENTS:
            raise Damaged
        kind, body = _number(content, place, keep=True)
        size, body = _number(content, body, keep=False)
        if kind in _ENTERED:
            place = body
            continue
        if size is None or body + size > len(content):
            raise Damaged
        yield _Element(kind or 0, place, body, body + size)
        place = body + size


def _number(content: bytes, place: int, *, keep: bool) -> tuple[int | None, int]:
    """Return the number of varying length at `place` and where it ends; None for "unknown"."""
    first = number_at(content, place, 1)
    size = 9 - first.bit_length()
    if size > 8:
        raise Damaged
    found = number_at(content, place, size)
    if keep:
        return found, place + size
    mask = (1 << 7 * size) - 1
    return (None if found & mask == mask else found & mask), place + size


def _whole(body: bytes) -> int:
    """Return the whole number that an element holds; raise `Damaged` where it is longer than numbers are."""
    if len(body) > _LONGEST_NUMBER:
        raise Damaged
    return int.from_bytes(body, "big")


def _moment(block: bytes) -> int:
    """Return when a block plays, in ticks since its cluster began."""
    _track, place = _number(block, 0, keep=False)
    found = number_at(block, place, 2)
    return found - 0x10000 if found & 0x8000 else found


def _void(size: int) -> bytes:
    """Return an element of exactly `size` bytes that says nothing."""
    width = next(each for each in range(1, 9) if size - 1 - each < (1 << 7 * each) - 1)
    left = size - 1 - width
    return b"\xec" + ((1 << 7 * width) | left).to_bytes(width, "big") + bytes(left)
