"""What questions share that are answered part by part: each part is kept as "<part>=<value>"."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from lms.assessments.items.kinds import Answer
from lms.errors import RuleBroken


def parted(sent: Sequence[str], parts: Collection[str]) -> dict[str, str]:
    """Return {part: value} of what was sent, without parts left open.

    Raise `RuleBroken("foreign_answer")` for a part that is none of `parts`, and for one sent twice.
    """
    found: dict[str, str] = {}
    for each in sent:
        part, is_part, value = each.partition("=")
        if not is_part or part not in parts or part in found:
            raise RuleBroken("foreign_answer")
        found[part] = value
    return {part: value for part, value in found.items() if value}


def joined(values: Mapping[str, str]) -> Answer:
    """Return {part: value} as it is stored, sorted by part."""
    return tuple(f"{part}={value}" for part, value in sorted(values.items()))


def values_of(answer: Answer) -> dict[str, str]:
    """Return {part: value} of a stored answer."""
    return {part: value for part, _, value in (each.partition("=") for each in answer)}
