"""A transcript in words: the head and the notes in the reader's language, and its facts in English for programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from lms.certificates.jobs.drawing import Transcript
from lms.content.library import SOURCE_LOCALE, Library
from lms.home.queries import Held
from lms.home.views.transcript.tables import tables_of
from lms.i18n import force_locale, format_hours, format_instant
from lms.i18n import gettext as _


@dataclass(frozen=True)
class About:
    """Whose record it is, and who states it: in which language (`tag`), and at which address it is checked."""

    name: str
    name_language: str
    tag: str
    issuer: str
    address: str
    #: Whole seconds.
    made_at: datetime
    #: Whether a certificate bears this name; else it is as she writes it herself.
    is_name_checked: bool
    paper: Literal["letter", "a4"] = "letter"


def transcript_of(held: Held, library: Library, about: About) -> Transcript:
    """Return what is drawn, in the language of the page that is being answered."""
    field = sum(each.minutes for each in held.practice)
    return Transcript(
        language=about.tag,
        title=_("Training record"),
        intro=_("All the training of this person that is on record, as it stood when this was made."),
        name=about.name,
        name_language=about.name_language,
        issuer=about.issuer,
        facts=(
            *([] if about.is_name_checked else [(_("Name"), _("as she writes it herself; nobody has checked it"))]),
            (_("Made on"), format_instant(about.made_at)),
            (_("Time in modules"), format_hours(sum(each.minutes for each in held.modules))),
            (_("Time in the field and at sessions"), format_hours(field)),
        ),
        parts=tuple(each.table for each in tables_of(held, library, about.tag)),
        notes=_notes(about),
        page_of=_("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
        made_at=about.made_at,
        paper=about.paper,
        demonstration=_("Demonstration: an invented person") if held.is_demonstration else "",
    )


def _notes(about: About) -> tuple[str, ...]:
    return (
        _("%(issuer)s sealed this file. It says nothing of what came later.", issuer=about.issuer),
        _("To see that nothing in it was changed, send the file to %(address)s.", address=about.address)
        + " "
        + _("By its number, each certificate can be checked there as it stands today."),
        _("The same facts in English, for computers, are inside this file."),
        _("This record is not a license, and not a certificate."),
    )


def facts_of(held: Held, library: Library, about: About) -> dict[str, Any]:
    """Return the same facts for programs: every table in English, and beside each row its keys, dates and minutes.

    Before them stands whether the name was checked.
    """
    with force_locale(SOURCE_LOCALE):
        tables = [
            {
                "key": each.key,
                "heading": each.table.heading,
                "columns": each.table.columns,
                "rows": [
                    {"cells": cells, "codes": codes} for cells, codes in zip(each.table.rows, each.codes, strict=True)
                ],
            }
            for each in tables_of(held, library, SOURCE_LOCALE)
        ]
    checked = {"name_checked": about.is_name_checked}
    return {**checked, "demonstration": held.is_demonstration, "tables": tables}
