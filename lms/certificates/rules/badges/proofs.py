"""Data Integrity proofs by eddsa-rdfc-2022 (W3C, vc-di-eddsa 1.0), and documents as bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from lms.certificates.rules.badges.canonical import canonical
from lms.certificates.rules.badges.multibase import base58btc
from lms.certificates.rules.badges.terms import VOCABULARIES, Vocabulary

#: What signs bytes with one private key: Ed25519 for proofs.
Sign = Callable[[bytes], bytes]


def secure(document: Mapping[str, Any], sign: Sign, *, key_id: str, created: str) -> dict[str, Any]:
    """Return a credential or status list with its proof, an array of one, by the issuer's key `key_id`."""
    issuer = document["issuer"]
    did = issuer if isinstance(issuer, str) else issuer["id"]
    vocabulary = VOCABULARIES[tuple(document["@context"])]
    proof = prove(document, sign, method=f"{did}#{key_id}", created=created, vocabulary=vocabulary)
    return {**document, "proof": [proof]}


def prove(
    document: Mapping[str, Any], sign: Sign, *, method: str, created: str, vocabulary: Vocabulary
) -> dict[str, str]:
    """Return the proof of a document by the verification method `method`. The document holds no proof yet."""
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": created,
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    named = {"@context": document["@context"], **options}
    hashes = [hashlib.sha256(canonical(each, vocabulary)).digest() for each in (named, document)]
    return {**options, "proofValue": base58btc(sign(b"".join(hashes)))}


def dump(document: Mapping[str, Any]) -> bytes:
    """Return a document as the bytes that are stored and served, the same for the same document."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
