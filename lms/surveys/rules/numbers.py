"""Answers that are numbers, as people here write them: 1,200 or 2.5, and 2,5 too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lms.errors import RuleBroken
from lms.surveys.rules.choosing import Said, only

if TYPE_CHECKING:
    from lms.surveys.specs import QuestionSpec

_PLAIN = re.compile(r"[-+]?[0-9]{1,12}(?:[.,][0-9]{1,6})?", re.ASCII)
#: Thousands in groups: with commas, points, blanks or apostrophes between them.
_GROUPED = re.compile(r"([-+]?[0-9]{1,3})((?:[,.'\u2019 \u00a0\u202f][0-9]{3})+)", re.ASCII)


def number(question: QuestionSpec, said: Said) -> int | float | None:
    """Return a number; raise `RuleBroken`: "not_a_number", "not_whole", or "out_of_range".

    A comma or a point before one, two or more than three digits begins decimals. Before exactly three it parts
    thousands where only whole numbers answer, and is not understood where decimals might be meant.
    """
    text = only(said.get("", ())).replace("\u2212", "-")
    if not text:
        return None
    value = _read(text, is_whole=question.whole)
    if question.whole and value != int(value):
        raise RuleBroken("not_whole")
    if not (question.least or 0) <= value <= (question.most or 0):
        raise RuleBroken("out_of_range")
    return int(value) if value == int(value) else value


def _read(text: str, *, is_whole: bool) -> float:
    grouped = _GROUPED.fullmatch(text)
    if grouped and is_whole:
        return float(re.sub(r"[^-+0-9]", "", text))
    if grouped or not _PLAIN.fullmatch(text):
        raise RuleBroken("not_a_number")
    return float(text.replace(",", "."))
