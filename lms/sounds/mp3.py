"""MP3 (MPEG audio layer III): its frames, without the tags before and behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lms.sounds.parts import Damaged, number_at

#: Kilobits in a second by the number in a frame's head, of MPEG 1 and of MPEG 2 and 2.5.
_RATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_RATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_SAMPLES = (44_100, 48_000, 32_000)
#: What divides `_SAMPLES`, by the version's number: MPEG 2.5, (none), MPEG 2, MPEG 1.
_SLOWER = {0: 4, 2: 2, 3: 1}
#: Fewer frames than these may be chance.
_FEWEST = 3


@dataclass(frozen=True)
class _Frame:
    size: int
    seconds: float


def is_one(content: bytes) -> bool:
    """Return whether the bytes begin like an MP3 file."""
    return content.startswith(b"ID3") or _frame_at(content, 0) is not None


def read(content: bytes) -> tuple[bytes, float]:
    """Return the frames alone and their length in seconds; raise `Damaged` where they are not one after another."""
    start = _after_tag(content)
    frames = list(_frames(content, start))
    size = sum(frame.size for frame in frames)
    rest = content[start + size :]
    if len(frames) < _FEWEST or not _may_follow(rest):
        raise Damaged
    return content[start : start + size], sum(frame.seconds for frame in frames)


def _after_tag(content: bytes) -> int:
    """Return where the frames begin: behind an ID3v2 tag, whose size has seven bits in each byte."""
    if not content.startswith(b"ID3"):
        return 0
    number_at(content, 0, 10)
    size = 0
    for byte in content[6:10]:
        size = size * 128 + (byte & 0x7F)
    return 10 + size


def _frames(content: bytes, start: int) -> Iterator[_Frame]:
    """Yield whole frames for as long as they follow each other."""
    while (frame := _frame_at(content, start)) is not None and start + frame.size <= len(content):
        yield frame
        start += frame.size


def _frame_at(content: bytes, start: int) -> _Frame | None:
    head = content[start : start + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:  # eleven bits of sync, layer III
        return None
    version, rate, sample = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version not in _SLOWER or rate in {0, 15} or sample == 3:
        return None
    kilobits = (_RATES_1 if version == 3 else _RATES_2)[rate]
    hertz, samples = _SAMPLES[sample] // _SLOWER[version], 1152 if version == 3 else 576
    return _Frame(samples // 8 * kilobits * 1000 // hertz + (head[2] >> 1 & 1), samples / hertz)


def _may_follow(rest: bytes) -> bool:
    """Return whether these bytes may stand behind the frames: nothing, a tag, zeros, or a frame that was cut off."""
    return not rest.strip(b"\0") or rest.startswith((b"TAG", b"APETAGEX", b"LYRICS")) or _frame_at(rest, 0) is not None
