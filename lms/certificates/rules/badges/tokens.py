"""A certificate as one line: a VC-JWT (Open Badges 3.0, section 8.2) and the CWT (RFC 8392) inside the QR code."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lms.certificates.rules.badges import addresses, cbor
from lms.certificates.rules.badges.document import Payload, credential
from lms.certificates.rules.badges.proofs import Sign, dump

#: Our private claim, and the tag and algorithm of COSE (RFC 9052, RFC 9053: ES256).
FACTS = -70001
_SIGN1 = 18
_ES256 = -7


def jwt(payload: Payload, sign: Sign) -> str:
    """Return the credential as a JWT by RS256. The key's name is the address of its JWK."""
    return envelope(credential(payload), sign, kid=addresses.key_url(payload["issuer"]["url"], payload["keys"]["jwt"]))


def envelope(document: Mapping[str, Any], sign: Sign, *, kid: str) -> str:
    """Return a credential or status list as a JWT: its own members beside those that a JWT repeats, no `vc` around."""
    issuer, subject = document["issuer"], document["credentialSubject"]
    header = {"alg": "RS256", "kid": kid, "typ": "JWT"}
    claims = {
        **document,
        "iss": issuer if isinstance(issuer, str) else issuer["id"],
        "jti": document["id"],
        "sub": subject["id"],
        "nbf": _seconds(document["validFrom"]),
        **({"exp": _seconds(document["validUntil"])} if "validUntil" in document else {}),
    }
    signed = ".".join(map(_base64, (json.dumps(header, separators=(",", ":")).encode(), dump(claims))))
    return f"{signed}.{_base64(sign(signed.encode()))}"


def code(payload: Payload, sign: Sign) -> str:
    """Return the facts as a CWT signed by ES256: COSE_Sign1 in base 32, upper case and so small in a QR code."""
    protected = cbor.dumps({1: _ES256, 4: bytes.fromhex(payload["keys"]["code"])})
    claims = cbor.dumps(_claims(payload))
    signature = sign(cbor.dumps(["Signature1", protected, b"", claims]))
    token = cbor.dumps(cbor.Tagged(_SIGN1, [protected, {}, claims, signature]))
    return base64.b32encode(token).decode().rstrip("=")


def qr_text(payload: Payload, code: str) -> str:
    """Return what the QR code holds: an address that any camera opens, and behind "#", never sent, the token."""
    return f"{addresses.qr_address(payload['issuer']['url'], payload['serial'], payload['edition'])}#{code}"


def _claims(payload: Payload) -> dict[int, Any]:
    ends = {4: _seconds(payload["ends_at"])} if payload["ends_at"] else {}
    facts = {
        1: payload["name"],
        2: payload["track"]["title"]["en"],
        3: sum(payload["minutes"].values()),
        4: payload["awarded_on"],
        5: payload["edition"],
        6: [payload["status"]["list"], payload["status"]["index"]],
    }
    return {
        1: payload["issuer"]["url"],
        **ends,
        6: _seconds(payload["frozen_at"]),
        7: payload["serial"].removeprefix("CHW").replace("-", "").encode(),
        FACTS: {**facts, 7: True} if payload["demonstration"] else facts,
    }


def _seconds(moment: str) -> int:
    """Return a moment of a payload in seconds since 1970."""
    return int(datetime.fromisoformat(moment).timestamp())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
