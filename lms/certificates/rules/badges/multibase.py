"""Multibase and Multikey: bytes as base58btc text, and Ed25519 public keys as text."""

from __future__ import annotations

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
#: Two digits at a time, as half of the work is dividing a long number.
_PAIR = [one + other for one in _ALPHABET for other in _ALPHABET]
_PAIRS = len(_PAIR)
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


def multikey(raw: bytes) -> str:
    """Return the 32 bytes of an Ed25519 public key as a Multikey."""
    if len(raw) != 32:
        raise ValueError("an Ed25519 public key has 32 bytes")
    return base58btc(_ED25519 + raw)
