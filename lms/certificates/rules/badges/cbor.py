"""CBOR (RFC 8949, deterministic encoding) of the few kinds of values that a token holds."""

from __future__ import annotations

from typing import Any, NamedTuple


class Tagged(NamedTuple):
    """A value behind a tag that says what it is."""

    tag: int
    value: Any


def dumps(value: Any) -> bytes:
    """Return a value as CBOR, the keys of maps in the order of their bytes. Raise `ValueError` for other kinds."""
    match value:
        case bool():
            found = b"\xf5" if value else b"\xf4"
        case int():
            found = _head(0, value) if value >= 0 else _head(1, -1 - value)
        case bytes():
            found = _head(2, len(value)) + value
        case str():
            text = value.encode()
            found = _head(3, len(text)) + text
        case Tagged():
            found = _head(6, value.tag) + dumps(value.value)
        case list():
            found = _head(4, len(value)) + b"".join(map(dumps, value))
        case dict():
            members = sorted((dumps(key), dumps(each)) for key, each in value.items())
            found = _head(5, len(value)) + b"".join(key + each for key, each in members)
        case _:
            raise ValueError(f"nothing that a token holds: {value!r}")
    return found


def _head(major: int, number: int) -> bytes:
    """Return the first bytes of a value: its kind and its size or number, as short as can be."""
    if number < 24:
        return bytes([major << 5 | number])
    size = next(size for size in range(4) if number < 1 << (8 << size))
    return bytes([major << 5 | 24 + size]) + number.to_bytes(1 << size, "big")
