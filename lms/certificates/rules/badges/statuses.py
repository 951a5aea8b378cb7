"""Status lists (W3C Bitstring Status List 1.0): which editions do not count any more, one bit each."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from lms.certificates.rules.badges import addresses
from lms.certificates.rules.badges.proofs import Sign
from lms.certificates.rules.badges.terms import LIST
from lms.certificates.rules.badges.tokens import envelope
from lms.certificates.rules.places import LIST_SIZE

#: A list is signed anew when it is asked for after so long, and counts for so long.
FRESH = timedelta(hours=1)
GOOD = timedelta(days=30)


def encode(bits: Iterable[int]) -> str:
    """Return the list in which the places `bits` are set: the first place is the highest bit of the first byte."""
    content = bytearray(LIST_SIZE // 8)
    for index in bits:
        _check(index)
        content[index // 8] |= 0x80 >> index % 8
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(content), mtime=0)).decode().rstrip("=")


def status_document(url: str, number: int, bits: Iterable[int], *, at: datetime) -> dict[str, Any]:
    """Return the unsigned credential of list `number` of the issuer `url`, as it is at `at`."""
    address = addresses.status_url(url, number)
    return {
        "@context": list(LIST.contexts),
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": addresses.did_of(url),
        "validFrom": moment(at),
        "validUntil": moment(at + GOOD),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encode(bits),
            "ttl": FRESH // timedelta(milliseconds=1),
        },
    }


def status_jwt(document: dict[str, Any], sign: Sign, *, url: str, key_id: str) -> str:
    """Return a list as a JWT, which some verifiers ask for.

    Its head names the key as the issuer's document does (VC-JOSE-COSE 1.0): verifiers that hold on to the issuer's DID
    refuse any other name. A badge's JWT names the address of the JWK, because Open Badges 3.0 wants it so.
    """
    return envelope(document, sign, kid=addresses.method_of(url, key_id))


def moment(at: datetime) -> str:
    """Return a moment in UTC as our documents write it, in whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _check(index: int) -> None:
    if not 0 <= index < LIST_SIZE:
        raise ValueError(f"no place in a list: {index}")
