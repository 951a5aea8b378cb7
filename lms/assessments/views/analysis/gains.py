"""What groups gained from before a module to its quiz, in words."""

from __future__ import annotations

from dataclasses import dataclass

from lms.assessments.queries import list_gains
from lms.content.library import Library, Text
from lms.db import reading
from lms.i18n import language


@dataclass(frozen=True)
class GainLine:
    """One line: what the questions are about (None: all of them), in which language they were read ("": any)."""

    about: Text | None
    language: str
    people: int
    before: float
    after: float


def gain_lines(library: Library, module_key: str, locale: str) -> list[GainLine]:
    """Return the gains of all readers, and of those who read in `locale`; nothing where too few took both."""
    return [
        GainLine(_title(library, each.competency), each.language, each.people, each.before, each.after)
        for each in list_gains(reading(), module_key)
        if each.language in {"", locale}
    ]


def _title(library: Library, competency: str) -> Text | None:
    """Return the name of a competency such as "chw-core/outreach" in the reader's language."""
    framework, _slash, competency_id = competency.partition("/")
    if not competency:
        return None
    file = f"{framework}.yml"
    listed = library.get("framework", framework).file(file)["competencies"]
    english = next((each["title"] for each in listed if each["id"] == competency_id), competency_id)
    return library.words("framework", framework, language()).text(f"{file}:{competency_id}.title", english)
