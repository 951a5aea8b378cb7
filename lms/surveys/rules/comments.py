"""Rules of comments: what one may hold, on which day it was given, and how many somebody may send."""

from __future__ import annotations

from collections import Counter
from datetime import date

from lms.errors import RuleBroken
from lms.surveys.rules.answers import first_of_month

COMMENT_LIMIT = 2000
#: Comments of one person on one day.
A_DAY = 5


def check_comment(text: str) -> str:
    """Return the text to store; raise `RuleBroken("no_words")` or `RuleBroken("too_many_letters")`."""
    text = text.strip()
    if not text:
        raise RuleBroken("no_words")
    if len(text) > COMMENT_LIMIT:
        raise RuleBroken("too_many_letters")
    return text


def day_of(today: date, *, is_signed: bool) -> date:
    """Return the date that a comment carries: of an unsigned one the month alone, which a log of requests tells not."""
    return today if is_signed else first_of_month(today)


class Turns:
    """Who has sent how many unsigned words today. It lives in the memory of one process and is written nowhere.

    A row that counts a person's comments would tell, on a quiet day, whose the unsigned one is.
    """

    def __init__(self, most: int = A_DAY, code: str = "too_many_comments") -> None:
        self._most, self._code = most, code
        self._day = date.min
        self._taken: Counter[int | str] = Counter()

    def take(self, who: int | str, today: date) -> None:
        """Count one turn of a person, or of a link; raise `RuleBroken` with the code after the most of a day."""
        if today != self._day:
            self._day, self._taken = today, Counter()
        if self._taken[who] >= self._most:
            raise RuleBroken(self._code)
        self._taken[who] += 1
