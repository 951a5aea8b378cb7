"""Serial numbers: sixty random bits in Crockford's base 32, and a check symbol over the field of 32 elements.

The check is a weighted sum in which every position has its own weight, none of them zero. So one wrong symbol
changes it, and so does every swap of two different symbols, however far apart, and every doubled pair.
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SYMBOLS = 12
BITS = 60
PREFIX = "CHW"
_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}
_READ_AS = str.maketrans("ILO", "110")
_HYPHENS = dict.fromkeys(map(ord, "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212 \u00a0\t"))
_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1, primitive: its powers visit every element but zero


def _times_x(value: int) -> int:
    """Return `value` times x in the field."""
    value <<= 1
    return value ^ _POLYNOMIAL if value & 0b100000 else value


def _check_value(values: list[int]) -> int:
    """Return the sum of the values, the first weighted with x^12 and the last with x."""
    total = 0
    for value in values:
        total = _times_x(total ^ value)
    return total


def serial_from(bits: int) -> str:
    """Return the 13 symbols of the serial that holds the 60 bits `bits`, its check symbol last."""
    values = [(bits >> shift) & 31 for shift in range(BITS - 5, -1, -5)]
    return "".join(ALPHABET[value] for value in [*values, _check_value(values)])


def read_serial(typed: str) -> str | None:
    """Return the 13 symbols of what a person typed or scanned, or None when it cannot be a serial of ours.

    Case, spaces, hyphens and the prefix do not matter; I and L are read as 1, O as 0.
    """
    plain = typed.strip().upper().translate(_HYPHENS)
    if len(plain) == len(PREFIX) + SYMBOLS + 1:
        plain = plain.removeprefix(PREFIX)
    plain = plain.translate(_READ_AS)
    values = [_VALUES.get(symbol, -1) for symbol in plain]
    if len(values) != SYMBOLS + 1 or min(values) < 0 or _check_value(values[:-1]) != values[-1]:
        return None
    return plain


def show_serial(serial: str) -> str:
    """Return a serial as people read it: "CHW-XXXX-XXXX-XXXX-C"."""
    return "-".join([PREFIX, serial[:4], serial[4:8], serial[8:12], serial[12:]])
