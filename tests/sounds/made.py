"""Small sound files, made of nothing: as much of each kind as says what it is and how long it plays."""

from __future__ import annotations

from pathlib import Path

from lms.config import ROOT

REAL_MP3 = ROOT / "content" / "modules" / "outreach" / "audio" / "en" / "q-why-missed.mp3"


def mp3(frames: int = 50, *, tag: bytes = b"") -> bytes:
    """Return frames of MPEG 1, 32 kbit/s and 32 kHz: 36 ms in 144 bytes each. `tag` is what an ID3v2 tag holds."""
    size = len(tag)
    head = b"ID3\x04\x00\x00" + bytes(size >> 7 * each & 0x7F for each in (3, 2, 1, 0)) + tag if tag else b""
    return head + (b"\xff\xfb\x18\xc0" + bytes(140)) * frames


def _page(body: bytes, number: int, position: int, serial: int = 7) -> bytes:
    body = body[: 255 * 255]  # the rest would stand on another page
    pieces = bytes([255] * (len(body) // 255) + [len(body) % 255])[:255]
    head = b"OggS\0" + bytes([2 if not number else 0]) + position.to_bytes(8, "little")
    head += serial.to_bytes(4, "little") + number.to_bytes(4, "little") + bytes(4)
    return head + bytes([len(pieces)]) + pieces + body


def ogg(seconds: float = 2, comments: bytes = b"TITLE=My kitchen", *, serial: int = 7) -> bytes:
    """Return Opus in Ogg with one comment."""
    head = b"OpusHead\x01\x01" + (312).to_bytes(2, "little") + (48_000).to_bytes(4, "little") + bytes(3)
    tags = b"OpusTags" + (4).to_bytes(4, "little") + b"test" + (1).to_bytes(4, "little")
    tags += len(comments).to_bytes(4, "little") + comments
    last = _page(bytes(300), 2, int(seconds * 48_000) + 312, serial)
    return _page(head, 0, 0) + _page(tags, 1, 0) + last


def _element(kind: int, body: bytes) -> bytes:
    return kind.to_bytes((kind.bit_length() + 7) // 8, "big") + (0x10000000 | len(body)).to_bytes(4, "big") + body


def webm(seconds: float = 2, *, codec: bytes = b"A_OPUS", kinds: tuple[int, ...] = (2,), tag: bytes = b"") -> bytes:
    """Return Opus in WebM as Chromium writes it: segment and cluster of unknown size, no length."""
    unknown = b"\x01" + b"\xff" * 7
    tracks = b"".join(_element(0xAE, _element(0x83, bytes([kind])) + _element(0x86, codec)) for kind in kinds)
    ticks = int(seconds * 1000) - 60
    blocks = _element(0xE7, bytes(1)) + _element(0xA3, b"\x81\x00\x00\x80" + bytes(20))
    blocks += _element(0xE7, ticks.to_bytes(4, "big")) + _element(0xA0, _element(0xA1, b"\x81\x00\x00\x00" + bytes(20)))
    info = _element(0x1549A966, _element(0x2AD7B1, (1_000_000).to_bytes(3, "big")) + _element(0x7BA9, b"My kitchen"))
    return (
        _element(0x1A45DFA3, _element(0x4282, b"webm"))
        + (0x18538067).to_bytes(4, "big")
        + unknown
        + info
        + _element(0x1654AE6B, tracks)
        + (_element(0x1254C367, tag) if tag else b"")
        + (0x1F43B675).to_bytes(4, "big")
        + unknown
        + blocks
    )


def box(kind: bytes, *parts: bytes, wide: bool = False) -> bytes:
    """Return a box of an MP4 file."""
    body = b"".join(parts)
    if wide:
        return (1).to_bytes(4, "big") + kind + (len(body) + 16).to_bytes(8, "big") + body
    return (len(body) + 8).to_bytes(4, "big") + kind + body


def mp4(
    seconds: int = 2,
    *,
    fragments: int = 0,
    codec: bytes = b"mp4a",
    handler: bytes = b"soun",
    version: int = 0,
    told: bytes = b"Made in my kitchen",
) -> bytes:
    """Return AAC in MP4, in one piece or with its length in fragments; `told` stands where phones write places."""
    scale, length = 1000, 0 if fragments else seconds * 1000
    if version:
        times = bytes([1, 0, 0, 0]) + bytes(16) + scale.to_bytes(4, "big") + length.to_bytes(8, "big") + bytes(4)
    else:
        times = bytes(4) + bytes(8) + scale.to_bytes(4, "big") + length.to_bytes(4, "big") + bytes(4)
    stsd = box(b"stsd", bytes(4), (1).to_bytes(4, "big"), box(codec, bytes(28)))
    media = box(
        b"mdia", box(b"mdhd", times), box(b"hdlr", bytes(8), handler, bytes(12)), box(b"minf", box(b"stbl", stsd))
    )
    extended = box(b"mvex", box(b"trex", bytes(12), (100).to_bytes(4, "big"), bytes(8)))
    moov = box(b"moov", box(b"trak", media), box(b"udta", told), box(b"meta", told, wide=True), extended)
    found = box(b"ftyp", b"M4A \0\0\0\0") + moov
    each = seconds * 1000 // fragments if fragments else 0
    for number in range(fragments):
        if number % 2:  # the run tells each sample
            flags, usual = 0x305, b""
            run = b"".join(size.to_bytes(4, "big") + bytes(4) for size in (each // 2, each - each // 2))
            head = (2).to_bytes(4, "big") + bytes(4) + bytes(4)
        else:  # the fragment tells all of them
            flags, usual, run = 0x001, each.to_bytes(4, "big"), b""
            head = (1).to_bytes(4, "big") + bytes(4)
        tfhd = box(b"tfhd", (0x1B if usual else 0x0).to_bytes(4, "big"), bytes(4), bytes(12) if usual else b"", usual)
        trun = box(b"trun", flags.to_bytes(4, "big"), head, run)
        found += box(b"moof", box(b"traf", tfhd, trun)) + box(b"mdat", bytes(40))
    return found if fragments else found + box(b"mdat", bytes(40))


def real_mp3() -> bytes:
    """Return a reading that is shipped."""
    return Path(REAL_MP3).read_bytes()
