"""Figures of quizzes in words."""

from __future__ import annotations

from lms.assessments.queries.analysis import ItemRow
from lms.assessments.queries.fairness import favors
from lms.assessments.rules.analysis import Verdict, part_shown
from lms.assessments.rules.languages import ENGLISH
from lms.i18n import LANGUAGES, format_hours, format_number
from lms.i18n import gettext as _

_NAMES = dict(LANGUAGES)


def language_name(tag: str) -> str:
    """Return the name of a language in itself."""
    return _NAMES[tag]


def percent(share: float) -> str:
    """Return a share in whole percent."""
    return _("%(number)s %%", number=format_number(round(100 * share)))


def between(low: float, high: float) -> str:
    """Return two shares as the ends of an interval."""
    return _("%(low)s to %(high)s %%", low=format_number(round(100 * low)), high=format_number(round(100 * high)))


def decimal(value: float | None) -> str:
    """Return a number with two decimals; a dash where there is none."""
    return "–" if value is None else format_number(round(value, 2))


def duration(seconds: int | None) -> str:
    """Return a time in whole minutes, at least one; a dash where none was measured."""
    if seconds is None:
        return "–"
    return format_hours(max(1, round(seconds / 60)))


def too_few() -> str:
    """Return what stands where figures would."""
    return _("Not enough answers yet")


def fairness(row: ItemRow | None) -> str:
    """Return how a wording compares with English, in one or two plain sentences."""
    if row is None or row.verdict == Verdict.TOO_FEW:
        return _("Not enough answers yet to tell.")
    if row.verdict == Verdict.ALIKE:
        return _("No difference that matters.")
    name = language_name(row.locale)
    if favors(row) == ENGLISH:
        return _(
            "Readers of %(language)s who know as much get this right less often. "
            "Ask a translator to look at the words.",
            language=name,
        )
    return _(
        "Readers of %(language)s who know as much get this right more often. "
        "Ask a translator whether the words give the answer away, and whether the English is too hard.",
        language=name,
    )


def strength(row: ItemRow) -> str:
    """Return how large a difference is."""
    return _("Large difference (class C)") if row.effect == "C" else _("Moderate difference (class B)")


def figure(row: ItemRow) -> str:
    """Return the odds ratio behind a verdict, for readers of figures; "" where there is none."""
    if row.log_odds is None or row.log_odds_low is None or row.log_odds_high is None:
        return ""
    return _(
        "Log odds %(value)s, 95 %% interval %(low)s to %(high)s",
        value=decimal(row.log_odds),
        low=decimal(row.log_odds_low),
        high=decimal(row.log_odds_high),
    )


def beneath(row: ItemRow) -> str:
    """Return how many read with English beneath; no number where it, or the others, are fewer than eleven."""
    number = part_shown(row.with_english, row.answers)
    if number is None:
        return _("Some read it with English beneath.")
    if not number:
        return _("Nobody read it with English beneath.")
    if number == row.answers:
        return _("All read it with English beneath.")
    return _("%(number)s of %(all)s read it with English beneath.", number=number, all=row.answers)
