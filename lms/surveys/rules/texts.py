"""Rules of free texts: who may read which, and what each step makes of one."""

from __future__ import annotations

from dataclasses import dataclass

from lms.errors import RuleBroken

ENGLISH = "en"
TRANSLATION_LIMIT = 2000


@dataclass(frozen=True)
class FreeText:
    """One released text. `state` is "" while nobody has touched it; `english` is None until it is in English."""

    id: str
    question_id: str
    survey_key: str
    subject_key: str | None
    language: str
    words: str
    state: str
    english: str | None

    @property
    def is_to_translate(self) -> bool:
        """Return whether it waits for a translator: written on a page that was not English, or said not to be."""
        return self.state == "passed" or (self.state == "" and self.language != ENGLISH)

    @property
    def is_to_judge(self) -> bool:
        """Return whether a reader asked that somebody look at it before others read it."""
        return self.state == "flagged"

    @property
    def shown(self) -> str | None:
        """Return what staff read, in English; None while nobody may."""
        if self.state == "shown":
            return self.english
        return self.words if self.state == "" and self.language == ENGLISH else None

    @property
    def original(self) -> str:
        """Return what its translator reads: its own words; where those are gone, the English made of them."""
        return self.words or self.english or ""

    def is_for(self, languages: frozenset[str]) -> bool:
        """Return whether a translator of these languages sees it: what was passed on, all of them do."""
        return self.is_to_translate and bool(languages) and (self.state == "passed" or self.language in languages)


def check_english(text: str) -> str:
    """Return the words to store; raise `RuleBroken("no_words")` or `RuleBroken("too_many_letters")`."""
    text = text.strip()
    if not text:
        raise RuleBroken("no_words")
    if len(text) > TRANSLATION_LIMIT:
        raise RuleBroken("too_many_letters")
    return text
