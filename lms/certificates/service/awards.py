"""Reserving certificates: the award, its first edition with the frozen payload, and the task to make it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.certificates import queries
from lms.certificates.models import Award
from lms.certificates.queries.facts import Key
from lms.certificates.rules import payloads, serials
from lms.certificates.rules.lives import last_day
from lms.certificates.rules.names import check_name, check_words
from lms.certificates.rules.payloads import Facts, Keys, Signer, Skill
from lms.certificates.rules.practice import practice_of
from lms.certificates.service.editions import Design, New, insert_editions, marks_of
from lms.certificates.service.keys import get_keys
from lms.certificates.service.places import draw_places
from lms.certificates.specs import CertificateSpec
from lms.competencies.specs import FrameworkSpec
from lms.content.library import SOURCE_LOCALE, Library, Words, current, source_of, spec_of
from lms.db import chunks, insert_once
from lms.errors import NotFound, RuleBroken
from lms.ids import new_public_id
from lms.tracks.queries import level_title
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
    keys = get_keys(session, at)
    drafts = draft(session, [case.key for case in new], today=today)
    awards = _insert_awards(session, new, at)
    reserved = _insert_first(session, awards, drafts, keys, at)
    for each in reserved:
        record(session, None, "certificates.reserved", "award", each.award_id, at=at, serial=each.serial)
    return reserved


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
        track_sha256=source.sha256,
        track_title=_both(track_words, f"{track.key}.yml:title", track.title),
        skills=tuple(_skill(library, holder.language, *each) for each in basis.minutes.items()),
        minutes={"class": basis.whole, **practice_of(_kinds(track), completion.entries)},
        language_of_instruction=basis.languages,
        level=track.rung,
        level_title=_level_title(library, track.rung, holder.language),
        started_on=completion.started_on or completion.completed_on,
        completed_on=completion.completed_on,
        awarded_on=awarded_on,
        valid_until=last_day(track, completion.rounds or (completion.completed_on,), awarded_on),
        issuer=spec.issuer,
        provider_number=spec.provider_number,
        signers=tuple(
            Signer(each.name, _both(words, f"{design.key}.yml:signers.{number}", each.title))
            for number, each in enumerate(spec.signers, 1)
        ),
        disclaimers=_both(words, f"{design.key}.yml:words.not_a_license", spec.words.not_a_license),
        template_key=design.key,
        publication=library.publication_number,
        hashes={"track": source.sha256, "certificate": design.sha256}
        | ({"words": words.sha256} if words.sha256 else {}),
        is_demonstration=holder.is_demonstration,
    )
    _check_words(spec, words, facts)
    return Drafted(facts, Design(design.revision_id, words.revision_id))


def _kinds(track: TrackSpec) -> dict[str, str]:
    """Return the kind of practice that each part of a track asks for; one that takes several is "practice"."""
    return {part.id or part.kind or "": part.kind or "practice" for part in track.hours}


def _check_name(holder: queries.Holder) -> None:
    """Raise `RuleBroken` with the whole name when it cannot be printed."""
    try:
        check_name(holder.name)
    except RuleBroken as error:
        raise RuleBroken(error.code, **{**error.values, "name": holder.name}) from error


def _check_words(spec: CertificateSpec, words: Words, facts: Facts) -> None:
    """Raise `RuleBroken` naming the first of the words on the page that cannot be printed."""
    sentences = [_both(words, f"{spec.key}.yml:words.{name}", said) for name, said in spec.words.model_dump().items()]
    titles = [facts.track_title, facts.level_title]
    titles += [*(each.title for each in facts.skills), *(each.title for each in facts.signers)]
    for text in (
        spec.issuer,
        spec.provider_number,
        *(text for each in (*sentences, *titles) for text in each.values()),
    ):
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
    return Skill(competency, minutes, _both(words, f"{framework}.yml:{code}.title", title), spec.version)


def _level_title(library: Library, level: str, language: str) -> dict[str, str]:
    """Return what a step of the ladder is called in English and in the worker's language."""
    english, own = (level_title(library, level, each) for each in (SOURCE_LOCALE, language))
    return {SOURCE_LOCALE: english.text} if own.is_english else {SOURCE_LOCALE: english.text, language: own.text}


def _awards_by_key(session: Session, cases: Sequence[Case]) -> dict[str, Any]:
    """Return the awards that these cases have already, by award key."""
    found: dict[str, Any] = {}
    for chunk in chunks([payloads.award_key(*case.key) for case in cases], 500):
        statement = select(Award.id, Award.award_key, Award.serial, Award.awarded_at).where(Award.award_key.in_(chunk))
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


def _insert_first(
    session: Session, awards: Mapping[Key, Any], drafts: Mapping[Key, Drafted], keys: Keys, at: datetime
) -> list[Reserved]:
    """Freeze and insert the first edition of each award, with the task to make it."""
    places = draw_places(session, len(awards), at=at)
    new = []
    for (key, award), place in zip(awards.items(), places, strict=True):
        facts = drafts[key].facts
        marks = marks_of(award, facts.valid_until, number=1, round_=key[2], at=at, keys=keys, place=place)
        frozen = payloads.freeze(facts, marks)
        new.append(New(award.id, 1, "initial", frozen, keys, place, facts.valid_until, drafts[key].design))
    ids = insert_editions(session, new, at)
    return [Reserved(award.id, key, award.serial, ids[award.id]) for key, award in awards.items()]
