"""AAC or Opus in MP4, as iPhones and recorders write it, in one piece or in fragments. Places and names are blanked.

ISO/IEC 14496-12.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lms.sounds.parts import Damaged, number_at

_ENTERED = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"mvex", b"moof", b"traf"}
#: Where it was recorded, on what, by whom, and what it is called.
_TELLING = {b"udta", b"meta", b"uuid"}
_CODECS = (b"mp4a", b"Opus")
_MOST_SECONDS = 3600
#: Deeper than any file that a phone writes.
_DEEPEST = 8


@dataclass
class _Found:
    handlers: list[bytes] = field(default_factory=list)
    codecs: list[bytes] = field(default_factory=list)
    scale: int = 0
    length: int = 0
    #: Of one sample, where a fragment says nothing itself.
    usual: int = 0
    in_fragment: int = 0
    fragments: int = 0
    has_sound: bool = False


def is_one(content: bytes) -> bool:
    """Return whether the bytes begin like an MP4 file."""
    return content[4:8] == b"ftyp"


def read(content: bytes) -> tuple[bytes, float]:
    """Return the file without what it tells beside the sound, and its length; raise `Damaged` unless that is one."""
    kept, found = bytearray(content), _Found()
    for kind, start, body, end in _boxes(content, 0, len(content)):
        if kind in _TELLING:
            kept[start + 4 : start + 8], kept[body:end] = b"free", bytes(end - body)
        else:
            _note(found, kind, content[body:end] if kind != b"mdat" else b"", has_bytes=end > body)
    length = found.length or found.fragments
    is_sound = found.handlers == [b"soun"] and len(found.codecs) == 1 and found.codecs[0] in _CODECS
    if not is_sound or not found.scale or not found.has_sound or not 0 < length <= _MOST_SECONDS * found.scale:
        raise Damaged
    return bytes(kept), length / found.scale


def _boxes(content: bytes, start: int, stop: int, depth: int = 0) -> Iterator[tuple[bytes, int, int, int]]:
    """Yield kind, beginning, body and end of each box, those inside others too."""
    while start < stop:
        size, kind, body = number_at(content, start, 4), content[start + 4 : start + 8], start + 8
        if size == 1:
            size, body = number_at(content, body, 8), body + 8
        end = stop if size == 0 else start + size
        if end < body or end > stop or depth > _DEEPEST:
            raise Damaged
        yield kind, start, body, end
        if kind in _ENTERED:
            yield from _boxes(content, body, end, depth + 1)
        start = end


def _note(found: _Found, kind: bytes, body: bytes, *, has_bytes: bool) -> None:
    """Keep what a box says of the sound."""
    if kind == b"hdlr":
        found.handlers.append(body[8:12])
    elif kind == b"stsd":
        found.codecs.append(body[12:16])
    elif kind == b"mdhd":
        wide = number_at(body, 0, 1) == 1
        found.scale = number_at(body, 20 if wide else 12, 4)
        found.length = number_at(body, 24 if wide else 16, 8 if wide else 4)
    elif kind == b"trex":
        found.usual = number_at(body, 12, 4)
    elif kind == b"tfhd":
        found.in_fragment = _usual_of(body, found.usual)
    elif kind == b"trun":
        found.fragments += _length_of(body, found.in_fragment)
    elif kind == b"mdat":
        found.has_sound = found.has_sound or has_bytes


def _usual_of(body: bytes, usual: int) -> int:
    """Return how long one sample of a fragment is where its run says nothing."""
    flags, place = number_at(body, 1, 3), 8
    place += 8 if flags & 0x1 else 0
    place += 4 if flags & 0x2 else 0
    return number_at(body, place, 4) if flags & 0x8 else usual


def _length_of(body: bytes, usual: int) -> int:
    """Return how long a run of samples is."""
    flags, count, place = number_at(body, 1, 3), number_at(body, 4, 4), 8
    place += 4 if flags & 0x1 else 0
    place += 4 if flags & 0x4 else 0
    if not flags & 0x100:
        return count * usual
    width = 4 * sum(bool(flags & each) for each in (0x100, 0x200, 0x400, 0x800))
    if place + count * width > len(body):
        raise Damaged
    return sum(number_at(body, place + width * each, 4) for each in range(count))
