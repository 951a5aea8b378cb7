"""The score by which readers of two languages are matched before a question is compared."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import floor

from lms.assessments.rules.analysis.resting import expected_shares
from lms.assessments.rules.analysis.values import ItemKey, Sheet


@dataclass(frozen=True)
class Ruler:
    """Turns the answers to the questions in `clean` into one score, in whole points of a whole form.

    Each answer is held against the mean share of its question (`expected`), so that forms drawn by lot compare.
    `size` is the largest number of clean questions that anybody was asked, `base` what is expected on all of them:
    where all are asked the same, the score is the plain number of points.
    """

    expected: Mapping[ItemKey, float]
    clean: frozenset[ItemKey]
    size: int
    base: float

    def scores(self, sheet: Sheet) -> dict[ItemKey, int]:
        """Return for each question of a sheet the score by which its reader is matched there.

        The question itself always counts, also one that is not clean: without it readers who know as much would be
        taken for unequal (P. W. Holland and D. T. Thayer, in Wainer and Braun, Test Validity (1988)).
        """
        given, expected = sheet.responses, self.expected
        asked = self.clean.intersection(given)
        above = sum([given[item].share - expected[item] for item in asked])
        found = dict.fromkeys(asked, _whole(above * self.size / len(asked) + self.base)) if asked else {}
        for item in given.keys() - asked:
            own = expected[item]
            scale = (self.size + 1) / (len(asked) + 1)
            found[item] = _whole((above + given[item].share - own) * scale + self.base + own)
        return found


def _whole(points: float) -> int:
    """Return whole points; what a sum of fractions misses by is not taken for a part of a point."""
    return floor(round(points, 6) + 0.5)


def ruler(sheets: Sequence[Sheet], unclean: Collection[ItemKey] = ()) -> Ruler:
    """Return the ruler for these sheets, of all languages together, that leaves the `unclean` questions out."""
    expected = expected_shares(sheets)
    clean = frozenset(expected) - frozenset(unclean)
    size = max((len(clean.intersection(sheet.responses)) for sheet in sheets), default=0)
    return Ruler(expected, clean, size, sum(expected[item] for item in clean))
