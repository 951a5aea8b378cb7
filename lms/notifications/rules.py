"""Decisions about letters: when one is tried again, which address it takes, when it is no longer true, its length."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

#: Pauses after the first, second, ... failed try; after the last the letter has failed.
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)
MOST_TRIES = len(PAUSES) + 1
#: How long a claimed letter belongs to the one who claimed it; longer than a whole batch can take.
LEASE = timedelta(minutes=15)
#: Letters claimed at once: ten times the longest wait for a server stays well below the lease.
BATCH = 10
#: A batch is put down this long before its lease runs out, so that nobody else sends at the same moment.
MARGIN = timedelta(minutes=2)
#: An assignment can be undone before anybody is written to.
SECOND_THOUGHTS = timedelta(minutes=5)
#: How long a letter rests whose time has not come.
REST = timedelta(hours=6)
#: A reader waits for these with the page open: they overtake all others.
URGENT = ("code", "reset", "recovery", "recovery_notice")

CHANNEL_OF_CONTACT = {"email": "email", "phone": "sms"}

_GSM_SINGLE = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = set("^{}\\[~]|€\f")


class NoLongerTrue(Exception):
    """A letter would tell its reader what no longer holds, or there is nowhere to send it. The message says why."""


class NotYet(Exception):
    """A letter would tell what does not hold now, and may again. The message says why."""


@dataclass(frozen=True)
class Contact:
    """A way to reach a person that is in use now. `kind` is "email" or "phone"."""

    kind: str
    value: str
    is_confirmed: bool = False
    is_work: bool = False


def retry_at(tries: int, at: datetime) -> datetime | None:
    """Return when a letter is tried again after `tries` tries, of which the last failed at `at`; None for never."""
    return at + PAUSES[tries - 1] if tries < MOST_TRIES else None


def best_contact(contacts: Iterable[Contact]) -> Contact | None:
    """Return where to write to a person: a proven address before others, e-mail before SMS, her own before work's."""
    ranked = sorted(contacts, key=lambda c: (not c.is_confirmed, c.kind != "email", c.is_work, c.value))
    return ranked[0] if ranked else None


def minutes_left(expires_at: datetime, at: datetime) -> int:
    """Return the whole minutes until `expires_at`, at least one: what a reader can rely on."""
    return max(1, int((expires_at - at).total_seconds() // 60))


def segments(text: str) -> int:
    """Return how many SMS a text takes: 160 septets (153 each when several) in GSM-7, else 70 (67) UTF-16 units.

    Source: 3GPP TS 23.038 section 6.2.1 and TS 23.040 section 9.2.3.24.1. One letter outside GSM-7, such as the
    Tongan glottal stop, an a with macron or an accented Spanish i, halves what fits.
    """
    if set(text) <= _GSM_SINGLE | _GSM_DOUBLE:
        return _parts(sum(2 if letter in _GSM_DOUBLE else 1 for letter in text), 160, 153)
    return _parts(len(text.encode("utf-16-le")) // 2, 70, 67)


def _parts(length: int, alone: int, joined: int) -> int:
    """Return the number of messages for `length` units, where one holds `alone` and each of several `joined`."""
    return 1 if length <= alone else -(-length // joined)


def one_line(text: str, most: int = 500) -> str:
    """Return `text` on one line of at most `most` characters, as a problem is kept."""
    return re.sub(r"\s+", " ", text).strip()[:most]
