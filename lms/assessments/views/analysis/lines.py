"""What a page of figures shows of each question: its words, its figures, and what was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms.assessments.items import ItemSpec
from lms.assessments.queries.analysis import ItemRow
from lms.assessments.rules.analysis import OptionFigures, right_values, runs_backwards
from lms.assessments.specs import QuizSpec
from lms.content.library import Source, Words, spec_of
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
    source: Source, words: Words, shown: Mapping[str, tuple[ItemRow | None, int]], opened: str | None
) -> list[QuestionLine]:
    """Return the questions of a revision in the order of its file; `shown` holds the figures of those that have any.

    The options are those of the question `opened` alone: of all of them a page would be too heavy.
    """
    return [
        _line(number, item, words, *shown.get(item.id, (None, 0)), item.id == opened)
        for number, item in enumerate(spec_of(QuizSpec, source).questions, 1)
    ]


def _line(
    number: int, item: ItemSpec, words: Words, row: ItemRow | None, earlier: int, with_options: bool
) -> QuestionLine:
    right = right_values(item) if with_options else frozenset()
    found = row.options if row and with_options else ()
    options = tuple(OptionLine(_value(item, each.value, words), each.value in right, each) for each in found)
    return QuestionLine(number, item.id, _said(item, ("prompt",), words), row, earlier, options)


def _value(item: ItemSpec, value: str, words: Words) -> Said:
    """Return what an answer counts as, in words: of "left=right" those of both parts."""
    return _said(item, value.split("=", 1), words)


def _said(item: ItemSpec, parts: Sequence[str], words: Words) -> Said:
    fixed = {
        "": _("No answer"),
        "true": _("True"),
        "false": _("False"),
        "right": _("Right"),
        "partly": _("Partly right"),
        "other": _("Something else"),
        "outside": _("Outside every range"),
        "written": _("Something was written"),
    }
    known = {
        part: words.text(f"quiz.yml:{item.id}.{part}", item.sentences[part]) for part in parts if part in item.sentences
    }
    english = [known[part].english if part in known else fixed.get(part, part) for part in parts]
    translated = [known[part].text if part in known else fixed.get(part, part) for part in parts]
    has_words = any(not text.is_english for text in known.values())
    return Said(" → ".join(english), " → ".join(translated) if has_words else None)
