"""Which translated questions differ from English, for those who translate them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.assessments.queries.analysis.current import find_today
from lms.assessments.queries.analysis.stored import ItemRow, list_item_rows
from lms.assessments.rules.languages import ENGLISH
from lms.content.library import current


@dataclass(frozen=True)
class ItemFlag:
    """How today's words of a question compare with English at equal knowledge.

    `effect` is A (no difference that matters), B or C (look at the words); None: not enough answers yet. `log_odds`
    is above 0 where English readers do better, with its 95 percent interval; None where there is no figure. `favors`
    is the language whose readers do better, None where no difference matters. `answers` is a multiple of eleven.
    """

    item_id: str
    locale: str
    effect: str | None
    log_odds: float | None
    log_odds_low: float | None
    log_odds_high: float | None
    favors: str | None
    answers: int

    @property
    def differs(self) -> bool:
        """Return whether somebody should look at the words."""
        return self.favors is not None


def flags_of(session: Session, module_key: str) -> list[ItemFlag]:
    """Return how the questions of a module's quiz, as published today, compare in each language with answers.

    At most two queries. What fewer than eleven people answered does not appear.
    """
    today = find_today(current(session), module_key)
    if today is None:
        return []
    rows = list_item_rows(session, module_key)
    return [_flag(row) for row in rows if row.verdict and today.has(row.item_id, row.version, row.locale, row.wording)]


def favors(row: ItemRow) -> str | None:
    """Return the language whose readers do better; None where no difference matters, or nobody can tell."""
    if not row.differs or row.log_odds is None:
        return None
    return ENGLISH if row.log_odds > 0 else row.locale


def _flag(row: ItemRow) -> ItemFlag:
    return ItemFlag(
        row.item_id, row.locale, row.effect, row.log_odds, row.log_odds_low, row.log_odds_high, favors(row), row.answers
    )
