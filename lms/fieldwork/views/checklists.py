"""How a checklist and an observation read: titles, lines and levels in the reader's language, and why it passed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lms.content.library import Library, Text, marks, source_of, spec_of
from lms.db import reading
from lms.fieldwork.queries.sign_offs import ObservationRow, checklist_title
from lms.fieldwork.rules.sign_offs import Outcome, outcome_of
from lms.fieldwork.specs import ChecklistSpec
from lms.i18n import language
from lms.web.showing import Option


@dataclass(frozen=True)
class Line:
    """One line of a checklist, with the level that was chosen ("" for none)."""

    item_id: str
    text: Text
    is_critical: bool
    chosen: str
    level: Text | None


class ChecklistWords:
    """The words of one checklist in the reader's language. An older checklist that reads otherwise is marked."""

    def __init__(self, library: Library, checklist: ChecklistSpec) -> None:
        self.checklist = checklist
        self._words = library.words("checklist", checklist.key, language())

    def _text(self, address: str, english: str) -> Text:
        return self._words.text(f"{self.checklist.key}.yml:{address}", english)

    @property
    def title(self) -> Text:
        """Return its title."""
        return self._text("title", self.checklist.title)

    @property
    def summary(self) -> Text:
        """Return what it is about."""
        return self._text("summary", self.checklist.summary)

    def levels(self) -> dict[str, Text]:
        """Return the title of each level, the lowest first."""
        return {level.id: self._text(f"level.{level.id}", level.title) for level in self.checklist.levels}

    def options(self) -> list[Option]:
        """Return the levels as a group of choices shows them."""
        return [Option(key, text, None) for key, text in self.levels().items()]

    def lines(self, levels: Mapping[str, str]) -> list[Line]:
        """Return every line with its level."""
        titles = self.levels()
        return [
            Line(
                item.id,
                self._text(f"{item.id}.text", item.text),
                item.critical,
                levels.get(item.id, ""),
                titles.get(levels.get(item.id, "")),
            )
            for item in self.checklist.items
        ]

    def marks(self) -> tuple[str, ...]:
        """Return what a page says of these words."""
        texts = [self.title, self.summary, *self.levels().values(), *(line.text for line in self.lines({}))]
        return marks({text.state for text in texts})


def checklist_of(row: ObservationRow) -> ChecklistSpec:
    """Return the checklist as it was when an observation was signed. One query at most."""
    return spec_of(ChecklistSpec, source_of(reading(), row.revision_id))


def outcome(row: ObservationRow, checklist: ChecklistSpec) -> Outcome:
    """Return what an observation came to, and why."""
    return outcome_of(checklist.asked, row.levels, checklist.highest, checklist.at_least)


def title_of(library: Library, key: str) -> Text:
    """Return the title of a checklist, its key where it is not used any more."""
    return checklist_title(library, key, language())
