"""The glossary: which words of Spanish, Tongan and Samoan stand for the terms of this program, and where from.

What is compared: letters without case, and without the acute accent, which moves with the plural in Spanish and marks
a definite noun in Tongan. Macrons, the glottal stop (U+02BB) and ñ are letters and matter; a long vowel is the same
as two short ones, since Tongan writes `ā` as `aá` under that accent.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, field_validator

from lms.content.library import Source
from lms.content.shapes import Key, MisplacedError, Spec, Title, refuse_twice

FILE = "glossary.yml"
KIND = KEY = "glossary"
_NOT_READ = re.compile(r"(?<=\])\([^)]*\)|\{[\w-]+\}|%\(\w+\)s")
#: What Tongan and Samoan put before a word: fakakomiunitī, faʻafāmili, fefalalaʻaki.
_PREFIX = "(?:fe)?(?:faka|faʻa)?"
#: A name of several words, such as Department of Public Social Services.
_NAME = re.compile(r"\b[A-Z][\w’'-]*(?:\s+(?:(?:of|and|for|the)\s+)*[A-Z][\w’'-]*)+")
_ACUTE, _MACRON = "\N{COMBINING ACUTE ACCENT}", "\N{COMBINING MACRON}"
_LONG = re.compile(f"([aeiou]){_MACRON}")


def _stem(text: str) -> str:
    """Return `text`; raise `ValueError` when it holds no letter to look for."""
    if not re.search(r"[^\W\d_]", text):
        raise ValueError("write a word, or the beginning of one")
    return text


Stem = Annotated[Title, AfterValidator(_stem)]
Note = Annotated[str, StringConstraints(max_length=2_000, strip_whitespace=True)]


class WordsSpec(Spec):
    """What stands for a term in one language: beginnings of words, of which one must be there, and none to avoid."""

    use: Annotated[tuple[Stem, ...], Field(min_length=1, max_length=30)]
    avoid: Annotated[tuple[Stem, ...], Field(max_length=30)] = ()

    @field_validator("avoid")
    @classmethod
    def _avoid_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        refuse_twice(value, "word")
        return value


class TermSpec(Spec):
    """One term: the English forms that are looked for, and its words by language; without them it is not checked."""

    id: Key
    english: Annotated[tuple[Stem, ...], Field(min_length=1, max_length=30)]
    es: WordsSpec | None = None
    to: WordsSpec | None = None
    sm: WordsSpec | None = None
    #: Why these words, where they are from, and what conflicts; English, for translators.
    note: Note = ""
    #: Whether sources agree: "agreed"; "chosen" among several or where there was none; "conflict" is still open.
    status: Literal["chosen", "agreed", "conflict"] = "chosen"

    def words(self, locale: str) -> WordsSpec | None:
        """Return its words in a language, None where nothing is said."""
        found: Mapping[str, WordsSpec | None] = {"es": self.es, "to": self.to, "sm": self.sm}
        return found.get(locale)


class GlossarySpec(Spec):
    """`glossary.yml`."""

    terms: Annotated[tuple[TermSpec, ...], Field(min_length=1, max_length=1_000)]

    @classmethod
    def from_source(cls, source: Source) -> Self:
        """Return the published glossary."""
        return cls.read(source.file(FILE))

    @cached_property
    def forms(self) -> re.Pattern[str]:
        """Return what finds any English form in folded text, the longest first."""
        forms = sorted(self.by_form, key=len, reverse=True)
        return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, forms))})(?![\w-])")

    @cached_property
    def by_form(self) -> Mapping[str, TermSpec]:
        """Return {folded English form: its term}."""
        return {_folded(form): term for term in self.terms for form in term.english}

    @field_validator("terms")
    @classmethod
    def _terms_once(cls, value: tuple[TermSpec, ...]) -> tuple[TermSpec, ...]:
        refuse_twice((term.id for term in value), "id")
        seen: set[str] = set()
        for place, term in enumerate(value):
            for number, form in enumerate(term.english):
                if _folded(form) in seen:
                    raise MisplacedError(f"English form used twice: {form}", (place, "english", number))
                seen.add(_folded(form))
        return value


@dataclass(frozen=True)
class Hit:
    """A term that an English sentence has, with its words in one language. `found` is the form that stands there."""

    term: str
    use: tuple[str, ...]
    note: str
    status: str
    id: str
    avoid: tuple[str, ...] = ()
    found: str = ""


def glossary_hits(glossary: GlossarySpec, english: str, locale: str) -> list[Hit]:
    """Return the terms of `glossary` that stand in `english`, in their order there, each once.

    Forms are whole words; where one stands inside a longer one, only the longer one counts.
    """
    hits: dict[str, Hit] = {}
    for match in glossary.forms.finditer(_plain(english)):
        term = glossary.by_form[match[0]]
        words = term.words(locale)
        if words and term.id not in hits:
            told = (term.english[0], words.use, term.note, term.status, term.id, words.avoid, match[0])
            hits[term.id] = Hit(*told)
    return list(hits.values())


def without_names(english: str, text: str) -> str:
    """Return `english` without names of several words that stand in the translation `text` as they are."""

    def rest(match: re.Match[str]) -> str:
        words = match[0].split()
        for first in range(len(words) - 1):  # "The Health Consumer Alliance" begins with no word of the name
            if " ".join(words[first:]) in text:
                return " ".join([*words[:first], "|"])
        return match[0]

    return _NAME.sub(rest, english)


def term_faults(hits: Iterable[Hit], text: str) -> Iterator[tuple[str, str]]:
    """Yield what the translation `text` does with the terms of its English that the glossary says otherwise.

    Each is the term's id and a sentence. A word to avoid counts only outside of words to use.
    """
    hits = list(hits)
    translation = _plain(text)
    rest = translation
    for hit in hits:
        for stem in hit.use:
            rest = _pattern(stem).sub(" | ", rest)
    for hit in hits:
        if avoided := next((each for each in hit.avoid if _pattern(each).search(rest)), None):
            yield hit.id, f"the glossary avoids {avoided!r} for {hit.term!r}: {_listed(hit.use)}"
        elif not any(_pattern(stem).search(translation) for stem in hit.use):
            yield hit.id, f"the glossary has {_listed(hit.use)} for {hit.term!r}"


def _listed(use: Iterable[str]) -> str:
    return " or ".join(repr(each) for each in use)


@lru_cache(maxsize=4_000)
def _pattern(stem: str) -> re.Pattern[str]:
    """Return what finds words that begin with each part of `stem`, one behind the other; a prefix may stand before."""
    parts = (rf"{re.escape(part)}\w*" for part in _folded(stem).split())
    return re.compile(rf"(?<!\w){_PREFIX}" + r"\W+".join(parts))


def _plain(text: str) -> str:
    """Return running text as it is compared: without what is no word in it: addresses, marks, and names in braces."""
    return _folded(_NOT_READ.sub(" ", text).replace("*", "").replace("`", ""))


@lru_cache(maxsize=20_000)
def _folded(text: str) -> str:
    """Return `text` as it is compared (see above), with single blanks."""
    apart = unicodedata.normalize("NFD", text.casefold().replace("’", "'")).replace(_ACUTE, "")
    return " ".join(unicodedata.normalize("NFC", _LONG.sub(r"\1\1", apart)).split())
