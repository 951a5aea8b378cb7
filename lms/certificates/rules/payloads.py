"""The payload of a certificate: the facts that are signed, as RFC 8785 bytes, and what is asked of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import rfc8785

from lms.certificates.rules.serials import show_serial

TYPE = "chw-certificate/1"


@dataclass(frozen=True)
class Skill:
    """A competency that the training counted towards, with its minutes and its title per language."""

    competency: str
    minutes: int
    title: Mapping[str, str]


@dataclass(frozen=True)
class Facts:
    """Everything that a certificate states, before it has its serial, edition and key."""

    name: str
    language: str
    track_key: str
    track_title: Mapping[str, str]
    skills: tuple[Skill, ...]
    #: Minutes by kind; "class" for modules.
    minutes: Mapping[str, int]
    language_of_instruction: str
    completed_on: date
    awarded_on: date
    valid_until: date | None
    issuer: str
    disclaimers: Mapping[str, str]
    template_key: str
    #: The number of the publication and the SHA-256 of each text that the certificate is drawn from.
    publication: int
    hashes: Mapping[str, str]
    is_demonstration: bool


@dataclass(frozen=True)
class Frozen:
    """A payload that will never change: its bytes and their SHA-256."""

    payload: bytes
    sha256: str


def freeze(facts: Facts, *, serial: str, edition: int, key_id: str) -> Frozen:
    """Return the canonical bytes of the payload of one edition, and their hash."""
    payload = rfc8785.dumps(_payload(facts, serial, edition, key_id))
    return Frozen(payload, hashlib.sha256(payload).hexdigest())


def refreeze(payload: Mapping[str, Any], *, edition: int, key_id: str, name: str | None = None) -> Frozen:
    """Return a further edition of `payload` under the key `key_id`, perhaps with a corrected name."""
    changed = {**payload, "edition": edition, "key_id": key_id, "name": name or payload["name"]}
    frozen = rfc8785.dumps(changed)
    return Frozen(frozen, hashlib.sha256(frozen).hexdigest())


def _payload(facts: Facts, serial: str, edition: int, key_id: str) -> dict[str, Any]:
    return {
        "type": TYPE,
        "serial": show_serial(serial),
        "edition": edition,
        "key_id": key_id,
        "name": facts.name,
        "language": facts.language,
        "track": {"key": facts.track_key, "title": dict(facts.track_title)},
        "competencies": [_skill(skill) for skill in facts.skills],
        "minutes": dict(facts.minutes),
        "language_of_instruction": facts.language_of_instruction,
        "completed_on": facts.completed_on.isoformat(),
        "awarded_on": facts.awarded_on.isoformat(),
        "valid_until": facts.valid_until.isoformat() if facts.valid_until else None,
        "issuer": facts.issuer,
        "disclaimers": dict(facts.disclaimers),
        "template": facts.template_key,
        "content": {"publication": facts.publication, "revisions": dict(facts.hashes)},
        "demonstration": facts.is_demonstration,
    }


def _skill(skill: Skill) -> dict[str, Any]:
    framework, _, code = skill.competency.partition("/")
    return {"framework": framework, "code": code, "minutes": skill.minutes, "title": dict(skill.title)}


def award_key(person_id: int, track_key: str, cycle: int) -> str:
    """Return what an award is unique by: one per worker, track and cycle."""
    return f"{person_id}:{track_key}:{cycle}"


def verify_address(base_url: str, serial: str, edition: int) -> str:
    """Return the address that the QR code of an edition opens, upper case where that changes nothing."""
    scheme, _, rest = base_url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.upper()}://{host.upper()}{slash}{path}/V/{show_serial(serial)}/{edition}"
