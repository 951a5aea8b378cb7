"""What was gained: the same questions before the first lesson and in the quiz, of one person and of groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

#: Groups are counted in whole elevens, so that nobody's answers follow from two nights' figures.
ELEVEN = 11


@dataclass(frozen=True)
class Gain:
    """Points for the linked questions before and after, of the most that they are worth."""

    before: int
    after: int
    most: int


@dataclass(frozen=True)
class Learner:
    """One person's gain in a module, in all ("") and by competency, and the language in which she read the quiz."""

    language: str
    gains: Mapping[str, Gain]


@dataclass(frozen=True)
class GroupGain:
    """What a group gained: the mean share of points before and after, 0 to 1. "" stands for all of its kind."""

    language: str
    competency: str
    people: int
    before: float
    after: float


def gain_of(before: Mapping[str, int], after: Mapping[str, int], worth: Mapping[str, int]) -> Gain | None:
    """Return the gain over the questions that were asked both times; None when there are none worth a point.

    `before` and `after` are {question id: points earned}, `worth` is {question id: points} of the version taken last.
    A question that is worth something else now is another question, and is left out by the caller.
    """
    both = before.keys() & after.keys() & worth.keys()
    most = sum(worth[item_id] for item_id in both)
    if not most:
        return None
    return Gain(sum(before[each] for each in both), sum(after[each] for each in both), most)


def gains_by_competency(
    before: Mapping[str, int], after: Mapping[str, int], worth: Mapping[str, int], about: Mapping[str, str]
) -> dict[str, Gain]:
    """Return the gain in all ("") and in each competency; `about` is {question id: competency}."""
    found = {"": gain_of(before, after, worth)}
    for competency in sorted(set(about.values())):
        own = {item_id: points for item_id, points in worth.items() if about.get(item_id) == competency}
        found[competency] = gain_of(before, after, own)
    return {competency: gain for competency, gain in found.items() if gain is not None}


def group_gains(learners: Sequence[Learner]) -> list[GroupGain]:
    """Return what each language's readers gained, and all of them together; `learners` stand as they came.

    Only whole elevens of each language and competency are counted. All together are the sum of what is shown of
    each, so that no hidden group follows from the difference. Before and after are means over persons of the share
    of points, as Oppia Mobile and others compare a baseline with what follows it.
    """
    kept: dict[tuple[str, str], list[Gain]] = {}
    for learner in learners:
        for competency, gain in learner.gains.items():
            kept.setdefault((learner.language, competency), []).append(gain)
    whole = {key: gains[: len(gains) - len(gains) % ELEVEN] for key, gains in kept.items()}
    for (_language, competency), gains in list(whole.items()):
        whole["", competency] = whole.get(("", competency), []) + gains
    return sorted(_groups(whole), key=lambda each: (each.language, each.competency))


def _groups(whole: Mapping[tuple[str, str], Sequence[Gain]]) -> Iterator[GroupGain]:
    for (language, competency), gains in whole.items():
        if gains:
            before = sum(gain.before / gain.most for gain in gains) / len(gains)
            after = sum(gain.after / gain.most for gain in gains) / len(gains)
            yield GroupGain(language, competency, len(gains), before, after)
