"""The table of questions as a file: one line for each wording that has figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lms.assessments.queries.analysis import ItemRow
from lms.assessments.rules.analysis import part_shown
from lms.assessments.views.analysis.choosing import Looked

_COLUMNS = (
    "question", "language", "read_today", "answers", "read_with_english", "facility", "facility_low", "facility_high",
    "discrimination", "verdict", "effect", "log_odds", "log_odds_low", "log_odds_high", "log_odds_shrunken", "chance",
    "corrected_since",
)  # fmt: skip


def table_of(looked: Looked) -> Iterator[Sequence[object]]:
    """Yield the heads, then the lines. Shares are from 0 to 1; the heads are for programs and stay English."""
    yield _COLUMNS
    for locale in looked.locales:
        for rows in looked.rows(locale).values():
            for row in rows:
                day = looked.corrected_on(row.item_id, locale, row)
                yield *_cells(row, is_today=looked.is_todays(row)), day.isoformat() if day else ""


def _cells(row: ItemRow, *, is_today: bool) -> Sequence[object]:
    read_both = part_shown(row.with_english, row.answers)
    figures = (row.facility, row.facility_low, row.facility_high, row.discrimination)
    compared = (row.log_odds, row.log_odds_low, row.log_odds_high, row.shrunken, row.chance)
    return (
        row.item_id,
        row.locale,
        "yes" if is_today else "no",
        row.answers,
        "" if read_both is None else read_both,
        *map(_number, figures),
        row.verdict or "",
        row.effect or "",
        *map(_number, compared),
    )


def _number(value: float | None) -> object:
    return "" if value is None else round(value, 4)
