"""What an answer counts as in the table of what was chosen: its type decides, and never shows typed words."""

from __future__ import annotations

from lms.assessments.items import Answer, ItemSpec, rules_of
from lms.assessments.rules.languages import ENGLISH


def tallied(item: ItemSpec, answer: Answer) -> tuple[str, ...]:
    """Return what an answer counts as; an answer of several parts counts at each."""
    return rules_of(item).tally(item, answer)


def right_values(item: ItemSpec) -> frozenset[str]:
    """Return what a perfect answer counts as."""
    return frozenset(tallied(item, rules_of(item).perfect(item, ENGLISH)))
