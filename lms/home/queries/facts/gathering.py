"""Gathering what is known of some people, in one statement."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, union_all
from sqlalchemy.orm import Session

from lms.content.library import Library
from lms.home.queries.facts import certificates, modules, quizzes, tracks
from lms.home.queries.facts.people import Gathered
from lms.tracks.queries import Standing, bound_tracks, read_practice, read_specs

#: What the page of a team needs to say how far people are; what a worker's own pages need beside it.
PROGRESS = ("enrolment", "track", "module", "waiver")
CERTIFICATES = ("award",)
TEAM = PROGRESS + CERTIFICATES
SEEN = (*TEAM, "asked", "shared")
OWN = (*TEAM, "asked", "application", "round", "lesson", "quiz", "entry", "survey", "fair")

_SUBJECTS = (tracks, modules, quizzes, certificates)
_BRANCHES = {kind: branch for each in _SUBJECTS for kind, branch in each.BRANCHES.items()}
_READERS = {kind: read for each in _SUBJECTS for kind, read in each.READERS.items()}


def gather(
    session: Session, library: Library, person_ids: Collection[int], kinds: tuple[str, ...], today: date
) -> Gathered:
    """Return what is known of these people on the local date `today`. One query, whatever the numbers.

    `kinds` is one of `PROGRESS`, `TEAM`, `SEEN`, `OWN`. Training from elsewhere, hours and sign-offs cost a query each
    where a track on which somebody is asks for them (`tracks.queries.read_practice`), and revisions of tracks that this
    process has not read yet one each, once.
    """
    gathered = Gathered(Standing(library, today))
    awards: dict[str, list[Any]] = {}
    rows = session.execute(_statement(kinds), {"ids": list(person_ids)}).all() if person_ids else []
    for row in rows:
        if row.kind == "award":
            awards.setdefault(row.key, []).append(row)
        else:
            _READERS[row.kind](gathered, row)
    certificates.add_holdings(gathered, awards.values(), today)
    standing = gathered.standing
    standing.tracks = read_specs(session, standing)
    asked = bound_tracks(standing)
    if kinds == OWN:  # her pages say how far she is from the tracks that she could begin, too
        asked += [track for track in standing.tracks.values() if track.can_be_met]
    read_practice(session, standing, person_ids, asked)
    return gathered


@cache
def _statement(kinds: tuple[str, ...]) -> CompoundSelect[Any]:
    """Return the statement that reads these kinds of facts of the people `ids`, in the order of their ids."""
    return union_all(*(_BRANCHES[kind]() for kind in kinds)).order_by("id")
