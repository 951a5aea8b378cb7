"""The modules of a QR code (ISO/IEC 18004), level M, mask 3: the same as the package makes, in a tenth of the time.

What does not depend on the text is made by the package `qrcode` once for a size and kept. The mask is fixed: to score
all eight costs more than the rest of a page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, zip_longest
from typing import Any

from qrcode.base import gexp, glog, rs_blocks
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_SEGMENTS = re.compile(r"[0-9A-Z $%*+\-./:]+|[^0-9A-Z $%*+\-./:]+")
_MASK = 3
#: The last size for which a count has so many bits: of characters in a segment of letters, of bytes in any other.
_COUNTS = ((9, 9, 8), (26, 11, 16), (40, 13, 16))
_PADDING = ("11101100", "00010001")


class TooLongError(ValueError):
    """No code holds so long a text."""


def symbol(text: str) -> list[str]:
    """Return the rows from the top, "1" for dark, of the smallest code of `text`."""
    for last, letters, others in _COUNTS:
        bits = "".join(_segment(part, letters, others) for part in _SEGMENTS.findall(text))
        for version in range(1, last + 1):
            form = _form(version)
            if len(bits) <= 8 * form.capacity:
                return form.filled(_protected(_padded(bits, form.capacity), form.blocks))
    raise TooLongError(f"{len(text)} characters")


def _segment(part: str, letters: int, others: int) -> str:
    """Return one segment as bits: its mode, its count, and pairs of letters, or bytes."""
    if part[0] not in _VALUES:
        data = part.encode()
        return f"0100{len(data):0{others}b}" + "".join(f"{byte:08b}" for byte in data)
    values = [_VALUES[letter] for letter in part]
    pairs = "".join(f"{one * 45 + two:011b}" for one, two in zip(values[::2], values[1::2], strict=False))
    odd = f"{values[-1]:06b}" if len(values) % 2 else ""
    return f"0010{len(part):0{letters}b}{pairs}{odd}"


def _padded(bits: str, capacity: int) -> bytes:
    """Return the data codewords: the bits, the end, and padding."""
    bits += "0" * min(4, 8 * capacity - len(bits))
    bits += "0" * (-len(bits) % 8)
    missing = capacity - len(bits) // 8
    bits += "".join(_PADDING) * (missing // 2) + _PADDING[0] * (missing % 2)
    return int(bits, 2).to_bytes(capacity, "big")


def _protected(data: bytes, blocks: tuple[tuple[int, int], ...]) -> bytes:
    """Return the codewords as they are placed: those of all blocks in turns, then their error correction."""
    ends = list(accumulate(size for size, _ in blocks))
    parts = [data[end - size : end] for end, (size, _) in zip(ends, blocks, strict=True)]
    checks = [_check(part, count) for part, (_, count) in zip(parts, blocks, strict=True)]
    return bytes(byte for group in (parts, checks) for row in zip_longest(*group) for byte in row if byte is not None)


def _check(data: bytes, count: int) -> bytes:
    """Return the remainder of Reed and Solomon, by a register as wide as the remainder."""
    table, top, rest = _remainders(count), 8 * (count - 1), 0
    low = (1 << top) - 1
    for byte in data:
        rest = ((rest & low) << 8) ^ table[byte ^ (rest >> top)]
    return rest.to_bytes(count, "big")


@lru_cache(maxsize=40)
def _remainders(count: int) -> list[int]:
    """Return what each byte that leaves the register adds to it: the generator polynomial times the byte."""
    generator = [1]
    for power in range(count):
        shifted = [0, *(_times(each, gexp(power)) for each in generator)]
        generator = [one ^ two for one, two in zip([*generator, 0], shifted, strict=True)]
    return [int.from_bytes(bytes(_times(each, byte) for each in generator[1:]), "big") for byte in range(256)]


def _times(one: int, two: int) -> int:
    return gexp(glog(one) + glog(two)) if one and two else 0


@dataclass(frozen=True)
class _Form:
    """A code of one size before there is a text in it."""

    #: Every module from the top left, "0" where the data goes.
    flat: bytes
    side: int
    #: Where each bit of the data goes, in order; and which of them the mask turns over, as one number.
    places: tuple[int, ...]
    mask: int
    #: Data and correction codewords of each block.
    blocks: tuple[tuple[int, int], ...]

    @property
    def capacity(self) -> int:
        """Return how many data codewords it holds."""
        return sum(size for size, _ in self.blocks)

    def filled(self, codewords: bytes) -> list[str]:
        """Return the rows with the codewords in their places."""
        spare = len(self.places) - 8 * len(codewords)
        bits = (int.from_bytes(codewords, "big") << spare) ^ self.mask
        flat = bytearray(self.flat)
        for place, bit in zip(self.places, f"{bits:0{len(self.places)}b}".encode(), strict=True):
            flat[place] = bit
        text = flat.decode()
        return [text[at : at + self.side] for at in range(0, len(text), self.side)]


class _Blank(QRCode):  # type: ignore[type-arg]
    """The package's code, which leaves the data out."""

    def map_data(self, *_: Any) -> None:
        """Leave each place of data as it is: None."""


@lru_cache(maxsize=40)
def _form(version: int) -> _Form:
    """Return the form of a size from 1 to 40."""
    blank: Any = _Blank(version=version, error_correction=ERROR_CORRECT_M, mask_pattern=_MASK)
    blank.data_cache = []
    blank.makeImpl(False, _MASK)
    rows, side = blank.modules, len(blank.modules)
    places = [(row, column) for row, column in _way(side) if rows[row][column] is None]
    mask = int("".join("01"[(row + column) % 3 == 0] for row, column in places), 2)
    blocks = tuple(
        (block.data_count, block.total_count - block.data_count) for block in rs_blocks(version, ERROR_CORRECT_M)
    )
    flat = "".join("1" if module else "0" for row in rows for module in row).encode()
    return _Form(flat, side, tuple(row * side + column for row, column in places), mask, blocks)


def _way(side: int) -> list[tuple[int, int]]:
    """Return the order of all modules: two columns at a time from the right, up and down in turns."""
    way = []
    columns = [*range(side - 1, 6, -2), *range(5, 0, -2)]
    for turn, column in enumerate(columns):
        rows = range(side - 1, -1, -1) if turn % 2 == 0 else range(side)
        way += [(row, each) for row in rows for each in (column, column - 1)]
    return way
