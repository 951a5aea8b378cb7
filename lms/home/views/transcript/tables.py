"""The tables of a transcript: each row in words of one language, and beside it the codes that it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lms.certificates.jobs.drawing import Part as Drawn
from lms.certificates.messages import certificate_state
from lms.certificates.rules.serials import show_serial
from lms.competencies.queries import competency_title
from lms.content.library import Library
from lms.fieldwork.messages.hours import KIND_NAMES
from lms.fieldwork.queries.sign_offs import checklist_title
from lms.fieldwork.rules import HOURS_KINDS
from lms.home.queries import Held
from lms.i18n import LANGUAGES, format_date, format_hours
from lms.i18n import gettext as _
from lms.tracks.queries import module_title, track_title
from lms.training.rules import Recognized

Row = tuple[tuple[str, ...], dict[str, Any]]


@dataclass(frozen=True)
class Part:
    """A table with a key for programs, and of each row its codes: keys, ISO dates, minutes."""

    key: str
    table: Drawn
    codes: tuple[dict[str, Any], ...]


def tables_of(held: Held, library: Library, tag: str) -> tuple[Part, ...]:
    """Return every table in the language `tag`, which has to be the one of the page that is being answered."""
    made = _Tables(held, library, tag)
    return (
        made.certificates(),
        made.tracks(),
        made.modules(),
        made.competencies(),
        made.hours(),
        made.sign_offs(),
        made.elsewhere(),
    )


def _part(key: str, table: tuple[str, tuple[tuple[str, float], ...], str], rows: Iterator[Row], numbers: int) -> Part:
    """Return a table from its heading, its columns with their shares, and what stands there while it is empty."""
    heading, columns, empty = table
    found = list(rows)
    cells, shares = tuple(row[0] for row in found), tuple(share for _name, share in columns)
    drawn = Drawn(heading, tuple(name for name, _share in columns), cells, empty, shares, numbers)
    return Part(key, drawn, tuple(row[1] for row in found))


@dataclass(frozen=True)
class _Tables:
    held: Held
    library: Library
    tag: str

    def certificates(self) -> Part:
        named = (_("Training"), _("Number"), _("Issued on"), _("Valid until"), _("State"))
        columns = tuple(zip(named, (2.6, 3.6, 2.1, 2.1, 1.8), strict=True))
        empty = _("No certificate was awarded yet.")
        return _part("certificates", (_("Certificates"), columns, empty), self._certificates(), 0)

    def _certificates(self) -> Iterator[Row]:
        for each in sorted(self.held.holdings, key=lambda one: (one.awarded_at, one.serial)):
            title, number = self._track(each.track_key), show_serial(each.serial)
            until = format_date(each.valid_until) if each.valid_until else _("no end")
            state = certificate_state(each.state)
            codes = {"track": each.track_key, "serial": number, "edition": each.edition, "state": each.state}
            codes |= {"issued_on": _iso(each.issued_on), "valid_until": _iso(each.valid_until)}
            yield (title, number, format_date(each.issued_on), until if each.issued_on else "", state), codes

    def tracks(self) -> Part:
        columns = ((_("Track"), 5), (_("Finished on"), 3))
        empty = _("No track was finished yet.")
        return _part("tracks", (_("Finished tracks"), columns, empty), self._tracks(), 0)

    def _tracks(self) -> Iterator[Row]:
        for key, cycle, day in self.held.tracks:
            yield (self._track(key), format_date(day)), {"track": key, "cycle": cycle, "completed_on": _iso(day)}

    def modules(self) -> Part:
        columns = ((_("Module"), 4.6), (_("Finished on"), 2.8), (_("Language"), 1.9), (_("Time"), 1.4))
        empty = _("No module was finished yet.")
        return _part("modules", (_("Finished modules"), columns, empty), self._modules(), 1)

    def _modules(self) -> Iterator[Row]:
        names = dict(LANGUAGES)
        for each in self.held.modules:
            title = module_title(self.library, each.key, self.tag).text
            tongue = " + ".join(names.get(part, part) for part in each.language.split("+"))
            codes = {"module": each.key, "round": each.round, "completed_on": _iso(each.completed_on)}
            codes |= {"language": each.language, "minutes": each.minutes}
            yield (title, format_date(each.completed_on), tongue, format_hours(each.minutes)), codes

    def competencies(self) -> Part:
        columns = ((_("Skill"), 5), (_("Attained on"), 3), (_("Time"), 1.4))
        empty = _("No time towards a skill is on record yet.")
        return _part("competencies", (_("Skills"), columns, empty), self._competencies(), 1)

    def _competencies(self) -> Iterator[Row]:
        for each in self.held.skills:
            title = competency_title(self.library, each.competency, self.tag).text
            day = format_date(each.attained_on) if each.attained_on else _("not yet")
            codes = {"competency": each.competency, "attained_on": _iso(each.attained_on), "minutes": each.minutes}
            yield (title, day, format_hours(each.minutes)), codes

    def hours(self) -> Part:
        columns = ((_("Kind"), 3.2), (_("From"), 2.8), (_("To"), 2.8), (_("Time"), 1.4))
        empty = _("No hours in the field or at sessions count yet.")
        return _part("hours", (_("Hours in the field and at sessions"), columns, empty), self._hours(), 1)

    def _hours(self) -> Iterator[Row]:
        for kind in HOURS_KINDS:
            own = [each for each in self.held.practice if each.kind == kind]
            if own:
                days, minutes = [each.done_on for each in own], sum(each.minutes for each in own)
                codes = {"kind": kind, "first_on": _iso(min(days)), "last_on": _iso(max(days)), "minutes": minutes}
                said = (format_date(min(days)), format_date(max(days)), format_hours(minutes))
                yield (str(KIND_NAMES[kind]), *said), codes

    def sign_offs(self) -> Part:
        columns = ((_("Sign-off"), 4.4), (_("Seen on"), 2.8), (_("Good until"), 2.8))
        empty = _("No sign-off was passed yet.")
        return _part("sign-offs", (_("Sign-offs"), columns, empty), self._sign_offs(), 0)

    def _sign_offs(self) -> Iterator[Row]:
        for each in self.held.sign_offs:
            title = checklist_title(self.library, each.checklist_key, self.tag).text
            until = format_date(each.valid_until) if each.valid_until else _("no end")
            codes: dict[str, Any] = {"checklist": each.checklist_key, "passed_on": _iso(each.passed_on)}
            codes |= {"valid_until": _iso(each.valid_until), "independent": each.is_independent}
            yield (title, format_date(each.passed_on), until), codes

    def elsewhere(self) -> Part:
        columns = ((_("Training"), 3.2), (_("From whom"), 2.7), (_("Learned on"), 2.2), (_("Counts as"), 3))
        empty = _("No training from elsewhere was recognized.")
        return _part("elsewhere", (_("Recognized training from elsewhere"), columns, empty), self._elsewhere(), 0)

    def _elsewhere(self) -> Iterator[Row]:
        for each in self.held.elsewhere:
            counted = each.counted
            codes: dict[str, Any] = {"title": each.title, "issuer": each.issuer, "module": counted.module_key}
            codes |= {"kind": counted.hours_kind, "minutes": counted.minutes, "learned_on": _iso(counted.learned_on)}
            codes |= {"recognized_on": _iso(counted.recognized_on)}
            yield (each.title, each.issuer, format_date(counted.learned_on), self._worth(counted)), codes

    def _worth(self, counted: Recognized) -> str:
        if counted.module_key is not None:
            return module_title(self.library, counted.module_key, self.tag).text
        return f"{KIND_NAMES[counted.hours_kind or 'class']}: {format_hours(counted.minutes)}"

    def _track(self, key: str) -> str:
        return track_title(self.library, key, self.tag).text


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None
