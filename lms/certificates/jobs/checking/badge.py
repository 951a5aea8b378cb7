"""The check of a credential with an embedded proof (`eddsa-rdfc-2022`), and of a status list, by pyld's RDFC-1.0.

Sources: W3C Data Integrity EdDSA Cryptosuites 1.0, 3.2; Open Badges 3.0, "Verification"; Bitstring Status List 1.0.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pyld import jsonld

from lms.certificates.jobs.checking.failing import CheckFailedError
from lms.certificates.jobs.checking.form import check_form
from lms.certificates.jobs.checking.meanings import BADGES, CREDENTIALS, MEANINGS
from lms.certificates.jobs.checking.trust import Trust

MOST_BYTES = 200_000
_DIGITS = {digit: value for value, digit in enumerate("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")}
_RECORD = re.compile(r"ni:///sha-256;([A-Za-z0-9_-]{43})")
_EDITION = re.compile(r"Record of (CHW-[0-9A-Z-]+), edition ([1-9][0-9]*)")


@dataclass(frozen=True)
class Checked:
    """A credential whose signature is good: what it says, as a stranger reads it."""

    serial: str
    edition: int
    name: str
    title: str
    issuer: str
    issuer_name: str
    awarded_at: str
    valid_from: str
    valid_until: str | None
    payload_sha256: str
    key_id: str
    #: The address of the status list, and the place in it.
    status: tuple[str, int]
    #: The person is invented, and the certificate is only for show.
    is_demonstration: bool
    document: Mapping[str, Any]


def check_badge(content: bytes, trust: Trust) -> Checked:
    """Return what a credential says once its proof is verified with a trusted key; raise `CheckFailedError`."""
    document = parse(content)
    key_id = _verified(document, trust, [CREDENTIALS, BADGES])
    return read_badge(document, key_id)


def read_badge(document: Mapping[str, Any], key_id: str) -> Checked:
    """Return what a verified credential says; raise `CheckFailedError` when it lacks what ours have."""
    try:
        subject, status = document["credentialSubject"], document["credentialStatus"]
        (name,) = (each["identityHash"] for each in subject["identifier"] if each["identityType"] == "name")
        record = document["evidence"][0]
        digest, edition = _RECORD.fullmatch(record["id"]), _EDITION.fullmatch(record["name"])
        if digest is None or edition is None or not document["id"].endswith("/verify/" + edition[1]):
            raise CheckFailedError("the credential names no record of ours", "not-ours")
        if "OpenBadgeCredential" not in document["type"]:
            raise CheckFailedError("this is no badge", "not-ours")
        return Checked(
            serial=edition[1],
            edition=int(edition[2]),
            name=name,
            title=subject["achievement"]["name"],
            issuer=document["issuer"]["id"],
            issuer_name=document["issuer"]["name"],
            awarded_at=document["awardedDate"],
            valid_from=document["validFrom"],
            valid_until=document.get("validUntil"),
            payload_sha256=base64.urlsafe_b64decode(digest[1] + "=").hex(),
            key_id=key_id,
            status=(status["statusListCredential"], int(status["statusListIndex"])),
            is_demonstration=any(each["resultDescription"].endswith("#demonstration") for each in subject["result"]),
            document=document,
        )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise CheckFailedError("the credential lacks what ours have", "not-ours") from error


def listed_on(address: str, trust: Trust) -> str:
    """Return the day as of which a status list at hand speaks; it was checked before."""
    return str(parse(trust.lists[address])["validFrom"])[:10]


def check_listed(address: str, place: int, trust: Trust, *, at: datetime) -> bool:
    """Return whether a status list at hand marks a place as not valid any more; raise `CheckFailedError`."""
    content = trust.lists.get(address)
    if content is None:
        raise CheckFailedError(f"the status list {address} is not at hand", "no-trust")
    document = parse(content)
    _verified(document, trust, [CREDENTIALS])
    try:
        ends = datetime.fromisoformat(document["validUntil"])
        subject = document["credentialSubject"]
        if document["id"] != address or subject["statusPurpose"] != "revocation":
            raise CheckFailedError("this is another list", "not-ours")
        text = subject["encodedList"].removeprefix("u")
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        bits = zlib.decompressobj(wbits=31).decompress(packed, MOST_BYTES)
        found = bits[place // 8] >> (7 - place % 8) & 1
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, zlib.error) as error:
        raise CheckFailedError(f"the status list {address} cannot be read", "not-ours") from error
    if at > ends:
        raise CheckFailedError(f"the status list {address} is too old: it counted until {ends:%Y-%m-%d}", "no-trust")
    return bool(found)


def parse(content: bytes) -> dict[str, Any]:
    """Return a JSON object without repeated members; raise `CheckFailedError`."""
    if len(content) > MOST_BYTES:
        raise CheckFailedError("the file is too large to be a certificate of ours", "not-ours")
    try:
        document = json.loads(content, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise CheckFailedError("this is not JSON", "not-ours") from error
    if not isinstance(document, dict):
        raise CheckFailedError("this is no credential", "not-ours")
    return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise CheckFailedError("the file says a member twice, and readers differ in which one they take")
    return found


def _verified(document: Mapping[str, Any], trust: Trust, contexts: list[str]) -> str:
    """Return the id of the key whose proof the document has; raise `CheckFailedError`."""
    proof, key_id = _proof_of(document, contexts)
    key = trust.key(key_id, "badge")
    issuer = document.get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    if named != key.issuer or proof["verificationMethod"] != f"{key.issuer}#{key_id}":
        raise CheckFailedError("the key is of another issuer than the one named", "unknown-issuer")
    stated = {name: value for name, value in document.items() if name != "proof"}
    check_form(stated, contexts)
    configured = {name: value for name, value in proof.items() if name != "proofValue"}
    signed = _hashed({"@context": contexts, **configured}) + _hashed(stated)
    public = load_der_public_key(key.public_key)
    try:
        if not isinstance(public, Ed25519PublicKey):
            raise CheckFailedError(f"the key {key_id} is of another kind", "unknown-issuer")
        public.verify(_base58(proof["proofValue"]), signed)
    except InvalidSignature as error:
        raise CheckFailedError("the signature does not fit what the credential says") from error
    return key_id


def _proof_of(document: Mapping[str, Any], contexts: list[str]) -> tuple[Mapping[str, Any], str]:
    """Return the one proof of a credential and the id of its key; raise `CheckFailedError`."""
    try:
        (proof,) = document["proof"]
        key_id = str(proof["verificationMethod"]).rpartition("#")[2]
        is_ours = (
            document["@context"] == contexts
            and (proof["type"], proof["cryptosuite"]) == ("DataIntegrityProof", "eddsa-rdfc-2022")
            and proof["proofPurpose"] == "assertionMethod"
            and all(isinstance(value, str) for value in proof.values())
            and set(proof) == {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"}
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CheckFailedError("the credential has no proof as ours have", "not-ours") from error
    if not is_ours:
        raise CheckFailedError("the proof is of another kind than ours", "not-ours")
    return proof, key_id


def _hashed(document: Mapping[str, Any]) -> bytes:
    """Return the SHA-256 of the canonical N-Quads of a document; raise `CheckFailedError`."""
    dropped: list[str] = []
    options = {
        "algorithm": "URDNA2015",  # the same as RDFC-1.0 for all that has no control characters
        "format": "application/n-quads",
        "documentLoader": _load,
        "on_property_dropped": dropped.append,
    }
    try:
        quads = jsonld.normalize(dict(document), options)
        content = quads.encode()
    except Exception as error:  # pyld raises many kinds for a document that is none; half a letter has no bytes
        raise CheckFailedError("the credential cannot be put in its canonical form") from error
    if dropped or "http://example.org/base" in quads:
        raise CheckFailedError("the credential has a member that means nothing")
    return hashlib.sha256(content).digest()


def _load(url: str, _options: Any = None) -> dict[str, Any]:
    """Return our meaning of one of the two contexts; anything else is refused, and nothing is fetched."""
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": MEANINGS[url]}


def _base58(text: Any) -> bytes:
    """Return the 64 bytes of a signature in base58btc with its prefix; raise `CheckFailedError`."""
    if not isinstance(text, str) or not text.startswith("z") or len(text) > 100 or not set(text) <= set(_DIGITS):
        raise CheckFailedError("the signature is none")
    number = 0
    for digit in text[1:]:
        number = number * 58 + _DIGITS[digit]
    if number >> 512:
        raise CheckFailedError("the signature is none")
    return number.to_bytes(64)
