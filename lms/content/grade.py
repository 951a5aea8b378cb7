"""How hard a lesson's English is to read, as the school grade of Flesch and Kincaid.

The formula: 0.39 words per sentence + 11.8 syllables per word - 15.59 (Kincaid, Fishburne, Rogers and Chissom,
Derivation of New Readability Formulas, Research Branch Report 8-75, 1975). It is a rule of thumb: it counts how long
sentences and words are, not whether they make sense. Syllables are counted by letters, so a grade is right to about
half a grade.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lms.content.lessons import segments

HARDEST = 7.0
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
#: A sentence ends at a stop with a blank behind it. A colon ends one too: what follows is read by itself.
_END = re.compile(r"(?<=[.!?:;])[\"”’)*]*\s+")
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|vs|etc|e\.g|i\.e|a\.m|p\.m)\.", re.IGNORECASE)
_ADDRESS = re.compile(r"\]\([^)]*\)")


def grade_of(markdown: str) -> float:
    """Return the grade of a lesson's text; 0.0 when it has no words.

    Headings, short lines of lists and cells of tables count as sentences.
    """
    sentences = [each for segment in segments(markdown) for each in sentences_in(segment.english)]
    words = [word for sentence in sentences for word in _WORD.findall(sentence)]
    if not words:
        return 0.0
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def sentences_in(text: str) -> list[str]:
    """Return the sentences of one run of words, without those that hold no word."""
    plain = _ABBREVIATION.sub(lambda match: match[0].replace(".", ""), _ADDRESS.sub("]", text))
    return [each for each in _END.split(plain) if _WORD.search(each)]


@lru_cache(maxsize=20_000)
def syllables(word: str) -> int:
    """Return about how many syllables an English word has, at least 1.

    Each run of vowels is one (a, e, i, o, u, y). Silent are: an e at the end (not -le behind a consonant, as in
    "table"), -es (but as in "boxes" and "changes"), and -ed (but behind d or t, as in "needed").
    """
    letters = re.sub(r"[^a-z]", "", word.casefold())
    count = len(re.findall(r"[aeiouy]+", letters))
    is_silent = (
        re.search(r"[^aeiouy]e$", letters) and not re.search(r"[^aeiouy]le$", letters),
        re.search(r"[^aeiouydt]ed$", letters),
        re.search(r"[^aeiouysxzcg]es$", letters) and not re.search(r"(?:[cs]h|[^aeiouy]l)es$", letters),
    )
    return max(count - any(is_silent), 1)
