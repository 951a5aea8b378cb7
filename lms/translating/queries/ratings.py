"""Reads of what community reviewers think of a wording."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.content.library import Source, Words
from lms.people.queries import names_of
from lms.translating.models import WordingRating
from lms.translating.queries.progress import sentences_of
from lms.translating.queries.proposals import Place, Told, filed_of
from lms.translating.rules import ASPECTS, part_of, standing_of


@dataclass(frozen=True)
class Rating:
    """One reviewer's opinion; `is_today` unless the words have changed since."""

    person_id: int
    name: str
    part: str
    wording: str
    accuracy: int
    fit: int
    readability: int
    comment: str
    rated_at: datetime
    is_today: bool

    @property
    def marks(self) -> Mapping[str, int]:
        """Return the marks by aspect."""
        return {aspect: getattr(self, aspect) for aspect in ASPECTS}


def wording_of(source: Source, words: Words, part: str, newest: Mapping[Place, Told]) -> str:
    """Return the mark of the words of a part as the desk shows them, "" where none is translated.

    It changes when one of them does, whether they stand in the files or are proposed there.
    """
    texts = []
    for at, english in sentences_of(source).items():
        if part_of(at) == part:
            told = newest.get(Place(source.kind, source.key, at, words.locale))
            texts.append(standing_of(english, filed_of(words, at, english), [told.version] if told else []).text)
    if not any(texts):
        return ""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def list_ratings(session: Session, source: Source, words: Words, newest: Mapping[Place, Told]) -> list[Rating]:
    """Return the ratings of an object in a language, the newest first. Two queries, one where there is none.

    `newest` is what `list_open` returns.
    """
    columns = (
        WordingRating.person_id,
        WordingRating.part,
        WordingRating.wording,
        *(getattr(WordingRating, aspect) for aspect in ASPECTS),
        WordingRating.comment,
        WordingRating.rated_at,
    )
    where = (WordingRating.kind == source.kind, WordingRating.key == source.key)
    rows = session.execute(
        select(*columns).where(*where, WordingRating.locale == words.locale).order_by(WordingRating.id.desc())
    ).all()
    names = names_of(session, [row.person_id for row in rows])
    today = {part: wording_of(source, words, part, newest) for part in {row.part for row in rows}}
    return [
        Rating(
            row.person_id,
            names[row.person_id],
            row.part,
            row.wording,
            row.accuracy,
            row.fit,
            row.readability,
            row.comment,
            row.rated_at,
            today[row.part] == row.wording,
        )
        for row in rows
    ]
