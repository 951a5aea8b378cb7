"""Whether a translation has the numbers of its English: 988 is not 989, however it is written."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

#: Up to here a translator may well write a word where the English has digits, or the other way round.
MOST_IN_WORDS = 20
_TIME = re.compile(r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)(?![\d:])")
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:[.,\u00a0\u202f]\d{3})+")
_NOT_READ = re.compile(r"\]\([^)]*\)|\{[\w-]+\}|%\(\w+\)s")


@dataclass(frozen=True)
class NumberFault:
    """What differs. It is only a warning when the same may stand there in words."""

    #: Numbers of the English that are missing, and those that the English has not, sorted.
    lost: tuple[str, ...]
    added: tuple[str, ...]
    is_warning: bool

    @property
    def message(self) -> str:
        """Return what the check says."""
        sides = (("lacks", self.lost), ("adds", self.added))
        told = [f"{what} {', '.join(which)}" for what, which in sides if which]
        return f"{' and '.join(told)}: its numbers differ from the English"


def number_fault(english: str, text: str) -> NumberFault | None:
    """Return how the numbers of a translation differ from those of its English, None when they do not.

    The same are: 1,000 and 1.000; 2.5 and 2,5; 4:00 p.m. and 16:00. How often a number stands there does not
    matter. A number up to 20 that one side lacks is a warning, because it may stand there as a word.
    """
    ours, theirs = set(_numbers(english)), set(_numbers(text))
    lost = {each for each in ours - theirs if not _is_time_of(each, theirs)}
    added = {each for each in theirs - ours if not _is_time_of(each, ours)}
    if not lost and not added:
        return None
    is_small = all(each.isdigit() and int(each) <= MOST_IN_WORDS for each in lost | added)
    return NumberFault(tuple(sorted(lost)), tuple(sorted(added)), is_small and not (lost and added))


def _numbers(text: str) -> Iterator[str]:
    """Yield the numbers of a text, each in one form; times of day as "h:mm" of a clock of 12 hours."""
    if not _DIGIT.search(text):
        return
    rest = _NOT_READ.sub(" ", text)
    for match in _TIME.finditer(rest):
        yield f"{int(match[1]) % 12}:{match[2]}"
    for match in _NUMBER.finditer(_TIME.sub(" ", rest)):
        yield _one_form(match[0])


def _one_form(number: str) -> str:
    """Return a number without marks between thousands, and with a point before decimals."""
    if _GROUPED.fullmatch(number):
        return re.sub(r"\D", "", number)
    whole, _, decimals = number.replace(",", ".").rpartition(".")
    return f"{whole.replace('.', '')}.{decimals}" if whole else number


def _is_time_of(number: str, others: Collection[str]) -> bool:
    """Return whether a number is the hour of a time among `others`, or a time whose hour is: 4 p.m. and 16:00."""
    hour, colon, minutes = number.partition(":")
    if colon:
        return minutes == "00" and any(
            each.isdigit() and int(each) <= 24 and int(each) % 12 == int(hour) for each in others
        )
    return number.isdigit() and int(number) <= 24 and f"{int(number) % 12}:00" in others
