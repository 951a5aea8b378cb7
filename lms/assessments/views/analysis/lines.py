"""What a page of figures shows of each question: its words, its figures, and what was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.assessments.queries.analysis import ItemRow
from lms.assessments.rules.analysis import OptionFigures, entries_of, right_values, runs_backwards
from lms.content.library import Source, Words
from lms.i18n import gettext as _


@dataclass(frozen=True)
class Said:
    """Words in English and, where there are others, in the language looked at."""

    english: str
    translated: str | None


@dataclass(frozen=True)
class OptionLine:
    """One line of the table of options."""

    said: Said
    is_right: bool
    figures: OptionFigures


@dataclass(frozen=True)
class QuestionLine:
    """One question; `row` is None where fewer than eleven answered, `earlier` counts answers to other wordings."""

    number: int
    item_id: str
    said: Said
    row: ItemRow | None
    earlier: int
    options: tuple[OptionLine, ...]

    @property
    def is_backwards(self) -> bool:
        """Return whether the key should be looked at."""
        return self.row is not None and runs_backwards(self.row.discrimination, self.row.answers)


def question_lines(
    source: Source, words: Words, shown: Mapping[str, tuple[ItemRow | None, int]], *, with_options: bool
) -> list[QuestionLine]:
    """Return the questions of a revision in the order of its file; `shown` holds the figures of those that have any."""
    entries = [entry for entry, _case in entries_of(source.file("quiz.yml"))]
    return [
        _line(number, entry, words, *shown.get(entry["id"], (None, 0)), with_options)
        for number, entry in enumerate(entries, 1)
    ]


def _line(
    number: int, entry: Mapping[str, Any], words: Words, row: ItemRow | None, earlier: int, with_options: bool
) -> QuestionLine:
    options = tuple(_option(entry, each, words) for each in row.options) if row and with_options else ()
    return QuestionLine(
        number, entry["id"], _said(entry["id"], "prompt", entry["prompt"], words), row, earlier, options
    )


def _option(entry: Mapping[str, Any], figures: OptionFigures, words: Words) -> OptionLine:
    texts = {option["id"]: option["text"] for option in entry.get("options", ())}
    if figures.value in texts:
        said = _said(entry["id"], figures.value, texts[figures.value], words)
    else:
        said = Said(
            {"": _("No answer"), "true": _("True"), "false": _("False")}.get(figures.value, figures.value), None
        )
    return OptionLine(said, figures.value in right_values(entry), figures)


def _said(item_id: str, suffix: str, english: str, words: Words) -> Said:
    text = words.text(f"quiz.yml:{item_id}.{suffix}", english)
    return Said(english, None if text.is_english else text.text)
