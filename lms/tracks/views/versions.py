"""What a learner's page of a track says when the track, or a module of it, changed while she was on it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from lms.clock import local_date
from lms.content.library import Library
from lms.courses.queries import completions_of
from lms.db import reading
from lms.i18n import format_date, format_names, language
from lms.i18n import gettext as _
from lms.tracks import queries
from lms.tracks.queries.changes import OwnChange, own_changes
from lms.tracks.rules import ItemProgress, TrackProgress
from lms.web.access import get_actor


@dataclass(frozen=True)
class Note:
    """One sentence or two about a change, perhaps with where to go."""

    text: str
    href: str | None = None


def notes_of(library: Library, key: str, progress: TrackProgress) -> list[Note]:
    """Return what to tell the reader: the last change of the track, and modules to do again. At most two queries."""
    person_id = get_actor().person_id
    modules = [item.module_key for item in progress.items if item.module_key]
    rows = own_changes(reading(), person_id, key, progress.cycle, modules)
    own = [row for row in rows if not row.module_key and progress.state == "active"]
    told = [row for row in own if row is own[0] or row.deed == "renews"]  # a later change leaves the day as it is
    notes = [_track_note(library, key, row, progress) for row in told]
    again = {row.module_key: row for row in reversed(rows) if row.module_key}
    done = completions_of(reading(), [person_id], list(again)) if again else {}
    open_ = [row for name, row in again.items() if done[person_id, name].round < row.cycle]
    return notes + [_module_note(library, row) for row in open_]


def _track_note(library: Library, key: str, own: OwnChange, progress: TrackProgress) -> Note:
    day = format_date(local_date(own.made_at))
    said = [_("This track changed on %(date)s.", date=day)]
    if own.deed == "renews":
        until = format_date(own.due_on)
        said.append(_("Please do it again by %(date)s. What you did before stays yours.", date=until))
    elif own.loses:
        said.append(_("Part of what you did does not count in it any more. It stays in your record."))
    else:
        said.append(_("What you did counts."))
    new = [each for each in (*progress.items, *progress.others) if each.id in own.new and each.state != "done"]
    if new and own.deed != "renews":
        said.append(_("New for you: %(parts)s.", parts=format_names([_title(library, key, each) for each in new])))
    return Note(" ".join(said))


def _title(library: Library, key: str, item: ItemProgress) -> str:
    if item.module_key is not None:
        return str(queries.module_title(library, item.module_key, language()))
    return str(queries.item_title(library, key, item.id, item.title, language()))


def _module_note(library: Library, row: OwnChange) -> Note:
    day, until = format_date(local_date(row.made_at)), format_date(row.due_on)
    title = str(queries.module_title(library, row.module_key, language()))
    text = _("“%(module)s” changed on %(date)s. Please do it again by %(until)s.", module=title, date=day, until=until)
    return Note(text, url_for("courses.module", module_key=row.module_key))
