"""A certificate as an Open Badges 3.0 credential, from its payload alone and not yet signed.

Where an auditor finds what the standard has no place for:
- the serial is the last part of the credential's `id`;
- the payload's SHA-256 is the `id` of the first evidence, a name of RFC 6920 ("ni:///sha-256;" and base64url);
- edition, round, minutes, languages, rules and dates are results: each `resultDescription` is the achievement's id,
  "#" and a code of `lms.certificates.rules.badges.facts`;
- those who sign are further evidence, of the genre "Signer".

`name` and `description` of the credential are in the holder's language; all else is English, so that the achievement
says the same for everyone. English is part of what is signed here and goes through no catalogue of translations.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from lms.certificates.rules.badges import addresses
from lms.certificates.rules.badges.facts import DEMONSTRATION, Fact, descriptions, facts, results
from lms.certificates.rules.badges.terms import BADGE

Payload = Mapping[str, Any]


def credential(payload: Payload) -> dict[str, Any]:
    """Return the unsigned credential of one edition."""
    url, serial = payload["issuer"]["url"], payload["serial"]
    told = list(facts(payload))
    achieved = _achievement(payload, told)
    ends = {"validUntil": payload["ends_at"]} if payload["ends_at"] else {}
    return {
        "@context": list(BADGE.contexts),
        "id": addresses.credential_id(url, serial),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": _local(payload["track"]["title"], payload["language"]),
        "description": _marked(payload, _local(payload["disclaimers"], payload["language"])),
        "issuer": {
            "id": addresses.did_of(url),
            "type": ["Profile"],
            "name": payload["issuer"]["name"],
            "url": url,
        },
        "validFrom": payload["frozen_at"],
        **ends,
        "awardedDate": payload["awarded_at"],
        "credentialStatus": _status(url, **payload["status"]),
        "credentialSubject": {
            "id": addresses.subject_id(url, serial),
            "type": ["AchievementSubject"],
            "identifier": [
                {"type": "IdentityObject", "hashed": False, "identityHash": payload["name"], "identityType": "name"}
            ],
            "achievement": achieved,
            "result": results(achieved["id"], told),
        },
        "evidence": [_record(payload), *_signers(payload)],
    }


def achievement(payload: Payload) -> dict[str, Any]:
    """Return what was achieved: the track under the rules of one revision, with its competencies."""
    return _achievement(payload, facts(payload))


def digest_name(payload: Payload) -> str:
    """Return the name of a payload by its SHA-256, as RFC 6920 writes it."""
    # The RFC 8785 form, since all keys are ASCII and all numbers whole; ten times as fast as what handles the rest.
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    digest = hashlib.sha256(text.encode()).digest()
    return "ni:///sha-256;" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _achievement(payload: Payload, told: Iterable[Fact]) -> dict[str, Any]:
    track, publication = payload["track"], payload["content"]["publication"]
    name = addresses.achievement_id(payload["issuer"]["url"], track["key"], track["revision"])
    url = payload["issuer"]["url"]
    alignment = {"alignment": [_alignment(url, each) for each in payload["competencies"]]}
    return {
        "id": name,
        "type": ["Achievement"],
        "name": track["title"]["en"],
        "description": _marked(payload, payload["disclaimers"]["en"]),
        "achievementType": "Certification" if payload["ends_at"] else "CertificateOfCompletion",
        "inLanguage": "en",
        "version": str(publication),
        "criteria": {
            "narrative": (
                f"Completed everything that the track “{track['title']['en']}” asks by the rules of revision "
                f"{track['revision']}, as {payload['issuer']['name']} published them in publication {publication}."
            )
        },
        **(alignment if payload["competencies"] else {}),
        "resultDescription": descriptions(name, told),
    }


def _local(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts["en"]


def _marked(payload: Payload, text: str) -> str:
    """Return `text`, behind a warning where the whole certificate is only for show."""
    return f"{DEMONSTRATION} {text}" if payload["demonstration"] else text


def _status(url: str, index: int, **named: int) -> dict[str, str]:
    """Return the one entry that the standard allows. Its place is text, also for a number."""
    number = named["list"]
    return {
        "id": addresses.entry_id(url, number, index),
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": addresses.status_url(url, number),
    }


def _alignment(url: str, competency: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": ["Alignment"],
        "targetName": competency["title"]["en"],
        "targetUrl": addresses.competency_url(url, competency["framework"], competency["code"]),
        "targetFramework": f"{competency['framework']} {competency['version']}".rstrip(),
        "targetCode": competency["code"],
        "targetType": "CFItem",
    }


def _record(payload: Payload) -> dict[str, Any]:
    return {
        "id": digest_name(payload),
        "type": ["Evidence"],
        "name": f"Record of {payload['serial']}, edition {payload['edition']}",
        "description": "The record that this credential states. Its name is the SHA-256 of its RFC 8785 form.",
        "genre": payload["type"],
    }


def _signers(payload: Payload) -> list[dict[str, Any]]:
    name = addresses.credential_id(payload["issuer"]["url"], payload["serial"])
    return [
        {
            "id": f"{name}#signer-{number}",
            "type": ["Evidence"],
            **({"name": signer["name"]} if signer["name"] else {}),
            "description": signer["title"]["en"],
            "genre": "Signer",
        }
        for number, signer in enumerate(payload["signers"], 1)
    ]
