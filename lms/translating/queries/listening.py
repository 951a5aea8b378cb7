"""How much of what is taught can be heard: lessons with a reading of today's words, by module and language."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from lms.content.cache import Cache
from lms.content.library import SOURCE_LOCALE, Library, Source, Words
from lms.content.readings import Share, is_lesson, share_of, today
from lms.courses.specs import spoken_of
from lms.i18n import TAGS
from lms.listening.queries import Recorded, recorded_words

_todays: Cache[Mapping[str, str]] = Cache(1_000)


def audio_shares(session: Session, library: Library) -> dict[tuple[str, str], Share]:
    """Return {(module key, locale): lessons, and how many of them can be heard}, English too. One query.

    What was published of a recording that is withdrawn is heard no more, and not counted.
    """
    recorded = recorded_words(session)
    found = {}
    for key in library.keys("module"):
        source = library.get("module", key)
        for locale in TAGS:
            words = Words(locale) if locale == SOURCE_LOCALE else library.words("module", key, locale)
            of = recorded.get((key, locale), Recorded())
            found[key, locale] = share_of(_now(source, words), source, words, of.words, of.gone)
    return found


def _now(source: Source, words: Words) -> Mapping[str, str]:
    """Return the hash of today's words of each lesson, by its address; made once for each text and translation."""
    address = (source.key, source.sha256, words.locale, words.sha256)
    return _todays.get(
        address, lambda: {at: today(parts, words) for at, parts in spoken_of(source).items() if is_lesson(at)}
    )
