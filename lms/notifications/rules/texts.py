"""How long a text message is, as carriers count; and how titles in one are shortened."""

from __future__ import annotations

#: No text message takes more parts than this: each is paid for, and long ones are read by nobody.
MOST_SEGMENTS = 3
_GSM_SINGLE = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = set("^{}\\[~]|€\f")
#: How long a title may still be, from try to try, and whether the name is there. A name is never cut.
ATTEMPTS: tuple[tuple[int | None, bool], ...] = (
    (None, True),
    (60, True),
    (40, True),
    (28, True),
    (20, True),
    (20, False),
)


def is_gsm(text: str) -> bool:
    """Return whether every letter of a text stands in the alphabet GSM-7 (3GPP TS 23.038 section 6.2.1)."""
    return set(text) <= _GSM_SINGLE | _GSM_DOUBLE


def units(text: str) -> int:
    """Return the length of a text as carriers count it: septets in GSM-7, else UTF-16 units."""
    if is_gsm(text):
        return sum(2 if letter in _GSM_DOUBLE else 1 for letter in text)
    return len(text.encode("utf-16-le")) // 2


def segments(text: str) -> int:
    """Return how many SMS a text takes: 160 septets (153 each when several) in GSM-7, else 70 (67) UTF-16 units.

    Source: 3GPP TS 23.038 section 6.2.1 and TS 23.040 section 9.2.3.24.1. One letter outside GSM-7, such as the
    Tongan glottal stop, an a with macron or an accented Spanish i, halves what fits.
    """
    alone, joined = (160, 153) if is_gsm(text) else (70, 67)
    length = units(text)
    return 1 if length <= alone else -(-length // joined)


class Title(str):
    """Words that may be cut where a text message has no room for them."""

    __slots__ = ()


def cut(title: str, length: int | None) -> Title:
    """Return a title of at most `length` letters, cut at a word; None: as it is."""
    if length is None or len(title) <= length:
        return Title(title)
    head = title[: length - 2].rpartition(" ")[0] or title[: length - 3]
    return Title(head.rstrip(" ,;:-") + "...")
