"""Fonts without what a page does not need: hints for old screens, tables for shaping, most names.

reportlab copies the hints of a font into every file that uses a letter of it; without them a certificate is a third
smaller. OpenType 1.9: `glyf`, `loca`, `name`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from struct import pack, pack_into, unpack_from

_KEPT = ("OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post")
#: Family, style, full name, and the name that a file calls the font by.
_NAMES = {1, 2, 4, 6}
_WINDOWS = 3
_WORDS, _MORE, _HINTED = 0x001, 0x020, 0x100
_SCALES = {0x008: 2, 0x040: 4, 0x080: 8}  # bytes of a matrix that follow


def lean(data: bytes) -> bytes:
    """Return a TrueType font that draws the same, without its hints."""
    (count,) = unpack_from(">H", data, 4)
    places = {data[at : at + 4].decode(): unpack_from(">II", data, at + 8) for at in range(12, 12 + 16 * count, 16)}
    tables = {tag: bytearray(data[start : start + size]) for tag, (start, size) in places.items() if tag in _KEPT}
    (form,) = unpack_from(">h", tables["head"], 50)
    loca = tables["loca"]
    ends = (
        unpack_from(f">{len(loca) // 4}I", loca)
        if form
        else [2 * end for end in unpack_from(f">{len(loca) // 2}H", loca)]
    )
    glyphs = [_plain(bytes(tables["glyf"][start:end])) for start, end in pairwise(ends)]
    tables["glyf"], tables["loca"] = bytearray(b"".join(glyphs)), bytearray(_places(glyphs))
    pack_into(">h", tables["head"], 50, 1)
    tables["name"] = bytearray(_names(bytes(tables["name"])))
    return _file(tables)


def _plain(glyph: bytes) -> bytes:
    """Return a glyph without its hints, on a multiple of four bytes."""
    if not glyph:
        return glyph
    (contours,) = unpack_from(">h", glyph)
    if contours < 0:
        short = _plain_parts(bytearray(glyph))
    else:
        at = 10 + 2 * contours
        short = glyph[:at] + b"\0\0" + glyph[at + 2 + unpack_from(">H", glyph, at)[0] :]
    return short + bytes(-len(short) % 4)


def _plain_parts(glyph: bytearray) -> bytes:
    """Return a glyph made of others without its hints."""
    at, flags = 10, _MORE
    while flags & _MORE:
        (flags,) = unpack_from(">H", glyph, at)
        pack_into(">H", glyph, at, flags & ~_HINTED)
        at += 8 if flags & _WORDS else 6
        at += next((size for flag, size in _SCALES.items() if flags & flag), 0)
    return bytes(glyph[:at])


def _places(glyphs: list[bytes]) -> bytes:
    """Return where each glyph begins, and where the last ends."""
    at, found = 0, [0]
    for glyph in glyphs:
        at += len(glyph)
        found.append(at)
    return pack(f">{len(found)}I", *found)


def _names(table: bytes) -> bytes:
    """Return the table of names with those that are asked for."""
    _, count, strings = unpack_from(">HHH", table)
    kept = [record for record in _records(table, count) if record[0] == _WINDOWS and record[3] in _NAMES]
    head, text = pack(">HHH", 0, len(kept), 6 + 12 * len(kept)), b""
    for *which, size, at in kept:
        head += pack(">HHHHHH", *which, size, len(text))
        text += table[strings + at : strings + at + size]
    return head + text


def _records(table: bytes, count: int) -> Iterator[tuple[int, ...]]:
    for number in range(count):
        yield unpack_from(">HHHHHH", table, 6 + 12 * number)


def _file(tables: dict[str, bytearray]) -> bytes:
    """Return a font of these tables; nobody checks the sums of a font that is read from memory."""
    head = pack(">IHHHH", 0x00010000, len(tables), 0, 0, 0)
    at, body = 12 + 16 * len(tables), b""
    for tag, table in sorted(tables.items()):
        head += tag.encode() + pack(">III", 0, at + len(body), len(table))
        body += bytes(table) + bytes(-len(table) % 4)
    return head + body
