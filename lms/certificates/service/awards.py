"""Reserving certificates: the award, its first edition with the frozen payload, and the task to make it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.certificates import queries
from lms.certificates.models import Award, Edition, IssueTask
from lms.certificates.queries.facts import Key
from lms.certificates.rules import payloads, serials
from lms.certificates.rules.lives import last_day
from lms.certificates.rules.names import check_name, check_words
from lms.certificates.rules.payloads import Facts, Skill
from lms.certificates.specs import CertificateSpec
from lms.competencies.specs import FrameworkSpec
from lms.content.library import SOURCE_LOCALE, Library, Words, current, source_of, spec_of
from lms.db import chunks, insert_once
from lms.errors import NotFound, RuleBroken
from lms.ids import new_public_id
from lms.tracks.specs import TrackSpec

_DRAWS = 8  # a serial is drawn again when sixty random bits were drawn before


@dataclass(frozen=True)
class Case:
    """A completed track that is to be certified, and the decision that says so."""

    key: Key
    decision_id: int | None


@dataclass(frozen=True)
class Reserved:
    """A new award: it has its serial and its first edition, and waits to be signed."""

    award_id: int
    key: Key
    serial: str
    edition_id: int


@dataclass(frozen=True)
class Design:
    """The revisions that a certificate is drawn with."""

    revision_id: int
    words_revision_id: int | None


@dataclass(frozen=True)
class Drafted:
    """What a certificate will state, and with which design."""

    facts: Facts
    design: Design


def reserve(session: Session, cases: Sequence[Case], *, today: date, at: datetime) -> list[Reserved]:
    """Reserve a certificate for each case that has none, and return the new ones. The people are locked.

    Raises `RuleBroken` when a name cannot be printed, a completion is missing, or no key is in force;
    then nothing is reserved.
    """
    known = set(_awards_by_key(session, cases))
    new = [case for case in cases if payloads.award_key(*case.key) not in known]
    if not new:
        return []
    key_id = get_key(session, at)
    drafts = draft(session, [case.key for case in new], today=today)
    awards = _insert_awards(session, new, at)
    reserved = _insert_editions(session, awards, drafts, key_id, at)
    for each in reserved:
        record(session, None, "certificates.reserved", "award", each.award_id, at=at, serial=each.serial)
    return reserved


def get_key(session: Session, at: datetime) -> str:
    """Return the id of the key in force; raise `RuleBroken` when there is none."""
    key_id = queries.find_current_key(session, at)
    if key_id is None:
        raise RuleBroken("no_key")
    return key_id


def draft(session: Session, keys: Sequence[Key], *, today: date) -> dict[Key, Drafted]:
    """Return what the certificates of these completions will state; raise `RuleBroken` naming what forbids one."""
    library = current(session)
    completions = queries.completions_of(session, keys)
    if len(completions) != len(set(keys)):
        raise RuleBroken("not_completed")
    holders = queries.named_holders(session, keys)
    bases = queries.bases_of(session, list(completions.values()))
    for key in completions:
        if not bases[key].is_proven:
            raise RuleBroken("evidence_missing", name=holders[key].name)
    return {
        key: draft_one(session, library, each, holders[key], bases[key], today=today)
        for key, each in completions.items()
    }


def draft_one(
    session: Session,
    library: Library,
    completion: queries.Completion,
    holder: queries.Holder,
    basis: queries.Basis,
    *,
    today: date,
) -> Drafted:
    """Return the facts of one certificate: of the track as it was judged, in the design of today."""
    _check_name(holder)
    source = source_of(session, completion.revision_id)
    track = spec_of(TrackSpec, source)
    design = library.find("certificate", track.certificate) if track.certificate else None
    if design is None:
        raise RuleBroken("no_certificate")
    spec = spec_of(CertificateSpec, design)
    words = library.words("certificate", design.key, holder.language)
    track_words = library.words("track", track.key, holder.language)
    awarded_on = max(today, completion.completed_on)
    facts = Facts(
        name=holder.name,
        language=holder.language,
        track_key=track.key,
        track_title=_both(track_words, f"{track.key}.yml:title", track.title),
        skills=tuple(_skill(library, holder.language, *each) for each in basis.minutes.items()),
        minutes={"class": basis.whole},
        language_of_instruction=basis.languages,
        completed_on=completion.completed_on,
        awarded_on=awarded_on,
        valid_until=last_day(track, completion.rounds or (completion.completed_on,), awarded_on),
        issuer=spec.issuer,
        disclaimers=_both(words, f"{design.key}.yml:words.not_a_license", spec.words.not_a_license),
        template_key=design.key,
        publication=library.publication_number,
        hashes={"track": source.sha256, "certificate": design.sha256}
        | ({"words": words.sha256} if words.sha256 else {}),
        is_demonstration=holder.is_demonstration,
    )
    _check_words(spec, words, facts)
    return Drafted(facts, Design(design.revision_id, words.revision_id))


def _check_name(holder: queries.Holder) -> None:
    """Raise `RuleBroken` with the whole name when it cannot be printed."""
    try:
        check_name(holder.name)
    except RuleBroken as error:
        raise RuleBroken(error.code, **{**error.values, "name": holder.name}) from error


def _check_words(spec: CertificateSpec, words: Words, facts: Facts) -> None:
    """Raise `RuleBroken` naming the first of the words on the page that cannot be printed."""
    sentences = [_both(words, f"{spec.key}.yml:words.{name}", said) for name, said in spec.words.model_dump().items()]
    titles = [facts.track_title, *(skill.title for skill in facts.skills)]
    for text in (spec.issuer, *(text for each in (*sentences, *titles) for text in each.values())):
        check_words(text)


def _both(words: Words, context: str, english: str) -> dict[str, str]:
    """Return words in English and, where they exist, in the worker's language."""
    text = words.text(context, english)
    return {SOURCE_LOCALE: english} if text.is_english else {SOURCE_LOCALE: english, words.locale: text.text}


def _skill(library: Library, language: str, competency: str, minutes: int) -> Skill:
    """Return one competency with its titles; raise `RuleBroken` when no framework knows it."""
    framework, _, code = competency.partition("/")
    try:
        spec = library.spec(FrameworkSpec, "framework", framework)
        title = next(each.title for each in spec.competencies if each.id == code)
    except (NotFound, StopIteration) as error:
        raise RuleBroken("competency_unknown", competency=competency) from error
    words = library.words("framework", framework, language)
    return Skill(competency, minutes, _both(words, f"{framework}.yml:{code}.title", title))


def _awards_by_key(session: Session, cases: Sequence[Case]) -> dict[str, Any]:
    """Return the awards that these cases have already, by award key."""
    found: dict[str, Any] = {}
    for chunk in chunks([payloads.award_key(*case.key) for case in cases], 500):
        statement = select(Award.id, Award.award_key, Award.serial).where(Award.award_key.in_(chunk))
        found |= {row.award_key: row for row in session.execute(statement)}
    return found


def _insert_awards(session: Session, cases: Sequence[Case], at: datetime) -> dict[Key, Any]:
    """Insert an award for each case, drawing serials anew while one is taken, and return their rows."""
    earlier = _renewed(session, cases)
    rows: dict[str, Any] = {}
    for _draw in range(_DRAWS):
        missing = [case for case in cases if payloads.award_key(*case.key) not in rows]
        insert_once(session, Award, [_award(case, earlier.get(case.key), at) for case in missing])
        rows = _awards_by_key(session, cases)
        if len(rows) == len(cases):
            return {case.key: rows[payloads.award_key(*case.key)] for case in cases}
    raise RuntimeError("no free serial was drawn; is the source of random bits broken?")


def _award(case: Case, renews: int | None, at: datetime) -> dict[str, Any]:
    person_id, track_key, cycle = case.key
    return {
        "public_id": new_public_id(),
        "award_key": payloads.award_key(*case.key),
        "person_id": person_id,
        "track_key": track_key,
        "cycle": cycle,
        "serial": serials.serial_from(secrets.randbits(serials.BITS)),
        "awarded_at": at,
        "decision_id": case.decision_id,
        "renews_award_id": renews,
    }


def _renewed(session: Session, cases: Sequence[Case]) -> dict[Key, int]:
    """Return, for each case of a later cycle, the award of the cycle before."""
    before = {payloads.award_key(p, track, cycle - 1): (p, track, cycle) for p, track, cycle in (c.key for c in cases)}
    statement = select(Award.id, Award.award_key).where(Award.award_key.in_(before))
    return {before[row.award_key]: row.id for row in session.execute(statement)}


def _insert_editions(
    session: Session, awards: Mapping[Key, Any], drafts: Mapping[Key, Drafted], key_id: str, at: datetime
) -> list[Reserved]:
    """Freeze and insert the first edition of each award, with the task to make it."""
    rows = []
    for key, award in awards.items():
        frozen = payloads.freeze(drafts[key].facts, serial=award.serial, edition=1, key_id=key_id)
        rows.append(
            edition_row(
                award.id,
                1,
                "initial",
                frozen,
                key_id=key_id,
                at=at,
                valid_until=drafts[key].facts.valid_until,
                design=drafts[key].design,
            )
        )
    ids = insert_editions(session, rows, at)
    return [Reserved(award.id, key, award.serial, ids[award.id]) for key, award in awards.items()]


def edition_row(
    award_id: int,
    number: int,
    reason: str,
    frozen: payloads.Frozen,
    *,
    key_id: str,
    at: datetime,
    valid_until: date | None,
    design: Design,
) -> dict[str, Any]:
    """Return the values of one edition."""
    return {
        "award_id": award_id,
        "number": number,
        "reason": reason,
        "payload": frozen.payload,
        "payload_sha256": frozen.sha256,
        "key_id": key_id,
        "created_at": at,
        "valid_until": valid_until,
        "design_revision_id": design.revision_id,
        "words_revision_id": design.words_revision_id,
    }


def insert_editions(session: Session, rows: Sequence[dict[str, Any]], at: datetime) -> dict[int, int]:
    """Insert editions and a task to make each; return their ids by award."""
    found = session.execute(insert(Edition).returning(Edition.id, Edition.award_id), list(rows)).all()
    session.execute(insert(IssueTask), [{"edition_id": row.id, "run_at": at, "tries": 0} for row in found])
    return {row.award_id: row.id for row in found}


def redraft_edition(session: Session, known: queries.Known, *, today: date, at: datetime) -> int:
    """Freeze and insert a further edition with the facts of today under the same serial; return its id.

    The award's holder is locked. Raises `RuleBroken` as `draft` does.
    """
    key: Key = (known.person_id, known.track_key, known.cycle)
    drafted, key_id, number = draft(session, [key], today=today)[key], get_key(session, at), known.newest.number + 1
    frozen = payloads.freeze(drafted.facts, serial=known.serial, edition=number, key_id=key_id)
    row = edition_row(
        known.award_id,
        number,
        "data_correction",
        frozen,
        key_id=key_id,
        at=at,
        valid_until=drafted.facts.valid_until,
        design=drafted.design,
    )
    return insert_editions(session, [{**row, "supersedes_id": known.newest.edition_id}], at)[known.award_id]


def next_edition(session: Session, known: queries.Known, reason: str, *, name: str | None = None, at: datetime) -> int:
    """Freeze and insert a further edition of an award under the key in force, with its task; return its id.

    The serial and every other fact stay; `name` replaces the name. The award's holder is locked.
    """
    newest = known.newest
    number = newest.number + 1
    key_id = get_key(session, at)
    frozen = payloads.refreeze(newest.payload, edition=number, key_id=key_id, name=name)
    last = session.execute(
        select(Edition.design_revision_id, Edition.words_revision_id).where(Edition.id == newest.edition_id)
    ).one()
    row = edition_row(
        known.award_id,
        number,
        reason,
        frozen,
        key_id=key_id,
        at=at,
        valid_until=newest.valid_until,
        design=Design(*last),
    )
    return insert_editions(session, [{**row, "supersedes_id": newest.edition_id}], at)[known.award_id]
