"""Reads typed numbers, as people of several countries write them. Nothing here is a float."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

#: How many characters may be typed; what is longer is no number of this course.
LONGEST = 40
_SIGNS = str.maketrans(
    dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d", "-")
    | {"\uff0b": "+", "\u066b": ".", "\uff0e": ".", "\u066c": ",", "\uff0c": ","}
    | dict.fromkeys("\u00a0\u2007\u2009\u202f'\u2019\u02bc", " ")
)
#: Decimal sign and the sign between thousands, as they are found together.
_WAYS = ((".", ","), (".", " "), (",", "."), (",", " "))
_PATTERNS = tuple(
    (
        re.compile(
            rf"([+-]?)(?:([1-9]\d{{0,2}}(?:{re.escape(group)}\d{{3}})+|\d+)"
            rf"(?:{re.escape(point)}(\d*))?|{re.escape(point)}(\d+))"
        ),
        group,
    )
    for point, group in _WAYS
)


def readings(typed: str) -> frozenset[Decimal]:
    """Return the numbers that `typed` may mean, none when it is no number.

    Comma and point are both decimal signs, and both part thousands, as blanks and apostrophes do. So "1,250" is
    1250 to some and 1.25 to others, and both are returned. Digits of any script count; powers, fractions,
    "NaN" and "1e9" are no numbers.
    """
    if len(typed) > LONGEST:
        return frozenset()
    text = "".join(_digit(each) for each in typed.translate(_SIGNS)).strip()
    found = set()
    for pattern, group in _PATTERNS:
        if match := pattern.fullmatch(text):
            sign, whole, rest, only_rest = match.groups()
            fraction = rest or only_rest or ""
            found.add(Decimal(f"{sign}{(whole or '0').replace(group, '')}.{fraction or '0'}"))
    return frozenset(found)


def _digit(character: str) -> str:
    """Return a decimal digit of whatever script as 0 to 9; anything else as it is, but no longer a digit."""
    return str(unicodedata.decimal(character)) if character.isdecimal() else character


def written(value: Decimal, locale: str) -> str:
    """Return a number as it is typed in a language, without zeros at its end."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", ",") if locale == "es" else text
