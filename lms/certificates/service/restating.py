"""Correcting what a released certificate states of the training: seen first, then made as a new edition."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.actor import Actor
from lms.audit.service import record
from lms.certificates import policy, queries
from lms.certificates.queries import Known
from lms.certificates.queries.facts import Key
from lms.certificates.rules import payloads
from lms.certificates.rules.lives import check_life
from lms.certificates.rules.payloads import Facts, Keys, Place
from lms.certificates.service.awards import Drafted, draft_one
from lms.certificates.service.editions import end_of, marks_of
from lms.certificates.service.locking import lock_award
from lms.certificates.service.redrafting import insert_redrafted
from lms.content.library import SOURCE_LOCALE, Library, current
from lms.errors import NotFound, RuleBroken
from lms.tracks.specs import TrackSpec

#: What a correction may change. Her name has a way of its own; the day of the award and the language stay.
STATED = (
    "track", "level", "competencies", "minutes", "language_of_instruction", "started_on", "completed_on", "valid_until",
    "issuer", "provider_number", "signers", "disclaimers",
)  # fmt: skip
#: What is of one edition alone, and drawn anew for each: no part of what was seen.
_OWN = frozenset({"edition", "frozen_at", "keys", "status"})


@dataclass(frozen=True)
class Change:
    """One member of the payload that a correction would change."""

    member: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Restated:
    """What the record and the content say today of a certificate, and in what that differs from what it states."""

    drafted: Drafted
    changes: tuple[Change, ...]
    #: SHA-256 of what was seen, so that nothing else is made than what the certifier confirmed.
    seal: str


def restate(session: Session, known: Known) -> Restated:
    """Return what a correction of this certificate would change today. Only reads.

    Raises `RuleBroken` when it cannot be corrected now, or the record does not prove it any more.
    """
    check_life(known.standing, "correct")
    if known.newest.number != known.standing.edition:
        raise RuleBroken("still_preparing")
    drafted = _draft(session, known)
    payload = _restated(known, drafted.facts)
    before, after = _stated(known), _members(payload)
    changes = tuple(Change(each, before[each], after[each]) for each in STATED if before[each] != after[each])
    return Restated(drafted, changes, _sealed(payload))


def _sealed(payload: Mapping[str, Any]) -> str:
    """Return the SHA-256 of everything that the next edition would freeze, but for what is its own."""
    whole = {name: value for name, value in payload.items() if name not in _OWN}
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def correct_data(session: Session, actor: Actor, award_public_id: str, *, seal: str, at: datetime) -> int:
    """Make a new edition that states what the certifier saw and confirmed, under the same serial; return its id.

    The released edition counts until the new one is released. Raises `NotFound`; `RuleBroken` when nothing would
    change, or something else than what `seal` stands for.
    """
    known = lock_award(session, award_public_id)
    if not policy.can_certify(actor, known.person_id):
        raise NotFound
    restated = restate(session, known)
    if not restated.changes:
        raise RuleBroken("nothing_to_correct")
    if restated.seal != seal:
        raise RuleBroken("facts_changed")
    edition_id = insert_redrafted(session, known, restated.drafted, at=at)
    changed = ",".join(each.member for each in restated.changes)
    action, number = "certificates.data_corrected", known.newest.number + 1
    record(session, actor.account_id, action, "award", known.award_id, at=at, edition=number, members=changed)
    return edition_id


def _draft(session: Session, known: Known) -> Drafted:
    """Draft the certificate again for the same name, language and day, with the track's title of today."""
    library, stated = current(session), known.newest.payload
    key: Key = (known.person_id, known.track_key, known.cycle)
    completion = queries.completions_of(session, [key]).get(key)
    if completion is None:
        raise RuleBroken("not_completed")
    basis = queries.bases_of(session, [completion])[key]
    if not basis.is_proven:
        raise RuleBroken("evidence_missing", name=stated["name"])
    holder = queries.holders_of(session, [known.person_id])[known.person_id]
    holder = replace(holder, name=stated["name"], language=stated["language"])
    today = date.fromisoformat(stated["awarded_on"])
    drafted = draft_one(session, library, completion, holder, basis, today=today)
    title = _title_of_today(library, known.track_key, stated["language"])
    return replace(drafted, facts=replace(drafted.facts, track_title=title)) if title else drafted


def _title_of_today(library: Library, key: str, language: str) -> dict[str, str]:
    """Return the title that the track has now; nothing where it is not taught any more."""
    if library.find("track", key) is None:
        return {}
    english = library.spec(TrackSpec, "track", key).title
    text = library.words("track", key, language).text(f"{key}.yml:title", english)
    return {SOURCE_LOCALE: english} if text.is_english else {SOURCE_LOCALE: english, language: text.text}


def _stated(known: Known) -> dict[str, Any]:
    """Return what the certificate states, in the format of today."""
    ends_at = end_of(known.newest.valid_until)
    payload = payloads.modern(known.newest.payload, round_=known.cycle, awarded_at=known.awarded_at, ends_at=ends_at)
    return _members(payload)


def _restated(known: Known, facts: Facts) -> dict[str, Any]:
    """Return the payload of the next edition, without keys and place."""
    nowhere, no_keys = Place(0, 0), Keys("", {})
    number, at = known.newest.number + 1, known.awarded_at
    marks = marks_of(known, facts.valid_until, number=number, round_=known.cycle, at=at, keys=no_keys, place=nowhere)
    payload: dict[str, Any] = json.loads(payloads.freeze(facts, marks).payload)
    return payload


def _members(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that a correction may change; of the issuer the name and the number as a provider."""
    issuer = payload["issuer"]
    return {**payload, "issuer": issuer["name"], "provider_number": issuer["provider_number"]}
