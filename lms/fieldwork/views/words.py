"""How entries of the ledger read: dates, times, kinds and skills in words, each made once for a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from functools import cache

from flask import url_for
from markupsafe import Markup

from lms.competencies.queries import competency_title
from lms.competencies.specs import FrameworkSpec
from lms.content.library import Library, Text
from lms.db import reading
from lms.fieldwork.messages.hours import KIND_NAMES, STATES
from lms.fieldwork.queries.hours import EntryRow
from lms.fieldwork.rules.overlaps import Timed, overlapping, unsure
from lms.i18n import format_clock, format_day, format_hours, language
from lms.i18n import gettext as _
from lms.organizations.queries import names_of


@dataclass(frozen=True)
class Entry:
    """One entry in words. `state` is a kind of `ui.status` with its text."""

    row: EntryRow
    href: str
    day: str
    time: str
    clock: str
    kind: str
    organization: str
    #: Where the practicum was, "" where that is the organization itself.
    host: str
    skills: tuple[Text, ...]
    state: tuple[str, str]
    is_overlapping: bool
    #: It may overlap with more on its day: times are not given.
    is_unsure: bool


class EntryWords:
    """The words of the entries of one page, for whose they are or for staff. One query, for organizations' names.

    `timed` are all entries and classes on the dates of the rows that the reader may hear of.
    """

    def __init__(self, library: Library, rows: Sequence[EntryRow], timed: Sequence[Timed], *, for_staff: bool) -> None:
        self._names = names_of(reading(), {each for row in rows for each in (row.organization_id, row.host_id) if each})
        self._place = 2 if for_staff else 1
        self._endpoint = "fieldwork.team_entry" if for_staff else "fieldwork.own_entry"
        self._overlapping = overlapping(timed)
        self._unsure = unsure(timed) - self._overlapping if for_staff else frozenset()
        self._skill = cache(lambda key: competency_title(library, key, language()))

    def entry(self, row: EntryRow) -> Entry:
        """Return one entry in words."""
        state = STATES[row.state]
        return Entry(
            row=row,
            href=url_for(self._endpoint, public_id=row.public_id),
            day=format_day(row.done_on),
            time=format_hours(row.minutes),
            clock=clock_words(row.begins, row.ends),
            kind=str(KIND_NAMES[row.kind]),
            organization=self._names[row.organization_id],
            host=self._names[row.host_id] if row.host_id else row.host_name or "",
            skills=tuple(self._skill(key) for key in row.competencies),
            state=(state[0], str(state[self._place])),
            is_overlapping=row.id in self._overlapping,
            is_unsure=row.id in self._unsure,
        )

    def entries(self, rows: Iterable[EntryRow]) -> list[Entry]:
        """Return entries in words."""
        return [self.entry(row) for row in rows]


def clock_words(begins: int | None, ends: int | None) -> str:
    """Return from when to when, "" where no times were given."""
    if begins is None or ends is None:
        return ""
    return _("%(begins)s to %(ends)s", begins=clock_of(begins), ends=clock_of(ends))


def clock_of(minute: int) -> str:
    """Return minutes after midnight as a local time; the end of a day is its midnight."""
    return format_clock(time(minute // 60 % 24, minute % 60))


def competency_choices(library: Library) -> list[tuple[str, str | Markup]]:
    """Return every competency that is taught, with its title; what is not translated has its own language."""
    frameworks = (library.spec(FrameworkSpec, "framework", key) for key in library.keys("framework"))
    keys = [f"{framework.key}/{each.id}" for framework in frameworks for each in framework.competencies]
    return [(key, _label(competency_title(library, key, language()))) for key in keys]


def _label(text: Text) -> str | Markup:
    return Markup('<span lang="en">{}</span>').format(text.text) if text.state == "missing" else text.text
