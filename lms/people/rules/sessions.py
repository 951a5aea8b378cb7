"""How long a sign-in lasts, and how many guesses anybody has. Figures: OWASP ASVS 5 V7, NIST SP 800-63B 3.2.2."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

GUESS_WINDOW = timedelta(minutes=5)
GUESSES_PER_IDENTIFIER = 10
GUESSES_PER_ADDRESS = 30
#: After so many wrong guesses in a row only a reset, or a known device, opens the account.
GUESSES_IN_A_ROW = 100
#: How long wrong guesses are remembered.
GUESSES_KEPT = timedelta(days=30)
#: People who share a number: each one's password is tried.
CANDIDATES = 4

LETTER_WINDOW = timedelta(minutes=15)
LETTERS_PER_CONTACT = 5
LETTERS_PER_ADDRESS = 30

CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
CHALLENGE_LIFE = timedelta(minutes=10)
DEVICE_LIFE = timedelta(days=30)
LINK_LIFE = {
    "invitation": timedelta(days=7),
    "reset": timedelta(hours=1),
    "recovery": timedelta(hours=24),
}

IDLE_STAFF, IDLE_WORKER = timedelta(hours=1), timedelta(hours=12)
WHOLE_STAFF, WHOLE_WORKER = timedelta(hours=24), timedelta(days=14)
#: A session's last use is written at most this often.
TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Guard:
    """Where one try is counted: at what, and from where (None where only the first counts)."""

    own: str
    address: str | None = None

    @property
    def buckets(self) -> tuple[str, ...]:
        """Return the names under which to count."""
        return (self.own, self.address) if self.address else (self.own,)


def may_guess(*, recent: int, in_a_row: int, from_address: int) -> bool:
    """Return whether another guess is allowed after so many wrong ones: in the window, in a row, by address."""
    return recent < GUESSES_PER_IDENTIFIER and in_a_row < GUESSES_IN_A_ROW and from_address < GUESSES_PER_ADDRESS


def may_send_letter(*, sent: int, from_address: int) -> bool:
    """Return whether another message may be asked for after so many within `LETTER_WINDOW`."""
    return sent < LETTERS_PER_CONTACT and from_address < LETTERS_PER_ADDRESS


def session_lives(*, since: datetime, seen: datetime, at: datetime, is_staff: bool) -> bool:
    """Return whether a session begun at `since` and last used at `seen` still counts at `at`."""
    idle, whole = (IDLE_STAFF, WHOLE_STAFF) if is_staff else (IDLE_WORKER, WHOLE_WORKER)
    return at - seen <= idle and at - since <= whole


def needs_touch(*, seen: datetime, at: datetime) -> bool:
    """Return whether the last use of a session should be written anew."""
    return at - seen >= TOUCH_EVERY


def address_group(address: str | None) -> str:
    """Return the part of a network address that one household or office shares: all of IPv4, half of IPv6."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


_BROWSERS = (
    ("Edg", "Edge"),
    ("SamsungBrowser", "Samsung"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def device_label(user_agent: str) -> str:
    """Return what a browser calls itself in two words, such as "Chrome, Android", so that devices can be told apart."""
    found = [next((name for mark, name in names if mark in user_agent), "") for names in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in found if name) or "?"
