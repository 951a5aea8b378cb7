"""Everything of a record that a transcript states: keys, dates and minutes, in no language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from lms.certificates.queries import holders_of
from lms.competencies.queries import attained_of, evidence_of
from lms.competencies.rules import Piece, counted_minutes
from lms.content.library import Library
from lms.fieldwork.queries import credited_minutes, signed_off
from lms.fieldwork.rules import CreditedMinutes, SignedOff
from lms.home.queries.facts import ModuleDone, gather
from lms.home.rules import Holding
from lms.training.queries import list_own, recognized
from lms.training.rules import Recognized

#: What of the gathered facts it takes.
KINDS = ("track", "module", "award")


@dataclass(frozen=True)
class Skill:
    """Minutes that count towards a competency ("framework/competency"), and since when she has attained it, if so."""

    competency: str
    minutes: int
    attained_on: date | None


@dataclass(frozen=True)
class Elsewhere:
    """Training from elsewhere that is recognized: what it is called, who gave it, and what it counts as."""

    title: str
    issuer: str
    counted: Recognized


@dataclass(frozen=True)
class Held:
    """A person's record as it stands."""

    is_demonstration: bool
    holdings: tuple[Holding, ...]
    #: Track, cycle and date of each one that is finished.
    tracks: tuple[tuple[str, int, date], ...]
    modules: tuple[ModuleDone, ...]
    skills: tuple[Skill, ...]
    practice: tuple[CreditedMinutes, ...]
    sign_offs: tuple[SignedOff, ...]
    elsewhere: tuple[Elsewhere, ...]


def read_held(session: Session, library: Library, person_id: int, today: date) -> Held:
    """Return what a record holds on the local date `today`. Eight queries, the same for an empty one."""
    gathered = gather(session, library, [person_id], KINDS, today)
    facts = gathered.of(person_id)
    done = [(each.track_key, each.cycle, each.completed_on) for each in gathered.standing.completions.values()]
    told = {each.public_id: each.told for each in list_own(session, person_id)}
    return Held(
        is_demonstration=holders_of(session, [person_id])[person_id].is_demonstration,
        holdings=tuple(facts.holdings),
        tracks=tuple(sorted(done, key=lambda each: (each[2], each[:2]))),
        modules=tuple(sorted(facts.modules, key=lambda each: (each.completed_on, each.key))),
        skills=_skills(session, person_id),
        practice=tuple(credited_minutes(session, [person_id])),
        sign_offs=tuple(signed_off(session, [person_id])),
        elsewhere=tuple(
            Elsewhere(told[each.public_id].title, told[each.public_id].issuer, each)
            for each in recognized(session, [person_id])
        ),
    )


def _skills(session: Session, person_id: int) -> tuple[Skill, ...]:
    """Return every competency that has minutes or is attained, by its key. Two queries."""
    pieces: dict[str, list[Piece]] = {}
    for proof in evidence_of(session, [person_id]).get(person_id, ()):
        pieces.setdefault(proof.competency, []).append(Piece(proof.source_key, proof.minutes))
    attained = {each.competency: each.attained_on for each in attained_of(session, [person_id]).get(person_id, ())}
    return tuple(
        Skill(key, counted_minutes(pieces.get(key, ())), attained.get(key)) for key in sorted({*pieces, *attained})
    )
