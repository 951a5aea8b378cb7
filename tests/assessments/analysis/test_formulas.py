"""Every formula against an independent implementation: statsmodels, scipy, numpy."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from lms.assessments.rules.analysis import ItemKey, Response, Sheet
from lms.assessments.rules.analysis.effects import corrected
from lms.assessments.rules.analysis.exact import exact_chance
from lms.assessments.rules.analysis.facility import wilson
from lms.assessments.rules.analysis.figures import figures_of
from lms.assessments.rules.analysis.mantel_haenszel import chance_of, chi_square, common_odds, expectation
from lms.assessments.rules.analysis.moments import correlation, covariance
from lms.assessments.rules.analysis.normal import chi_square_tail
from lms.assessments.rules.analysis.reliability import alpha
from lms.assessments.rules.analysis.strata import Stratum


def drawn_tables(seed: int, *, size: int = 40, count: int = 12) -> list[Stratum]:
    """Return strata with somebody of each language in every one."""
    chance = random.Random(seed)
    return [Stratum(*(chance.randint(1, size) for _ in range(4))) for _ in range(count)]


def as_arrays(tables: list[Stratum]) -> list[np.ndarray]:
    return [np.array(table).reshape(2, 2) for table in tables]


SEEDS = range(25)


@pytest.mark.parametrize("seed", SEEDS)
def test_common_odds_and_their_test_are_those_of_statsmodels(seed: int) -> None:
    tables = drawn_tables(seed, size=3 + seed)
    theirs = StratifiedTable(as_arrays(tables))
    odds = common_odds(tables)
    assert odds is not None
    assert odds.ratio == pytest.approx(theirs.oddsratio_pooled, rel=1e-12)
    assert odds.log_odds == pytest.approx(theirs.logodds_pooled, abs=1e-12)
    assert odds.error == pytest.approx(theirs.logodds_pooled_se, rel=1e-12)
    assert (odds.low, odds.high) == pytest.approx(theirs.logodds_pooled_confint(), abs=1e-12)
    assert odds.delta == pytest.approx(-2.35 * theirs.logodds_pooled)
    tested = theirs.test_null_odds(correction=True)
    expected = expectation(tables)
    far = abs(expected.seen - expected.mean)
    if far > 0.5:  # statsmodels does not stop at nought where the correction is larger than the difference
        assert chi_square(expected) == pytest.approx(tested.statistic, rel=1e-10)
        assert chance_of(expected) == pytest.approx(tested.pvalue, rel=1e-9)
    else:
        assert chi_square(expected) == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_the_exact_chance_of_one_table_is_twice_the_tail_of_scipy(seed: int) -> None:
    (table,) = drawn_tables(seed, size=9, count=1)
    law = stats.hypergeom(table.total, table.right, table.reference)
    seen = table.reference_right
    expected = min(1.0, 2 * min(law.cdf(seen), law.sf(seen - 1)))
    assert exact_chance([table]) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_the_exact_chance_of_several_tables_is_that_of_their_sum(seed: int) -> None:
    tables = drawn_tables(seed, size=6, count=4)
    laws = [stats.hypergeom(each.total, each.right, each.reference) for each in tables]
    together = np.array([1.0])
    for law, table in zip(laws, tables, strict=True):
        together = np.convolve(together, law.pmf(np.arange(table.total + 1)))
    seen = sum(each.reference_right for each in tables)
    expected = min(1.0, 2 * min(together[: seen + 1].sum(), together[seen:].sum()))
    assert exact_chance(tables) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_the_curve_and_the_counts_agree_where_groups_are_large(seed: int) -> None:
    tables = drawn_tables(seed, size=60)
    expected = expectation(tables)
    assert expected.is_large
    assert chance_of(expected) == pytest.approx(exact_chance(tables), rel=0.1, abs=0.005)


def test_the_chances_of_chi_square() -> None:
    for value in (0.0, 0.3, 3.84, 12.0):
        assert chi_square_tail(value) == pytest.approx(stats.chi2.sf(value, 1), rel=1e-12)


@pytest.mark.parametrize(("right", "answers"), [(0, 11), (11, 11), (7, 22), (400, 495)])
def test_the_interval_of_a_facility_is_wilsons(right: int, answers: int) -> None:
    assert wilson(right / answers, answers) == pytest.approx(
        proportion_confint(right, answers, method="wilson"), abs=1e-12
    )


def test_false_flags_are_bounded_as_by_statsmodels() -> None:
    chance = random.Random(5)
    for count in (1, 2, 20):
        chances = [chance.random() ** 3 for _ in range(count)]
        assert corrected(chances) == pytest.approx(list(multipletests(chances, method="fdr_bh")[1]))
    assert corrected([]) == []


def sheets(seed: int, *, people: int = 60, items: int = 8, drawn: int | None = None) -> Iterator[Sheet]:
    """Yield sheets with partial credit; each asks `drawn` of the questions."""
    chance = random.Random(seed)
    keys = [ItemKey(f"q{number}", "v") for number in range(items)]
    for _ in range(people):
        knows = chance.gauss(0, 1)
        asked = chance.sample(keys, drawn) if drawn else keys
        shares = {key: min(2, max(0, round(1 + knows + chance.gauss(0, 0.8)))) / 2 for key in asked}
        yield Sheet("en", {key: Response(share, share == 1, ("a",)) for key, share in shares.items()})


def matrix(found: list[Sheet]) -> np.ndarray:
    keys = sorted({key for sheet in found for key in sheet.responses})
    return np.array(
        [[sheet.responses[key].share if key in sheet.responses else np.nan for key in keys] for sheet in found]
    )


@pytest.mark.parametrize("seed", range(5))
def test_alpha_is_that_of_a_plain_reckoning(seed: int) -> None:
    found = list(sheets(seed))
    grid = matrix(found)
    k = grid.shape[1]
    expected = k / (k - 1) * (1 - grid.var(axis=0, ddof=1).sum() / grid.sum(axis=1).var(ddof=1))
    assert alpha(found) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_alpha_of_drawn_forms_comes_near_that_of_a_whole_form_of_their_length(seed: int) -> None:
    """Of 5000 readers asked 6 of 8 questions: the mean covariance and variance give the figure of six questions."""
    whole = matrix(list(sheets(seed, people=5000)))
    shared = np.cov(whole, rowvar=False)
    own, between = np.diag(shared).mean(), shared[~np.eye(8, dtype=bool)].mean()
    expected = 6 * between / (own + 5 * between)
    assert alpha(list(sheets(seed, people=5000, drawn=6))) == pytest.approx(expected, abs=0.02)


def test_alpha_of_pairs_is_that_of_all_where_nobody_misses_any() -> None:
    """One reader who is asked less makes the sheets unequal; the figure hardly moves."""
    found = list(sheets(3, people=400))
    short = Sheet("en", dict(list(found[0].responses.items())[:-1]))
    assert alpha([short, *found[1:]]) == pytest.approx(alpha(found), abs=0.01)


@pytest.mark.parametrize("drawn", [None, 5])
def test_discrimination_is_the_correlation_with_the_rest(drawn: int | None) -> None:
    found = list(sheets(7, drawn=drawn))
    grid = matrix(found)
    above = grid - np.nanmean(grid, axis=0)
    for number, (unit, figures) in enumerate(sorted(figures_of("en", found).items())):
        assert unit.item.item_id == f"q{number}"
        asked = ~np.isnan(grid[:, number])
        rest = np.nanmean(np.delete(above, number, axis=1), axis=1)[asked]
        expected = stats.pearsonr(grid[asked, number], rest).statistic
        assert figures.discrimination == pytest.approx(expected, rel=1e-9)
        if drawn is None:
            plain = np.delete(grid, number, axis=1).sum(axis=1)
            assert figures.discrimination == pytest.approx(stats.pearsonr(grid[:, number], plain).statistic, rel=1e-9)


def test_of_right_and_wrong_it_is_the_point_biserial_of_scipy() -> None:
    chance = random.Random(2)
    right = [chance.random() < 0.6 for _ in range(80)]
    rest = [chance.gauss(each, 1) for each in right]
    assert correlation([float(each) for each in right], rest) == pytest.approx(
        stats.pointbiserialr(right, rest).statistic, rel=1e-12
    )
    assert covariance(rest, [2 * each for each in rest]) == pytest.approx(2 * np.var(rest, ddof=1))
