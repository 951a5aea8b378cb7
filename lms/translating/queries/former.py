"""Reads of what the files said before: which words were published since a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.content.library import Words, words_of
from lms.content.models import Publication, PublicationItem, Revision

#: Kind, key and locale.
Object = tuple[str, str, str]


def words_since(
    session: Session, objects: Collection[Object], since: datetime
) -> dict[Object, list[tuple[datetime, Words]]]:
    """Return the words that each object had in publications from `since` on, with the last day of each.

    One query, and one for each revision that this process has not read; none without objects.
    """
    if not objects:
        return {}
    last = func.max(Publication.published_at)
    rows = (
        select(Revision.id, Revision.kind, Revision.key, Revision.locale, last)
        .join(PublicationItem, PublicationItem.revision_id == Revision.id)
        .join(Publication, Publication.id == PublicationItem.publication_id)
        .where(
            Publication.published_at >= since,
            Revision.locale.in_({locale for _, _, locale in objects}),
            Revision.key.in_({key for _, key, _ in objects}),
        )
        .group_by(Revision.id, Revision.kind, Revision.key, Revision.locale)
    )
    found: dict[Object, list[tuple[datetime, Words]]] = {}
    for id_, kind, key, locale, at in session.execute(rows).all():
        if (kind, key, locale) in objects:
            found.setdefault((kind, key, locale), []).append((at, words_of(session, id_, locale)))
    return found
