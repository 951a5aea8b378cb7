"""Translation fairness: whether a question is harder in one language for readers who know as much."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from lms.assessments.rules.analysis.effects import Effect, Verdict, corrected, effect_of, verdict_of
from lms.assessments.rules.analysis.exact import exact_chance
from lms.assessments.rules.analysis.mantel_haenszel import Odds, chance_of, common_odds, expectation
from lms.assessments.rules.analysis.matching import Ruler, ruler
from lms.assessments.rules.analysis.shrinking import shrunken
from lms.assessments.rules.analysis.strata import Stratum, counted, strata
from lms.assessments.rules.analysis.values import MINIMUM_GROUP, ItemKey, Sheet, Unit


@dataclass(frozen=True)
class Fairness:
    """How a wording compares with English. Without enough answers there is a verdict, and nothing else.

    `reference` and `focal` are the answers compared. `chance` is how likely so large a difference is by chance
    alone, corrected for the number of questions; `is_exact` says by which test. `shrunken` is the log odds drawn
    towards those of the other questions, the better guess for a small group.
    """

    verdict: Verdict
    reference: int = 0
    focal: int = 0
    odds: Odds | None = None
    chance: float | None = None
    is_exact: bool = False
    shrunken: float | None = None
    effect: Effect | None = None


def compare(reference: Sequence[Sheet], focal: Sequence[Sheet]) -> dict[Unit, Fairness]:
    """Return how each wording of the `focal` language compares with English (`reference`) at equal knowledge.

    Right is what earned all its points; part of them counts as wrong. Readers are matched by their points on the
    whole quiz; questions that differ are then left out of that score, and all is compared once more (the two steps
    of Holland and Thayer, 1988).
    """
    everybody = (*reference, *focal)
    first = _compare(reference, focal, ruler(everybody))
    unclean = {unit.item for unit, each in first.items() if each.verdict is Verdict.DIFFERS}
    return _compare(reference, focal, ruler(everybody, unclean)) if unclean else first


def _compare(reference: Sequence[Sheet], focal: Sequence[Sheet], by: Ruler) -> dict[Unit, Fairness]:
    tables = _tables(reference, focal, by)
    judged: dict[Unit, tuple[tuple[Stratum, ...], Odds]] = {}
    for unit, each in tables.items():
        if is_enough(each) and (odds := common_odds(each)):
            judged[unit] = (each, odds)
    tests = [_tested(each) for each, _ in judged.values()]
    chances = corrected([chance for chance, _ in tests])
    closer = shrunken([odds for _, odds in judged.values()])
    found = dict.fromkeys(tables, Fairness(Verdict.TOO_FEW))
    for (unit, (each, odds)), chance, (_, is_exact), guess in zip(judged.items(), chances, tests, closer, strict=True):
        found[unit] = _fairness(each, odds, chance, is_exact=is_exact, guess=guess)
    return found


def is_enough(tables: Collection[Stratum]) -> bool:
    """Return whether each language has at least eleven readers who can be compared."""
    return min(sum(each.reference for each in tables), sum(each.focal for each in tables)) >= MINIMUM_GROUP


def _tested(tables: Sequence[Stratum]) -> tuple[float, bool]:
    """Return how likely the difference is by chance, and whether that is exact: it is where the counts are small."""
    expected = expectation(tables)
    return (chance_of(expected), False) if expected.is_large else (exact_chance(tables), True)


def _fairness(tables: Sequence[Stratum], odds: Odds, chance: float, *, is_exact: bool, guess: float | None) -> Fairness:
    effect = effect_of(odds, chance)
    verdict = verdict_of(effect, odds)
    return Fairness(
        verdict=verdict,
        reference=sum(each.reference for each in tables),
        focal=sum(each.focal for each in tables),
        odds=odds,
        chance=chance,
        is_exact=is_exact,
        shrunken=guess,
        effect=None if verdict is Verdict.TOO_FEW else effect,
    )


def _tables(reference: Sequence[Sheet], focal: Sequence[Sheet], by: Ruler) -> dict[Unit, tuple[Stratum, ...]]:
    """Return the strata of every wording of the focal language."""
    theirs = _scored(focal, by)
    english: dict[ItemKey, list[tuple[int, bool]]] = {}
    for unit, scored in _scored(reference, by).items():
        english.setdefault(unit.item, []).extend(scored)
    return {unit: _strata(english.get(unit.item, []), scored) for unit, scored in theirs.items()}


def _strata(english: Sequence[tuple[int, bool]], theirs: Sequence[tuple[int, bool]]) -> tuple[Stratum, ...]:
    sides = ((False, english), (True, theirs))
    return strata(counted((score, is_focal, right) for is_focal, side in sides for score, right in side))


def _scored(sheets: Sequence[Sheet], by: Ruler) -> Mapping[Unit, list[tuple[int, bool]]]:
    """Return (matching score, answered right) of everybody who read a wording."""
    found: dict[tuple[ItemKey, str, str], list[tuple[int, bool]]] = {}
    for sheet in sheets:
        scores = by.scores(sheet)
        for item, response in sheet.responses.items():
            if response.wording is not None:
                scored = found.setdefault((item, sheet.language, response.wording), [])
                scored.append((scores[item], response.correct))
    return {Unit(*each): scored for each, scored in found.items()}
