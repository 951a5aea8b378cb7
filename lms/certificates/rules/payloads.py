"""The payload of a certificate: the facts that every file of an edition is made from, as RFC 8785 bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import rfc8785

from lms.certificates.rules.serials import show_serial

TYPE = "chw-certificate/2"


@dataclass(frozen=True)
class Skill:
    """A competency that the training counted towards: minutes, title per language, and the framework's version."""

    competency: str
    minutes: int
    title: Mapping[str, str]
    version: str


@dataclass(frozen=True)
class Signer:
    """Who signs a certificate: a name, "" for a line to sign by hand, and what she is per language."""

    name: str
    title: Mapping[str, str]


@dataclass(frozen=True)
class Facts:
    """Everything that a certificate states of the training, before it has its serial, edition and keys."""

    name: str
    language: str
    track_key: str
    track_title: Mapping[str, str]
    #: SHA-256 of the track's file, the rules by which it was completed.
    track_sha256: str
    skills: tuple[Skill, ...]
    #: Minutes by kind; "class" for modules.
    minutes: Mapping[str, int]
    language_of_instruction: str
    #: The step of the ladder on which the track stands, and what it is called; "" for none.
    level: str
    level_title: Mapping[str, str]
    started_on: date
    completed_on: date
    awarded_on: date
    valid_until: date | None
    issuer: str
    #: The issuer's number as a provider of continuing education, "" for none.
    provider_number: str
    signers: tuple[Signer, ...]
    disclaimers: Mapping[str, str]
    template_key: str
    #: The number of the publication and the SHA-256 of each text that the certificate is drawn from.
    publication: int
    hashes: Mapping[str, str]
    is_demonstration: bool


@dataclass(frozen=True)
class Keys:
    """The keys that one edition is signed with, by purpose, and the address of the site that they belong to."""

    issuer_url: str
    by_purpose: Mapping[str, str]


@dataclass(frozen=True)
class Place:
    """Where a status list says whether an edition is valid still."""

    list_number: int
    position: int


@dataclass(frozen=True)
class Marks:
    """What makes a payload one edition of one award. `ends_at` is the last instant that counts; None without an end."""

    serial: str
    edition: int
    round: int
    awarded_at: datetime
    frozen_at: datetime
    ends_at: datetime | None
    keys: Keys
    place: Place


@dataclass(frozen=True)
class Frozen:
    """A payload that will never change: its bytes and their SHA-256."""

    payload: bytes
    sha256: str


def freeze(facts: Facts, marks: Marks) -> Frozen:
    """Return the canonical bytes of the payload of one edition, and their hash."""
    return _frozen(
        {
            "type": TYPE,
            "serial": show_serial(marks.serial),
            "round": marks.round,
            "awarded_at": instant(marks.awarded_at),
            "ends_at": instant(marks.ends_at) if marks.ends_at else None,
            "issuer": {
                "name": facts.issuer,
                "url": marks.keys.issuer_url,
                "provider_number": facts.provider_number,
            },
            **_changing(marks.edition, marks.frozen_at, marks.keys, marks.place),
            **_stated(facts),
        }
    )


def refreeze(
    payload: Mapping[str, Any],
    *,
    edition: int,
    frozen_at: datetime,
    keys: Keys,
    place: Place,
    name: str | None = None,
) -> Frozen:
    """Return a further edition of `payload` under other keys, in another place, perhaps with a corrected name."""
    return _frozen(
        {
            **payload,
            "issuer": {**payload["issuer"], "url": keys.issuer_url},
            **_changing(edition, frozen_at, keys, place),
            "name": name or payload["name"],
        }
    )


def modern(
    payload: Mapping[str, Any], *, round_: int, awarded_at: datetime, ends_at: datetime | None
) -> dict[str, Any]:
    """Return a payload of the first format as one of today's; one of today's as it is."""
    if is_current(payload):
        return dict(payload)
    track = payload["track"]
    kept = {name: value for name, value in payload.items() if name != "key_id"}
    return {
        **kept,
        "type": TYPE,
        "round": round_,
        "awarded_at": instant(awarded_at),
        "ends_at": instant(ends_at) if ends_at else None,
        "issuer": {"name": payload["issuer"], "provider_number": ""},
        "level": None,
        "started_on": payload["completed_on"],
        "competencies": [{**each, "version": ""} for each in payload["competencies"]],
        "track": {"key": track["key"], "revision": payload["content"]["revisions"]["track"], "title": track["title"]},
        "signers": [],
    }


def is_current(payload: Mapping[str, Any]) -> bool:
    """Return whether a payload is of the format that is made today."""
    return bool(payload["type"] == TYPE)


def instant(at: datetime) -> str:
    """Return an instant as payloads write it: UTC, whole seconds, "Z"."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def issuer_name(payload: Mapping[str, Any]) -> str:
    """Return who issued a certificate; in the first format this was the member itself."""
    issuer = payload["issuer"]
    return str(issuer if isinstance(issuer, str) else issuer["name"])


def _frozen(payload: Mapping[str, Any]) -> Frozen:
    content = rfc8785.dumps(dict(payload))
    return Frozen(content, hashlib.sha256(content).hexdigest())


def _changing(edition: int, frozen_at: datetime, keys: Keys, place: Place) -> dict[str, Any]:
    """Return what is of one edition alone."""
    return {
        "edition": edition,
        "frozen_at": instant(frozen_at),
        "keys": dict(keys.by_purpose),
        "status": {"list": place.list_number, "index": place.position},
    }


def _stated(facts: Facts) -> dict[str, Any]:
    return {
        "name": facts.name,
        "language": facts.language,
        "track": {"key": facts.track_key, "revision": facts.track_sha256, "title": dict(facts.track_title)},
        "competencies": [_skill(skill) for skill in facts.skills],
        "minutes": {kind: minutes for kind, minutes in facts.minutes.items() if minutes},
        "language_of_instruction": facts.language_of_instruction,
        "level": {"key": facts.level, "title": dict(facts.level_title)} if facts.level else None,
        "started_on": facts.started_on.isoformat(),
        "completed_on": facts.completed_on.isoformat(),
        "awarded_on": facts.awarded_on.isoformat(),
        "valid_until": facts.valid_until.isoformat() if facts.valid_until else None,
        "signers": [{"name": each.name, "title": dict(each.title)} for each in facts.signers],
        "disclaimers": dict(facts.disclaimers),
        "template": facts.template_key,
        "content": {"publication": facts.publication, "revisions": dict(facts.hashes)},
        "demonstration": facts.is_demonstration,
    }


def _skill(skill: Skill) -> dict[str, Any]:
    framework, _, code = skill.competency.partition("/")
    named = {"framework": framework, "version": skill.version, "code": code}
    return {**named, "minutes": skill.minutes, "title": dict(skill.title)}


def award_key(person_id: int, track_key: str, cycle: int) -> str:
    """Return what an award is unique by: one per worker, track and cycle."""
    return f"{person_id}:{track_key}:{cycle}"
