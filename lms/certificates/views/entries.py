"""How answers of a quiz were entered for a worker, as the certifier reads it."""

from __future__ import annotations

from collections.abc import Iterable

from lms.assessments.queries import EntryRow
from lms.clock import local_date
from lms.db import reading
from lms.i18n import format_date
from lms.i18n import gettext as _
from lms.people.queries.identity import people_of


def entered_words(entries: Iterable[EntryRow]) -> dict[str, str]:
    """Return {entry: by whom it was entered, who confirmed it, and what the worker says of it}.

    One query, or none without entries.
    """
    entries = tuple(entries)
    accounts = {each for entry in entries for each in (entry.entered_by, entry.settled_by) if each is not None}
    names = {account: name for account, (_person, name) in people_of(reading(), accounts).items()}
    return {entry.public_id: " ".join(filter(None, [_words(entry, names), _objection(entry)])) for entry in entries}


def _objection(entry: EntryRow) -> str:
    """Return that the worker objected, and what came of it; "" when she did not."""
    if entry.objected_at is None:
        return ""
    day = format_date(local_date(entry.objected_at))
    if entry.objection is None:
        return _("She objected to this result on %(day)s, and nobody has answered yet.", day=day)
    if entry.objection == "kept":
        return _("She objected to this result on %(day)s; it was looked at again and kept.", day=day)
    return _("She objected to this result on %(day)s; it was taken back.", day=day)


def _words(entry: EntryRow, names: dict[int, str]) -> str:
    who, day = names.get(entry.entered_by, ""), format_date(local_date(entry.entered_at))
    if entry.organization_id is None:
        if entry.source == "oral":
            return _("By word of mouth, entered by %(name)s (trainer or certifier) on %(day)s.", name=who, day=day)
        return _("On paper, entered by %(name)s (trainer or certifier) on %(day)s.", name=who, day=day)
    second, then = names.get(entry.settled_by or 0, ""), entry.settled_at
    values = {"name": who, "day": day, "second": second, "then": format_date(local_date(then)) if then else ""}
    if entry.source == "oral":
        return _(
            "By word of mouth, entered by her supervisor %(name)s on %(day)s, confirmed by %(second)s on %(then)s.",
            **values,
        )
    return _("On paper, entered by her supervisor %(name)s on %(day)s, confirmed by %(second)s on %(then)s.", **values)
