"""Multibase and Multikey: bytes as base58btc text, and Ed25519 public keys as text."""

from __future__ import annotations

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
#: Two digits at a time, as half of the work is dividing a long number.
_PAIR = [one + other for one in _ALPHABET for other in _ALPHABET]
_PAIRS = len(_PAIR)
_VALUES = {symbol: value for value, symbol in enumerate(_ALPHABET)}
_ED25519 = b"\xed\x01"


def base58btc(content: bytes) -> str:
    """Return bytes as multibase text: "z" and base58btc, each leading zero byte being a "1"."""
    number = int.from_bytes(content, "big")
    found = ""
    while number:
        number, rest = divmod(number, _PAIRS)
        found = _PAIR[rest] + found
    zeros = len(content) - len(content.lstrip(b"\0"))
    return "z" + "1" * zeros + found.lstrip("1")


def read_base58btc(text: str) -> bytes:
    """Return the bytes of multibase base58btc text. Raise `ValueError` for any other text."""
    number = 0
    for symbol in text[1:]:
        if symbol not in _VALUES:
            raise ValueError(f"not a symbol of base58btc: {symbol!r}")
        number = number * 58 + _VALUES[symbol]
    if not text.startswith("z"):
        raise ValueError("not multibase base58btc")
    zeros = len(text) - 1 - len(text[1:].lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def multikey(raw: bytes) -> str:
    """Return the 32 bytes of an Ed25519 public key as a Multikey."""
    if len(raw) != 32:
        raise ValueError("an Ed25519 public key has 32 bytes")
    return base58btc(_ED25519 + raw)


def read_multikey(text: str) -> bytes:
    """Return the 32 bytes of the Ed25519 public key that a Multikey holds. Raise `ValueError` for other keys."""
    content = read_base58btc(text)
    if len(content) != 34 or content[:2] != _ED25519:
        raise ValueError("not an Ed25519 Multikey")
    return content[2:]
