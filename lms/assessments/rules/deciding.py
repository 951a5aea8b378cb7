"""For which versions of its questions a correction was decided, and what it does to attempts that are graded later."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lms.assessments.rules.amending import Amendment
from lms.assessments.rules.analysis.versions import item_versions, wordings
from lms.assessments.rules.regrading import Line, Sat, is_touched, judge
from lms.errors import RuleBroken

if TYPE_CHECKING:
    from lms.assessments.specs import QuizSpec

#: {question: what stands for the version of it that an attempt holds}
Held = Mapping[str, str]


def versions_held(
    quiz: Mapping[str, Any], item_ids: Collection[str], words: Mapping[str, Mapping[str, str]] | None
) -> dict[str, str]:
    """Return what stands for the version of each of these questions in a `quiz.yml`, given as plain data.

    `words` are the entries of its translation, which then count too; None where the language does not matter.
    """
    versions = item_versions(quiz)
    said = {} if words is None else wordings(quiz, words)
    return {each: " ".join(filter(None, (versions[each], said.get(each, "")))) for each in item_ids if each in versions}


def gathered(held: Iterable[Held]) -> dict[str, list[str]]:
    """Return {question: every version of it that is held by some attempt}."""
    found: dict[str, set[str]] = {}
    for each in held:
        for item_id, version in each.items():
            found.setdefault(item_id, set()).add(version)
    return {item_id: sorted(versions) for item_id, versions in sorted(found.items())}


def is_decided_for(versions: Mapping[str, Collection[str]], held: Held) -> bool:
    """Return whether a correction was decided for every version that an attempt holds of its questions."""
    return bool(held) and all(version in versions.get(item_id, ()) for item_id, version in held.items())


def decided_for(
    versions: Mapping[str, Collection[str]], held: Held, decisions: Sequence[Amendment]
) -> tuple[Amendment, ...]:
    """Return those of its decisions that a correction took for the versions that an attempt holds.

    A correction of before says not for which, and means all.
    """
    if not versions:
        return tuple(decisions)
    return tuple(each for each in decisions if held.get(each.item_id) in versions.get(each.item_id, ()))


def wordings_in(listed: Iterable[str], version: str) -> frozenset[str]:
    """Return what stands for the words in which a version of a question is listed; "" where these did not matter.

    `listed` holds what `versions_held` returns of one question. Nothing where the version is not listed.
    """
    parts = (each.partition(" ") for each in listed)
    return frozenset(wording for found, _, wording in parts if found == version)


def late_line(quiz: QuizSpec, sat: Sat, amendments: Mapping[str, Amendment]) -> Line | None:
    """Return what a correction makes of an attempt that is graded after it was decided; None where it leaves it alone.

    A pass stays, as everywhere ("kept"). Nobody has looked at this attempt, so nothing of it gets worse by itself, and
    where nothing worth a point would be left a person has to decide.
    """
    try:
        line = judge(quiz, sat, amendments, {})
    except RuleBroken:
        return None
    return line if line.effect == "kept" or (line.effect != "worse" and is_touched(line)) else None


def after_line(line: Line, amendments: Mapping[str, Amendment]) -> Sat:
    """Return the attempt as it stands after a line, for the next correction; one that kept a pass changed nothing."""
    if line.effect == "kept":
        return line.sat
    sat = line.sat
    counting = {**sat.amendments, **amendments}
    return replace(sat, stands=line.after, grades={**sat.grades, **line.changed}, amendments=counting)
