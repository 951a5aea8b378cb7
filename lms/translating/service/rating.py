"""Keeping what a community reviewer thinks of the words of a part; she may change her mind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from sqlalchemy import Table, update
from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.content.library import current
from lms.db import insert_once
from lms.errors import NotFound, RuleBroken
from lms.translating import policy, queries, rules
from lms.translating.models import WordingRating
from lms.translating.queries import Place

_RATINGS = cast("Table", WordingRating.__table__)


def rate(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    marks: Mapping[str, int],
    comment: str,
    wording: str,
    at: datetime,
) -> None:
    """Keep her marks of the part to which the sentence at `place` belongs: one of hers for each wording of it.

    `wording` is what `wording_of` said of the words that she read. Raise `NotFound` for who does not know the language
    or where nothing is translated, `RuleBroken`: "marks_needed" for marks that are not 1 to 5, "reworded".
    """
    if not policy.can_write(actor, place.locale):
        raise NotFound("not her language")
    if set(marks) != set(rules.ASPECTS) or not all(1 <= each <= 5 for each in marks.values()):
        raise RuleBroken("marks_needed")
    library = current(session)
    source = queries.source_at(library, place.kind, place.key, place.locale)
    words, part = library.words(place.kind, place.key, place.locale), rules.part_of(place.address)
    newest = queries.list_open(session, library, [place.locale], place.kind, place.key)
    today = queries.wording_of(source, words, part, newest)
    if not today:
        raise NotFound("nothing is translated there")
    if wording != today:
        raise RuleBroken("reworded")
    named = {"kind": place.kind, "key": place.key, "part": part, "locale": place.locale, "wording": today}
    said = {**marks, "comment": comment.strip(), "rated_at": at}
    row = {"person_id": actor.person_id, **named, **said}
    if not insert_once(session, WordingRating, [row]):
        hers = [_RATINGS.c[name] == value for name, value in {"person_id": actor.person_id, **named}.items()]
        session.execute(update(_RATINGS).where(*hers).values(said))
    subject = f"{place.kind}/{place.key}/{place.locale}"
    record(session, actor.account_id, "translating.rated", "wording", subject, at=at, part=part)
