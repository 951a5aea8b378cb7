"""What groups gained from before a module to its quiz, in words."""

from __future__ import annotations

from dataclasses import dataclass

from lms.assessments.queries import list_gains
from lms.assessments.views.titles import competency_title
from lms.content.library import Library, Text
from lms.db import reading


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
        GainLine(
            competency_title(library, each.competency) if each.competency else None,
            each.language,
            each.people,
            each.before,
            each.after,
        )
        for each in list_gains(reading(), module_key)
        if each.language in {"", locale}
    ]
