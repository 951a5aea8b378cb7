"""A further edition with the facts of today: what was reserved could not be made, or was wrong."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.certificates import queries
from lms.certificates.queries.facts import Key
from lms.certificates.rules import payloads
from lms.certificates.service.awards import Drafted, draft
from lms.certificates.service.editions import New, insert_editions, marks_of
from lms.certificates.service.keys import get_keys
from lms.certificates.service.places import draw_places


def redraft_edition(session: Session, known: queries.Known, *, today: date, at: datetime) -> int:
    """Freeze and insert a further edition with the facts of today under the same serial; return its id.

    The award's holder is locked. Raises `RuleBroken` as `draft` does.
    """
    key: Key = (known.person_id, known.track_key, known.cycle)
    return insert_redrafted(session, known, draft(session, [key], today=today)[key], at=at)


def insert_redrafted(session: Session, known: queries.Known, drafted: Drafted, *, at: datetime) -> int:
    """Freeze and insert what was drafted as a further edition under the same serial; return its id.

    The award's holder is locked. Raises `RuleBroken` without keys.
    """
    keys, newest = get_keys(session, at), known.newest
    (place,) = draw_places(session, 1, at=at)
    number, until = newest.number + 1, drafted.facts.valid_until
    marks = marks_of(known, until, number=number, round_=known.cycle, at=at, keys=keys, place=place)
    frozen = payloads.freeze(drafted.facts, marks)
    new = New(
        known.award_id,
        number,
        "data_correction",
        frozen,
        keys,
        place,
        until,
        drafted.design,
        newest.edition_id,
    )
    return insert_editions(session, [new], at)[known.award_id]
