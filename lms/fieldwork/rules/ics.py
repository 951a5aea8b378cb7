"""Calendar files as RFC 5545 asks: folded at 75 octets, lines ended by CRLF, text escaped, instants in UTC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_FOLD = 75
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


@dataclass(frozen=True)
class Entry:
    """One entry of a calendar: at two instants, or on a whole local day (`begins` is a date, `ends` None)."""

    uid: str
    summary: str
    begins: datetime | date
    ends: datetime | None = None
    #: When what it tells was last changed, and how often it was.
    changed_at: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    sequence: int = 0
    location: str = ""
    description: str = ""
    url: str = ""
    #: "CONFIRMED", "TENTATIVE" or "CANCELLED".
    status: str = "CONFIRMED"


def calendar_text(name: str, language: str, entries: Iterable[Entry]) -> str:
    """Return a calendar file of that name, its words in `language`."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//lms//Community health training//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
    ]
    for entry in entries:
        lines += _event(entry, language)
    lines.append("END:VCALENDAR")
    return "".join(folded(line) for line in lines)


def escaped(text: str) -> str:
    """Return text as a value of type TEXT (RFC 5545, 3.3.11): no control characters but the line break."""
    whole = "\n".join(text.splitlines())
    return "".join(each for each in whole if each == "\n" or (ord(each) >= 32 and ord(each) != 127)).translate(_ESCAPED)


def folded(line: str) -> str:
    """Return a line ended by CRLF, in pieces of at most 75 octets; no letter is cut in two (RFC 5545, 3.1)."""
    pieces, piece, size = [], "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _FOLD:
            pieces.append(piece)
            piece, size = " ", 1
        piece += letter
        size += octets
    return "\r\n".join([*pieces, piece]) + "\r\n"


def _event(entry: Entry, language: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(entry.uid)}"
    yield f"DTSTAMP:{_instant(entry.changed_at)}"
    yield f"LAST-MODIFIED:{_instant(entry.changed_at)}"
    yield f"SEQUENCE:{entry.sequence}"
    yield from _times(entry)
    yield f"SUMMARY;LANGUAGE={language}:{escaped(entry.summary)}"
    if entry.location:
        yield f"LOCATION:{escaped(entry.location)}"
    if entry.description:
        yield f"DESCRIPTION;LANGUAGE={language}:{escaped(entry.description)}"
    if entry.url:
        yield f"URL:{entry.url}"
    yield f"STATUS:{entry.status}"
    yield "CLASS:PRIVATE"
    yield "END:VEVENT"


def _times(entry: Entry) -> Iterator[str]:
    if isinstance(entry.begins, datetime):
        yield f"DTSTART:{_instant(entry.begins)}"
        if entry.ends is not None:
            yield f"DTEND:{_instant(entry.ends)}"
        yield "TRANSP:" + ("OPAQUE" if entry.status == "CONFIRMED" else "TRANSPARENT")
    else:
        yield f"DTSTART;VALUE=DATE:{entry.begins:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{entry.begins + timedelta(days=1):%Y%m%d}"
        yield "TRANSP:TRANSPARENT"


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
