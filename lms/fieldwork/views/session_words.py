"""How sessions stand on a page: when, where, in which language, and what counts, in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from lms.clock import zone
from lms.content.library import Library, Text
from lms.db import reading
from lms.fieldwork.messages.sessions import STATE_NAMES, when, where
from lms.fieldwork.queries.attendance import CreditRow, EntryRow
from lms.fieldwork.queries.sessions import GroupRow, SignUpRow, Upcoming
from lms.fieldwork.rules import attendance as rules
from lms.fieldwork.rules.attendance import CreditLine, Stays
from lms.i18n import LANGUAGES, format_clock, format_hours, format_names
from lms.i18n import gettext as _
from lms.organizations.queries import names_of

_LANGUAGE_NAMES = dict(LANGUAGES)


def local_clock(at: datetime) -> str:
    """Return the local time of an instant."""
    return format_clock(at.astimezone(zone()).time())


def language_name(tag: str) -> str:
    """Return a language's own name."""
    return _LANGUAGE_NAMES.get(tag, tag)


def language_names(tags: Collection[str]) -> str:
    """Return several languages' own names."""
    return format_names([language_name(each) for each in tags])


@dataclass(frozen=True)
class Card:
    """One session in a list."""

    public_id: str
    title: str
    when: str
    where: str
    note: str
    kind: str
    status: str


def own_card(each: Upcoming) -> Card:
    """Return a session that the reader has a place in, or waits for."""
    kind, status = ("now", _("You are on the waiting list")) if each.is_waiting else ("good", _("You have a place"))
    note = _("Language: %(language)s", language=language_name(each.language))
    return Card(
        each.public_id, each.title, when(each.day, each.starts, each.ends), where(each.place), note, kind, status
    )


def open_card(row: GroupRow) -> Card:
    """Return a session that the reader may sign up for."""
    full = _("Full. There is a waiting list.")
    status = _("%(free)s places are free", free=row.free) if row.free else full
    note = _("Language: %(language)s", language=language_name(row.language))
    kind = "plain" if row.free else "now"
    return Card(row.public_id, row.title, when(row.day, row.starts, row.ends), where(row.place), note, kind, status)


def kept_card(row: GroupRow) -> Card:
    """Return a session whose list the reader keeps."""
    note = _(
        "%(placed)s of %(capacity)s places taken, %(waiting)s waiting",
        placed=row.placed,
        capacity=row.capacity,
        waiting=row.waiting,
    )
    kinds = {"planned": "plain", "held": "attention", "closed": "good", "cancelled": "problem"}
    return Card(
        row.public_id,
        row.title,
        when(row.day, row.starts, row.ends),
        where(row.place),
        note,
        kinds[row.state],
        str(STATE_NAMES[row.state]),
    )


def host_of(row: GroupRow) -> str:
    """Return who hosts a session, in words. At most one query."""
    if row.organization_id is None:
        return _("The whole consortium")
    return names_of(reading(), [row.organization_id])[row.organization_id]


def content_title(library: Library, kind: str, key: str, locale: str) -> Text:
    """Return the title of a module or a track; of one that is no longer published, its key."""
    source = library.find(kind, key)
    if source is None:
        return Text(key, "source", key)
    file = "module.yml" if kind == "module" else f"{key}.yml"
    return library.words(kind, key, locale).text(f"{file}:title", str(source.file(file)["title"]))


def stay_words(stays: Stays) -> str:
    """Return from when to when somebody was there."""
    if not stays:
        return _("was not there")
    return ", ".join(
        _("%(came)s to %(left)s", came=local_clock(each.began_at), left=local_clock(each.ended_at))
        if each.ended_at
        else _("since %(came)s", came=local_clock(each.began_at))
        for each in stays
    )


def entry_words(entry: EntryRow, starts_at: datetime) -> str:
    """Return from when to when somebody was there, and whether she came late."""
    late = rules.minutes_late(entry.stays, starts_at)
    told = stay_words(entry.stays)
    return f"{told}, " + _("%(time)s late", time=format_hours(late)) if late else told


def credit_words(line: CreditLine | CreditRow, total: int, minimum_share: int) -> str:
    """Return why so many minutes count: what was asked, and what there was."""
    share = 100 * line.present_minutes // total
    values = {
        "present": format_hours(line.present_minutes),
        "total": format_hours(total),
        "share": share,
        "least": minimum_share,
    }
    if line.towards_id != line.group_session_id:
        if line.is_full:
            return _("With this part made up, the earlier session counts whole.")
        return _("Makes up a part of an earlier session. Less than %(least)s%% of it so far.", least=minimum_share)
    if line.is_full:
        return _("%(present)s of %(total)s (%(share)s%%). From %(least)s%% on it counts whole.", **values)
    return _("%(present)s of %(total)s (%(share)s%%). Below %(least)s%% only these minutes count.", **values)


def waiting_words(rows: Collection[SignUpRow]) -> list[tuple[str, int, int]]:
    """Return the waiting lists: a language, how many wait, and how many of them need somebody who interprets."""
    found: dict[str, list[SignUpRow]] = {}
    for row in rows:
        if row.is_waiting:
            found.setdefault(row.language, []).append(row)
    return [(language_name(tag), len(each), sum(row.needs_interpreter for row in each)) for tag, each in found.items()]


def place_in_line(rows: Collection[SignUpRow], own: SignUpRow) -> int:
    """Return the reader's number on the waiting list of her language."""
    line = [row.id for row in rows if row.is_waiting and row.language == own.language]
    return line.index(own.id) + 1


def teacher_words(names: Mapping[int, str]) -> str:
    """Return who teaches."""
    return format_names(list(names.values()))
