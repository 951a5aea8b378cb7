"""When hours can be entered, what may become of an entry."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from lms.actor import Span
from lms.errors import RuleBroken
from lms.fieldwork.rules.facts import HOURS_KINDS

#: Kinds that people enter themselves. Class minutes come from attendance.
OWN_KINDS = tuple(kind for kind in HOURS_KINDS if kind != "class")
SOURCES = ("self", "paper")
ENTRY_STATES = ("sent", "countersigned", "returned", "disputed", "withdrawn", "replaced")
#: "entered" begins every entry; "reopened" undoes a countersignature.
EVENT_KINDS = ("entered", "countersigned", "reopened", "returned", "disputed", "withdrawn", "replaced")

STEP, LEAST_MINUTES, MOST_MINUTES = 5, 15, 960
#: All kinds together, for one person on one local date.
MOST_A_DAY = 960
#: How far back she may enter hours herself; older ones need a paper log that a supervisor enters.
MOST_DAYS_BACK = 60
#: A sheet older than this is a slip of the year.
MOST_SHEET_DAYS = 5 * 366
MOST_COMPETENCIES = 3
#: So many days after somebody left, who supervised her there still settles hours of that time: she alone was there
#: and knows, and the last weeks of a spell are seldom countersigned within it. After that nobody there remembers, and
#: whoever supervises there by then never saw her.
SETTLE_DAYS = 30
#: How long an act of countersigning can be undone as one; afterwards an entry is returned with a reason.
UNDO_HOURS = 24
LONGEST_SITE, LONGEST_NOTE, LONGEST_WORDS = 120, 300, 500

#: From which states an event may follow, and the state that it makes.
_MOVES: dict[str, tuple[tuple[str, ...], str]] = {
    "entered": ((), "sent"),
    "countersigned": (("sent", "disputed", "returned"), "countersigned"),
    "reopened": (("countersigned",), "sent"),
    "returned": (("sent", "disputed", "countersigned"), "returned"),
    "disputed": (("returned",), "disputed"),
    "withdrawn": (("sent", "returned", "disputed", "countersigned"), "withdrawn"),
    "replaced": (("sent", "returned", "disputed", "countersigned"), "replaced"),
}
#: Entries that take room on their day.
LIVE = ("sent", "countersigned", "returned", "disputed")
#: Entries that a supervisor has to look at.
WAITING = ("sent", "disputed")

_EMAIL = re.compile(r"\S+@\S+\.\w")
#: Seven digits or more in one go: phone numbers, and numbers of identity, cases or policies.
_NUMBER = re.compile(r"(?:\d[\s().\-/]{0,2}){6}\d")
_DATE = re.compile(r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b")
_BORN = re.compile(
    r"\b(?:dob|d\.o\.b|date of birth|birth ?date|born (?:on|in)|fecha de nacimiento|nacid[oa] (?:el|en))\b"
    r"|ʻaho fāʻeleʻi|aso fānau",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Host:
    """Where a practicum was done: an organization that is known here, or the name of another.

    `is_asked`: whoever answers for the staff of the one that is known may see and countersign this entry.
    """

    organization_id: int | None = None
    name: str = ""
    is_asked: bool = False


@dataclass(frozen=True)
class Sheet:
    """What somebody enters: whole minutes of one local date. Times are minutes after midnight, or None."""

    organization_id: int
    done_on: date
    site: str
    kind: str
    minutes: int
    competencies: tuple[str, ...] = ()
    begins: int | None = None
    ends: int | None = None
    note: str = ""
    #: The date on the paper log that it is entered from; None for her own entry.
    sheet_on: date | None = None
    #: None where that is the organization itself.
    host: Host | None = None


def may_become(state: str, event: str) -> bool:
    """Return whether an entry in this state may meet this event."""
    return state in _MOVES[event][0]


def state_after(event: str) -> str:
    """Return the state that an event makes."""
    return _MOVES[event][1]


def may_settle(spans: Iterable[Span], organization_id: int, today: date) -> bool:
    """Return whether an organization may still judge hours of a person with these spells on the local date `today`.

    She works there, or her last day there was at most `SETTLE_DAYS` days ago. That they lie within her time there is
    what lets them be seen at all.
    """
    oldest = today - timedelta(days=SETTLE_DAYS)
    own = (span for span in spans if span.organization_id == organization_id and span.since <= today)
    return any(span.until is None or span.until >= oldest for span in own)


def tidy(sheet: Sheet) -> Sheet:
    """Return the sheet with blanks collapsed and its competencies in order, each once."""
    return replace(
        sheet,
        site=" ".join(sheet.site.split()),
        note=" ".join(sheet.note.split()),
        competencies=tuple(sorted(set(sheet.competencies))),
        host=_tidy_host(sheet),
    )


def _tidy_host(sheet: Sheet) -> Host | None:
    """Return the host, None where it is the organization itself or nothing was written."""
    if sheet.host is None or sheet.host.organization_id == sheet.organization_id:
        return None
    if sheet.host.organization_id is not None:
        return replace(sheet.host, name="")
    name = " ".join(sheet.host.name.split())
    return Host(None, name, sheet.host.is_asked) if name or sheet.host.is_asked else None


def check_sheet(sheet: Sheet, spans: Iterable[Span], today: date, *, kept: date | None = None) -> None:
    """Raise `RuleBroken` when a tidy sheet of a person with these spells cannot be entered on the local date `today`.

    `kept` is the date of the entry that it corrects: to correct it there is always time.

    Codes: "hours-ahead", "hours-too-old", "sheet-before" (the paper is older than the work), "sheet-date" (ahead, or
    a slip of the year), "not-employed", those of `check_time`, "kind-unknown", "site-empty", "words-long",
    "competencies-many", "client-data" (`part` is "site", "note" or "host"), "host-kind" (only a practicum has a host)
    and "host-asked" (somebody is asked at a place that is not known here).
    """
    _check_day(sheet, today, kept)
    own = [span for span in spans if span.organization_id == sheet.organization_id]
    if not any(span.covers(sheet.done_on) for span in own):
        raise RuleBroken("not-employed", on=sheet.done_on)
    check_time(sheet.minutes, sheet.begins, sheet.ends)
    if sheet.kind not in OWN_KINDS:
        raise RuleBroken("kind-unknown")
    if len(sheet.competencies) > MOST_COMPETENCIES:
        raise RuleBroken("competencies-many", most=MOST_COMPETENCIES)
    if sheet.host is not None and sheet.kind != "practicum":
        raise RuleBroken("host-kind")
    if sheet.host is not None and sheet.host.is_asked and sheet.host.organization_id is None:
        raise RuleBroken("host-asked")
    _check_words(sheet)


def _check_day(sheet: Sheet, today: date, kept: date | None) -> None:
    if sheet.done_on > today:
        raise RuleBroken("hours-ahead")
    if sheet.sheet_on is None:
        if sheet.done_on < today - timedelta(days=MOST_DAYS_BACK) and sheet.done_on != kept:
            raise RuleBroken("hours-too-old", days=MOST_DAYS_BACK)
        return
    if sheet.sheet_on < sheet.done_on:
        raise RuleBroken("sheet-before")
    if sheet.sheet_on > today or sheet.done_on < today - timedelta(days=MOST_SHEET_DAYS):
        raise RuleBroken("sheet-date")


def _check_words(sheet: Sheet) -> None:
    if not sheet.site:
        raise RuleBroken("site-empty")
    host = sheet.host.name if sheet.host else ""
    if max(len(sheet.site), len(host)) > LONGEST_SITE or len(sheet.note) > LONGEST_NOTE:
        raise RuleBroken("words-long")
    for part, words in (("site", sheet.site), ("note", sheet.note), ("host", host)):
        if has_client_data(words):
            raise RuleBroken(f"client-data-{part}")


def check_time(minutes: int, begins: int | None, ends: int | None) -> None:
    """Raise `RuleBroken` for minutes that cannot be, or times that do not fit them.

    Codes: "minutes-step", "minutes-range", "time-half" (only one of begin and end is given), "time-order",
    "time-longer" (more minutes than lie between them).
    """
    if (begins is None) != (ends is None):
        raise RuleBroken("time-half")
    if begins is not None and ends is not None:
        if ends <= begins:
            raise RuleBroken("time-order")
        if minutes > ends - begins:
            raise RuleBroken("time-longer")
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise RuleBroken("minutes-range")
    if minutes % STEP:
        raise RuleBroken("minutes-step")


def check_room(minutes: int, others: int) -> None:
    """Raise `RuleBroken("day-full")` when a day that holds `others` minutes lacks the room; `left` is what there is."""
    if others + minutes > MOST_A_DAY:
        raise RuleBroken("day-full", left=max(0, MOST_A_DAY - others))


def check_words(words: str, longest: int = LONGEST_WORDS) -> str:
    """Return a reason or an answer with blanks collapsed.

    Raises `RuleBroken` ("words-empty", "words-long", "client-data-words").
    """
    words = " ".join(words.split())
    if not words:
        raise RuleBroken("words-empty")
    if len(words) > longest:
        raise RuleBroken("words-long")
    if has_client_data(words):
        raise RuleBroken("client-data-words")
    return words


def has_client_data(words: str) -> bool:
    """Return whether words hold what may tell who a client is: e-mail, a long number, a date, a word of birth."""
    return any(pattern.search(words) for pattern in (_EMAIL, _NUMBER, _DATE, _BORN))
