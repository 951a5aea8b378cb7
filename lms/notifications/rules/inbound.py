"""What somebody wants who writes a text message to us: no more of them, more again, or help."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

Wanted = Literal["stop", "start", "help", ""]

#: Words that end text messages wherever they stand in what was written: any clear wish counts (47 CFR 64.1200(a)(10)).
_STOP_ANYWHERE = frozenset({"stop", "stopall", "unsubscribe", "alto", "parar", "pare", "paren", "taofi", "tuku"})
#: Words that end them only as the whole message, because they stand in other sentences too.
_STOP_ALONE = frozenset({"end", "quit", "cancel", "revoke", "optout", "fin", "baja", "cancelar", "tuu", "tapuni"})
_START = frozenset({"start", "unstop", "empezar", "iniciar", "comenzar", "kamata", "amata"})
_HELP = frozenset({"help", "info", "ayuda", "tokoni", "fesoasoani"})

#: An id that is longer is kept as its SHA-256.
LONGEST_ID = 100
#: Seconds since 1970 reach this in the year 5138: a greater number counts milliseconds.
_MILLISECONDS = 1e11


def wanted(text: str) -> Wanted:
    """Return what a message asks for: "stop", "start", "help", or "" for anything else.

    However it is written: with capitals, accents, macrons, any sort of apostrophe or glottal mark, and full stops.
    """
    words = _words(text)
    whole = "".join(words)
    if not _STOP_ANYWHERE.isdisjoint(words) or whole in _STOP_ALONE | _STOP_ANYWHERE:
        return "stop"
    if len(words) == 1:
        return "start" if whole in _START else "help" if whole in _HELP else ""
    return ""


@dataclass(frozen=True)
class Mark:
    """By what a text message is known again: the gateway's id of it, and when it was sent by the gateway's clock."""

    message_id: str
    sent_at: datetime


def mark_of(number: str, text: str, message_id: str, sent: str, at: datetime) -> Mark | None:
    """Return by what a text that arrives at `at` is known again; None where a gateway gives neither id nor time.

    `sent` is an instant as ISO 8601 or RFC 5322 write it, or in seconds or milliseconds since 1970; one without a
    zone is UTC, one that nobody can read is none, and one that lies ahead is `at`.
    """
    sent_at = _instant(sent.strip())
    if not message_id.strip() and sent_at is None:
        return None
    key = message_id.strip() or f"{sent.strip()} {text}"
    if len(key) > LONGEST_ID or not message_id.strip():
        key = hashlib.sha256(f"{number} {key}".encode()).hexdigest()
    return Mark(key, min(sent_at or at, at))


def _instant(text: str) -> datetime | None:
    for read in (_since_1970, datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, OverflowError, OSError):
            continue
    return None


def _since_1970(text: str) -> datetime:
    seconds = float(text)
    return datetime.fromtimestamp(seconds / 1000 if seconds > _MILLISECONDS else seconds, UTC)


def _words(text: str) -> list[str]:
    """Return the words of a message, folded: small letters without marks."""
    folded = unicodedata.normalize("NFKD", text.replace("\u0131", "i")).casefold()
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    plain = re.sub("[\u02bb\u02bc\u02b9\u2018\u2019\u201b`´']", "", plain)
    return re.findall(r"[a-z]+", plain)
