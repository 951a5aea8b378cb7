"""The odds of a right answer in two languages, at equal knowledge.

N. Mantel and W. Haenszel, Journal of the National Cancer Institute 22 (1959); for questions of a test P. W. Holland
and D. T. Thayer, in Wainer and Braun, Test Validity (1988).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from lms.assessments.rules.analysis.facility import Z95
from lms.assessments.rules.analysis.normal import chi_square_tail
from lms.assessments.rules.analysis.strata import Stratum

#: A common odds ratio in units of the delta scale of the Educational Testing Service, of opposite sign.
DELTA = -2.35


@dataclass(frozen=True)
class Odds:
    """The natural logarithm of the common odds ratio (above nought: English readers do better), and its error."""

    log_odds: float
    error: float

    @property
    def low(self) -> float:
        """Return the lower end of the 95 percent interval of the log odds."""
        return self.log_odds - Z95 * self.error

    @property
    def high(self) -> float:
        """Return the upper end of the 95 percent interval of the log odds."""
        return self.log_odds + Z95 * self.error

    @property
    def ratio(self) -> float:
        """Return the common odds ratio."""
        return exp(self.log_odds)

    @property
    def delta(self) -> float:
        """Return MH D-DIF, -2.35 times the log odds: below nought where English readers do better."""
        return DELTA * self.log_odds


def common_odds(tables: Sequence[Stratum]) -> Odds | None:
    """Return the common odds ratio; None where every answer is right, or every answer is wrong.

    The error of its logarithm is that of J. Robins, N. Breslow and S. Greenland, Biometrics 42 (1986). Where one
    side of the ratio is empty, half an answer is added to each cell of one more table (J. B. S. Haldane, Annals of
    Human Genetics 20 (1956)), since no ratio could be told otherwise.
    """
    if not any(table.right for table in tables) or all(table.right == table.total for table in tables):
        return None
    rows = [_parts(*table) for table in tables]
    favors, against = sum(row[0] for row in rows), sum(row[1] for row in rows)
    if not favors or not against:
        rows.append(_parts(0.5, 0.5, 0.5, 0.5))
        favors, against = sum(row[0] for row in rows), sum(row[1] for row in rows)
    variance = (
        sum(p * r for r, s, p, q in rows) / (2 * favors**2)
        + sum(p * s + q * r for r, s, p, q in rows) / (2 * favors * against)
        + sum(q * s for r, s, p, q in rows) / (2 * against**2)
    )
    return Odds(log(favors / against), sqrt(variance))


def _parts(a: float, b: float, c: float, d: float) -> tuple[float, float, float, float]:
    """Return R, S, P and Q of Robins, Breslow and Greenland for one table."""
    total = a + b + c + d
    return a * d / total, b * c / total, (a + d) / total, (b + c) / total


@dataclass(frozen=True)
class Expectation:
    """What the right answers of English readers should be together if nothing but knowledge counted.

    `least` and `most` are the fewest and the most that the sums of the tables leave room for.
    """

    seen: int
    mean: float
    variance: float
    least: int
    most: int

    @property
    def is_large(self) -> bool:
        """Return whether the chi-square curve may be used: N. Mantel and J. Fleiss, Am. J. Epidemiol. 112 (1980)."""
        return min(self.mean - self.least, self.most - self.mean) >= 5


def expectation(tables: Sequence[Stratum]) -> Expectation:
    """Return what is expected, given the sums of every table."""
    mean = variance = 0.0
    least = most = seen = 0
    for table in tables:
        ref, focal, right, total = table.reference, table.focal, table.right, table.total
        seen += table.reference_right
        mean += ref * right / total
        variance += ref * focal * right * (total - right) / (total * total * (total - 1))
        least += max(0, right - focal)
        most += min(ref, right)
    return Expectation(seen, mean, variance, least, most)


def chi_square(expected: Expectation) -> float:
    """Return the Mantel-Haenszel statistic with the continuity correction of one half; nought without any spread."""
    if not expected.variance:
        return 0.0
    return max(0.0, abs(expected.seen - expected.mean) - 0.5) ** 2 / expected.variance


def chance_of(expected: Expectation) -> float:
    """Return how likely so large a statistic is where nothing but knowledge counts, by the chi-square curve."""
    return chi_square_tail(chi_square(expected))
