"""What questions share whose answer is typed: how it is kept, and when two spellings are one word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

from lms.content.shapes import Path, Sentence
from lms.errors import RuleBroken
from lms.i18n import TAGS
from lms.people.rules import search_key

#: How long a typed word or short phrase may be.
SHORT = 100
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[.,:/](?=\d)")


def tidy(typed: str, most: int, *, is_long: bool = False) -> str:
    """Return what was typed in NFC, trimmed and without control characters.

    Blanks become one and lines are joined, unless it `is_long`. Raise `RuleBroken("foreign_answer")` for more than
    `most` characters: the page lets nobody type them.
    """
    if len(typed) > 4 * most:
        raise RuleBroken("foreign_answer")
    lines = typed.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(each for each in lines if each in "\n\t" or unicodedata.category(each) not in {"Cc", "Cs"})
    text = unicodedata.normalize("NFC", kept)
    text = text.strip() if is_long else " ".join(text.split())
    if len(text) > most:
        raise RuleBroken("foreign_answer")
    return text


def one_text(sent: Sequence[str], most: int, *, is_long: bool = False) -> tuple[str, ...]:
    """Return the one text that was sent, in its stored shape; () when it is blank."""
    if len(sent) > 1:
        raise RuleBroken("foreign_answer")
    text = tidy(sent[0], most, is_long=is_long) if sent else ""
    return (text,) if text else ()


def folded(text: str) -> str:
    """Return `text` as it is compared: without case, accents, macrons, glottal marks and punctuation.

    It is the fold by which people are found (lms/people/rules/names.py). Between digits signs count: 2.5 is not 25.
    """
    return search_key(_BETWEEN_DIGITS.sub(" ", text))


def _foldable(text: str) -> str:
    if not folded(text):
        raise ValueError("write words: nothing of this is compared")
    return text


def _tag(text: str) -> str:
    if text not in TAGS:
        raise ValueError(f"{text!r} is none of the languages {', '.join(TAGS)}")
    return text


Word = Annotated[Sentence, Field(max_length=SHORT), AfterValidator(_foldable)]
#: Accepted words by language. Whatever language the page is in, a word of any of them is right.
Accepted = Mapping[
    Annotated[str, AfterValidator(_tag)], Annotated[tuple[Word, ...], Field(min_length=1, max_length=50)]
]


def has_english(accepted: Accepted) -> Accepted:
    """Return `accepted`; raise `ValueError` without English words, which stand in where a language has none."""
    if "en" not in accepted:
        raise ValueError("give the English words that are right")
    return accepted


def is_among(typed: str, accepted: Accepted) -> bool:
    """Return whether `typed` is one of the accepted words, of whatever language."""
    plain = folded(typed)
    return any(folded(word) == plain for words in accepted.values() for word in words)


def word_in(accepted: Accepted, locale: str) -> str:
    """Return the first accepted word of a language, the English where it has none."""
    return accepted.get(locale, accepted["en"])[0]


def weak_spots(accepted: Accepted) -> Iterator[tuple[Path, str]]:
    """Yield (path, warning) of words that say nothing new, and of languages without any."""
    for locale, words in accepted.items():
        seen: dict[str, str] = {}
        for place, word in enumerate(words):
            if (first := seen.setdefault(folded(word), word)) is not word:
                yield (locale, place), f"{word!r} is compared as {first!r} is, and says nothing new"
    if lacking := [tag for tag in TAGS if tag not in accepted]:
        yield (), f"no words of {', '.join(lacking)}: who answers in that language is told that she is wrong"
